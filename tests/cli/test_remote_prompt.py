"""`belay remote repl`, a clock and a Ctrl-C, with mpremote itself beside it where the two can be compared."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from belay_transport.opening import serve_simulated

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Result = tuple[int, str, str]
    Person = Any  # as conftest.py has it

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows"),
    pytest.mark.once,
]

MPREMOTE = Path(sys.executable).with_name("mpremote")
GREETING = b"Use Ctrl-] or Ctrl-x to exit this shell\r\n"


@pytest.fixture(params=["ours", "mpremote"])
def sits(request: pytest.FixtureRequest, person: Callable[..., Person]) -> Callable[..., Person]:
    """Seat somebody who types these words behind `belay remote`, or behind `mpremote`."""

    def seat(*words: str) -> Person:
        if request.param == "ours":
            return person("remote", *words)
        return person(*words, program=MPREMOTE)

    return seat


def test_words_at_the_prompt(sits: Callable[..., Person], board: str, folder: Path) -> None:
    """What `repl` says of its options, in mpremote's words and order."""
    (folder / "script.py").write_text("print('hello from a file')\n")
    at = sits("connect", board, "repl", "-e", "--capture", "kept", "--inject-file", "script.py")

    at.sees(f"Connected to MicroPython at {board}\r\n".encode() + GREETING)
    at.sees(b"Escaping non-printable bytes/characters by printing their hex code\r\n")
    at.sees(b'Capturing session to file "kept"\r\n')
    at.sees(b'Use Ctrl-K to inject file "script.py"\r\n')
    at.types(b"\r")
    at.sees(b">>> ")
    at.types(b"\x0b")
    at.sees(b"Injecting script.py\r\nhello from a file\r\n")
    at.sees(b">>> ")
    at.types(b"print(chr(27) + chr(7) + chr(0))\r")
    at.sees(b"\r\n\x1b[07][00]\r\n>>> ")
    at.types(b"\x1d")

    assert at.leaves() == 0
    assert at.after == at.before
    assert b"hello from a file\r\n" in (folder / "kept").read_bytes()


def test_what_ctrl_j_types(sits: Callable[..., Person], board: str) -> None:
    r"""`--inject-code`: each `\n` ends a line, which runs."""
    at = sits("connect", board, "repl", "--inject-code", "40 + 2\\n50 + 5\\n")
    at.sees(b"Use Ctrl-J to inject b'40 + 2\\r")
    at.types(b"\r")
    at.sees(b">>> ")

    at.types(b"\x0a")

    at.sees(b"42\r\n")
    at.sees(b"55\r\n")
    at.types(b"\x18")
    assert at.leaves() == 0


def test_a_block_that_ctrl_j_types(person: Callable[..., Person], board: str) -> None:
    r"""A `\n` is one Enter key and not two, so that a block of several lines stays one."""
    at = person(
        "remote", "connect", board, "repl", "--inject-code", "for n in 1, 2:\\n x = n\\nprint(n)\\n\\n\\n"
    )
    at.sees(b">>> ")

    at.types(b"\x0a")

    at.sees(b"... print(n)")
    at.types(b"\x18")
    assert at.leaves() == 0


def test_the_mount_survives_a_soft_reset(sits: Callable[..., Person], board: str, folder: Path) -> None:
    """Ctrl-D gives a fresh interpreter that sees the folder, with what has changed in it."""
    (folder / "a.py").write_text("print('fir' + 'st')\n")
    at = sits("connect", board, "mount", ".")
    at.sees(b"Local directory . is mounted at /remote\r\n")
    at.types(b"\r")
    at.sees(b">>> ")
    at.types(b"import a; x = 5\r")
    at.sees(b"first\r\n>>> ")
    (folder / "a.py").write_text("print('sec' + 'ond')\n")

    at.types(b"\x04")

    at.sees(b"soft reboot\r\n")
    at.sees(b"Remount local directory ./ at /remote\r\n")
    at.sees(b">>> ")
    at.types(b"import a\r")
    at.sees(b"second\r\n>>> ")
    at.types(b"x\r")
    at.sees(b"NameError")
    at.types(b"\x18")
    assert at.leaves() == 0


def test_ctrl_c_at_the_prompt(sits: Callable[..., Person], board: str) -> None:
    """It interrupts what the board runs, and the person stays."""
    at = sits("connect", board, "repl")
    at.sees(GREETING)
    at.types(b"\r")
    at.sees(b">>> ")
    at.types(b"while True: print('ro' + 'und')\r\r")
    at.sees(b"round\r\n")

    at.types(b"\x03")

    at.sees(b"KeyboardInterrupt")
    at.sees(b">>> ")
    at.types(b"6 * 7\r")
    at.sees(b"42\r\n>>> ")
    at.types(b"\x1d")
    assert at.leaves() == 0


@pytest.mark.parametrize("words", [("repl",), ("mount", ".")])
def test_the_board_goes_away(person: Callable[..., Person], words: tuple[str, ...]) -> None:
    """Whoever is at its prompt is told, and the chain ends well: somebody has pulled the plug."""
    with serve_simulated() as served:
        at = person("remote", "connect", served.path, *words)
        at.sees(b">>> ")

    at.sees(b"device disconnected\r\n")
    assert at.leaves() == 0
    assert at.after == at.before
    assert at.shown.endswith(b"device disconnected\r\n")


def test_what_was_captured_before_stays(person: Callable[..., Person], board: str, folder: Path) -> None:
    """A file that is there already is added to; mpremote empties it."""
    (folder / "kept").write_bytes(b"older|")
    at = person("remote", "connect", board, "repl", "--capture", "kept")
    at.sees(b">>> ")
    at.types(b"\x1d")

    assert at.leaves() == 0
    assert (folder / "kept").read_bytes().startswith(b"older|")


def test_a_script_that_is_not_there(person: Callable[..., Person], board: str) -> None:
    """It is told before the prompt is shown."""
    at = person("remote", "connect", board, "repl", "--inject-file", "none.py")

    at.sees(b"mpremote: could not read file 'none.py'\r\n")

    assert at.leaves() == 1
    assert b"Connected" not in at.shown


@pytest.mark.parametrize("code", ["print('go')\nwhile True: pass", "print('go')\nwhile True: exit = 1"])
def test_ctrl_c_while_code_runs(
    start: Callable[..., Any], command: Callable[..., Result], board: str, code: str
) -> None:
    """The program on the board is stopped, and the commands behind it are left out; exit code 130."""
    running = start("remote", "connect", board, "exec", "left = 1\n" + code, "exec", "left = 2")
    assert running.read_line() == "go\n"

    running.process.send_signal(signal.SIGINT)

    exit_code, stdout, stderr = running.finish()
    assert (exit_code, stdout) == (130, "")
    assert 'Traceback (most recent call last):\n  File "<string>"' not in stderr  # none of this computer's
    assert command("remote", "connect", board, "resume", "eval", "left") == (0, "1\n", "")


def _clock(told: str) -> datetime:
    year, month, day, weekday, hour, minute, second, _ = map(int, re.findall(r"\d+", told))
    clock = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - a board knows no zone
    assert clock.weekday() == weekday
    return clock


@pytest.mark.parametrize("option", ["--set", "-s"])
def test_the_clock(command: Callable[..., Result], board: str, option: str) -> None:
    """`rtc --set` sets the board's clock to this computer's local time, weekday too, as mpremote does."""
    before = "import machine; machine.RTC().datetime((2001, 2, 3, 5, 4, 5, 6, 0))"
    told = []
    for typed in (_ours(command), _theirs):
        typed("connect", board, "exec", before)
        exit_code, stdout, stderr = typed("connect", board, "resume", "rtc", "rtc", option, "rtc")
        assert (exit_code, stderr) == (0, "")
        old, new = stdout.splitlines()
        assert old.startswith("(2001, 2, 3, 5, 4, 5, ")
        told.append(_clock(new))

    assert abs(told[1] - told[0]) < timedelta(hours=1)
    assert abs(datetime.now() - told[0]) < timedelta(hours=1)  # noqa: DTZ005 - local time is meant


def _ours(command: Callable[..., Result]) -> Callable[..., Result]:
    return lambda *words: command("remote", *words)


def _theirs(*words: str) -> Result:
    done = subprocess.run(
        [MPREMOTE, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_which_board_connect_means(
    command: Callable[..., Result], board: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`id:` finds a board by its serial number, `port:` by its path, `auto` takes the first USB port that opens."""

    def port(device: str, serial: str | None, vid: int | None) -> SimpleNamespace:
        return SimpleNamespace(
            device=device, serial_number=serial, vid=vid, pid=vid, manufacturer="maker", product=None
        )

    ports = [
        port(board, "E66141", 0x2E8A),
        port("/dev/no-a", None, None),
        port("/dev/no-b", "E66142", 0x2E8A),
    ]
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: ports)

    def said(word: str) -> Result:
        return command("remote", "connect", word, "eval", "6 * 7")

    failed = "mpremote: failed to access /dev/no-b (it may be in use by another program)\n"
    assert said("id:E66141") == said(f"port:{board}") == said("auto") == (0, "42\n", "")
    assert command("remote", "eval", "6 * 7") == (0, "42\n", "")
    assert said("id:E66142") == (1, "", failed)
    assert said("id:e66141") == (1, "", "mpremote: no device with serial number e66141\n")
    assert command("remote", "connect", "list")[1].splitlines() == [
        "/dev/no-a None 0000:0000 maker None",
        "/dev/no-b E66142 2e8a:2e8a maker None",
        f"{board} E66141 2e8a:2e8a maker None",
    ]
