r"""What the firmware does to a board's output on its way to the wire: `\n` leaves as `\r\n`.

Knows bytes only. `sys.stdout.buffer.write` is raw on a board; the sim's façade of `sys` wraps what
must stay raw in an escape (a token drawn for this board, a length, the bytes), undone here.
"""

from __future__ import annotations

__all__ = ["LENGTH_BYTES", "TOKEN_BYTES", "Cooker"]

TOKEN_BYTES = (
    8  # drawn at random: that a program prints it by accident is as likely as guessing a 64-bit number
)
LENGTH_BYTES = 4


class Cooker:
    r"""Turns what the interpreter wrote into what leaves a board.

    `\n` becomes `\r\n` unless `\r` stands before it; what the escape wraps passes as it is.
    """

    def __init__(self, token: bytes) -> None:
        self._token = token
        self._held = b""  # the beginning of an escape that was cut
        self._raw_left = 0  # bytes of an escape still to come
        self._after_return = False  # the last byte that left was \r

    @property
    def is_holding(self) -> bool:
        """Whether bytes are held back that may begin an escape; the rest of it is on its way."""
        return bool(self._held)

    def feed(self, data: bytes) -> bytes:
        """Return the bytes that leave the board for `data`."""
        if not self._held and not self._raw_left and self._token[0] not in data:
            return self._cook(data)  # nearly always
        return self._feed_escaped(data)

    def release(self) -> bytes:
        """Return what was held back: it was no escape after all."""
        held, self._held = self._held, b""
        return self._cook(held)

    def _feed_escaped(self, data: bytes) -> bytes:
        out: list[bytes] = []
        if self._held:
            data = self._held + data
            self._held = b""
        while data:
            if self._raw_left:
                piece, data = data[: self._raw_left], data[self._raw_left :]
                self._raw_left -= len(piece)
                self._after_return = piece.endswith(b"\r")
                out.append(piece)
                continue
            start = data.find(self._token)
            if start < 0:
                keep = self._cut_token_at_end(data)
                out.append(self._cook(data[: len(data) - keep]))
                self._held = data[len(data) - keep :]
                break
            out.append(self._cook(data[:start]))
            header_end = start + TOKEN_BYTES + LENGTH_BYTES
            if len(data) < header_end:
                self._held = data[start:]
                break
            self._raw_left = int.from_bytes(data[start + TOKEN_BYTES : header_end], "little")
            data = data[header_end:]
        return b"".join(out)

    def _cut_token_at_end(self, data: bytes) -> int:
        for length in range(min(TOKEN_BYTES - 1, len(data)), 0, -1):
            if data.endswith(self._token[:length]):
                return length
        return 0

    def _cook(self, data: bytes) -> bytes:
        if not data:
            return data
        first_return = self._after_return and data.startswith(b"\n")
        self._after_return = data.endswith(b"\r")
        if b"\n" not in data:
            return data
        if first_return:
            return b"\n" + data[1:].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
