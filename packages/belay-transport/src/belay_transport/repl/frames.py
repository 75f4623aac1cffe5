r"""How a reply travels inside a program's output: framed, so that no print can lose or forge it.

A frame is one write of the board's::

    0x02 TOKEN KIND ";" SEQUENCE "," LENGTH "," CHECK ":" PAYLOAD 0x03

TOKEN is four letters that the host chose for this session, KIND a word or more,
SEQUENCE, LENGTH and CHECK are hexadecimal.
LENGTH is what is left of the reply in bytes, this frame included; a frame carries the first 1024 of them.
CHECK is seeded with SEQUENCE plus LENGTH, covers kind and payload, and runs on from frame to frame of a
reply, so a chunk that is missing or doubled is found:
eight digits are a CRC-32, six the sum that a board without `binascii` can afford.
A start mark, ``0x02 TOKEN "s;" SEQUENCE 0x03``, says that the program's wrapper runs:
before it nothing that the program printed can have come, after it no failure can come unframed.
A payload holds no newline, because a board sends ``\n`` as ``\r\n``.
"""

from __future__ import annotations

import re
from binascii import crc32
from typing import NamedTuple

__all__ = ["CHUNK_BYTES", "START", "Frame", "FrameDecoder", "check", "encode_frame", "start_mark"]

CHUNK_BYTES = 1024
"""Payload bytes in one frame: small enough to join and send on a board with 8 kB of heap,
large enough that header and check (about 30 bytes) cost 3 %."""

START = "s"


class Frame(NamedTuple):
    """One frame as it came.

    Attributes:
        kind: what the payload is, as the board says.
        sequence: which reply of the session it belongs to.
        left_bytes: what is left of the reply, this frame's payload included.
        check: the check as the board computed it, hexadecimal.
        payload: the bytes as they came.
    """

    kind: str
    sequence: int
    left_bytes: int
    check: str
    payload: bytes


class FrameDecoder:
    """Finds the frames of one session in a stream.

    Args:
        token: the session's token, four ASCII letters or digits.
    """

    def __init__(self, token: bytes) -> None:
        self.mark = b"\x02" + token
        self._header = re.compile(
            re.escape(self.mark)
            + rb"([a-z][^;\x00-\x1f]{0,400});([0-9a-f]{1,8})(?:\x03|,([0-9a-f]{1,7}),([0-9a-f]{6,8}):)"
        )

    def find(self, data: bytes | bytearray, start: int = 0) -> int:
        """Return where the next frame, or a mark cut short by the end, begins; else `len(data)`."""
        index = data.find(self.mark, start)
        if index >= 0:
            return index
        tail = data.rfind(b"\x02", max(start, len(data) - len(self.mark) + 1))
        if tail >= 0 and self.mark.startswith(bytes(data[tail:])):
            return tail
        return len(data)

    def decode(self, data: bytes | bytearray, start: int) -> tuple[Frame | None, int]:
        """Read the frame that begins at `start`.

        Returns:
            The frame and the index behind it; (None, `start`) if more bytes are needed;
            (None, an index behind `start`) if the bytes up to there are a damaged frame.
        """
        header = self._header.match(data, start)
        if header is None:
            return None, self._wait_or_skip(data, start)
        kind, sequence = header[1].decode(), int(header[2], 16)
        if header[3] is None:
            return Frame(kind, sequence, 0, "", b""), header.end()
        left_bytes = int(header[3], 16)
        end = header.end() + min(left_bytes, CHUNK_BYTES)
        if len(data) <= end:
            return None, start
        if data[end] != 3:  # noqa: PLR2004 - the end byte of the layout above
            return None, self._damaged_end(data, header.end())
        payload = bytes(data[header.end() : end])
        return Frame(kind, sequence, left_bytes, header[4].decode(), payload), end + 1

    def _wait_or_skip(self, data: bytes | bytearray, start: int) -> int:
        after = start + len(self.mark)
        # A header that is still unreadable behind a kind of that length and its numbers is damaged.
        if len(data) < after + 430 and re.search(rb"[\x00-\x1f]", data[after:]) is None:
            return start
        return self._damaged_end(data, after)

    def _damaged_end(self, data: bytes | bytearray, start: int) -> int:
        """Return where a damaged frame ends: behind its 0x03, else before the next control byte."""
        control = re.compile(rb"[\x00-\x1f]").search(data, start)
        if control is None:
            return len(data)
        return control.end() if control[0] == b"\x03" else control.start()


def check(payload: bytes, previous: str) -> str:
    """Return the check of `payload`, running on from `previous`, in the width of `previous`.

    Args:
        payload: the bytes.
        previous: the check so far, or "00000000" or "000000" where the kind is the payload.
    """
    value = int(previous, 16)
    if len(previous) > 6:  # noqa: PLR2004 - the width tells the algorithm
        return f"{crc32(payload, value):08x}"
    for byte in payload:
        # 31 × 2²⁴ stays within the small integers of a 32-bit board.
        value = (value * 31 + byte) & 0xFFFFFF
    return f"{value:06x}"


def start_mark(token: bytes, sequence: int) -> bytes:
    """Return the mark that a wrapper sends before anything else (the board's role)."""
    return b"\x02%bs;%x\x03" % (token, sequence)


def encode_frame(token: bytes, kind: str, sequence: int, payload: bytes) -> bytes:
    """Return a whole reply as frames (the board's role)."""
    frames = bytearray()
    running = check(kind.encode(), f"{sequence + len(payload):08x}")
    for index in range(0, max(len(payload), 1), CHUNK_BYTES):
        chunk = payload[index : index + CHUNK_BYTES]
        running = check(chunk, running)
        header = f"{kind};{sequence:x},{len(payload) - index:x},{running}:".encode()
        frames += b"\x02" + token + header + chunk + b"\x03"
    return bytes(frames)
