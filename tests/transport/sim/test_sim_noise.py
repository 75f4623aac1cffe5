"""A bad wire: single bits are damaged in a sequence that a seed decides, and a board may stall."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belay_transport.sim.faults import Countdown
from belay_transport.sim.noise import Noise
from belay_transport.sim.relay import Relay

SHAPE = {
    "rate": None,
    "latency_s": 0.0,
    "jitter_s": 0.0,
    "ring_bytes": None,
    "flow_control": True,
    "stall_s": 0.0,
    "stall_every": 0,
    "noise": {"board": 0.0, "host": 0.0},
    "noise_seed": 1,
    "token": b"\x1d1234567",
}


def damaged_bits(sent: bytes, came: bytes) -> list[int]:
    """Return how many bits of each byte are different."""
    return [f"{a ^ b:b}".count("1") for a, b in zip(sent, came, strict=True)]


@given(st.floats(0.001, 1), st.integers(0, 1000), st.lists(st.binary(max_size=60)))
def test_noise_does_not_depend_on_where_the_bytes_are_cut(rate, seed, pieces):
    """The same seed damages the same bits, in one piece or in many."""
    whole = Noise(rate, seed).damage(b"".join(pieces))
    noise = Noise(rate, seed)

    assert b"".join(noise.damage(piece) for piece in pieces) == whole


@pytest.mark.parametrize("rate", [0.001, 0.01, 0.5, 1.0])
def test_noise_has_its_rate(rate):
    """So many of the bytes are damaged, by one bit each, and every bit has its turn."""
    sent = bytes(200_000)
    came = Noise(rate, 1).damage(sent)

    bits = damaged_bits(sent, came)
    assert max(bits) == 1
    assert sum(bits) == pytest.approx(rate * len(sent), rel=0.2)
    assert {byte for byte in came if byte} == {1 << bit for bit in range(8)}


def test_seeds_differ():
    """Another seed damages other bytes."""
    assert Noise(0.01, 1).damage(bytes(10_000)) != Noise(0.01, 2).damage(bytes(10_000))


@pytest.fixture
def wire():
    """Give the ends of a relay's wires: the host's, the relay's two, the board's."""
    host, outside = socket.socketpair()
    near, board = socket.socketpair()
    board.setblocking(False)
    yield host, outside, near, board
    for end in (host, outside, near, board):
        end.close()


def relay_of(wire, **shape):
    """Make a relay between the ends, with nothing to interrupt."""
    _, outside, near, board = wire
    return Relay(
        outside.fileno(),
        near.fileno(),
        board.fileno(),
        SHAPE | shape,
        faults=Countdown(),
        interrupt=lambda: False,
        strike=lambda _: None,
    )


def received(wire) -> bytes:
    """Return what the board can read now."""
    try:
        return wire[3].recv(100_000)
    except BlockingIOError:
        return b""


@pytest.mark.parametrize("side", ["board", "host"])
def test_noise_is_on_the_side_that_was_asked_for(wire, side):
    """One way the bytes come damaged, the same each time, the other way whole."""
    relay = relay_of(wire, noise={"board": 0.0, "host": 0.0, side: 0.05}, noise_seed=7)
    wire[0].send(bytes(1000))
    wire[3].send(bytes(1000))

    relay.move([wire[1].fileno(), wire[2].fileno()], 1.0)
    at_board, at_host = received(wire), wire[0].recv(2000)

    damaged, whole = (at_board, at_host) if side == "board" else (at_host, at_board)
    assert whole == bytes(1000)
    assert damaged == Noise(0.05, 7 if side == "board" else 8).damage(bytes(1000)) != bytes(1000)


def test_a_device_behind_noise_sees_damage(open_board):
    """The address puts the noise on the wire: every byte that comes is damaged at a rate of 1."""
    board = open_board("noise=1&noise_at=host")

    came = b""
    while len(came) < 11:
        data = board.link.read(5)
        assert data, came
        came += data

    assert damaged_bits(b"MicroPython", came[:11]) == [1] * 11


def test_a_stalling_board_reads_so_much_at_a_time(wire):
    """After each `stall_every` bytes nothing reaches the board for `stall_s` seconds; nothing is lost."""
    relay = relay_of(wire, stall_s=0.04, stall_every=300)
    wire[0].send(bytes(700))

    relay.move([wire[1].fileno()], 1.0)
    assert len(received(wire)) == 300
    relay.move([], 1.039)
    assert received(wire) == b""
    assert relay.times_s(1.039) == [pytest.approx(1.04)]
    relay.move([], 1.0401)
    assert len(received(wire)) == 300
    relay.move([], 1.081)
    assert len(received(wire)) == 100
    assert relay.times_s(1.081) == []


def test_a_stalling_board_without_flow_control_loses_what_its_ring_cannot_hold(wire):
    """While it does not read, only what fits into the ring is kept."""
    relay = relay_of(wire, stall_s=0.04, stall_every=300, flow_control=False, ring_bytes=400)
    wire[0].send(bytes(300) + b"a" * 300)

    relay.move([wire[1].fileno()], 1.0)
    assert len(received(wire)) == 300
    wire[0].send(b"b" * 300)
    relay.move([wire[1].fileno()], 1.01)
    relay.move([], 1.041)
    first = received(wire)
    relay.move([], 1.082)

    assert first + received(wire) == b"a" * 300 + b"b" * 100


def test_a_stalling_board_is_a_board(open_board):
    """Code longer than the stall's distance arrives whole on a wire that holds back."""
    board = open_board("stall_ms=2&stall_every=64")
    board.enter_raw()

    assert board.run(f"print(len({'x' * 500!r}))") == "500\n"
