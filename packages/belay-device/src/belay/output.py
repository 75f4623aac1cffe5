"""Where the board's prints go: a binary stream gets the bytes as they are, a text stream readable text."""

from __future__ import annotations

import codecs
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["STDOUT", "OutputWriter"]


class _Stdout:
    """Stands for whatever `sys.stdout` is when something is printed."""

    def __repr__(self) -> str:
        return "sys.stdout"


STDOUT: Final = _Stdout()


class OutputWriter:
    r"""Passes the board's output on, as it comes.

    A text stream gets UTF-8 decoded across pieces and `\r\n` as `\n`; bytes that are no UTF-8
    come as the replacement character. A stream whose `write` takes bytes (one without `encoding`,
    `errors` or `newlines`) gets every byte unchanged.

    Args:
        stream: a text or binary stream, None to drop everything, or `STDOUT`.
    """

    def __init__(self, stream: Any = STDOUT) -> None:  # Any: text or binary, known only when it is written to
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._carriage_return = False

    def __call__(self, data: bytes) -> None:
        """Write `data`."""
        stream: Any = sys.stdout if self._stream is STDOUT else self._stream  # Any: as above
        if stream is None:
            return
        if not _is_text(stream):
            stream.write(data)
        elif text := self._text(data):
            stream.write(text)
        flush: Callable[[], object] | None = getattr(stream, "flush", None)
        if flush is not None:
            flush()

    def _text(self, data: bytes) -> str:
        text = self._decoder.decode(data)
        if self._carriage_return:
            text = "\r" + text
        # A line end may be cut in two; what a lone carriage return means is known with the next byte.
        self._carriage_return = text.endswith("\r")
        if self._carriage_return:
            text = text[:-1]
        return text.replace("\r\n", "\n")


def _is_text(stream: object) -> bool:
    return hasattr(stream, "encoding") or hasattr(stream, "newlines")
