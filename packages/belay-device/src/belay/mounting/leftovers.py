r"""What is left of an answer at the board's prompt, when Ctrl-C has ended the program that asked. Bytes only.

The prompt takes such bytes for keys. They run nothing, for an answer has no line end; but they would stand in
front of what the person types next. So the line is given up by another Ctrl-C, and its echo is not shown.
"""

from __future__ import annotations

__all__ = ["STOP", "Leftovers"]

STOP = b"\x03"
"""Ctrl-C: at a friendly prompt it gives up the line."""

_RAW, _FRIENDLY = b"\x01", b"\x02"
_PROMPT = b"\r\n>>> "


class Leftovers:
    """Follows what goes to a board and comes from it, as far as that tells whether a line holds leftovers.

    The raw prompt, where the board is at first, drops them by itself.
    """

    def __init__(self) -> None:
        self._is_raw = True
        self._is_stopped = False
        self._answer_bytes = 0
        self._tail = b""
        self._hidden: bytearray | None = None

    def sent(self, data: bytes) -> None:
        """Take what was sent to the board, other than answers."""
        stop, raw, friendly = (data.rfind(key) for key in (STOP, _RAW, _FRIENDLY))
        if max(raw, friendly) >= 0:
            self._is_raw = raw > friendly
        if max(stop, raw, friendly) >= 0:
            self._is_stopped = not self._is_raw and stop > max(raw, friendly)

    def answered(self, size_bytes: int) -> None:
        """Know that an answer was sent."""
        self._answer_bytes = size_bytes

    def printed(self, output: bytes) -> tuple[bytes, bool]:
        """Take what the board printed; return what is shown of it, and whether `STOP` must be sent now."""
        if self._is_raw:
            shown = bytes(self._hidden or b"") + output
            self._hidden, self._tail = None, b""
            return shown, False
        if self._hidden is not None:
            return self._behind_echo(output), False
        seen = self._tail + output
        place = seen.find(_PROMPT)
        if place < 0:
            self._tail = seen[1 - len(_PROMPT) :]
            return output, False
        has_leftovers = self._is_stopped and self._answer_bytes > 0
        self._is_stopped = False
        if not has_leftovers:
            self._answer_bytes = 0
            self._tail = seen[1 - len(_PROMPT) :]
            return output, False
        start = place + len(_PROMPT) - len(self._tail)
        self._hidden, self._tail = bytearray(), b""
        return output[:start] + self._behind_echo(output[start:]), True

    def _behind_echo(self, output: bytes) -> bytes:
        """Return what comes behind the prompt that follows the echo; all of it when that does not come."""
        hidden = (self._hidden or bytearray()) + output
        self._hidden = None
        place = hidden.find(_PROMPT)
        if place >= 0:
            self._answer_bytes = 0
            return bytes(hidden[place + len(_PROMPT) :])
        if len(hidden) > 2 * self._answer_bytes + len(_PROMPT):
            return bytes(hidden)  # more than an echo
        self._hidden = hidden
        return b""
