"""`belay sim`: keep a simulated board running behind the path of a pty."""

from __future__ import annotations

from belay_pm.command_line.errors import MisuseError
from belay_pm.command_line.syntax import Argument, Option, Syntax

__all__ = ["SYNTAX", "run"]

_DETAILS = """\
The path of a pty goes to stdout: any tool can connect to it as to a board's serial port, and come again.
The board runs until Ctrl-C. For Belay itself the address `sim:` is enough.
"""


SYNTAX = Syntax(
    Argument("name", "NAME", "Keep the flash under this name, else it is fresh; or a `sim:` address"),
    options=(
        Option("heap", ("--heap",), "SIZE", "Memory for programs, such as `64k`"),
        Option("flash", ("--flash",), "SIZE", "Size of the file system, such as `512k`"),
        Option("rom", ("--rom",), "SIZE", "Size of the ROM partition; 0 for none"),
        Option("disk", ("--disk",), "PATH", "A file that keeps the file system"),
        Option("profile", ("--profile",), "PROFILE", "A kind of link: `direct`, `usb`, `uart` or `wifi`"),
        Option("baud", ("--baud",), "NUMBER", "Speed of the link, in bits per second"),
        Option("latency_ms", ("--latency-ms",), "MILLISECONDS", "How long each byte is under way, each way"),
    ),
    details=_DETAILS,
)


def run(name: str | None, **shape: str | None) -> None:
    """Start the board, print its path, and wait for Ctrl-C."""
    import threading

    from belay_cli.boards import ended_by_signals
    from belay_cli.console import data, words
    from belay_transport.deadlines import LONGEST_WAIT_S
    from belay_transport.opening import serve_simulated

    if name == "":
        raise MisuseError("`NAME` is empty", hint="leave it out for a board that is not kept")
    address = _address(name or "", **shape)
    with ended_by_signals(), serve_simulated(address) as board:
        data(board.path)
        words("A simulated board is at this path until Ctrl-C")
        ended = threading.Event()  # never is
        while not ended.wait(LONGEST_WAIT_S):
            pass


def _address(name: str, **shape: str | None) -> str:
    """Return the `sim:` address with these options: each is the address's parameter of the same name."""
    from urllib.parse import quote

    base, _, query = name.removeprefix("sim:").partition("?")
    given = [f"{key}={quote(text)}" for key, text in shape.items() if text is not None]
    options = "&".join([query, *given] if query else given)
    return f"sim:{base}?{options}" if options else f"sim:{base}"
