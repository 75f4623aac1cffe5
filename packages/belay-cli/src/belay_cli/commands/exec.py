"""`belay exec`: run code on a board."""

from __future__ import annotations

from typing import Annotated

import typer

from belay_cli.targets import ABOUT_PORT, Password, Port, Timeout, split_port

__all__ = ["app", "run"]

app = typer.Typer(add_completion=False, rich_markup_mode=None)

_DETAILS = f"""\
One word is CODE, two are PORT and CODE. What the code prints goes to stdout as it comes.
These names are there, as far as the board has them:
`os`, `time`, `machine`, `sleep`, `const`, `ADC`, `I2C`, `Pin`, `PWM`, `SPI`, `Timer`.
Ctrl-C interrupts the code. The exit code is 1 when it raises, and its own with `sys.exit`.

{ABOUT_PORT}"""


@app.command(epilog=_DETAILS)
def run(
    words: Annotated[
        list[str], typer.Argument(metavar="[PORT] CODE", help="Python for the board, one line or several")
    ],
    *,
    port: Port = None,
    password: Password = None,
    timeout_s: Timeout = None,
) -> None:
    """Run the code, and pass on what it prints."""
    from belay.scripts import run_text
    from belay_cli.boards import connected
    from belay_cli.console import board_stdout

    named, (code,) = split_port(words, port, others=1)
    with connected(named, password=password) as device, board_stdout() as output:
        run_text(device, code, name="<exec>", stream_out=output, timeout_s=timeout_s)
