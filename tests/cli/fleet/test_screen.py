"""The lines of many boards on a screen, and what there is without one."""

from __future__ import annotations

import io
import os
import re
import sys
from typing import TYPE_CHECKING

from belay_cli.fleet.screen import Screen

if TYPE_CHECKING:
    import pytest


class Terminal(io.StringIO):
    """What a person looks at."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


def _terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A screen of 24 columns and 6 lines."""
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    monkeypatch.setenv("COLUMNS", "24")
    monkeypatch.setenv("LINES", "6")
    monkeypatch.setenv("TERM", "xterm")
    return shown


def _looks(written: str) -> list[str]:
    """What a screen shows after this was written: the few codes that are used, and no others."""
    lines, row = [""], 0
    for code, count, letter, text in re.findall(r"(\033\[(\d*)([AJK]))|([\n\r]|[^\033\n\r]+)", written):
        if letter == "A":
            row -= int(count)
        elif letter == "J":
            lines = [*lines[:row], ""]
        elif text == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif not code:
            lines[row] = "" if text == "\r" else lines[row] + text
    return lines


def test_a_line_for_each_board(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each says how far its board is, cut at the edge; at the end of the block they are gone."""
    terminal = _terminal(monkeypatch)

    with Screen(["a", "garden"]) as screen:
        assert _looks(terminal.getvalue()) == ["a      | waiting", "garden | waiting", ""]
        screen.end(0, "ran, in 0.10 s")
        screen.end(1, "100 sent, 0 removed, 0 unchanged")
        assert _looks(terminal.getvalue()) == ["a      | ran, in 0.10 s", "garden | 100 sent, 0 re", ""]

    assert _looks(terminal.getvalue()) == [""]


def test_steps_are_seen_and_what_passes_may_not_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step is shown at once; of a transfer only so much as somebody can read."""
    terminal = _terminal(monkeypatch)
    monkeypatch.setattr("time.monotonic", lambda: 1.0)

    with Screen(["a"]) as screen:
        screen.show(0, "running")
        screen.show(0, "1%", is_passing=True)
        assert _looks(terminal.getvalue()) == ["a | running", ""]


def test_what_is_printed_stands_above(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words push the lines down, and do not mix with them."""
    terminal = _terminal(monkeypatch)

    with Screen(["a", "b"]) as screen:
        screen.words(1, "error: no\nboard")

        assert _looks(terminal.getvalue()) == ["b | error: no", "b | board", "a | waiting", "b | waiting", ""]


def test_more_boards_than_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are at work come first, and the last line counts the others."""
    terminal = _terminal(monkeypatch)

    with Screen([str(number) for number in range(9)]) as screen:
        screen.end(0, "ran")
        screen.end(2, "ran")

        assert _looks(terminal.getvalue()) == [
            "1 | waiting",
            "3 | waiting",
            "4 | waiting",
            "and 6 more, 2 of all ha",
            "",
        ]


def test_without_a_screen_each_end_is_a_line(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """A file gets what came of each board, and no states on the way."""
    with Screen(["a", "garden"]) as screen:
        screen.show(0, "running")
        screen.pass_on(b"a      | \xff\n")
        screen.end(1, "ran, in 0.10 s")

    assert tuple(capfdbinary.readouterr()) == (
        b"a      | \xff\n",
        b"garden | ran, in 0.10 s" + os.linesep.encode(),
    )
