"""What a session costs on the wire before the first call of the user."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from belay.files.transfer import Transfer
from belay.onboard import board_code
from belay.output import OutputWriter
from belay.runtime import Runtime
from belay.runtime.board_clock import AUTOMATIC_SAMPLES
from belay_transport.opening import open_link
from belay_transport.session import Session

if TYPE_CHECKING:
    from belay_transport.links import Link

BUDGET_BYTES = 2000


class CountingLink:
    """A link that counts what is sent through it."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.sent_bytes = 0
        self.writes = 0

    @property
    def description(self) -> str:
        """As the link below."""
        return self._link.description

    @property
    def flow_control(self) -> bool:
        """As the link below."""
        return self._link.flow_control

    def read(self, timeout_s: float | None) -> bytes:
        """As the link below."""
        return self._link.read(timeout_s)

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Count, and write."""
        self.sent_bytes += len(data)
        self.writes += 1
        self._link.write(data, timeout_s)

    def wake(self) -> None:
        """As the link below."""
        self._link.wake()

    def close(self) -> None:
        """As the link below."""
        self._link.close()


def test_connecting_costs_at_most_the_budget() -> None:
    """All that is sent before the first call of the user fits into 2000 bytes and two turnarounds."""
    link = CountingLink(open_link("sim:"))
    runtime = Runtime(Session(link), OutputWriter(None), description="the board")

    try:
        runtime.connect(None)

        assert runtime.implementation.name == "micropython"
        assert link.sent_bytes <= BUDGET_BYTES
        assert link.writes == 2
    finally:
        runtime.session.close()


def test_the_helper_of_proxies_is_small() -> None:
    """What the first proxy and the first iteration send along stays below 800 and 500 bytes."""
    assert len(board_code("proxies")) <= 800
    assert len(board_code("iteration")) <= 500


def test_helpers_go_deflated_where_the_board_inflates() -> None:
    """What an unchanged sync sends along takes less than three quarters of its bytes where a board inflates."""
    link = CountingLink(open_link("sim:"))
    runtime = Runtime(Session(link), OutputWriter(None), description="the board")
    helpers = ("system", "check", "beside", "contents", "entries", "mounts", "digest")
    plain_bytes = sum(len(board_code(name)) for name in helpers)

    try:
        runtime.connect("")
        assert Transfer(runtime).abilities.inflate
        link.sent_bytes = 0
        digest = runtime.call("_belay_td(None,(),())", helpers=helpers)

        assert digest == sha256().hexdigest()[:16]
        assert link.sent_bytes < plain_bytes * 3 / 4
    finally:
        runtime.session.close()


@pytest.mark.parametrize("lacking", ["deflate", "binascii"])
def test_helpers_go_as_they_are_elsewhere(lacking: str) -> None:
    """A board that cannot inflate, or reads no base64, gets the text of what it needs."""
    runtime = Runtime(Session(open_link("sim:")), OutputWriter(None), description="the board")

    try:
        runtime.connect("")
        runtime.call(f"_belay_n['sys'].modules.update({{{lacking!r}:0,'u{lacking}':0}})")
        Transfer(runtime).abilities  # it asks
        helpers = ("system", "check", "beside", "contents", "mounts", "digest")

        assert runtime.call("_belay_td(None,(),())", helpers=helpers) == sha256().hexdigest()[:16]
    finally:
        runtime.session.close()


def test_a_call_costs_one_turnaround() -> None:
    """A call is one write, and its name and arguments are most of it."""
    link = CountingLink(open_link("sim:"))
    runtime = Runtime(Session(link), OutputWriter(None), description="the board")

    try:
        runtime.connect("")
        link.sent_bytes = link.writes = 0
        assert runtime.call("len('abc')") == 3

        assert link.writes == 1
        assert link.sent_bytes <= len("len('abc')") + 20
    finally:
        runtime.session.close()


def test_a_timed_call_costs_one_turnaround() -> None:
    """Once the clock is known, a call with its time is one write, some twenty bytes longer than without."""
    link = CountingLink(open_link("sim:"))
    runtime = Runtime(Session(link), OutputWriter(None), description="the board")

    try:
        runtime.connect("")
        link.sent_bytes = link.writes = 0
        runtime.call("1", timed=True)
        assert link.writes == AUTOMATIC_SAMPLES + 1
        assert link.sent_bytes <= 850

        link.sent_bytes = link.writes = 0
        value = runtime.call("len('abc')", timed=True)

        assert isinstance(value, tuple)
        assert value[0] == 3
        assert link.writes == 1
        assert link.sent_bytes <= len("len('abc')") + 40
    finally:
        runtime.session.close()
