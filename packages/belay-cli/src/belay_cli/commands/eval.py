"""`belay eval`: print the value of an expression on a board."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_cli.targets import ABOUT_PORT, PASSWORD, PORT, TIMEOUT, split_port
from belay_pm.command_line.errors import CommandError, MisuseError
from belay_pm.command_line.syntax import Argument, Option, Syntax

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SYNTAX", "run"]

_DETAILS = f"""\
One word is EXPRESSION, two are PORT and EXPRESSION.
The value goes to stdout as Python writes it; what is printed on the way goes to stderr.
These names are there, as far as the board has them:
`os`, `time`, `machine`, `sleep`, `const`, `ADC`, `I2C`, `Pin`, `PWM`, `SPI`, `Timer`.

{ABOUT_PORT}"""


SYNTAX = Syntax(
    Argument("words", "[PORT] EXPRESSION", "Python for the board that has a value", several=True),
    options=(PORT, PASSWORD, TIMEOUT, Option("as_json", ("--json",), "", "Print the value as JSON")),
    details=_DETAILS,
)


def run(
    words: Sequence[str],
    *,
    port: str | None,
    password: str | None,
    timeout_s: float | None,
    as_json: bool,
) -> None:
    """Evaluate the expression, and print its value."""
    from belay_cli.boards import connected
    from belay_cli.console import board_stderr, data

    named, expression = split_port(words, port, other="EXPRESSION")
    _require_expression(expression)
    with board_stderr() as output, connected(named, password=password) as device:
        from belay.scripts import evaluate_text  # once the board boots, see `connected`

        value = evaluate_text(device, expression, name="<eval>", stream_out=output, timeout_s=timeout_s)
    data(_json(value) if as_json else repr(value))


def _require_expression(text: str) -> None:
    import ast
    import warnings

    if not text.strip():
        raise MisuseError("`EXPRESSION` is empty", hint="write it as in `belay eval sim: '6 * 7'`")
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
