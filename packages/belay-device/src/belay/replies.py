"""What a board's answer means: a value, or an exception with the host's lines in its traceback.

The kinds of replies are those of `_onboard/runtime.py`. This room sends nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from belay.exceptions import NotBelayResponseError, board_exception
from belay.tracebacks import remap
from belay.values import decode

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay.exceptions import BoardException
    from belay.tracebacks import CodeOrigin
    from belay_transport.repl import Reply
    from belay_transport.session import Answer

__all__ = ["ReplyReader"]

_CLOCK_READING = re.compile("[0-9]{1,19}")  # 64 bits; what is longer is no clock


class ReplyReader:
    """Reads the answers of one board.

    Args:
        description: how messages call the device.
        origin_of: finds where the code of a board's file name came from.
    """

    def __init__(self, description: str, origin_of: Callable[[str], CodeOrigin | None]) -> None:
        self._description = description
        self._origin_of = origin_of

    def settle(self, answer: Answer) -> object:
        """Return the value of an answer with one reply.

        Raises:
            BoardException: the answer is that the program raised.
            UnreturnableValueError: the value cannot come back.
        """
        error = self.error_of(answer, 0)
        if error is not None:
            try:
                raise error
            finally:
                del error  # its traceback holds this frame: a circle would keep all proxies of the call alive
        return self.value(answer.replies[0])

    def error_of(self, answer: Answer, index: int) -> BoardException | None:
        """Return the exception that stands in the place of reply `index`, or None if it is a value."""
        if index >= len(answer.replies):
            return self._exception(answer.error)
        reply = answer.replies[index]
        return self._exception(_unquoted(_text(reply))) if reply.kind == "e" else None

    def value(self, reply: Reply) -> object:
        """Return the value that a reply carries.

        Raises:
            UnreturnableValueError: it cannot come back.
            NotBelayResponseError: it is not a value at all.
        """
        kind, text = reply.kind, _text(reply)
        if kind.startswith("q"):
            kind, text = kind[1:], _unquoted(text)
        if not kind.startswith("v"):
            raise NotBelayResponseError(
                f"{self._description} sent a reply of the kind `{kind}`, which is no value: {text[:80]!r}"
            )
        return decode(text, kind[1:])

    def without_times(self, reply: Reply) -> tuple[Reply, tuple[int, int]]:
        """Take a reply of `_onboard/clock.py` apart: the value's own, and the clock before and after.

        Raises:
            NotBelayResponseError: there are no times in it.
        """
        kind, text = reply.kind, _text(reply)
        if kind.startswith("q"):
            kind, text = kind[1:], _unquoted(text)
        # The times come last, so whatever the value prints is not taken for them.
        value, *times = text.removeprefix("(").removesuffix(")").rsplit(", ", 2)
        if len(times) != 2 or not all(_CLOCK_READING.fullmatch(time) for time in times):  # noqa: PLR2004 - before, after
            raise NotBelayResponseError(f"{self._description} sent a reply without times: {text[:80]!r}")
        return reply._replace(kind=kind, payload=value.encode()), (int(times[0]), int(times[1]))

    def _exception(self, board_text: str) -> BoardException:
        return board_exception(board_text, traceback_text=remap(board_text, self._origin_of))


def _text(reply: Reply) -> str:
    return reply.payload.decode(errors="replace")


def _unquoted(text: str) -> str:
    """Return the text that a board has quoted because there are line ends in it."""
    value = decode(text)
    return value if isinstance(value, str) else text
