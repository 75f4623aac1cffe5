"""The image of a read-only file system that boards run code from in place (MicroPython 1.25 and later).

An image is records: a kind, a length, a payload. Numbers are big-endian groups of seven bits, each but the
last with its high bit set. Source: MicroPython, `extmod/vfs_rom.c`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, Union

from belay_pm.errors import IntegrityError, UnsafePathError
from belay_pm.target_paths import refuse_clashes, target_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["ROMFS_MARK", "build_romfs", "read_romfs"]

ROMFS_MARK = b"\xd2\xcd\x31"
"""The kind of the record that is the image: the lower seven bits of each byte spell "RM1"."""

_PADDING = 1
_DATA = 2
_POINTER = 3
_DIRECTORY = 4
_FILE = 5

_LONGEST_NUMBER = 10
"""Bytes of a number: more than 64 bits are no length of anything, and would only make the reader slow."""

_DEEPEST = 64
"""Folders in folders: a path of 500 bytes has less than that many names that anybody would use."""

_Folder: TypeAlias = dict[str, Union[bytes, "_Folder"]]


def build_romfs(files: Mapping[str, bytes]) -> bytes:
    """Return an image with files in it; the same files give the same bytes.

    Args:
        files: path in the image, relative and with `/` between its names -> content.

    Raises:
        UnsafePathError: a path would leave the image, or two clash.
    """
    contents: dict[str, bytes] = {}
    for path, content in files.items():
        if contents.setdefault(target_path(path, source="the image"), content) != content:
            raise UnsafePathError(f"`{path}` is in the image already, with another content")
    refuse_clashes(contents, source="the image")
    top: _Folder = {}
    for path in sorted(contents):
        *folders, name = path.split("/")
        folder = top
        for part in folders:
            inner = folder.setdefault(part, {})
            assert isinstance(inner, dict)  # else two paths clash
            folder = inner
        folder[name] = contents[path]
    return _image(_entries(top))


def read_romfs(image: bytes) -> dict[str, bytes]:
    """Return the files in an image, by path, in its own order.

    Raises:
        IntegrityError: it is no such image, or a record of it is damaged.
        UnsafePathError: a path in it would leave it.
    """
    if not image.startswith(ROMFS_MARK):
        raise IntegrityError(f"This is no ROMFS: its {len(image)} bytes start with `{image[:3].hex(' ')}`")
    _, start, end = _record(image, 0, len(image))
    files: dict[str, bytes] = {}
    for path, content in _read_folder(image, start, end, "", 0):
        files[target_path(path, source="the image")] = content
    refuse_clashes(files, source="the image")
    return files


def _entries(folder: _Folder) -> bytes:
    parts = []
    for name in sorted(folder):
        entry = folder[name]
        title = _number(len(name.encode())) + name.encode()
        if isinstance(entry, dict):
            parts.append(_packed(_DIRECTORY, title + _entries(entry)))
        else:
            parts.append(_packed(_FILE, title + _packed(_DATA, entry)))
    return b"".join(parts)


def _image(payload: bytes) -> bytes:
    length = _number(len(payload))
    if (len(ROMFS_MARK) + len(length)) % 2:
        length = b"\x80" + length  # what follows starts at an even offset, as the firmware expects
    return ROMFS_MARK + length + payload


def _packed(kind: int, payload: bytes) -> bytes:
    return _number(kind) + _number(len(payload)) + payload


def _number(value: int) -> bytes:
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(0x80 | value & 0x7F)
    return bytes(reversed(groups))


def _read_folder(image: bytes, start: int, end: int, above: str, depth: int) -> Iterator[tuple[str, bytes]]:
    if depth > _DEEPEST:
        raise IntegrityError(f"The ROMFS has more than {_DEEPEST} folders in one another")
    for kind, payload, last in _records(image, start, end):
        if kind not in (_DIRECTORY, _FILE):
            continue  # padding, data that pointers name, and what later versions may add
        length, first = _read_number(image, payload, last)
        if first + length > last:
            raise IntegrityError(f"A name in the ROMFS at byte {first} is longer than its record")
        try:
            name = image[first : first + length].decode()
        except UnicodeDecodeError as error:
            raise IntegrityError(f"A name in the ROMFS at byte {first} is not text") from error
        if not name or "/" in name:
            raise IntegrityError(f"A name in the ROMFS at byte {first} is {name!r}")
        path = f"{above}{name}"
        if kind == _DIRECTORY:
            yield from _read_folder(image, first + length, last, f"{path}/", depth + 1)
        else:
            yield path, _content(image, first + length, last, path)


def _content(image: bytes, start: int, end: int, path: str) -> bytes:
    for kind, first, last in _records(image, start, end):
        if kind == _DATA:
            return image[first:last]
        if kind == _POINTER:
            size, second = _read_number(image, first, last)
            offset, _ = _read_number(image, second, last)
            if offset + size > len(image):
                raise IntegrityError(f"`{path}` in the ROMFS points behind the end of the image")
            return image[offset : offset + size]
    raise IntegrityError(f"`{path}` in the ROMFS has no content")


def _records(image: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    while start < end:
        record = _record(image, start, end)
        yield record
        start = record[2]


def _record(image: bytes, start: int, end: int) -> tuple[int, int, int]:
    kind, first = _read_number(image, start, end)
    length, first = _read_number(image, first, end)
    if first + length > end:
        raise IntegrityError(
            f"The ROMFS is damaged: the record at byte {start} "
            f"wants {length} bytes, and {end - first} are there"
        )
    return kind, first, first + length


def _read_number(image: bytes, start: int, end: int) -> tuple[int, int]:
    value = 0
    for position in range(start, min(end, start + _LONGEST_NUMBER)):
        value = value << 7 | image[position] & 0x7F
        if not image[position] & 0x80:
            return value, position + 1
    raise IntegrityError(f"The ROMFS is damaged: there is no number at byte {start}")
