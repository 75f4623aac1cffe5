"""`belay exec`: run code on a board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from belay_cli.fleet.choice import ABOUT_FLEETS, FLEET, Choice
from belay_cli.targets import ABOUT_PORT, PASSWORD, TIMEOUT, split_port
from belay_pm.command_line.errors import MisuseError
from belay_pm.command_line.syntax import Argument, Syntax

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SYNTAX", "run"]

_DETAILS = f"""\
One word is CODE, two are PORT and CODE. What the code prints goes to stdout as it comes.
These names are there, as far as the board has them:
`os`, `time`, `machine`, `sleep`, `const`, `ADC`, `I2C`, `Pin`, `PWM`, `SPI`, `Timer`.
Ctrl-C interrupts the code. The exit code is 1 when it raises, and its own with `sys.exit`.

{ABOUT_PORT}

{ABOUT_FLEETS}"""


SYNTAX = Syntax(
    Argument("words", "[PORT] CODE", "Python for the board, one line or several", several=True),
    options=(*FLEET, PASSWORD, TIMEOUT),
    details=_DETAILS,
)


def run(
    words: Sequence[str],
    *,
    password: str | None,
    timeout_s: float | None,
    **boards: Any,  # Any: the fields of `Choice`
) -> None:
    """Run the code, and pass on what it prints."""
    from belay_cli.boards import connected
    from belay_cli.console import board_stdout

    choice = Choice(**boards)
    named, code = split_port(words, choice.port, other="CODE")
    if not code.strip():
        raise MisuseError("`CODE` is empty", hint="write it as in `belay exec sim: 'print(6 * 7)'`")
    if choice.is_many:
        from belay_cli.fleet.jobs import code_job
        from belay_cli.fleet.muster import muster

        choice.check(named)
        muster(choice, code_job(code, timeout_s=timeout_s), password=password, startup=None)
        return
    with board_stdout() as output, connected(named, password=password) as device:
        from belay.scripts import run_text  # once the board boots, see `connected`

        run_text(device, code, name="<exec>", stream_out=output, timeout_s=timeout_s)
