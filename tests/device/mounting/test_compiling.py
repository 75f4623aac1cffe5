"""What imports from a mounted folder get: compiled once, kept within a limit, or the source and one sentence."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import belay
from belay.mounting import mount
from belay.mounting.compiling import ImportCompiler

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a module and a package."""
    path = tmp_path / "folder"
    (path / "package").mkdir(parents=True)
    (path / "one.py").write_text("value = 1\n")
    (path / "package" / "__init__.py").write_text("from .two import value\n")
    (path / "package" / "two.py").write_text("value = 2\ndef fails():\n    raise ValueError('here')\n")
    return path


@pytest.fixture
def device() -> Iterator[belay.Device]:
    """A board."""
    with belay.Device("sim:") as board:
        yield board


def _imported(device: belay.Device, folder: Path, compiler: ImportCompiler, *names: str) -> list[str]:
    """Import modules anew, and return which files the board says it loaded."""
    with mount(device, folder, compile_source=compiler):
        device("import sys, os; os.chdir('/remote'); sys.modules.clear()")
        return [str(device(f"__import__({name!r}).__file__")) for name in names]


def test_a_board_that_is_too_old(folder: Path, tmp_path: Path, too_old: str) -> None:
    """It is said once that imports are not compiled, and the board gets the sources."""
    disk = tmp_path / "disk"
    with belay.Device(f"sim:?disk={disk}") as device:
        device.fs.write_text("/boot.py", too_old)
    warned: list[str] = []

    with belay.Device(f"sim:?disk={disk}") as device:
        compiler = ImportCompiler(device, warn=warned.append, tell=warned.append, kept_in=tmp_path / "kept")

        assert _imported(device, folder, compiler, "one", "package") == ["one.py", "package/__init__.py"]

    assert warned == [
        "imports are not compiled: this board does not say which .mpy files it loads: it loads none, or is too old to tell"
    ]


def test_no_compiler_is_installed(
    device: belay.Device, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said once, and the board gets the sources."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setenv("PATH", "")
    warned: list[str] = []

    compiler = ImportCompiler(device, warn=warned.append, tell=warned.append)

    assert _imported(device, folder, compiler, "one", "package") == ["one.py", "package/__init__.py"]
    assert len(warned) == 1
    assert warned[0].startswith("imports are not compiled: there is no mpy-cross for .mpy ")


def test_files_have_the_names_that_their_user_gives_them(
    device: belay.Device, folder: Path, tmp_path: Path
) -> None:
    """A sentence names a file of this computer, a traceback the source as the board would find it."""
    (folder / "bad.py").write_text("x = (\n")
    said: list[str] = []
    compiler = ImportCompiler(
        device, warn=said.append, tell=said.append, kept_in=tmp_path / "kept", folder="./src/"
    )

    with mount(device, folder, compile_source=compiler):
        device("import os; os.chdir('/remote'); import package.two")
        with pytest.raises(ValueError, match="here") as caught:
            device("package.two.fails()")
        with pytest.raises(SyntaxError):
            device("import bad")

    assert 'File "package/two.py", line 3, in fails' in str(caught.value)
    assert [sentence.partition(": ")[0] for sentence in said] == [
        f"compiled `{Path('src/package/__init__.py')}`",
        f"compiled `{Path('src/package/two.py')}`",
        f"`{Path('src/bad.py')}` is imported as it is",
    ]
    assert said[-1].endswith(f"`{Path('src/bad.py')}:2` does not compile: SyntaxError: invalid syntax")


def test_what_was_not_used_for_longest_goes_first(device: belay.Device, folder: Path, tmp_path: Path) -> None:
    """When more is kept than the limit, the imports of long ago are compiled again, and no others."""
    for name, size in (("first", 100), ("large", 2000), ("last", 100)):
        (folder / f"{name}.py").write_text(f"text = '{name * (size // len(name))}'\n")

    def compiled(*names: str) -> list[str]:
        """Return what has to be compiled when a new process imports these."""
        told: list[str] = []
        compiler = ImportCompiler(
            device, warn=print, tell=told.append, kept_in=tmp_path / "kept", limit_bytes=2400
        )
        assert _imported(device, folder, compiler, *names) == [f"{name}.mpy" for name in names]
        return [sentence.partition(":")[0] for sentence in told]

    assert compiled("first", "large") == ["compiled `first.py`", "compiled `large.py`"]
    for number, path in enumerate(sorted((tmp_path / "kept").rglob("*.bin"), key=lambda p: p.stat().st_size)):
        os.utime(path, (number, number))  # long ago, `first` before `large`
    assert compiled("first", "last") == ["compiled `last.py`"]
    assert compiled("first", "last") == []
    assert compiled("large") == ["compiled `large.py`"]
