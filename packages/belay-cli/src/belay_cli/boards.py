"""An open device for as long as a command needs it, whatever ends the command.

Knows how a device is opened and which signals end us. Which board is meant is for `targets` to say.
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from belay_cli.targets import find_address, source_told
from belay_transport.opening import open_link

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from belay import Device
    from belay_transport.links import Link

__all__ = ["EndedError", "Output", "connected", "ended_by_signals", "opened"]

_ENDING_SIGNALS = ("SIGTERM", "SIGHUP")
"""`kill`, `timeout` and the closing of a terminal; Windows has only the first."""


class Output(Protocol):
    """A binary stream, as far as a board's output needs one."""

    def write(self, piece: bytes, /) -> object:
        """Take what has come."""
        ...

    def flush(self) -> object:
        """Show what has come."""
        ...


class EndedError(KeyboardInterrupt):
    """Somebody ended the command; like Ctrl-C it stops the program on the board first.

    Attributes:
        signal_number: which signal it was.
    """

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.signal_number = signal_number


@contextmanager
def connected(
    named: str | None, *, password: str | None, startup: str | None = None, reopens: bool = False
) -> Iterator[Device]:
    """Open the board that is meant; at the end leave it at its prompt.

    Args:
        named: the word that names the board, or None.
        password: for boards that ask for one; None for the one that they come with.
        startup: as for `belay.Device`: None brings the convenience names, "" nothing.
        reopens: whether the device can be connected again when its link breaks.

    Raises:
        BelayException: the board cannot be found or opened, or does not answer.
        CommandError: a file of settings cannot be read.
    """
    address = find_address(named)
    with ended_by_signals():
        with source_told(named):
            if reopens:
                made = _reopening(address, password, startup=startup)
            else:
                link = _link(address, password)
        with made if reopens else _device(link, startup=startup) as device:
            yield device


@contextmanager
def opened(
    address: str, *, password: str | None, startup: str | None, stream_out: Output | None
) -> Iterator[Device]:
    """Open one board of several, in any thread; at the end leave it at its prompt.

    Args:
        address: the board's.
        password: as for `connected`.
        startup: as for `connected`.
        stream_out: gets all that the board prints; None for nobody.

    Raises:
        BelayException: the board cannot be found or opened, or does not answer.
    """
    with _device(_link(address, password), startup=startup, stream_out=stream_out) as device:
        yield device


def _link(address: str | None, password: str | None) -> Link:
    return open_link(address) if password is None else open_link(address, password=password)


def _reopening(address: str | None, password: str | None, *, startup: str | None) -> Device:
    """Return a device that knows its address, and so can open its link again."""
    from belay import Device  # noqa: PLC0415 - loads with the first board

    options: dict[str, Any] = {} if password is None else {"password": password}  # Any: keywords
    return Device(address, startup=startup, **options)


def _device(link: Link, **options: Any) -> Device:  # Any: keywords of `Device`
    """Return the device on a link, which is closed if there is none."""
    try:
        # Loading it takes 20 ms, and a simulated board boots meanwhile.
        from belay import Device  # noqa: PLC0415

        return Device(link, **options)
    except BaseException:
        link.close()
        raise


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Turn signals that would end the process at once into `EndedError` in the block."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what a signal does
        return
    before = {
        number: signal.getsignal(number)
        for name in _ENDING_SIGNALS
        if (number := getattr(signal, name, None)) is not None
    }
    for number, handler in before.items():
        if handler != signal.SIG_IGN:  # `nohup` wants the command to outlive its terminal
            signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _frame: FrameType | None) -> None:
    raise EndedError(number)
