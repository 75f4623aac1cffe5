from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


def test_it_prints_what_the_code_prints(command: Callable[..., object]) -> None:
    """The board's line ends become those of a program; the value of an expression is not printed."""
    assert command("exec", "sim:", "print('one\\ntwo')\n6 * 7") == (0, "one\ntwo\n", "")


def test_an_expression_needs_no_value_that_can_travel(command: Callable[..., object]) -> None:
    """`exec` drops the value, so that it does not matter what it is."""
    assert command("exec", "sim:", "object()") == (0, "", "")


def test_the_convenience_names_are_there(command: Callable[..., object]) -> None:
    """Code for a pin needs no import."""
    assert command("exec", "sim:", "led = Pin(25, Pin.OUT); led.on(); print(led.value())") == (0, "1\n", "")


@pytest.mark.parametrize(
    "words", [("--port", "sim:", "print(1)"), ("-psim:", "print(1)"), ("print(1)", "-p", "sim:")]
)
def test_the_board_may_be_an_option(command: Callable[..., object], words: tuple[str, ...]) -> None:
    """With `--port` the one word is the code."""
    assert command("exec", *words) == (0, "1\n", "")


def test_a_board_named_twice_is_misuse(command: Callable[..., object]) -> None:
    """PORT and `--port` together contradict each other."""
    assert command("exec", "--port", "COM1", "sim:", "1") == (
        2,
        "",
        "error: The board is named twice: `sim:` and `--port COM1`\n\nhint: leave one of them out\n",
    )


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (
            ["a", "b", "c"],
            "3 words are given, and the command takes at most 2",
            "put quotes around a word that has blanks in it",
        ),
        (
            ["--prot", "sim:", "1"],
            "No such option: --prot (Possible options: --port)",
            "write it as in `belay exec [OPTIONS] [PORT] CODE`",
        ),
        (
            ["1", "--port"],
            "Option '--port' requires an argument",
            "write it as in `belay exec [OPTIONS] [PORT] CODE`",
        ),
        (["sim:"], "`CODE` is missing", "write it behind PORT: `sim: '6 * 7'`"),
    ],
)
def test_words_that_make_no_sense_are_misuse(
    command: Callable[..., object], words: list[str], message: str, hint: str | None
) -> None:
    """They are named, with what would make sense."""
    assert command("exec", *words) == (
        2,
        "",
        f"error: {message}\n" + (f"\nhint: {hint}\n" if hint else ""),
    )


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "", "1s", "1e400"])
def test_a_deadline_is_a_number_above_zero(command: Callable[..., object], text: str) -> None:
    """A deadline that could not pass, or has passed, is refused before any board is opened."""
    assert command("exec", f"--timeout={text}", "COM99", "1") == (
        2,
        "",
        (
            "error: Invalid value for '--timeout': "
            f"a number of seconds above 0 is meant, such as `2.5`, not `{text}`\n\n"
            "hint: write it as in `belay exec [OPTIONS] [PORT] CODE`\n"
        ),
    )


def test_an_exception_shows_the_code_and_fails(command: Callable[..., object]) -> None:
    """The traceback names the code's own lines, on stderr; what was printed before is on stdout."""
    assert command("exec", "sim:", "def f():\n    return 1 / 0\nprint('before')\nf()") == (
        1,
        "before\n",
        (
            "Traceback (most recent call last):\n"
            '  File "<exec>", line 4, in <module>\n'
            "    f()\n"
            '  File "<exec>", line 2, in f\n'
            "    return 1 / 0\n"
            "ZeroDivisionError: divide by zero\n"
        ),
    )


def test_a_broken_pipe_of_the_board_is_not_ours(command: Callable[..., tuple[int, str, str]]) -> None:
    """An OSError of the program on the board has its traceback, whatever its number."""
    exit_code, stdout, stderr = command("exec", "sim:", "raise OSError(32)")

    assert (exit_code, stdout) == (1, "")
    assert stderr.startswith('Traceback (most recent call last):\n  File "<exec>", line 1, in <module>\n')


def test_a_syntax_error_shows_the_line(command: Callable[..., object]) -> None:
    """What the board cannot compile is a failure of the program, not of the command line."""
    assert command("exec", "sim:", "a = 1\nb = ") == (
        1,
        "",
        'Traceback (most recent call last):\n  File "<exec>", line 2\n    b =\nSyntaxError: invalid syntax\n',
    )


@pytest.mark.parametrize(
    ("argument", "exit_code", "stderr"),
    [
        ("3", 3, ""),
        ("", 0, ""),
        ("None", 0, ""),
        ("'no card'", 1, "no card\n"),
        ("True", 1, ""),
        ("False", 0, ""),
    ],
)
def test_sys_exit_ends_as_on_the_host(
    command: Callable[..., object], argument: str, exit_code: int, stderr: str
) -> None:
    """A number is the exit code, nothing is 0, a text goes to stderr and is 1."""
    assert command("exec", "sim:", f"import sys\nsys.exit({argument})") == (exit_code, "", stderr)


def test_a_deadline_interrupts_the_code(command: Callable[..., object], board: str) -> None:
    """`--timeout` stops the program on the board, which then answers again."""
    command("exec", board, "answer = 42")

    ended = command("exec", "--timeout", "0.05", board, "while True: pass")

    assert ended == (
        1,
        "",
        (
            f"error: serial port {board}: the program ran longer than 0.05 s and was interrupted\n\n"
            "hint: give it more time with `--timeout SECONDS`\n"
        ),
    )
    assert command("eval", board, "answer") == (0, "42\n", "")


def test_bytes_pass_as_they_are(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """What is no text reaches stdout unchanged, but for the line ends that the board's console made."""
    from belay_cli.app import run  # noqa: PLC0415 - beside `capsys` pytest allows no second capture

    exit_code = run(["exec", "sim:", r"import sys; sys.stdout.buffer.write(b'\xff\x00\x04\x80'); print()"])

    assert (exit_code, *capfdbinary.readouterr()) == (0, b"\xff\x00\x04\x80\n", b"")


@pytest.mark.usefixtures("no_ports")
def test_no_board_is_a_failure(command: Callable[..., object]) -> None:
    """Without any board the message says so, and what there is instead."""
    assert command("exec", "print(1)") == (
        1,
        "",
        (
            "error: No board is plugged in: this machine has no serial port\n\n"
            "hint: plug a board in, name its port (`/dev/ttyACM0`, `COM3`), "
            "or use the simulated board `sim:`\n"
        ),
    )


@pytest.mark.parametrize("text", ["", " \n"])
def test_empty_code_is_misuse(command: Callable[..., object], text: str) -> None:
    """As when a shell's variable that should hold it is not set."""
    assert command("exec", "COM99", text) == (
        2,
        "",
        "error: `CODE` is empty\n\nhint: write it as in `belay exec sim: 'print(6 * 7)'`\n",
    )


def test_a_deadline_that_no_system_can_wait_for(command: Callable[..., tuple[int, str, str]]) -> None:
    """It is refused with the longest that can be."""
    exit_code, stdout, stderr = command("exec", "--timeout", "1e300", "sim:", "1")

    assert (exit_code, stdout) == (2, "")
    assert "at most 2000000 seconds are meant, which are 23 days, not `1e300`" in " ".join(stderr.split())
