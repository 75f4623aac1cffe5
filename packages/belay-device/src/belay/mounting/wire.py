r"""How a board asks for a file and is answered, in the middle of whatever it prints. Bytes only.

A request is `\x02`, a token that no program can guess, `?`, the length and the CRC-32 of what follows (8 hex
digits each), that, and `\x03`. An answer is `\x06`, length and CRC-32, and bytes; those that a REPL acts on
come as Esc and a letter (see docs/design/04), line ends too: a prompt that gets it must run nothing.
"""

from __future__ import annotations

from binascii import crc32
from typing import NamedTuple

__all__ = ["AGAIN", "Asked", "Requests", "answer_frame"]

_HEAD_BYTES = 16
_MOST_BYTES = 1 << 20
"""A request that says it is longer is none."""

_ESCAPED = b"\x1b\x01\x02\x03\x04\n\r"  # Esc first, for what it brings must not be escaped once more

AGAIN = b"\x06" + b"0" * 8 + b"f" * 8
"""An answer that cannot be right: it makes the board ask once more."""


class Asked(NamedTuple):
    """What a board asked.

    Attributes:
        payload: what it says; None when it arrived damaged.
    """

    payload: bytes | None


class Requests:
    """Finds the requests in a stream, in pieces of any size.

    Args:
        token: of letters, the same as the board's code has.
    """

    def __init__(self, token: bytes) -> None:
        self._mark = b"\x02" + token + b"?"
        self._held = b""

    def feed(self, data: bytes) -> list[bytes | Asked]:
        """Take what has come; return the output and the requests in it, in order."""
        data = self._held + data
        self._held = b""
        found: list[bytes | Asked] = []
        while data:
            place = self._next(data)
            if place:
                found.append(data[:place])
                data = data[place:]
                continue
            size = self._size(data)
            if size is None or (size and len(data) < size):
                if size and self._mark in data[1:]:
                    size = 0  # its length was damaged, and the board has asked once more
                else:
                    self._held = data
                    break
            if size and self._is_whole(data[:size]):
                found.append(Asked(data[len(self._mark) + _HEAD_BYTES : size - 1]))
                data = data[size:]
                continue
            # Not a request, or no longer one: the rest may hold another, or somebody's output.
            if size:
                found.append(Asked(None))
            found.append(data[:1])
            data = data[1:]
        return found

    def _next(self, data: bytes) -> int:
        """Return where a request begins, or may begin; the length when none does."""
        place = data.find(self._mark)
        if place >= 0:
            return place
        for length in range(min(len(self._mark) - 1, len(data)), 0, -1):
            if data.endswith(self._mark[:length]):
                return len(data) - length
        return len(data)

    def _size(self, data: bytes) -> int | None:
        """Return how many bytes a request takes; 0 when it is none, None when that is not known yet."""
        start = len(self._mark)
        if len(data) < start + _HEAD_BYTES:
            return None
        try:
            length = int(data[start : start + 8], 16)
        except ValueError:
            return 0
        return start + _HEAD_BYTES + length + 1 if length <= _MOST_BYTES else 0

    def _is_whole(self, frame: bytes) -> bool:
        start = len(self._mark)
        check, payload = frame[start + 8 : start + _HEAD_BYTES], frame[start + _HEAD_BYTES : -1]
        return frame[-1:] == b"\x03" and check == b"%08x" % crc32(payload)


def answer_frame(payload: bytes) -> bytes:
    """Return what is sent to the board for an answer."""
    for byte in _ESCAPED:
        payload = payload.replace(bytes((byte,)), bytes((0x1B, 0x60 + byte)))
    return b"\x06%08x%08x" % (len(payload), crc32(payload)) + payload
