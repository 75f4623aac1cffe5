"""Which board a `connect` means, and opening the link to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_transport.errors import BelayException, ConnectionFailedError

from .errors import RemoteError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from belay_transport.links import Link
    from belay_transport.ports import PortInfo

__all__ = ["connect", "list_ports"]


def connect(word: str) -> Link:
    """Open the link to the board that a word means.

    Args:
        word: "auto", `id:SERIAL`, `port:PATH`, or any address or alias.

    Raises:
        RemoteError: there is none, or its port cannot be opened.
        ConnectionFailedError: what is no serial port cannot be opened; mpremote has no words for it.
    """
    if word == "auto":
        return _first_that_opens()
    if word.startswith("id:"):
        serial = word.removeprefix("id:")
        for port in _ports():
            if port.serial_number == serial:
                return _open(port.device)
        raise RemoteError(f"no device with serial number {serial}")
    return _open(word.removeprefix("port:"))


def list_ports() -> list[str]:
    """Return a line for each serial port; none is opened."""
    lines = []
    for port in _ports():
        identity = f"{port.vid or 0:04x}:{port.pid or 0:04x}"
        lines.append(f"{port.device} {port.serial_number} {identity} {port.manufacturer} {port.product}")
    return lines


def _ports() -> Iterable[PortInfo]:
    from serial.tools import list_ports as listing  # noqa: PLC0415 - a named port needs no list

    ports: list[PortInfo] = sorted(listing.comports(), key=lambda port: port.device)
    return ports


def _first_that_opens() -> Link:
    from belay_transport.opening import open_link  # noqa: PLC0415 - loads with the first connection

    for port in _ports():
        if port.vid is not None and port.pid is not None:
            try:
                return open_link(port.device)
            except ConnectionFailedError:
                continue  # in use: the next one, so that a second program gets the next board
    raise RemoteError("no device found")


def _open(word: str) -> Link:
    from belay_cli.targets import find_address  # noqa: PLC0415 - as above
    from belay_transport.opening import open_link  # noqa: PLC0415 - as above

    try:
        address = find_address(word)
        return open_link(address)
    except ConnectionFailedError as error:
        if not _is_port(address):
            raise
        raise RemoteError(f"failed to access {word} (it may be in use by another program)") from error
    except BelayException as error:
        raise RemoteError(f"failed to access {word}: {error}") from error


def _is_port(address: object) -> bool:
    from belay_transport.address import SerialAddress, UsbAddress, parse_address  # noqa: PLC0415 - as above

    return isinstance(parse_address(address), SerialAddress | UsbAddress)
