"""An address -> an open link. The only room that knows every kind of wire; each loads when it is opened."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from belay_transport.address import (
    BelaAddress,
    ExecPtyAddress,
    ProcessAddress,
    SerialAddress,
    SimAddress,
    TelnetAddress,
    UsbAddress,
    WebReplAddress,
    parse_address,
)
from belay_transport.errors import AddressError, ConnectionFailedError

if TYPE_CHECKING:
    from belay_transport.links import Link
    from belay_transport.simulated import ServedBoard

__all__ = ["kept_simulated", "open_link", "serve_simulated"]


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
        user: for `telnet://`, if the address names none.
        password: for `ws://` and `wss://`; for `telnet://`, if the address holds none.
        exclusive: whether a serial port is locked against other programs.
        timeout_s: seconds that connecting over the network and logging in, or the start of an `execpty:`
            program, may take (`rfc2217://` has its own 5 s).

    Raises:
        AddressError: the address is malformed.
        DeviceNotFoundError: no USB board fits.
        InsufficientSpecifierError: several USB boards fit.
        ConnectionFailedError: the link cannot be opened.
        AuthenticationError: the board refused the user or the password.
    """
    parsed = parse_address(address)
    if isinstance(parsed, BelaAddress):
        raise ConnectionFailedError(
            "Opening a `bela` address failed: a Bela has no MicroPython REPL",
            hint="name a board that runs MicroPython or CircuitPython: a Bela can be watched, and not called",
        )
    if isinstance(parsed, SimAddress):
        return _open_simulated(parsed)
    if isinstance(parsed, WebReplAddress):
        from belay_transport.links.webrepl import WebReplLink

        return WebReplLink(parsed, password=password, timeout_s=timeout_s)
    if isinstance(parsed, TelnetAddress):
        from belay_transport.links.telnet import TelnetLink

        return TelnetLink(parsed, user=user, password=password, timeout_s=timeout_s)
    if isinstance(parsed, ProcessAddress | ExecPtyAddress):
        return _open_program(parsed, baudrate=baudrate, exclusive=exclusive, timeout_s=timeout_s)
    return _open_port(parsed, baudrate=baudrate, exclusive=exclusive, timeout_s=timeout_s)


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


def kept_simulated() -> list[str]:
    """Return the names of the simulated boards that are kept, sorted: NAME of `sim:NAME`; none is started.

    Empty also where there are no simulated boards.
    """
    if os.name != "posix":
        return []
    from belay_transport.sim.kept import kept_names

    return kept_names()


def _open_simulated(address: SimAddress) -> Link:
    from belay_transport.sim import open_sim
    from belay_transport.sim.options import SimOptions

    return open_sim(SimOptions.from_query(address.name, list(address.pairs)))


def _open_program(
    address: ProcessAddress | ExecPtyAddress, *, baudrate: int, exclusive: bool, timeout_s: float
) -> Link:
    if isinstance(address, ProcessAddress):
        from belay_transport.links.process import ProcessLink

        return ProcessLink(address.command)
    from belay_transport.links.execpty import ExecPtyLink

    return ExecPtyLink(address.command, baudrate=baudrate, exclusive=exclusive, timeout_s=timeout_s)


def _open_port(
    address: SerialAddress | UsbAddress, *, baudrate: int, exclusive: bool, timeout_s: float
) -> Link:
    port = address.specifier.to_port() if isinstance(address, UsbAddress) else address.port
    if port.lower().startswith("socket://"):
        from belay_transport.links.tcp import TcpLink

        return TcpLink(port, timeout_s=timeout_s)
    from belay_transport.links.serial import SerialLink

    return SerialLink(port, baudrate=baudrate, exclusive=exclusive)
