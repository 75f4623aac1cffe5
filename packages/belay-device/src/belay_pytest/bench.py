"""The boards of one pytest process: which of them a test gets, and what makes it new for the next.

Knows addresses, links and resets; must not know pytest.
"""

from __future__ import annotations

import time
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from belay.exceptions import (
    ConnectionFailedError,
    ConnectionLost,
    DeviceNotFoundError,
    FeatureUnavailableError,
)
from belay.reconnecting import Connector
from belay_pytest.lending import LentLink
from belay_transport.address import SimAddress, parse_address
from belay_transport.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from belay_transport.address import Address
    from belay_transport.links import Link

__all__ = ["Bench", "is_fresh", "is_simulated", "refuse_sharing"]

_BACK_S = 5.0
# A board that a test has reset is on USB again within 1 to 3 seconds.
_LOOK_S = 0.1
_TURNS = 2
# Boards that take turns: one boots in the time of one test.
_FORGET = "for _ in list(globals()):\n if _[:2]!='__':del globals()[_]"


def is_simulated(address: object) -> bool:
    """Say whether that is a simulated board.

    Raises:
        AddressError: it is no address.
    """
    return isinstance(parse_address(address), SimAddress)


def is_fresh(address: object) -> bool:
    """Say whether that is a board of which each test can have its own: simulated, with nothing to keep.

    Raises:
        AddressError: it is no address.
    """
    parsed = parse_address(address)
    return (
        isinstance(parsed, SimAddress) and not parsed.name and all(key != "disk" for key, _ in parsed.pairs)
    )


def refuse_sharing(address: object, *, workers: int) -> None:
    """Make sure that no two workers of pytest-xdist want the same board.

    Raises:
        FeatureUnavailableError: they would.
        AddressError: it is no address.
    """
    if workers > 1 and not is_fresh(address):
        raise FeatureUnavailableError(
            f"The board `{address}` cannot be shared by {workers} workers of pytest-xdist",
            hint="run the tests in one process: `-n 0`",
        )


class _Supply(Protocol):
    """Where the tests that name one address get their board from."""

    def take(self) -> object:
        """Return what a device is made with: an open link or an address."""
        ...

    def take_back(self) -> None:
        """Know that the test is over."""
        ...

    def close(self) -> None:
        """Close what is open."""
        ...


class Bench:
    """The boards of one process.

    Args:
        workers: how many processes run the tests.
    """

    def __init__(self, *, workers: int) -> None:
        self._workers = workers
        self._supplies: dict[Address, _Supply] = {}

    @contextmanager
    def lend(self, address: object, *, keeps: bool) -> Iterator[object]:
        """Give what to make a device with that is as after a reset, or new where that can be.

        Args:
            address: of the board.
            keeps: whether other tests will ask for that address, so that it is worth keeping ready.

        Raises:
            FeatureUnavailableError: another worker would use the same board.
            BelayException: the board cannot be had.
        """
        refuse_sharing(address, workers=self._workers)
        if not keeps and is_fresh(address):
            yield address
            return
        parsed = parse_address(address)
        if parsed not in self._supplies:
            self._supplies[parsed] = _New(parsed) if is_fresh(parsed) else _TheOne(parsed)
        supply = self._supplies[parsed]
        try:
            yield supply.take()
        finally:
            supply.take_back()

    def close(self) -> None:
        """Close all boards."""
        for supply in self._supplies.values():
            supply.close()


class _New:
    """Simulated boards that are made new ones for each test: opening another takes ten times as long.

    Two take turns, so that one boots while a test has the other.
    """

    def __init__(self, address: Address) -> None:
        self._connector = Connector(address)
        self._waiting: deque[Link] = deque()
        self._link: Link | None = None
        self._lent: LentLink | None = None
        self._is_used = False

    def take(self) -> LentLink:
        # Where there was a second test, there may be more.
        while len(self._waiting) < (_TURNS if self._is_used else 1):
            self._waiting.append(self._connector.open())
        self._is_used = True
        self._link = self._waiting.popleft()
        self._lent = LentLink(self._link)
        return self._lent

    def take_back(self) -> None:
        """Erase the board, which then boots while the next test has the other one."""
        link, lent = self._link, self._lent
        if lent is None or link is None or lent.simulated is None:
            return
        self._link = self._lent = None
        lent.close()
        try:
            lent.simulated.erase()
        except ConnectionLost:  # the test has unplugged it; another is opened in its place
            link.close()
        else:
            self._waiting.append(link)

    def close(self) -> None:
        if self._link is not None:
            self._waiting.append(self._link)
            self._link = None
        while self._waiting:
            self._waiting.popleft().close()


class _TheOne:
    """A board of which there is one only: it is reset before each test, and keeps its files."""

    def __init__(self, address: Address) -> None:
        self._connector = Connector(address)
        self._link: Link | None = None
        self._lent: LentLink | None = None
        self._is_missed = False

    def take(self) -> LentLink:
        if self._link is None or not self._link.survives_reset:
            self.close()
            self._link = self._open()
        try:
            _reset(self._link)
        except ConnectionLost:
            # The test before has unplugged it, or reset it where that takes the port away.
            self.close()
            self._link = self._open_again()
            _reset(self._link)
        self._lent = LentLink(self._link)
        return self._lent

    def take_back(self) -> None:
        if self._lent is not None:
            self._lent.close()

    def close(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None

    def _open(self) -> Link:
        link = self._connector.open()
        self._connector.remember()
        return link

    def _open_again(self) -> Link:
        """Open the link to a board that was there, waiting for it once."""
        until_s = time.monotonic() + (0.0 if self._is_missed else _BACK_S)
        while (link := self._find()) is None:
            if time.monotonic() >= until_s:
                self._is_missed = True
                return self._open()  # which says what the matter is
            time.sleep(_LOOK_S)
        self._is_missed = False
        return link

    def _find(self) -> Link | None:
        try:
            return self._open()
        except (ConnectionFailedError, DeviceNotFoundError):
            return None


def _reset(link: Link) -> None:
    """Bring the board to its prompt and reset it softly: `boot.py` runs, `main.py` does not.

    Where the reset would take the link along, the board forgets its variables only.
    """
    session = Session(LentLink(link))
    session.enter()
    if link.survives_reset:
        session.soft_reset()
    else:
        session.run(_FORGET, timeout_s=_BACK_S)
