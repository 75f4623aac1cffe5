r"""How a reply travels inside a program's output: framed, so that no print can lose or forge it.

A frame is one write of the board's::

    0x02 TOKEN KIND ";" SEQUENCE "," LENGTH "," CHECK ":" PAYLOAD 0x03

TOKEN is four letters that the host chose for this session, KIND a word or more,
SEQUENCE, LENGTH and CHECK are hexadecimal.
LENGTH is what is left of the reply in bytes, this frame included; a frame carries the first 1024 of them.
CHECK covers the kind and the payload and runs on from frame to frame of a reply; it begins with
the sum of the sequence number and the length of the whole reply.
So no field can change, and no chunk be missing, doubled or another reply's, without being found.
Eight digits are a CRC-32, six the sum that a board without `binascii` can afford.
A start mark, ``0x02 TOKEN "s;" SEQUENCE 0x03``, says that the program's wrapper runs,
or that it answers a question of that number.
A payload holds no newline, because a board sends ``\n`` as ``\r\n``.
"""

from __future__ import annotations

import re
from binascii import crc32
from typing import NamedTuple

__all__ = ["CHUNK_BYTES", "START", "Frame", "FrameDecoder", "encode_frame", "running_check", "start_mark"]

CHUNK_BYTES = 1024
"""Payload bytes in one frame: small enough to join and send on a board with 8 kB of heap,
large enough that header and check (about 30 bytes) cost 3 %."""

KIND_BYTES = 1000
"""Longest kind: the names of some eighty types; a longer one is damage."""

START = b"s"

SUM_DIGITS = 6

_HEADER_REST_BYTES = 26
# ";" and the three numbers with their signs, each of the most digits that it may have.
_CONTROL = re.compile(rb"[\x00-\x1f]")
_END = 3


class Frame(NamedTuple):
    """One frame as it came.

    Attributes:
        kind: what the payload is, as the board says.
        sequence: which reply of the session it belongs to.
        left_bytes: what is left of the reply, this frame's payload included.
        check: the check as the board computed it; None in a start mark.
        is_sum: whether that is the small sum instead of a CRC-32.
        payload: the bytes as they came.
    """

    kind: bytes
    sequence: int
    left_bytes: int
    check: int | None
    is_sum: bool
    payload: bytes

    def is_first(self) -> bool:
        """Return whether the check is that of the first frame of a reply."""
        seed = running_check(self.kind, self.sequence + self.left_bytes, is_sum=self.is_sum)
        return running_check(self.payload, seed, is_sum=self.is_sum) == self.check

    def follows(self, previous: Frame) -> bool:
        """Return whether this is the frame behind `previous` in the same reply."""
        return (
            previous.check is not None
            and self.left_bytes == previous.left_bytes - len(previous.payload)
            and running_check(self.payload, previous.check, is_sum=self.is_sum) == self.check
        )


class FrameDecoder:
    """Finds the frames of one session in a stream.

    Args:
        token: the session's token, four ASCII letters.
    """

    def __init__(self, token: bytes) -> None:
        self.mark = b"\x02" + token
        self._header = re.compile(
            re.escape(self.mark)
            + rb"([a-z][^;\x00-\x1f]{0,%d});([0-9a-f]{1,8})" % (KIND_BYTES - 1)
            + rb"(?:\x03|,([0-9a-f]{1,7}),([0-9a-f]{6}|[0-9a-f]{8}):)"
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
        if header[3] is None:
            return Frame(header[1], int(header[2], 16), 0, None, is_sum=False, payload=b""), header.end()
        left_bytes = int(header[3], 16)
        end = header.end() + min(left_bytes, CHUNK_BYTES)
        if len(data) <= end:
            # Another frame begins before this one is over: bytes of it were lost on the way.
            another = data.find(self.mark, header.end())
            return None, start if another < 0 else another
        if data[end] != _END:
            return None, self._damaged_end(data, header.end())
        check, is_sum = int(header[4], 16), len(header[4]) == SUM_DIGITS
        payload = bytes(data[header.end() : end])
        return Frame(header[1], int(header[2], 16), left_bytes, check, is_sum, payload), end + 1

    def _wait_or_skip(self, data: bytes | bytearray, start: int) -> int:
        after = start + len(self.mark)
        if len(data) < after + KIND_BYTES + _HEADER_REST_BYTES and _CONTROL.search(data, after) is None:
            return start
        return self._damaged_end(data, after)

    def _damaged_end(self, data: bytes | bytearray, start: int) -> int:
        """Return where a damaged frame ends: behind its 0x03, else before the next control byte."""
        control = _CONTROL.search(data, start)
        if control is None:
            return len(data)
        return control.end() if control[0] == b"\x03" else control.start()


def running_check(data: bytes, value: int, *, is_sum: bool = False) -> int:
    """Return the check of `data`, running on from `value`.

    Args:
        data: the bytes.
        value: the check so far.
        is_sum: the small sum instead of a CRC-32.
    """
    if not is_sum:
        return crc32(data, value)
    for byte in data:
        # 31 × 2²⁴ stays within the small integers of a 32-bit board.
        value = (value * 31 + byte) & 0xFFFFFF
    return value


def start_mark(token: bytes, sequence: int) -> bytes:
    """Return the mark that a wrapper sends before anything else (the board's role)."""
    return b"\x02%bs;%x\x03" % (token, sequence)


def encode_frame(token: bytes, kind: str, sequence: int, payload: bytes) -> bytes:
    """Return a whole reply as frames (the board's role)."""
    frames = bytearray()
    check = running_check(kind.encode(), sequence + len(payload))
    for index in range(0, max(len(payload), 1), CHUNK_BYTES):
        chunk = payload[index : index + CHUNK_BYTES]
        check = running_check(chunk, check)
        header = f"{kind};{sequence:x},{len(payload) - index:x},{check:08x}:".encode()
        frames += b"\x02" + token + header + chunk + b"\x03"
    return bytes(frames)
