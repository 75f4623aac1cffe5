"""Answers what a board asks about a folder of the host's: one payload in, one payload out.

Knows the letters of the requests (see `_onboard/mount.py`) and handles; what is told ahead of the question is
`belay.mounting.imports`'s to know.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from belay.mounting.handles import Handles
from belay.mounting.imports import Compile, Imports, Told

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from belay.mounting.folder import Facts, HostFolder

__all__ = ["Compile", "Server"]

_FOLDER, _FILE = 0x4000, 0x8000
_BLOCK_BYTES = 4096

_ERRNOS = {
    "EPERM": 1,
    "ENOENT": 2,
    "EIO": 5,
    "EBADF": 9,
    "EACCES": 13,
    "EBUSY": 16,
    "EEXIST": 17,
    "EXDEV": 18,
    "ENOTDIR": 20,
    "EISDIR": 21,
    "EINVAL": 22,
    "EMFILE": 24,
    "EFBIG": 27,
    "ENOSPC": 28,
    "EROFS": 30,
    "ENAMETOOLONG": 36,
    "ENOTEMPTY": 39,
    "ELOOP": 40,
}
"""What MicroPython calls an error, whatever the host's number for it. Source: MicroPython, `py/mperrno.h`."""


class Server:
    """One board's view of one folder.

    Args:
        folder: what is served.
        most_bytes: of content in an answer.
        compile_source: what imports get in the place of sources; None for the sources.
    """

    def __init__(self, folder: HostFolder, *, most_bytes: int, compile_source: Compile | None = None) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._files = Handles(folder.open)
        self._last = (b"", b"")
        self._imports = Imports(folder, most_bytes=most_bytes, compile_source=compile_source)
        self._does: dict[bytes, Callable[[bytes], bytes]] = {
            b"s": self._stat,
            b"S": self._stat,
            b"l": self._list,
            b"o": self._open,
            b"r": self._read,
            b"w": self._write,
            b"z": self._size,
            b"g": self._go,
            b"v": self._space,
            b"x": lambda words: self._do(self._folder.remove, words),
            b"d": lambda words: self._do(self._folder.rmdir, words),
            b"m": lambda words: self._do(self._folder.mkdir, words),
            b"n": lambda words: self._do(self._folder.rename, words),
        }

    def answer(self, asked: bytes) -> bytes:
        """Answer a request. The one that was answered last is not done again: the answer was lost."""
        last, answer = self._last
        if asked != last:
            answer = asked[:2] + self._answer(asked[2:3], asked[3:])
            self._last = asked, answer
        return answer

    def close(self) -> None:
        """Close what the board has opened: it has started anew, or is gone."""
        self._files.close()
        self._last = (b"", b"")

    def _answer(self, letter: bytes, words: bytes) -> bytes:
        does = self._does.get(letter)
        if letter == b"o":
            self._imports.pause()
        elif letter != b"s":
            self._imports.end()
        try:
            return b"!%d" % _ERRNOS["EINVAL"] if does is None else b"=" + does(words)
        except OSError as error:
            name = errno.errorcode.get(error.errno or 0, "EIO")
            return b"!%d" % _ERRNOS.get(name, _ERRNOS["EIO"])
        except (ValueError, OverflowError):
            return b"!%d" % _ERRNOS["EINVAL"]  # an offset that no file has, or not what our own code sends

    # What is there

    def _stat(self, words: bytes) -> bytes:
        facts, ahead = self._imports.probe(self._path(words))
        told = b"".join(map(_ahead, ahead))
        if facts is None and not ahead:
            raise FileNotFoundError(errno.ENOENT, "nothing there")
        return _stat_text(facts) + (b"\0" + told if told else b"")

    def _list(self, words: bytes) -> bytes:
        number, path = words.split(b"\0", 1)
        start = int(number)
        entries = self._folder.listing(self._path(path))
        told: list[bytes] = []
        room = self._most_bytes
        for name, facts in entries[start:]:
            entry = b"%s\0%d\0" % (name.encode(), -1 if facts.is_dir else facts.size_bytes)
            room -= len(entry)
            if room < 0 and told:
                break
            told.append(entry)
        end = start + len(told)
        return b"%d\0" % (end if end < len(entries) else -1) + b"".join(told)

    def _go(self, words: bytes) -> bytes:
        path = self._path(words)
        if not self._folder.facts(path).is_dir:
            raise NotADirectoryError(errno.ENOTDIR, "not a folder")
        return path.rstrip("/").encode() + b"/"

    def _space(self, _words: bytes) -> bytes:
        total, free = (size // _BLOCK_BYTES for size in self._folder.space())
        return b"%d,%d,%d,%d,%d,0,0,0,0,255" % (_BLOCK_BYTES, _BLOCK_BYTES, total, free, free)

    # Files

    def _open(self, words: bytes) -> bytes:
        mode, path_text = words.split(b"\0", 1)
        path = self._path(path_text)
        is_read = mode in (b"r", b"rb", b"rt")
        made = self._imports.made(path) if is_read else None
        if made is not None:
            import io  # noqa: PLC0415 - few programs serve files

            file: BinaryIO = io.BytesIO(made)
        else:
            file = self._folder.open(path, mode.decode())
        size = file.seek(0, 2)
        head = b""
        if is_read:
            file.seek(0)
            head = file.read(self._most_bytes)
            if len(head) == size:
                file.close()
                return b"-1,%d\0" % size + head
        return b"%d,%d\0" % (self._files.add(file, path, mode.decode(), made), size) + head

    def _read(self, words: bytes) -> bytes:
        handle, offset = map(int, words.split(b","))
        file = self._files.file(handle)
        file.seek(offset)
        return file.read(self._most_bytes) or b""

    def _write(self, words: bytes) -> bytes:
        head, data = words.split(b"\0", 1)
        handle, offset, is_last = map(int, head.split(b","))
        try:
            if data:
                file = self._files.file(handle)
                file.seek(offset)
            while data:
                data = data[file.write(data) :]
        finally:
            if is_last:
                self._files.remove(handle)
        return b""

    def _size(self, words: bytes) -> bytes:
        return b"%d" % self._files.file(int(words)).seek(0, 2)

    def _do(self, action: Callable[..., None], words: bytes) -> bytes:
        action(*map(self._path, words.split(b"\0")))
        return b""

    def _path(self, words: bytes) -> str:
        return self._folder.normal(words.decode())


def _stat_text(facts: Facts | None) -> bytes:
    if facts is None:
        return b"-"
    return b"%d,%d,%d" % (_FOLDER if facts.is_dir else _FILE, facts.size_bytes, facts.modified_s)


def _ahead(told: Told) -> bytes:
    content = told.content
    length = -1 if content is None else len(content)
    return b"%s\0%s\0%d\0" % (told.path.encode(), _stat_text(told.facts), length) + (content or b"")
