"""Questions on a wire: answered once, whoever reads, and whatever comes meanwhile."""

from __future__ import annotations

from binascii import crc32

from belay.mounting.link import AnsweringLink
from belay.mounting.wire import answer_frame


class Wire:
    """A wire without flow control, that has these reads to give."""

    description = "wire"
    flow_control = False
    survives_reset = False

    def __init__(self, *reads: bytes) -> None:
        self.reads = list(reads)
        self.written = b""

    def read(self, timeout_s: float | None) -> bytes:
        """Give the next one."""
        return self.reads.pop(0) if self.reads else b""

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Keep it."""
        self.written += data

    def wake(self) -> None:
        """Nobody waits here."""

    def close(self) -> None:
        """Nothing is open."""


def question(payload: bytes) -> bytes:
    """Ask as the board does."""
    return b"\x02ABCD?%08x%08x" % (len(payload), crc32(payload)) + payload + b"\x03"


def test_a_board_that_asks_again_before_it_is_answered() -> None:
    """It gets one answer: a second one would be keys to whoever reads next; all else that came is kept."""
    first, second = question(b"01first"), question(b"02second")
    wire = Wire(b"a" + first, first + b"b" + first[:20], first[20:] + b"c", b"", second + b"d")
    link = AnsweringLink(wire, b"ABCD", bytes.upper, lambda: None)

    output = b"".join(link.read(None) for _ in range(3))

    assert output == b"abcd"
    assert wire.written == answer_frame(b"01FIRST") + answer_frame(b"02SECOND")
