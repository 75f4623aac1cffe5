from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import belay
from belay_pm.errors import IntegrityError, PackageError, UnsafePathError
from belay_pm.romfs import build_romfs, read_romfs

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = st.text("abcdefghij_é", min_size=1, max_size=8)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
CONTENTS = st.binary(max_size=300) | st.just(b"x" * 20_000)

PROJECT = {
    "lib/greeting/__init__.py": b"def greet(name):\n    return 'hello ' + name\n",
    "lib/greeting/words.txt": "grüß dich".encode(),
    "main.py": b"",
    "big.bin": bytes(range(256)) * 300,
}


@pytest.fixture(scope="module")
def board() -> Iterator[belay.Device]:
    """Lend a board that images are mounted on."""
    with belay.Device("sim:") as device:
        yield device


def mount(board: belay.Device, image: bytes, where: str = "/rom") -> None:
    """Put an image on a board, and mount it."""
    board.fs.path("/image").write_bytes(image)
    board(f"import vfs\nimage = open('/image', 'rb').read()\nvfs.mount(vfs.VfsRom(image), {where!r})")


def unmount(board: belay.Device, where: str = "/rom") -> None:
    """Take an image off a board."""
    board(f"vfs.umount({where!r})\nimage = None")


def test_a_board_reads_what_was_built(board: belay.Device) -> None:
    """MicroPython mounts the image, lists its folders, and reads each file byte for byte."""
    mount(board, build_romfs(PROJECT))
    try:
        found = {path: board.fs.path(f"/rom/{path}").read_bytes() for path in PROJECT}
        names = [entry.name for folder in ("/rom", "/rom/lib/greeting") for entry in board.fs.list(folder)]
    finally:
        unmount(board)

    assert found == PROJECT
    assert names == ["big.bin", "lib", "main.py", "__init__.py", "words.txt"]


def test_a_board_imports_from_the_image(board: belay.Device) -> None:
    """A package in the image is importable where its `lib` is on the path."""
    mount(board, build_romfs(PROJECT))
    try:
        board("import sys\nsys.path.append('/rom/lib')\nimport greeting")
        said = board("greeting.greet('board')")
    finally:
        board("sys.path.remove('/rom/lib')")
        unmount(board)

    assert said == "hello board"


def test_the_same_files_give_the_same_bytes() -> None:
    """The order in which the files were named does not matter."""
    backwards = dict(reversed(PROJECT.items()))

    assert build_romfs(backwards) == build_romfs(PROJECT)


def test_an_image_starts_with_its_mark_at_an_even_length() -> None:
    """The head is `d2 cd 31` and a length, in an even number of bytes."""
    assert build_romfs({})[:3].hex() == "d2cd31"
    for size in (0, 1, 100, 120, 127, 128, 20_000):
        image = build_romfs({"a": bytes(size)})
        payload = 2 + 1 + len(_number(size)) + size  # name, then the record of the data
        head = len(image) - 1 - len(_number(payload)) - payload
        assert head % 2 == 0


def _number(value: int) -> bytes:
    return bytes((value.bit_length() + 6) // 7 or 1)  # only its length is asked for


@given(st.dictionaries(PATHS, CONTENTS, max_size=8))
def test_what_is_built_is_read(files: dict[str, bytes]) -> None:
    """Whatever is put into an image comes out of it, or is refused because two paths clash."""
    try:
        image = build_romfs(files)
    except UnsafePathError:
        return

    assert read_romfs(image) == files


@given(st.binary(max_size=200), st.integers(0, 400))
def test_a_damaged_image_is_refused_or_read(noise: bytes, at: int) -> None:
    """No bytes of an image's end in anything but files or our errors."""
    image = build_romfs({key: PROJECT[key] for key in ("lib/greeting/__init__.py", "lib/greeting/words.txt")})
    damaged = image[:at] + noise + image[at + len(noise) :]

    try:
        files = read_romfs(damaged)
    except PackageError:
        return

    assert all(".." not in path.split("/") and not path.startswith("/") for path in files)


@pytest.mark.parametrize(
    ("image", "says"),
    [
        (b"", "no ROMFS: its 0 bytes"),
        (b"PK\x03\x04", "no ROMFS: its 4 bytes start with `50 4b 03`"),
        (b"\xd2\xcd\x31", "there is no number at byte 3"),
        (b"\xd2\xcd\x31" + b"\xff" * 20, "there is no number at byte 3"),
        (build_romfs({"a": b"abc"})[:-1], "is damaged: the record at byte 0 wants"),
        (bytes.fromhex("d2cd31030502ff"), "the record at byte 4 wants 2 bytes, and 1 are there"),
        (bytes.fromhex("d2cd3104050201ff"), "at byte 7 is not text"),
        (bytes.fromhex("d2cd310405020161"), "`a` in the ROMFS has no content"),
        (bytes.fromhex("d2cd310405020561"), "is longer than its record"),
        (bytes.fromhex("d2cd31040502012f"), "at byte 7 is '/'"),
        (bytes.fromhex("d2cd31080506016103027f7f"), "points behind the end of the image"),
    ],
)
def test_an_image_that_cannot_be_read_says_why(image: bytes, says: str) -> None:
    """What is wrong, and at which byte."""
    with pytest.raises(IntegrityError, match=says):
        read_romfs(image)


def test_a_pointer_is_followed() -> None:
    """Data that another writer put apart from its file is read."""
    data, name, pointer = "0203616263", "0161", "03020306"  # 3 bytes at the 6th of the image
    payload = bytes.fromhex(data + "0506" + name + pointer)

    assert read_romfs(bytes.fromhex("d2cd31") + bytes([len(payload)]) + payload) == {"a": b"abc"}


@pytest.mark.parametrize("path", ["../a", "/a", "", "a\\b"])
def test_a_path_that_leaves_the_image_is_refused(path: str) -> None:
    """An image holds files below its top only."""
    with pytest.raises(UnsafePathError):
        build_romfs({path: b""})


def test_two_spellings_of_a_path_are_refused() -> None:
    """What is one path in the image never loses one of two contents."""
    with pytest.raises(UnsafePathError, match="is in the image already"):
        build_romfs({"a": b"1", "./a": b"2"})


def test_folders_without_end_are_refused() -> None:
    """An image made to exhaust its reader is told apart."""
    payload = b""
    for _ in range(100):
        inner = b"\x01a" + payload
        payload = b"\x04" + (bytes([0x80 | len(inner) >> 7, len(inner) & 0x7F])) + inner

    with pytest.raises(IntegrityError, match="more than 64 folders"):
        read_romfs(b"\xd2\xcd\x31" + bytes([0x80 | len(payload) >> 7, len(payload) & 0x7F]) + payload)
