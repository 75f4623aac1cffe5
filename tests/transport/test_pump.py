"""The pump: what it does with bytes, timers and deadlines that come at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from belay_transport.errors import ConnectionLost
from belay_transport.pump import Pump
from belay_transport.repl import HostRepl, Output
from belay_transport.repl.control import CTRL_A, CTRL_C
from belay_transport.testing import FakeClock, ScriptedLink

if TYPE_CHECKING:
    from belay_transport.repl import Event

KNOCK = CTRL_C + CTRL_C + CTRL_A


class ChatteringLink(ScriptedLink):
    """A link over which something comes at every read, a tenth of a second after the one before."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock=clock, board=lambda _: b"")
        self._tenths = clock

    def read(self, timeout_s: float | None) -> bytes:
        """Return a tick, whatever is waited for."""
        self._tenths.advance(0.1)
        return b"tick\r\n"


class TalkativeRepl:
    """A machine that sends long code without raw paste, and reports whatever comes as output."""

    window = 0

    def __init__(self) -> None:
        self._to_send = b"#" * 600

    def take(self) -> bytes:
        """Return the code, once."""
        data, self._to_send = self._to_send, b""
        return data

    def due_s(self, _now_s: float) -> None:
        """Have no timer."""

    def feed(self, data: bytes) -> list[Event]:
        """Report output."""
        return [Output(data)]


def pump_of(link: ScriptedLink, repl: HostRepl, clock: FakeClock) -> Pump:
    """Return a pump between the two."""
    return Pump(link, repl, timeout_s=10.0, clock=clock)


def test_a_timer_runs_out_although_something_comes_all_the_time() -> None:
    """A board that never stops printing does not keep the pump from telling the machine the time."""
    clock = FakeClock()
    link, repl = ChatteringLink(clock), HostRepl()
    pump = pump_of(link, repl, clock)
    repl.enter()

    for _ in range(20):
        pump.step(None)

    assert link.writes[:3] == [KNOCK, KNOCK, KNOCK]


def test_a_deadline_is_kept_although_something_comes_all_the_time() -> None:
    """A board that never stops printing does not put a deadline off."""
    clock = FakeClock()
    pump = pump_of(ChatteringLink(clock), HostRepl(), clock)
    steps = 0

    while pump.step(1.0) is not None and steps < 50:
        steps += 1

    assert clock() == pytest.approx(1.0, abs=0.15)


def test_what_is_reported_in_a_pause_is_handed_on() -> None:
    """What the machine reports while slices are sent is returned by the step that sent them."""
    clock = FakeClock()
    link = ScriptedLink(board=lambda data: b"%d;" % len(data), clock=clock, flow_control=False)
    pump = pump_of(link, TalkativeRepl(), clock)  # type: ignore[arg-type] # as much of a machine as is needed

    events = [*(pump.step(None) or []), *(pump.step(None) or [])]

    assert events == [Output(b"255;"), Output(b"255;"), Output(b"90;")]


def test_a_pause_lasts_its_time() -> None:
    """A wake in the middle of a pause does not cut it short."""
    clock = FakeClock()
    link = ScriptedLink(board=lambda _: b"", clock=clock, flow_control=False)
    pump = pump_of(link, TalkativeRepl(), clock)  # type: ignore[arg-type] # as much of a machine as is needed

    link.wake()
    pump.send()

    assert clock() == pytest.approx(0.02)


def test_what_came_before_is_thrown_away() -> None:
    """Draining reads all that is there, and waits for nothing."""
    clock = FakeClock()
    link = ScriptedLink(clock=clock, cut=lambda _: 3)
    link.feed(b"old words")
    link.feed(b"new", after_s=1.0)
    pump = pump_of(link, HostRepl(), clock)

    pump.drain()

    assert clock() == 0.0
    assert link.read(2.0) == b"new"


def test_draining_ends_although_something_comes_all_the_time() -> None:
    """A board that never stops printing does not keep the pump from what comes next."""
    clock = FakeClock()
    pump = pump_of(ChatteringLink(clock), HostRepl(), clock)

    pump.drain()

    assert clock() < 20


@pytest.mark.parametrize("verb", ["read", "write"])
def test_a_break_is_remembered(verb: str) -> None:
    """Whether reading or writing meets the break, it is remembered why the link is gone."""
    clock = FakeClock()
    link, repl = ScriptedLink(clock=clock), HostRepl()
    pump = pump_of(link, repl, clock)
    if verb == "write":
        repl.enter()
    link.break_wire("unplugged")

    with pytest.raises(ConnectionLost) as caught:
        pump.step(1.0)

    assert pump.lost is caught.value
    assert "unplugged" in str(pump.lost)
