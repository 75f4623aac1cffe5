"""`belay exec`: run code on a board."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_cli.targets import ABOUT_PORT, BOARD_OPTIONS, PORT, TIMEOUT, split_port
from belay_pm.command_line.grammar import Argument, Grammar

if TYPE_CHECKING:
    from belay_pm.command_line.grammar import Given

__all__ = ["GRAMMAR", "run"]

GRAMMAR = Grammar(
    arguments=(PORT, Argument("CODE", "Python for the board, one line or several")),
    options=(*BOARD_OPTIONS, TIMEOUT),
    details=f"""\
One word is CODE, two are PORT and CODE. What the code prints goes to stdout as it comes.
These names are there, as far as the board has them:
`os`, `time`, `machine`, `sleep`, `const`, `ADC`, `I2C`, `Pin`, `PWM`, `SPI`, `Timer`.
Ctrl-C interrupts the code. The exit code is 1 when it raises, and its own with `sys.exit`.

{ABOUT_PORT}""",
)


def run(given: Given) -> int:
    """Run the code, and pass on what it prints."""
    from belay.scripts import run_text
    from belay_cli.boards import connected
    from belay_cli.console import board_stdout

    named, (code,) = split_port(given, others=1)
    with connected(given, named) as device, board_stdout() as output:
        run_text(device, code, name="<exec>", stream_out=output, timeout_s=given.number("--timeout"))
    return 0
