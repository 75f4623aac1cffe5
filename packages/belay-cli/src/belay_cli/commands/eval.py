"""`belay eval`: print the value of an expression on a board."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_cli.targets import ABOUT_PORT, BOARD_OPTIONS, PORT, TIMEOUT, split_port
from belay_pm.command_line.errors import CommandError, MisuseError
from belay_pm.command_line.grammar import Argument, Grammar, Option

if TYPE_CHECKING:
    from belay_pm.command_line.grammar import Given

__all__ = ["GRAMMAR", "run"]

GRAMMAR = Grammar(
    arguments=(PORT, Argument("EXPRESSION", "Python for the board that has a value")),
    options=(*BOARD_OPTIONS, TIMEOUT, Option("--json", "Print the value as JSON")),
    details=f"""\
One word is EXPRESSION, two are PORT and EXPRESSION.
The value goes to stdout as Python writes it; what is printed on the way goes to stderr.
These names are there, as far as the board has them:
`os`, `time`, `machine`, `sleep`, `const`, `ADC`, `I2C`, `Pin`, `PWM`, `SPI`, `Timer`.

{ABOUT_PORT}""",
)


def run(given: Given) -> int:
    """Evaluate the expression, and print its value."""
    from belay.scripts import evaluate_text
    from belay_cli.boards import connected
    from belay_cli.console import board_stderr, data

    named, (expression,) = split_port(given, others=1)
    _require_expression(expression)
    with connected(given, named) as device, board_stderr() as output:
        value = evaluate_text(
            device, expression, name="<eval>", stream_out=output, timeout_s=given.number("--timeout")
        )
    data(_json(value) if given.flag("--json") else repr(value))
    return 0


def _require_expression(text: str) -> None:
    import ast
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # whether `1 is 1` is wise is the board's user's business
            ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError) as error:
        raise MisuseError(f"`{text}` is not an expression", hint="`belay exec` runs statements") from error


def _json(value: object) -> str:
    import json

    try:
        return json.dumps(value, allow_nan=False, ensure_ascii=False)
    except (TypeError, ValueError) as error:
        raise CommandError(
            f"The value {value!r} has no form in JSON: {error}", hint="leave `--json` out to see it as Python"
        ) from error
