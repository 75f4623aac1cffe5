"""`exec:`: programs as boards, how they start, how they end, and what they say meanwhile."""

from __future__ import annotations

import logging
import os
import signal
import sys
import sysconfig
from contextlib import closing
from pathlib import Path

import pytest

from belay_transport.errors import ConnectionFailedError, ConnectionLost
from belay_transport.links.process import ProcessLink

MICROPYTHON = Path(sysconfig.get_path("scripts")) / "micropython"


def python(code: str, *arguments: str) -> tuple[str, ...]:
    """Return the command that runs some Python."""
    return (sys.executable, "-I", "-S", "-c", code, *arguments)


def read_until(link: ProcessLink, end: bytes) -> bytes:
    """Read up to `end`."""
    data = b""
    while not data.endswith(end):
        piece = link.read(10)
        assert piece, data
        data += piece
    return data


def test_a_program_is_read_and_written() -> None:
    """Its stdin and stdout are the wire; nothing is translated."""
    code = "import os\nwhile data := os.read(0, 100): os.write(1, data[::-1])"

    with closing(ProcessLink(python(code))) as link:
        link.write(b"\x03\r\n\x00\xff", 10)
        answer = read_until(link, b"\x03")

    assert answer == b"\xff\x00\n\r\x03"
    assert link.description.startswith(f"process `{sys.executable} -I -S -c import os")
    assert link.flow_control


@pytest.mark.skipif(
    not MICROPYTHON.exists(), reason="this platform has no wheel of the MicroPython unix build"
)
def test_a_real_interpreter_is_a_board() -> None:
    """The unix build of MicroPython shows its raw REPL through its pipes."""
    with closing(ProcessLink((str(MICROPYTHON), "-i"))) as link:
        link.write(b"\x01", 10)
        read_until(link, b"raw REPL; CTRL-B to exit\r\n>")
        link.write(b"print(6 * 7)\x04", 10)
        answer = read_until(link, b"\x04>")

    assert answer == b"OK42\n\x04\x04>"


def test_no_shell_touches_the_command() -> None:
    """Variables and wildcards arrive as they were typed."""
    with closing(ProcessLink(python("import sys; print(sys.argv[1:])", "$HOME", "*", "a b"))) as link:
        assert read_until(link, b"\n") == b"['$HOME', '*', 'a b']\n"


def test_the_end_of_a_program_is_told_with_its_code_and_last_words() -> None:
    """What it printed before is read first; then the error names the exit code and ends of stderr."""
    code = "import sys; print('bye'); [print('word', n, file=sys.stderr) for n in range(99)]; sys.exit(3)"

    with closing(ProcessLink(python(code))) as link:
        read_until(link, b"bye\n")
        with pytest.raises(ConnectionLost) as reading:
            link.read(None)
        with pytest.raises(ConnectionLost) as writing:
            link.write(b"x", 10)

    lines = str(reading.value).splitlines()
    assert (
        reading.value.hint == "run the command in a shell: it must stay, and its stdin and stdout be a REPL's"
    )
    assert lines[0] == f"Reading from {link.description} failed: it ended with exit code 3; its last words:"
    assert lines[1:] == [f"  word {n}" for n in range(89, 99)]
    assert str(writing.value).startswith(f"Writing to {link.description} failed: it ended with exit code 3; ")


@pytest.mark.skipif(os.name != "posix", reason="Windows has no signals")
def test_a_program_killed_by_a_signal_is_told_so() -> None:
    """The error names the signal."""
    command = python("import os; os.kill(os.getpid(), 9)")

    with (
        closing(ProcessLink(command)) as link,
        pytest.raises(ConnectionLost, match=r"(?m)failed: it ended with signal SIGKILL$"),
    ):
        link.read(None)


def test_a_program_that_closes_its_stdout_but_stays_is_lost() -> None:
    """A program that can no longer be read is lost, and the error says that it still runs."""
    code = "import os, time; os.close(1); time.sleep(1000)"

    with closing(ProcessLink(python(code))) as link, pytest.raises(ConnectionLost) as caught:
        link.read(None)

    assert str(caught.value).endswith("failed: it closed its stdout, and is still running")


def test_stderr_goes_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Each line of stderr is logged as `belay.process`, whatever its bytes."""
    code = "import os; os.write(2, b'one\\ntwo \\xff\\n'); os.write(1, b'.'); os.read(0, 1)"

    with caplog.at_level(logging.INFO, "belay.process"), closing(ProcessLink(python(code))) as link:
        read_until(link, b".")
    # closing waits for the last words

    assert [(record.name, record.getMessage()) for record in caplog.records] == [
        ("belay.process", f"{sys.executable}: one"),
        ("belay.process", f"{sys.executable}: two \\xff"),
    ]


def test_a_talkative_program_does_not_get_stuck() -> None:
    """A megabyte of stderr, in one line, holds up neither the program nor us."""
    code = "import os; [os.write(2, b'x' * 10000) for _ in range(100)]; os.write(1, b'done')"

    with closing(ProcessLink(python(code))) as link:
        assert read_until(link, b"done") == b"done"


def test_a_missing_program_is_said_to_be_missing() -> None:
    """Starting fails at once, with the name."""
    with pytest.raises(ConnectionFailedError) as caught:
        ProcessLink(("no-such-program", "-i"))

    assert str(caught.value) == "Starting `no-such-program` failed: there is no such program"
    assert caught.value.hint == "name a program on PATH, or write its path; no shell expands the command"
    assert isinstance(caught.value.__cause__, FileNotFoundError)


@pytest.mark.skipif(os.name != "posix", reason="Windows has neither modes nor first lines")
@pytest.mark.parametrize(
    ("content", "mode", "reason"),
    [
        ("", 0o644, "it is not executable"),
        ("#!/no/such/interpreter\n", 0o755, "the interpreter that its first line names is missing"),
        ("neither script nor program", 0o755, "Exec format error"),
    ],
)
def test_what_cannot_be_started_says_why(content: str, mode: int, reason: str, tmp_path: Path) -> None:
    """A file that is no program, or lacks its interpreter, says so."""
    program = tmp_path / "program"
    program.write_text(content)
    program.chmod(mode)

    with pytest.raises(ConnectionFailedError) as caught:
        ProcessLink((str(program),))

    assert str(caught.value) == f"Starting `{program}` failed: {reason}"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no sessions")
def test_a_program_has_a_session_of_its_own() -> None:
    """A Ctrl-C at the host's terminal does not reach the program."""
    with closing(ProcessLink(python("import os; print(os.getsid(0) == os.getpid())"))) as link:
        assert read_until(link, b"\n") == b"True\n"


def test_a_program_leaves_when_its_stdin_is_closed() -> None:
    """Closing the link lets a program leave by itself: its exit code is its own."""
    link = ProcessLink(python("import os, sys; os.write(1, b'.'); os.read(0, 1); sys.exit(5)"))
    read_until(link, b".")

    link.close()

    assert link._program.process.returncode == 5


@pytest.mark.skipif(os.name != "posix", reason="Windows has no signals to ignore")
def test_a_stubborn_program_is_killed() -> None:
    """A program that ignores its stdin and SIGTERM is gone after `close`, and no zombie is left."""
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('.', flush=True); time.sleep(1000)"
    link = ProcessLink(python(code))
    read_until(link, b".\n")

    link.close()

    assert link._program.process.returncode == -signal.SIGKILL


@pytest.mark.skipif(os.name != "posix", reason="Windows has no process groups")
def test_what_a_program_started_ends_with_it() -> None:
    """Ending a program that does not leave ends its children as well."""
    child = "import time; time.sleep(1000)"
    code = (
        f"import subprocess, sys; print('.', flush=True); subprocess.run([sys.executable, '-c', {child!r}])"
    )
    link = ProcessLink(python(code))
    read_until(link, b".\n")

    link.close()

    assert link._program.process.returncode == -signal.SIGTERM
    assert not link._program.listener.is_alive()  # nobody holds the other end of stderr any more
