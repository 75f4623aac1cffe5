"""Where the board's prints go: a binary stream gets the bytes as they are, a text stream readable text."""

from __future__ import annotations

import codecs
import sys
from typing import TYPE_CHECKING, Any, Final, Protocol

from belay_transport.errors import ArgumentTypeError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["STDOUT", "OutputWriter", "TextFilter"]


class TextFilter(Protocol):
    """Changes text on its way to a text stream."""

    def feed(self, text: str) -> str:
        """Take a piece of text and return what goes on now."""
        ...

    def end(self) -> str:
        """Return what is held back."""
        ...


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

    Raises:
        ArgumentTypeError: the stream has no `write`.

    Attributes:
        text_filter: sees all text that goes to a text stream; whoever knows what to change sets it.
    """

    def __init__(self, stream: Any = STDOUT) -> None:  # Any: text or binary, known only when it is written to
        if not (stream is None or stream is STDOUT or hasattr(stream, "write")):
            raise ArgumentTypeError(
                f"output goes to a stream or to None, not to {stream!r} ({type(stream).__name__}),"
                " which has no `write`"
            )
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._carriage_return = False
        self.text_filter: TextFilter | None = None

    def __call__(self, data: bytes) -> None:
        """Write `data`."""
        stream: Any = sys.stdout if self._stream is STDOUT else self._stream  # Any: as above
        if stream is None:
            return
        if not _is_text(stream):
            stream.write(data)
        elif text := self._text(data):
            stream.write(text)
        _flush(stream)

    def drop(self) -> None:
        """From now on drop everything: nobody asks what comes."""
        self._stream = None
        self._carriage_return = False

    def end(self) -> None:
        r"""Write what is held back, such as a last `\r`: nothing will follow."""
        held = self._decoder.decode(b"", final=True) + "\r" * self._carriage_return
        self._carriage_return = False
        if self.text_filter is not None:
            held = self.text_filter.feed(held) + self.text_filter.end()
        if held and self._stream is not None:
            stream: Any = sys.stdout if self._stream is STDOUT else self._stream  # Any: as above
            stream.write(held)
            _flush(stream)

    def _text(self, data: bytes) -> str:
        text = self._decoded(data)
        return text if self.text_filter is None else self.text_filter.feed(text)

    def _decoded(self, data: bytes) -> str:
        text = self._decoder.decode(data)
        if self._carriage_return:
            text = "\r" + text
        # A line end may be cut in two; what a lone carriage return means is known with the next byte.
        self._carriage_return = text.endswith("\r")
        if self._carriage_return:
            text = text[:-1]
        return text.replace("\r\n", "\n")


def _flush(stream: object) -> None:
    flush: Callable[[], object] | None = getattr(stream, "flush", None)
    if flush is not None:
        flush()


def _is_text(stream: object) -> bool:
    return hasattr(stream, "encoding") or hasattr(stream, "newlines")
