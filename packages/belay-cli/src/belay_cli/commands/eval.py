"""`belay eval`: print the value of an expression on a board."""

from __future__ import annotations

from typing import Annotated

import typer

from belay_cli.targets import ABOUT_PORT, Password, Port, Timeout, split_port
from belay_pm.command_line.errors import CommandError, MisuseError

__all__ = ["app", "run"]

app = typer.Typer(add_completion=False, rich_markup_mode=None)

_DETAILS = f"""\
One word is EXPRESSION, two are PORT and EXPRESSION.
The value goes to stdout as Python writes it; what is printed on the way goes to stderr.
These names are there, as far as the board has them:
`os`, `time`, `machine`, `sleep`, `const`, `ADC`, `I2C`, `Pin`, `PWM`, `SPI`, `Timer`.

{ABOUT_PORT}"""


@app.command(epilog=_DETAILS)
def run(
    words: Annotated[
        list[str],
        typer.Argument(metavar="[PORT] EXPRESSION", help="Python for the board that has a value"),
    ],
    *,
    port: Port = None,
    password: Password = None,
    timeout_s: Timeout = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the value as JSON")] = False,
) -> None:
    """Evaluate the expression, and print its value."""
    from belay.scripts import evaluate_text
    from belay_cli.boards import connected
    from belay_cli.console import board_stderr, data

    named, (expression,) = split_port(words, port, others=1)
    _require_expression(expression)
    with connected(named, password=password) as device, board_stderr() as output:
        value = evaluate_text(device, expression, name="<eval>", stream_out=output, timeout_s=timeout_s)
    data(_json(value) if as_json else repr(value))


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
