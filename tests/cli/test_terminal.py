"""`belay terminal` at real pseudo-terminals: keys in, the board's words out, and the terminal as it was."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from belay_cli.terminal.screen import Visible
from belay_transport.opening import serve_simulated

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    Person = Any  # as conftest.py has it

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="Windows has no ptys"),
    pytest.mark.once,
]


def test_a_session(person: Callable[..., Person], command: Callable[..., object], board: str) -> None:
    """Keys run on the board, its letters are shown; Ctrl-] leaves, and all is as it was."""
    at = person("terminal", board)
    at.sees(b"Ctrl-] leaves")
    at.sees(b">>> ")

    at.types(b"value = '\\xe9' * 2; print(value)\r")
    at.sees("éé\r\n".encode())
    os.kill(at.process.pid, signal.SIGWINCH)
    at.types(b"40 + 2\r")
    at.sees(b"42\r\n")
    at.types(b"\x1d")

    assert at.leaves() == 0
    assert at.after == at.before
    assert command("eval", board, "value") == (0, "'éé'\n", "")


def test_a_program_is_looked_at_and_not_interrupted(person: Callable[..., Person], board: str) -> None:
    """A program that runs goes on while nobody looks, and while somebody does; Ctrl-C is for it."""
    first = person("terminal", board)
    first.sees(b">>> ")
    first.types(b"import time; n = 0\r")
    first.sees(b">>> ")
    first.types(b"while True: n += 1; print('n', n); time.sleep_ms(5)\r\r")
    first.sees(b"n 3\r\n")
    first.types(b"\x1d")
    assert first.leaves() == 0

    second = person("terminal", board)
    second.sees(b"\r\nn ")
    second.types(b"\x03")
    second.sees(b"KeyboardInterrupt")
    second.sees(b">>> ")
    second.types(b"\x1d")

    assert second.leaves() == 0
    assert b"n 1\r\n" not in second.shown


def test_what_is_kept_and_what_is_shown(person: Callable[..., Person], board: str, folder: Path) -> None:
    """`--capture` adds every byte to a file; `-e` shows what cannot be seen."""
    kept = folder / "kept.bin"
    kept.write_bytes(b"older|")
    at = person("terminal", board, "--capture", "kept.bin", "-e")
    at.sees(b">>> ")

    at.types(b"print('\\x1b' + chr(7))\r")
    at.sees(b"[1b][07]\r\n")
    at.types(b"\x1d")

    assert at.leaves() == 0
    assert kept.read_bytes().startswith(b"older|")
    assert b"\x1b\x07\r\n" in kept.read_bytes()


def test_keys_that_inject(person: Callable[..., Person], board: str, folder: Path) -> None:
    """Ctrl-J types a text, Ctrl-K runs a file as it is now; Ctrl-C interrupts that, and not us."""
    script = folder / "script.py"
    script.write_text("value = 6\nprint('hello from a file')\n")
    at = person("terminal", board, "--inject-code", "value * 7\\nvalue * 8\\n", "--inject-file", "script.py")
    at.sees(b">>> ")

    at.types(b"\x0b")
    at.sees(b"hello from a file\r\n>>> ")
    at.types(b"\x0a")
    at.sees(b"42\r\n")
    at.sees(b"48\r\n")
    script.write_text("print('wai' + 'ting')\nwhile True: pass\n")
    at.types(b"\x0b")
    at.sees(b"waiting\r\n")
    at.types(b"\x03")
    at.sees(b"KeyboardInterrupt")
    script.write_text("1/0\n")
    at.types(b"\x0b")
    at.sees(b"ZeroDivisionError: divide by zero")
    script.unlink()
    at.types(b"\x0b")
    at.sees(b"`script.py` is not there")
    at.types(b"value\r")
    at.sees(b"6\r\n")
    at.types(b"\x1d")

    assert at.leaves() == 0
    assert at.after == at.before


def test_a_board_that_comes_back(person: Callable[..., Person], folder: Path) -> None:
    """An unplugged board is waited for, and the terminal goes on with it; Ctrl-] leaves while waiting too."""
    port = folder / "port"
    with serve_simulated() as first:
        port.symlink_to(first.path)
        at = person("terminal", str(port))
        at.sees(b">>> ")
    at.sees(b"waiting until it is back")
    port.unlink()
    with serve_simulated() as second:
        port.symlink_to(second.path)
        at.sees(b"Back at")
        at.sees(b">>> ")
        at.types(b"1 + 1\r")
        at.sees(b"2\r\n")
    at.sees(b"waiting until it is back")
    at.types(b"\x1d")

    assert at.leaves() == 0
    assert at.after == at.before


def test_a_board_that_is_not_waited_for(person: Callable[..., Person]) -> None:
    """With `--no-reconnect` the end of the link is the end of the command, and a failure."""
    with serve_simulated() as board:
        at = person("terminal", board.path, "--no-reconnect")
        at.sees(b">>> ")
    at.sees(b"hint:")

    assert at.leaves() == 1
    assert at.after == at.before


def test_somebody_ends_it(person: Callable[..., Person], board: str) -> None:
    """The terminal is restored when a signal ends us."""
    at = person("terminal", board)
    at.sees(b">>> ")

    at.process.terminate()

    assert at.leaves() == 143
    assert at.after == at.before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--inject-file", "none.py"],
            (b"`none.py` is not there\r\n\r\nhint: give `--inject-file` the path of a `.py` file\r\n"),
        ),
        (["--inject-file", "."], b"`.` is a folder\r\n\r\nhint: give `--inject-file` the path of"),
        (["--inject-file", ""], b"`--inject-file` is empty\r\n\r\nhint: give `--inject-file` the path of"),
        (
            ["--capture", ""],
            b"`--capture` cannot be written: No such file or directory\r\n\r\nhint: give `--capture` a file",
        ),
        (
            ["--capture", "none/kept"],
            (
                b"`none/kept` cannot be written: No such file or directory\r\n\r\n"
                b"hint: give `--capture` a file, as in `--capture session.log`\r\n"
            ),
        ),
        (
            ["--capture", "x" * 300],
            b"cannot be written: File name too long\r\n\r\nhint: give `--capture` a file",
        ),
    ],
)
def test_files_that_are_not_there(
    person: Callable[..., Person], board: str, words: list[str], message: bytes
) -> None:
    """They are told before anything is opened."""
    at = person("terminal", board, *words)

    at.sees(message)

    assert at.leaves() == 1


def test_without_a_keyboard(start: Callable[..., object], board: str) -> None:
    """Keys that come from nowhere are refused, with what to type instead."""
    running = start("terminal", board)

    error = "error: A terminal needs a keyboard, and stdin is none\n"
    hint = "\nhint: `belay exec` and `belay run` take code from a program\n"
    assert running.finish() == (2, "", error + hint)  # type: ignore[attr-defined] # a `Running`


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        ([b"plain\r\n\ttext\b"], b"plain\r\n\ttext\b"),
        ([b"\xc3", b"\xa9"], "é".encode()),
        ([b"\xff\x00"], b"[ff][00]"),
        (["\u200b".encode()], b"[e2][80][8b]"),
    ],
)
def test_what_is_visible(pieces: list[bytes], shown: bytes) -> None:
    """Text stays as it is, also in pieces; the rest is shown byte by byte."""
    visible = Visible()

    assert b"".join(map(visible.shown, pieces)) == shown


TERMINALS = pytest.mark.parametrize(
    "words", [("terminal", "BOARD"), ("remote", "connect", "BOARD", "repl")], ids=["terminal", "remote"]
)


def busy(person: Callable[..., Person], words: tuple[str, ...], board: str) -> Person:
    """Somebody at a board that runs, and reads nothing."""
    at = person(*(board if word == "BOARD" else word for word in words))
    at.sees(b">>> ")
    at.types(b"while True: pass\r\r")
    at.sees(b"... \r\n")
    return at


@TERMINALS
def test_leaving_a_board_that_takes_no_paste(
    person: Callable[..., Person], board: str, words: tuple[str, ...]
) -> None:
    """A board that reads nothing keeps nobody from leaving, however much was pasted."""
    at = busy(person, words, board)

    at.types(b"x = 1\r" * 100_000)  # more than finds room on the way to a board
    at.types(b"\x1d")

    assert at.leaves() == 0
    assert at.after == at.before


@TERMINALS
def test_interrupting_a_board_that_takes_no_paste(
    person: Callable[..., Person], board: str, words: tuple[str, ...]
) -> None:
    """Ctrl-C behind a paste reaches the board, and then so does what is typed."""
    at = busy(person, words, board)

    at.types(b"x = 1\r" * 10_000)
    at.types(b"\x03")
    at.sees(b"KeyboardInterrupt")
    at.types(b"\x03print('still' + 'there')\r")
    at.sees(b"stillthere\r\n")
    at.types(b"\x1d")

    assert at.leaves() == 0
    assert at.after == at.before
