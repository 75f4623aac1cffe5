from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ("6 * 7", "42\n"),
        ("'it' + chr(39) + 's'", '"it\'s"\n'),
        ("None", "None\n"),
        (" [1, (2,), {'a': b'\\x00'}] ", "[1, (2,), {'a': b'\\x00'}]\n"),
        ("float('nan')", "nan\n"),
    ],
)
def test_it_prints_the_value_as_python_writes_it(
    command: Callable[..., object], expression: str, printed: str
) -> None:
    """The value's `repr` goes to stdout."""
    assert command("eval", "sim:", expression) == (0, printed, "")


def test_an_expression_may_begin_with_a_dash(command: Callable[..., object]) -> None:
    """`--` ends the options; without it the hint tells so."""
    assert command("eval", "sim:", "--", "-1") == (0, "-1\n", "")
    assert command("eval", "sim:", "-1") == (
        2,
        "",
        (
            "error: No such option: -1\n\n"
            "hint: write it as in `belay eval [OPTIONS] [PORT] EXPRESSION`, "
            "with `--` in front of a word that begins with a dash\n"
        ),
    )


def test_prints_on_the_way_go_to_stderr(command: Callable[..., object]) -> None:
    """A program that reads stdout gets the value alone."""
    assert command("eval", "sim:", "print('measuring') or 21.5") == (0, "21.5\n", "measuring\n")


def test_json(command: Callable[..., object]) -> None:
    """`--json` prints what JSON can hold, letters unescaped."""
    assert command("eval", "--json", "sim:", "{'ä': ('ö', 21.5, None, True)}") == (
        0,
        '{"ä": ["ö", 21.5, null, true]}\n',
        "",
    )


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("b'x'", "b'x' has no form in JSON: Object of type bytes is not JSON serializable"),
        ("float('inf')", "inf has no form in JSON: Out of range float values are not JSON compliant"),
    ],
)
def test_json_refuses_what_it_cannot_hold(
    command: Callable[..., tuple[int, str, str]], expression: str, told: str
) -> None:
    """Bytes and infinities are a failure, not a guess."""
    exit_code, stdout, stderr = command("eval", "--json", "sim:", expression)

    assert (exit_code, stdout) == (1, "")
    assert stderr.startswith(f"error: The value {told}")
    assert stderr.endswith("\n\nhint: leave `--json` out to see it as Python\n")


@pytest.mark.parametrize("text", ["x = 1", "1 +", "import os"])
def test_what_has_no_value_is_misuse(command: Callable[..., object], text: str) -> None:
    """Statements are refused before any board is opened."""
    assert command("eval", "COM99", text) == (
        2,
        "",
        f"error: `{text}` is not an expression\n\nhint: `belay exec` runs statements\n",
    )


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_expression_is_misuse(command: Callable[..., object], text: str) -> None:
    """As when a shell's variable that should hold it is not set."""
    assert command("eval", "COM99", text) == (
        2,
        "",
        "error: `EXPRESSION` is empty\n\nhint: write it as in `belay eval sim: '6 * 7'`\n",
    )


def test_an_address_alone_is_no_expression(command: Callable[..., object]) -> None:
    """What is missing is the expression, whatever the only board might make of an address."""
    assert command("eval", "/dev/ttyACM0") == (
        2,
        "",
        "error: `EXPRESSION` is missing\n\nhint: write it behind PORT: `/dev/ttyACM0 '6 * 7'`\n",
    )


def test_a_value_that_cannot_come_back_is_a_failure(command: Callable[..., object]) -> None:
    """An object of the board is named, nothing goes to stdout, and the hint is for the command line."""
    assert command("eval", "sim:", "object()") == (
        1,
        "",
        (
            "error: The board returned an `object`, which cannot come back: `<object>`\n\n"
            "hint: `belay exec` runs code whose value does not matter, or that prints it\n"
        ),
    )


def test_an_exception_shows_the_expression(command: Callable[..., object]) -> None:
    """The traceback names the expression itself."""
    assert command("eval", "sim:", "1 / 0") == (
        1,
        "",
        (
            "Traceback (most recent call last):\n"
            '  File "<eval>", line 1, in <module>\n'
            "    1 / 0\n"
            "ZeroDivisionError: divide by zero\n"
        ),
    )
