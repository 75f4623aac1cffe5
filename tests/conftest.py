"""What every test gets: no settings of the person who runs it, and no colour; and what several folders share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from belay import Device
    from belay_transport.links import Link

settings.register_profile("house", deadline=None)  # no timed asserts: the machine may be busy
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No board of the person's, no colour."""
    monkeypatch.delenv("BELAY_DEVICE", raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("FORCE_COLOR", raising=False)


@pytest.fixture
def updated_project(folder: Path) -> Callable[[Mapping[str, str]], Path]:
    """Write the files of a project into the test's folder, get its packages, and return the folder."""
    from belay_pm.project import read_project  # noqa: PLC0415 - tests of other packages have it not
    from belay_pm.updating import update  # noqa: PLC0415 - as above

    def made(texts: Mapping[str, str]) -> Path:
        for path, text in texts.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        update(read_project(folder))
        return folder

    return made


@pytest.fixture
def move_files(tmp_path: Path) -> Callable[[Device], None]:
    """Sync files of any bytes to a device, read them back and import one; nothing is sent twice."""

    def moved(device: Device) -> None:
        folder = tmp_path / "board"
        (folder / "lib").mkdir(parents=True)
        (folder / "lib" / "module.py").write_text("value = 7  # seven\n")
        content = bytes(range(256)) * 40 + os.urandom(6000)
        (folder / "data.bin").write_bytes(content)

        device.sync(folder)

        assert device.sync(folder).actions == ()
        assert device.fs.read_bytes("/data.bin") == content
        assert device("__import__('lib.module').module.value") == 7

    return moved


@pytest.fixture
def too_old() -> str:
    """Return a `boot.py` of a board that does not say which `.mpy` files it loads, as before MicroPython 1.12."""
    return (
        "import sys\n"
        "class Implementation:\n"
        "    name, version = sys.implementation.name, sys.implementation.version\n"
        "class Sys:\n"
        "    pass\n"
        "older = Sys()\n"
        "for name in dir(sys):\n"
        "    setattr(older, name, getattr(sys, name))\n"
        "older.implementation = Implementation\n"
        'sys.modules["sys"] = older\n'
    )


class CutLink:
    """A link that is cut behind a byte that the host sends; what is below stays open.

    Args:
        link: what is below.
        cut: called when it is cut.

    Attributes:
        sizes: of the writes since it was armed, in bytes.
    """

    def __init__(self, link: Link, cut: Callable[[], None] = lambda: None) -> None:
        self._link = link
        self._cut = cut
        self._left: int | None = None
        self._writes_before = 0
        self.sizes: list[int] = []

    def arm(self, after_bytes: int | None, *, writes_before: int = 0) -> None:
        """Cut behind so many bytes, counted behind so many writes; None for never."""
        self._left, self._writes_before = after_bytes, writes_before
        self.sizes.clear()

    def __getattr__(self, name: str) -> object:
        return getattr(self._link, name)

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Write what still gets through."""
        from belay_transport.errors import ConnectionLost  # noqa: PLC0415 - as above

        self.sizes.append(len(data))
        if self._left is None or self._writes_before:
            self._writes_before -= self._left is not None
            self._link.write(data, timeout_s)
            return
        self._link.write(data[: self._left], timeout_s)
        is_cut = len(data) > self._left
        self._left = max(0, self._left - len(data))
        if is_cut:
            self._cut()
            raise ConnectionLost("cut")

    def close(self) -> None:
        """The board stays."""


@pytest.fixture
def cut_link() -> type[CutLink]:
    """The link that can be cut, for tests that open several on one board."""
    return CutLink


@pytest.fixture
def mount_fat() -> str:
    """The code with which a board mounts a small FAT at `/fat`."""
    return """
import vfs
class Flash:
    def __init__(self):
        self.data = bytearray(128 * 512)
    def readblocks(self, number, buffer):
        buffer[:] = self.data[number * 512 : number * 512 + len(buffer)]
    def writeblocks(self, number, buffer):
        self.data[number * 512 : number * 512 + len(buffer)] = buffer
    def ioctl(self, operation, argument):
        return {4: 128, 5: 512, 6: 0}.get(operation)
flash = Flash()
vfs.VfsFat.mkfs(flash)
vfs.mount(vfs.VfsFat(flash), "/fat")
"""
