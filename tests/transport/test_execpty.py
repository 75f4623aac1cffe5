"""`execpty:`: programs that offer a board on a pty, and how they say so."""

from __future__ import annotations

import logging
import os
import shlex
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

import belay
from belay_transport.errors import ConnectionFailedError, ConnectionLost
from belay_transport.links.execpty import ExecPtyLink
from belay_transport.opening import open_link

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Script = Callable[[str], tuple[str, str]]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="only POSIX has ptys")

OFFER = """
import os, sys, tty
master, slave = os.openpty()
tty.setraw(slave)
print("char device redirected to", os.ttyname(slave), "(label serial0)", file=sys.stderr, flush=True)
"""

SERVE = """
import sys
from belay_transport.opening import serve_simulated
with serve_simulated("sim:") as board:
    print(board.path, file=sys.stderr, flush=True)
    print("ready")
    sys.stdin.read()
"""


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """Return the command that runs some Python."""

    def write(code: str) -> tuple[str, str]:
        file = tmp_path / "emulator.py"
        file.write_text(code)
        return (sys.executable, str(file))

    return write


def test_a_device_behind_the_pty_of_a_program(script: Script) -> None:
    """The address starts the program and opens what it offers; closing the device ends it."""
    with belay.Device(f"execpty:{shlex.join(script(SERVE))}") as device:
        assert device("6 * 7") == 42
        program = device._belay_runtime.session.link._program

    assert program.process.returncode == 0


def test_the_path_stands_in_the_first_line_of_stderr(
    script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    """It may stand among other words; what follows goes to the log."""
    code = (
        OFFER
        + "print('second', file=sys.stderr, flush=True); os.write(master, os.read(master, 1)); os.read(0, 1)"
    )

    with (
        caplog.at_level(logging.INFO, "belay.process"),
        closing(open_link(f"execpty:{shlex.join(script(code))}")) as link,
    ):
        assert isinstance(link, ExecPtyLink)
        link.write(b"x", 10)
        assert link.read(10) == b"x"
        assert link.flow_control
        assert link.description.startswith(f"process `{sys.executable} ")
        assert link.description.endswith(link._serial.name)

    assert [record.getMessage() for record in caplog.records][1:] == [f"{sys.executable}: second"]


def test_the_end_of_the_program_is_told_with_its_code_and_last_words(script: Script) -> None:
    """A program that leaves takes the link with it; the error says how it left."""
    code = OFFER + "print('out of memory', file=sys.stderr, flush=True); os.read(master, 1); sys.exit(3)"

    with closing(ExecPtyLink(script(code))) as link:
        link.write(b"x", 10)
        with pytest.raises(ConnectionLost) as caught:
            link.read(None)

    lines = str(caught.value).splitlines()
    assert lines[0].startswith("Reading from process `")
    assert lines[0].endswith(f" at {link._name} failed: it ended with exit code 3; its last words:")
    assert lines[2:] == ["  out of memory"]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import sys; print('no pty today', file=sys.stderr)", "no pty is in the first line of its stderr: 'no pty today'"),
        ("import sys; print('/etc/passwd', file=sys.stderr)", "no pty is in the first line of its stderr: '/etc/passwd'"),
        ("import sys; sys.exit(4)", "it ended with exit code 4"),
    ],
)  # fmt: skip
def test_a_program_that_offers_no_pty_is_refused(script: Script, code: str, reason: str) -> None:
    """Another line, another path and no line at all are told apart, and the hint says what is needed."""
    with pytest.raises(ConnectionFailedError) as caught:
        ExecPtyLink(script(code))

    assert str(caught.value).endswith(f"` failed: {reason}")
    assert caught.value.hint == "the first line that it writes to stderr must name its pty, `/dev/pts/…`"


def test_a_program_that_says_nothing_is_given_up(script: Script) -> None:
    """It has `timeout_s`, and is ended then."""
    with pytest.raises(ConnectionFailedError) as caught:
        ExecPtyLink(script("import sys; sys.stdin.read()"), timeout_s=0.05)

    assert str(caught.value).endswith("failed: it wrote no line to stderr in 0.05 s, and is still running")


def test_a_pty_that_cannot_be_opened_ends_the_program(script: Script) -> None:
    """What the program offers may be gone already."""
    code = "import sys; print('/dev/pts/999999', file=sys.stderr, flush=True); sys.stdin.read()"

    with pytest.raises(ConnectionFailedError, match="Opening /dev/pts/999999 failed: there is no such port"):
        ExecPtyLink(script(code))
