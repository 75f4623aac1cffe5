"""A file of a board that is open on the host: its content is held here, and goes whole at the end.

Knows Python's streams; how a file crosses is the file system's.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NoReturn

from belay.arguments import check_text
from belay.exceptions import ArgumentValueError
from belay.files.texts import check_encoding

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import BinaryIO, TextIO

    from belay.files.boardpath import BoardPath
    from belay.files.filesystem import FileSystem

__all__ = ["open_file"]


def open_file(fs: FileSystem, path: BoardPath, mode: str, *, encoding: str, errors: str) -> BinaryIO | TextIO:
    """Open a file of a board; see `BoardPath.open`."""
    check_text("mode", mode)
    check_encoding(encoding, errors)
    letters = "".join(sorted(mode.replace("t", "", 1) if "b" not in mode else mode.replace("b", "", 1)))
    if letters not in {"r", "w", "a", "x"}:
        raise ArgumentValueError(
            f"`mode` is {mode!r}: a board's file is opened with one of `r`, `w`, `a`, `x`, and `b` for bytes",
            hint="to change a part, read the file, and write it anew",
        )
    if letters == "r":
        stream: io.BytesIO = _Read(fs.read_bytes(path))
        return stream if "b" in mode else io.TextIOWrapper(stream, encoding, errors, newline="")
    if letters == "x":
        fs.touch(path, exist_ok=False)
    send = fs.append_bytes if letters == "a" else fs.write_bytes
    written = _Written(lambda data: send(path, data))
    return written if "b" in mode else _WrittenText(written, encoding, errors, newline="")


class _Read(io.BytesIO):
    """Bytes that came from the board, and do not go back."""

    def writable(self) -> bool:
        return False

    def _refuse(self, *_: object) -> NoReturn:
        raise io.UnsupportedOperation("not writable")

    write = writelines = truncate = _refuse


class _Written(io.BytesIO):
    """Bytes that go to the board when they are complete."""

    def __init__(self, send: Callable[[bytes], object]) -> None:
        super().__init__()
        self._send: Callable[[bytes], object] | None = send

    def readable(self) -> bool:
        return False

    def _refuse(self, *_: object) -> NoReturn:
        raise io.UnsupportedOperation("not readable")

    read = read1 = readinto = readinto1 = readline = readlines = __next__ = _refuse

    def forget(self) -> None:
        """Have the next `close` send nothing."""
        self._send = None

    def close(self) -> None:
        send, self._send = self._send, None
        try:
            if send is not None and not self.closed:
                send(self.getvalue())
        finally:
            super().close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self.forget()
        super().__exit__(kind, error, trace)

    def __del__(self) -> None:
        # Nobody closed it, and the garbage collector must not talk to a board in the middle of a call.
        self.forget()


class _WrittenText(io.TextIOWrapper):
    """Text over such bytes."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._forget()
        super().__exit__(kind, error, trace)

    def _forget(self) -> None:
        if isinstance(self.buffer, _Written):
            self.buffer.forget()

    def __del__(self) -> None:
        self._forget()
