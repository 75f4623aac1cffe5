"""A board with objects worth a proxy, and a wire that counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import belay
from belay.output import OutputWriter
from belay.proxy import Objects, make_proxy
from belay.runtime import Runtime
from belay.tracebacks import CallOrigin
from belay_transport.opening import open_link
from belay_transport.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from belay_transport.links import Link

BOARD_CODE = """
class Sensor:
    unit = "C"
    def __init__(self):
        self.factor = 2
        self.items = [1, "two", [3]]
        self.table = {"a": 1, "b": [2]}
        self.log = []
    @property
    def doubled(self):
        return self.factor * 2
    def read(self, number=1, *, offset=0):
        return number * self.factor + offset
    def me(self):
        return self
    def pair(self):
        return 1, [2]
    def fail(self):
        raise OSError(2)
    def count(self, limit):
        for number in range(limit):
            self.log.append(number)
            yield number
        return "done"
    @classmethod
    def make(cls):
        return cls()
    @staticmethod
    def half(number):
        return number / 2
sensor = Sensor()
"""


@pytest.fixture
def device() -> Iterator[belay.Device]:
    """A simulated board that has a `sensor`."""
    with belay.Device("sim:") as connected:
        connected(BOARD_CODE)
        yield connected


@pytest.fixture
def sensor(device: belay.Device) -> Any:
    """The proxy of the board's `sensor`."""
    return device.proxy("sensor")


class CountingLink:
    """A link that counts what is written to it: a call that fits one write is one turnaround."""

    flow_control = True

    def __init__(self, link: Link) -> None:
        self._link = link
        self.description = link.description
        self.sent: list[bytes] = []

    def read(self, timeout_s: float | None) -> bytes:
        """As the link below."""
        return self._link.read(timeout_s)

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Count, and write."""
        self.sent.append(data)
        self._link.write(data, timeout_s)

    def wake(self) -> None:
        """As the link below."""
        self._link.wake()

    def close(self) -> None:
        """As the link below."""
        self._link.close()


class CountedBoard:
    """A simulated board whose turnarounds are counted."""

    def __init__(self) -> None:
        """Connect, and run the board's code."""
        self.link = CountingLink(open_link("sim:"))
        self.runtime = Runtime(Session(self.link), OutputWriter(None), description="the board")
        self.runtime.connect("")
        self.runtime.call(self.runtime.text_expression(BOARD_CODE, None))
        self._objects = Objects(self.runtime)

    def proxy(self, code: str) -> Any:
        """As `device.proxy`."""
        return make_proxy(self._objects, code, CallOrigin(__file__, 1, code))

    def turnarounds(self) -> int:
        """How many there were since this was asked last."""
        writes = len(self.link.sent)
        self.link.sent.clear()
        return writes


@pytest.fixture
def counted() -> Iterator[CountedBoard]:
    """A simulated board whose turnarounds are counted; none so far."""
    board = CountedBoard()
    board.turnarounds()
    yield board
    board.runtime.session.close()
