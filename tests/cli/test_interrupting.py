"""Ctrl-C at a terminal: first the program on the board, then the command, and nothing of the user's is lost."""

from __future__ import annotations

import os
import random
import re
from typing import TYPE_CHECKING

import pytest

from belay import Device

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="Windows has neither these signals nor ptys"),
    pytest.mark.once,
]

ENDLESS = "ended = False\nprint('started')\ntry:\n while True: pass\nfinally:\n ended = True\n"
STUBBORN = """\
stubborn = 0
print('started')
while True:
 try:
  while True: pass
 except KeyboardInterrupt:
  stubborn += 1
  print('caught', stubborn)
"""


@pytest.fixture
def project(folder: Path) -> Path:
    """A project with a script that does not end."""
    (folder / "pyproject.toml").write_text('[tool.belay]\nname = "app"\n')
    (folder / "app").mkdir()
    (folder / "app" / "__init__.py").write_text("answer = 42\n")
    (folder / "endless.py").write_text(ENDLESS)
    return folder


@pytest.mark.parametrize(
    "words",
    [
        ["run", "{board}", "endless.py"],
        ["exec", "{board}", ENDLESS],
        ["install", "{board}", "--run", "endless.py"],
        ["mount", "{board}", ".", "--exec", ENDLESS],
    ],
    ids=lambda words: words[0],
)
@pytest.mark.usefixtures("project")
def test_the_program_on_the_board_is_interrupted_first(
    person: Callable[..., Any], command: Callable[..., Any], board: str, words: list[str]
) -> None:
    """One Ctrl-C ends the program, then the command with 130; the board is at its prompt and knows that it ended."""
    somebody = person(*(word.format(board=board) if word == "{board}" else word for word in words))
    somebody.sees(b"started\r\n")

    somebody.types(b"\x03")

    somebody.sees(b"interrupted\r\n")
    assert somebody.leaves() == 130
    assert command("eval", board, "ended") == (0, "True\n", "")


def test_a_program_that_goes_on_does_not_hold_us(
    person: Callable[..., Any], command: Callable[..., Any], board: str
) -> None:
    """What catches the first Ctrl-C gets it, and the second ends the command all the same."""
    somebody = person("exec", board, STUBBORN)
    somebody.sees(b"started\r\n")

    somebody.types(b"\x03")
    somebody.sees(b"caught 1\r\n")
    somebody.types(b"\x03")

    assert somebody.leaves() == 130


@pytest.mark.parametrize(
    "words",
    [["fs", "cp", "-p", "{port}", "src/big.bin", ":/"], ["sync", "{port}", "src"]],
    ids=["cp", "sync"],
)
def test_a_file_is_whole_or_as_it_was(person: Callable[..., Any], folder: Path, words: list[str]) -> None:
    """A transfer that is interrupted leaves the board's old file, and nothing beside it."""
    (folder / "src").mkdir()
    (folder / "src" / "big.bin").write_bytes(random.Random(1).randbytes(100_000))
    with Device("sim:?disk=kept.img", startup="") as device:
        device.fs.write_bytes("/big.bin", b"old")
    port = "sim:?disk=kept.img&profile=uart"  # takes nine seconds for the file

    somebody = person(*(word.format(port=port) for word in words))
    somebody.sees(b"% of 100000 bytes")
    somebody.types(b"\x03")
    somebody.sees(b"interrupted\r\n")

    assert somebody.leaves() == 130
    with Device("sim:?disk=kept.img", startup="") as device:
        assert device.fs.read_bytes("/big.bin") == b"old"
        assert [entry.name for entry in device.fs.list("/")] == ["big.bin"]


@pytest.mark.parametrize(
    "words",
    [
        ["rum"],
        ["exec", "{board}", "1/0"],
        ["fs", "ls", "-p", "{board}", "/none"],
        ["devices"],
        ["doctor", "{board}"],
        ["remote", "connect", "{board}", "rum"],
        ["install", "{board}"],
        ["update"],
        ["cache", "info"],
        ["--help"],
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("project")
def test_no_colour_for_who_wants_none(person: Callable[..., Any], board: str, words: list[str]) -> None:
    """With `NO_COLOR` no command sends a colour to a screen; lines that are written over are no colour."""
    somebody = person(*(word.format(board=board) for word in words))

    shown = somebody.sees_all()

    assert shown
    assert re.findall(rb"\x1b\[[0-9;]*m", shown) == []
