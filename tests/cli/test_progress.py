from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from belay_cli.progress import Progress

if TYPE_CHECKING:
    import pytest


class Screen(io.StringIO):
    """What a person looks at."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


def test_a_screen_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line with share, bytes and path, which is cleared at the end."""
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)

    with Progress() as update:
        update(description="/main.py", total=200, advance=50)

    assert screen.getvalue() == "\r 25% of 200 bytes  /main.py\033[K\r\033[K"


def test_a_file_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written to a file or a pipe has words for later only."""
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)

    with Progress() as update:
        update(description="/main.py", total=200, advance=50)

    assert written.getvalue() == ""
