"""An address -> an open link. The only room that knows every kind of wire; each loads when it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_transport.address import (
    LaterAddress,
    ProcessAddress,
    SerialAddress,
    SimAddress,
    UsbAddress,
    parse_address,
)
from belay_transport.errors import AddressError, ConnectionFailedError

if TYPE_CHECKING:
    from belay_transport.links import Link
    from belay_transport.simulated import ServedBoard

__all__ = ["open_link", "serve_simulated"]

_NOT_YET = {
    "ws": ("WebREPL cannot be opened yet", "connect the board by USB, or by `rfc2217://HOST:PORT`"),
    "wss": ("WebREPL cannot be opened yet", "connect the board by USB, or by `rfc2217://HOST:PORT`"),
    "telnet": ("telnet cannot be opened yet", "connect the board by USB, or by `socket://HOST:PORT`"),
    "execpty": (
        "a program that offers a pty cannot be started yet",
        "start the program yourself and give the path of its pty, `/dev/pts/…`",
    ),
    "bela": ("a Bela has no MicroPython REPL", None),
}
"""What each kind of `LaterAddress` is told: what is the matter, and what to do instead."""


def open_link(
    address: object,
    *,
    baudrate: int = 115200,
    user: str = "micro",
    password: str = "python",  # noqa: S107 - what a board ships with, and no secret
    exclusive: bool = True,
    timeout_s: float = 10.0,
) -> Link:
    """Open the link to the board that `address` means.

    Args:
        address: whatever `parse_address` takes; None for `BELAY_DEVICE`, else the only board.
        baudrate: bits per second of a serial port.
        user: for links that log in; none of those that can be opened does yet.
        password: for links that log in; none of those that can be opened does yet.
        exclusive: whether a serial port is locked against other programs.
        timeout_s: seconds that connecting over the network may take (`rfc2217://` has its own 5 s).

    Raises:
        AddressError: the address is malformed.
        DeviceNotFoundError: no USB board fits.
        InsufficientSpecifierError: several USB boards fit.
        ConnectionFailedError: the link cannot be opened.
    """
    del user, password  # no link that can be opened so far logs in
    parsed = parse_address(address)
    if isinstance(parsed, LaterAddress):
        problem, hint = _NOT_YET[parsed.kind]
        raise ConnectionFailedError(f"Opening a `{parsed.kind}` address failed: {problem}", hint=hint)
    if isinstance(parsed, SimAddress):
        return _open_simulated(parsed)
    if isinstance(parsed, ProcessAddress):
        from belay_transport.links.process import ProcessLink

        return ProcessLink(parsed.command)
    if isinstance(parsed, UsbAddress):
        parsed = SerialAddress(parsed.specifier.to_port())
    if parsed.port.lower().startswith("socket://"):
        from belay_transport.links.tcp import TcpLink

        return TcpLink(parsed.port, timeout_s=timeout_s)
    from belay_transport.links.serial import SerialLink

    return SerialLink(parsed.port, baudrate=baudrate, exclusive=exclusive)


def serve_simulated(address: object = "sim:") -> ServedBoard:
    """Keep a simulated board running behind the path of a pty, for any tool that talks to boards.

    Args:
        address: a `sim:` address, with its parameters.

    Returns:
        The board, as a context manager; its `path` is what other tools take for a port.

    Raises:
        AddressError: it is no `sim:` address, or a parameter of it is wrong.
        ConnectionFailedError: the board cannot be started here.

    Example:
        >>> with serve_simulated("sim:?profile=usb") as board:
        ...     connect_another_tool(board.path)
    """
    parsed = parse_address(address)
    if not isinstance(parsed, SimAddress):
        raise AddressError(
            f"`{address}` is not the address of a simulated board", hint="begin it with `sim:`"
        )
    from belay_transport.sim import serve_pty
    from belay_transport.sim.options import SimOptions

    return serve_pty(SimOptions.from_query(parsed.name, list(parsed.pairs)))


def _open_simulated(address: SimAddress) -> Link:
    from belay_transport.sim import open_sim
    from belay_transport.sim.options import SimOptions

    return open_sim(SimOptions.from_query(address.name, list(address.pairs)))
