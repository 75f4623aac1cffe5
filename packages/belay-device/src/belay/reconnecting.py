"""Finding a board again after its link broke: which port it has now, how often to try, when to give up.

This room opens links; what a session brings the new board is for `belay.runtime` to know.
"""

from __future__ import annotations

import logging
import threading
import weakref
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, cast

from belay.exceptions import (
    BelayException,
    BoardException,
    ConnectionFailedError,
    ConnectionLost,
    DeviceNotFoundError,
    FeatureUnavailableError,
    InsufficientSpecifierError,
    InternalError,
    ProtocolError,
)
from belay_transport.address import SerialAddress, UsbAddress, parse_address
from belay_transport.opening import open_link
from belay_transport.ports import usb_identity

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay.runtime import Runtime
    from belay_transport.links import Link
    from belay_transport.ports import UsbSpecifier

__all__ = ["DELAY_S", "Connector", "Reconnector"]

_log = logging.getLogger("belay.reconnecting")

DELAY_S = 1.0
"""Between two attempts. Source: Belay's manual, section 4.4.1."""

LOOK_S = 0.1
"""Between two looks for a board that shall be plugged in again."""

_PASSING = (ConnectionFailedError, DeviceNotFoundError, InsufficientSpecifierError, ProtocolError)
# What a board that boots, or is plugged in at this moment, brings about.

_GIVEN_OPEN = "A link that was given open"
_MAKE_WITH_ADDRESS = "make the device with the board's address: `belay.Device(address)`"


class Connector:
    """Opens the link to one board, now and again.

    A USB board is found again by what its USB interface tells, whatever its port is called then.

    Args:
        address: what the user typed; or an open link, which cannot be opened again.
        find: returns what USB tells of a port, None if nothing that names one board; tests pass their own.
        options: keywords of `open_link`.
    """

    def __init__(
        self,
        address: object,
        *,
        find: Callable[[str], UsbSpecifier | None] = usb_identity,
        **options: object,
    ) -> None:
        self._given = cast("Link", address) if hasattr(address, "wake") else None
        self._address = None if self._given is not None else parse_address(address)
        self._find = find
        self._options = options
        self._port: str | None = None
        self._identity: UsbSpecifier | None = None

    def open(self) -> Link:
        """Open the link.

        Raises:
            FeatureUnavailableError: it was given open, and has been taken before.
            BelayException: what `open_link` raises.
        """
        address = self._address
        if address is None:
            return self._take_given()
        if self._identity is not None:
            address = UsbAddress(self._identity)
        if isinstance(address, UsbAddress):
            address = SerialAddress(address.specifier.to_port())
        link = open_link(address, **self._options)  # type: ignore[arg-type] # `Device` gives its own options
        if isinstance(address, SerialAddress) and "://" not in address.port:
            self._port = address.port
        return link

    def remember(self) -> None:
        """Learn which USB board this is, as long as it is there; else the name of its port counts."""
        if self._identity is None and self._port is not None:
            with suppress(OSError):  # a port that vanished while the system listed them
                self._identity = self._find(self._port)

    @property
    def has_address(self) -> bool:
        """Whether it can open more than what it was given open."""
        return self._address is not None

    def _take_given(self) -> Link:
        link, self._given = self._given, None
        if link is None:
            raise FeatureUnavailableError(f"{_GIVEN_OPEN} cannot be opened again", hint=_MAKE_WITH_ADDRESS)
        return link


class Reconnector:
    """Brings a runtime a new link when the old one is gone.

    Args:
        runtime: what has lost its board; it is not kept alive.
        connector: opens the link.
        attempts: how often to try when a call finds the link gone; negative for ever, 0 not at all.
        pause: waits so many seconds; True ends the attempts.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        runtime: Runtime,
        connector: Connector,
        *,
        attempts: int,
        pause: Callable[[float], bool] | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.attempts = attempts
        # The runtime calls `recover`: holding on to it would be a circle, and the link would stay open.
        self._reference = weakref.ref(runtime)
        self._connector = connector
        self._ended = threading.Event()
        self._pause = pause or self._ended.wait
        self._clock = clock

    def reconnect(self, attempts: int | None = None) -> None:
        """Connect again and restore the board's state, whether the link is there or not.

        Args:
            attempts: how often to try, `DELAY_S` apart; negative for ever; None for what was set, at least
                once.

        Raises:
            ConnectionLost: no attempt succeeded, or the state could not be restored.
            MaxHistoryLengthError: too much was recorded.
        """
        if attempts is None:
            attempts = self.attempts or 1
        self._runtime.history.entries()  # fails before anything is given up
        self._runtime.session.close()
        count = 0
        while True:
            failure = self._try()
            if failure is None:
                return
            count += 1
            _log.info("attempt %d to reach %s again failed: %s", count, self._runtime.description, failure)
            if count == max(attempts, 1) and attempts >= 0:
                raise ConnectionLost(
                    f"{self._runtime.description} could not be reached again: {count} of {attempts} attempts"
                    f" failed, {DELAY_S:g} s apart; the last one: {failure}",
                    hint="plug the board in and call `reconnect()`, or give more `attempts`",
                ) from failure
            self._wait(DELAY_S)

    def wait_for_board(self, timeout_s: float | None) -> None:
        """Wait until the board can be reached again, and restore its state.

        Raises:
            ConnectionLost: it did not come in `timeout_s`, or its state could not be restored.
        """
        self._runtime.history.entries()
        deadline_s = None if timeout_s is None else self._clock() + timeout_s
        self._runtime.session.close()
        while True:
            failure = self._try()
            if failure is None:
                return
            if deadline_s is not None and self._clock() >= deadline_s:
                raise ConnectionLost(
                    f"{self._runtime.description} did not come back within {timeout_s:g} s: {failure}",
                    hint="plug it in; `belay.list_devices()`, or `belay devices`, lists what is seen",
                ) from failure
            self._wait(LOOK_S)

    def recover(self) -> None:
        """Do what a call needs whose link is gone; raises what `reconnect` does."""
        if not self._connector.has_address:
            raise ConnectionLost(
                f"{self._runtime.description} has lost its link,"
                " which was given open and cannot be opened again",
                hint=_MAKE_WITH_ADDRESS,
            )
        self.reconnect(self.attempts)

    def end(self) -> None:
        """Have attempts under way end: the device is closed."""
        self._ended.set()

    @property
    def _runtime(self) -> Runtime:
        runtime = self._reference()
        if runtime is None:
            raise InternalError("a board is connected again that nobody has any more")
        return runtime

    def _try(self) -> BelayException | None:
        """Try once; return the failure if another attempt may do better."""
        try:
            link = self._connector.open()
        except _PASSING as error:
            return error
        try:
            self._runtime.restore(link)
        except _PASSING as error:
            return error
        except BoardException as error:
            raise ConnectionLost(
                f"{self._runtime.description} was reached again, but its state could not be restored:"
                f" {error.summary}",
                hint="make it anew with `belay.Device(…)`, or give what cannot be repeated `record=False`",
            ) from error
        return None

    def _wait(self, seconds: float) -> None:
        if self._pause(seconds):
            raise ConnectionLost(f"{self._runtime.description} was closed while it was waited for")
