"""`belay sim`: keep a simulated board running behind the path of a pty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_pm.command_line.grammar import Argument, Grammar, Option

if TYPE_CHECKING:
    from belay_pm.command_line.grammar import Given

__all__ = ["GRAMMAR", "run"]

_SHAPE = (
    Option("--heap", "Memory for programs, such as `64k`", "SIZE"),
    Option("--flash", "Size of the file system, such as `512k`", "SIZE"),
    Option("--rom", "Size of the ROM partition; 0 for none", "SIZE"),
    Option("--disk", "A file that keeps the file system", "PATH"),
    Option("--profile", "A kind of link: `direct`, `usb`, `uart` or `wifi`", "NAME"),
    Option("--baud", "Speed of the link, in bits per second", "NUMBER"),
    Option("--latency-ms", "How long each byte is under way, each way", "MILLISECONDS"),
)
"""Each is the option of a `sim:` address with the same name."""

GRAMMAR = Grammar(
    arguments=(
        Argument(
            "NAME", "Keep the flash under this name, else it is fresh; or a `sim:` address", required=False
        ),
    ),
    options=_SHAPE,
    details="""\
The path of a pty goes to stdout: any tool can connect to it as to a board's serial port, and come again.
The board runs until Ctrl-C. For Belay itself the address `sim:` is enough.""",
)


def run(given: Given) -> int:
    """Start the board, print its path, and wait for Ctrl-C."""
    import threading
    from contextlib import suppress

    from belay_cli.boards import ended_by_signals
    from belay_cli.console import data, words
    from belay_transport.opening import serve_simulated

    with ended_by_signals(), serve_simulated(_address(given)) as board, suppress(KeyboardInterrupt):
        # Ctrl-C from here on is the way to end it, and no failure.
        words("A simulated board is at this path until Ctrl-C")
        data(board.path)
        threading.Event().wait()
    return 0


def _address(given: Given) -> str:
    from urllib.parse import quote

    name, _, query = (given.words[0] if given.words else "").removeprefix("sim:").partition("?")
    shape = [
        f"{option.name.removeprefix('--').replace('-', '_')}={quote(text)}"
        for option in _SHAPE
        if (text := given.text(option.name)) is not None
    ]
    return f"sim:{name}?{'&'.join([query, *shape] if query else shape)}"
