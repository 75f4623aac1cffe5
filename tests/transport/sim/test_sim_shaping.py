"""A shaped link to a simulated board is as slow, late and lossy as its options say."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belay_transport.sim.shaping import SlowWire


def arrival(wire: SlowWire) -> list[tuple[float, bytes]]:
    """Follow the wire's own word for when to look, and return what came when."""
    came = []
    while (when := wire.next_s()) is not None:
        data = wire.take(when)
        if data:
            came.append((when, data))
    return came


def test_bytes_take_their_time():
    """At 1000 bytes per second and 10 ms of latency, 100 bytes have arrived after 110 ms."""
    wire = SlowWire(rate=1000, latency_s=0.01)

    wire.put(b"x" * 100, 5.0)
    came = arrival(wire)

    assert b"".join(data for _, data in came) == b"x" * 100
    assert came[-1][0] == pytest.approx(5.11, abs=0.001)
    assert wire.take(5.009) == b""
    assert wire.backlog_bytes == 0


def test_pieces_queue_up():
    """What is sent while the wire is busy comes behind, in order."""
    wire = SlowWire(rate=1000, latency_s=0.0)

    wire.put(b"a" * 10, 0.0)
    wire.put(b"b" * 10, 0.0)

    assert wire.take(0.0105) == b"a" * 10
    assert wire.take(0.0155) == b"b" * 5
    assert wire.backlog_bytes == 5
    assert wire.take(1.0) == b"b" * 5


def test_a_wire_without_a_rate_only_delays():
    """Latency alone brings all bytes at once, later."""
    wire = SlowWire(rate=None, latency_s=0.004)

    wire.put(b"abc", 1.0)

    assert wire.take(1.003) == b""
    assert wire.next_s() == pytest.approx(1.004)
    assert wire.take(1.0041) == b"abc"
    assert wire.next_s() is None


@given(
    st.sampled_from([None, 11520.0, 800_000.0]),
    st.sampled_from([0.0, 0.001]),
    st.sampled_from([0.0, 0.002]),
    st.lists(st.tuples(st.binary(min_size=1, max_size=300), st.floats(0, 0.1)), max_size=10),
)
def test_no_byte_is_lost_doubled_or_overtaken(rate, latency_s, jitter_s, pieces):
    """Whatever is sent arrives whole and in order, however it is shaped."""
    wire = SlowWire(rate=rate, latency_s=latency_s, jitter_s=jitter_s)

    now_s = 0.0
    out = b""
    for data, pause_s in pieces:
        now_s += pause_s
        wire.put(data, now_s)
        out += wire.take(now_s)
    out += b"".join(data for _, data in arrival(wire))

    assert out == b"".join(data for data, _ in pieces)
    assert wire.backlog_bytes == 0


@pytest.mark.parametrize("profile", ["usb", "uart", "wifi"])
def test_a_board_behind_a_slow_wire_is_a_board(open_board, profile):
    """Calls, raw output, Ctrl-C and soft resets work through every profile."""
    board = open_board(f"profile={profile}")
    board.enter_raw()

    assert board.run("import sys\nn = sys.stdout.buffer.write(b'a\\n')\nprint('b')") == "a\nb\n"
    board.start("print('runs')\nwhile True: pass")
    board.read_until("runs\r\n")
    board.type("\x03")
    assert board.finish()[1].endswith("KeyboardInterrupt: \n")
    board.type("\x04")
    assert b"MPY: soft reboot\r\n" in board.read_until("exit\r\n>")
    assert board.link.flow_control == (profile != "uart")


def test_a_wire_with_flow_control_loses_nothing(open_board):
    """While the board does not read, a wire with flow control holds the bytes back."""
    board = open_board("profile=usb")
    board.enter_raw()
    board.start(
        "import sys, time, micropython\nmicropython.kbd_intr(-1)\nprint('runs')\ntime.sleep_ms(50)\n"
        "print(sum(sys.stdin.buffer.read(20000)))"
    )
    board.read_until("runs\r\n")

    board.type(bytes(range(250)) * 80)

    assert board.finish() == (f"{sum(range(250)) * 80}\n", "")


def test_a_wire_without_flow_control_loses_what_overflows(open_board):
    """While the board does not read, only what its ring holds is kept."""
    board = open_board("baud=1000000&ring=260&flow=no")
    board.enter_raw()
    board.start("import sys, time\nprint('runs')\ntime.sleep_ms(100)\nprint(len(sys.stdin.buffer.read(260)))")
    board.read_until("runs\r\n")

    board.type("y" * 1000)
    board.read_until("260\r\n\x04\x04>")

    assert board.run("print('nothing left')") == "nothing left\n"


def test_latency_is_felt(open_board):
    """A call over a wire with latency takes at least that, there and back."""
    board = open_board("latency_ms=20")
    board.enter_raw()

    before_s = time.monotonic()
    board.run("pass")

    assert time.monotonic() - before_s >= 0.04
