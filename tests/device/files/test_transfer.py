"""Bulk bytes to and from a real MicroPython, by every channel that a board may have."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

import belay
from belay.files.abilities import Channel
from belay.files.transfer import Transfer, Upload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from belay.runtime import Runtime

NO_BUFFERS = """
class Stream:
    def __init__(self, stream):
        self.read, self.write = getattr(stream, "read", None), getattr(stream, "write", None)
class Sys:
    def __getattr__(self, name):
        return getattr(real, name)
real = __import__("sys")
fake = Sys()
fake.stdin, fake.stdout = Stream(real.stdin), Stream(real.stdout)
real.modules["sys"] = fake
"""
NO_STDIN = NO_BUFFERS + "fake.stdin = None\nwithout('binascii', 'ubinascii')\n"
NO_HASH = "without('hashlib', 'uhashlib')\n"
NO_INFLATER = "without('deflate')\n"

BOARDS = {
    "everything": ("", Channel.RAW),
    "no inflater": (NO_INFLATER, Channel.RAW),
    "no hash": (NO_HASH, Channel.RAW),
    "no buffers": (NO_BUFFERS, Channel.BASE64),
    "no stdin, no binascii": (NO_STDIN + NO_HASH + NO_INFLATER, Channel.LITERAL),
}

CONTENTS = {
    "nothing": b"",
    "one byte": b"\x03",
    "every byte": bytes(range(256)) * 9,
    "a text": b"print('hello')\r\n" * 300,
    "random": os.urandom(20_000),
    "only Esc": b"\x1b" * 5000,
    "only Ctrl-C": b"\x03" * 5000,
}


def upload(path: str, content: bytes, *, append: bool = False) -> Upload:
    """Return the upload of some bytes."""
    return Upload(path, len(content), lambda: [content], "append" if append else "write")


def read_back(transfer: Transfer, path: str, *, offset: int = 0, size: int = -1) -> bytes:
    """Return what is on the board."""
    content = bytearray()
    transfer.get(path, content.extend, offset=offset, size=size)
    return bytes(content)


@pytest.fixture(scope="module", params=BOARDS)
def transfer(
    request: pytest.FixtureRequest, board_after: Callable[..., AbstractContextManager[Runtime]]
) -> Iterator[Transfer]:
    """Moves bytes to and from a board that lacks something."""
    lacking, channel = BOARDS[request.param]
    with board_after(lacking) as runtime:
        transfer = Transfer(runtime)
        assert transfer.abilities.channel is channel
        yield transfer


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_any_content_crosses(transfer: Transfer, content: bytes) -> None:
    """What is written is read back the same, over an older file too."""
    transfer.put([upload("/file", b"older")])
    transfer.put([upload("/file", content)])

    assert read_back(transfer, "/file") == content


def test_many_files_in_one_go(transfer: Transfer) -> None:
    """Files of all sizes go one after the other, and names may be any."""
    files = {f'/it\'s a "näme" {size}.py': os.urandom(size) for size in (0, 1, 7, 100, 1000, 5000)}

    transfer.put([upload(path, content) for path, content in files.items()])

    assert {path: read_back(transfer, path) for path in files} == files


def test_a_part_of_a_file(transfer: Transfer) -> None:
    """A file is read from an offset, and as far as asked."""
    content = os.urandom(5000)
    transfer.put([upload("/part", content)])

    assert read_back(transfer, "/part", offset=4000) == content[4000:]
    assert read_back(transfer, "/part", offset=10, size=2000) == content[10:2010]


def test_append(transfer: Transfer) -> None:
    """What is appended stands behind what is there; a file that is not there is made."""
    transfer.put([upload("/log", b"one", append=True)])
    transfer.put([upload("/log", b"two" * 1000, append=True)])

    assert read_back(transfer, "/log") == b"one" + b"two" * 1000


def test_a_file_that_cannot_be_written(transfer: Transfer) -> None:
    """The board's error comes as that error, what stood before it is there, and the session is usable."""
    with pytest.raises(FileNotFoundError):
        transfer.put([upload("/before", b"good"), upload("/no/such/folder", os.urandom(9000))])

    assert read_back(transfer, "/before") == b"good"


def test_no_room() -> None:
    """A file that does not fit leaves nothing behind, and the older one is as it was."""
    with belay.Device("sim:?flash=64k") as device:
        transfer = Transfer(device._belay_runtime)
        transfer.put([upload("/file", b"older")])

        with pytest.raises(OSError, match="bytes beside what is there"):
            transfer.put([upload("/file", os.urandom(100_000))])

        assert read_back(transfer, "/file") == b"older"
        assert device("[entry[0] for entry in os.ilistdir('/')]") == ["file"]


def test_progress() -> None:
    """Progress counts bytes of content up to all of them."""
    seen: list[int] = []
    with belay.Device("sim:") as device:
        Transfer(device._belay_runtime).put([upload("/file", os.urandom(50_000))], progress=seen.append)

    assert seen == sorted(seen)
    assert seen[-1] == 50_000


def test_content_that_changes_meanwhile() -> None:
    """A source that is shorter than it was announced is an error, and nothing is written."""
    with belay.Device("sim:") as device:
        transfer = Transfer(device._belay_runtime)

        with pytest.raises(belay.TransferError, match="100 bytes were announced, and there are 90 fewer"):
            transfer.put([Upload("/file", 100, lambda: [b"0123456789"])])

        assert device("os.listdir('/')") == []


def test_a_board_that_was_found_again(tmp_path: Path) -> None:
    """With `attempts`, files that a broken link cut short are all there in the end."""
    files = {f"/{number}": os.urandom(5000) for number in range(5)}
    with belay.Device(f"sim:?disk={tmp_path / 'flash'}", attempts=1) as device:
        transfer = Transfer(device._belay_runtime)

        def content(path: str) -> Iterator[bytes]:
            if path == "/3" and not broken:
                broken.append(path)
                device._belay_runtime.session.link._launcher.end()  # type: ignore[attr-defined] # unplugs it
            yield files[path]

        broken: list[str] = []
        transfer.put([Upload(path, 5000, lambda path=path: content(path)) for path in files])

        assert broken == ["/3"]
        assert {path: read_back(transfer, path) for path in files} == files


def test_a_link_that_breaks_without_attempts(tmp_path: Path) -> None:
    """Without `attempts` a broken link is an error."""
    with belay.Device(f"sim:?disk={tmp_path / 'flash'}") as device:
        link = device._belay_runtime.session.link

        def content() -> Iterator[bytes]:
            link._launcher.end()  # type: ignore[attr-defined] # unplugs it
            yield b"x" * 5000

        with pytest.raises(belay.ConnectionLost):
            Transfer(device._belay_runtime).put([Upload("/file", 5000, content)])
