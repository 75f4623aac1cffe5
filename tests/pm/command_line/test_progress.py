from __future__ import annotations

import io
import subprocess
import sys
from threading import Thread
from typing import TYPE_CHECKING

from belay_pm.command_line.progress import showing_progress

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


class Screen(io.StringIO):
    """What a person looks at."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def test_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a pipeline, and without stderr at all, there is nothing to show."""
    for stream in (io.StringIO(), None):
        monkeypatch.setattr(sys, "stderr", stream)

        with showing_progress() as hear:
            assert hear is None


def test_what_comes_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names stand as they are, whatever threads say them; a length that nobody knows is no trouble."""
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")

    with showing_progress() as hear:
        assert hear is not None
        threads = [Thread(target=_come, args=(hear, f"[bold]package {number}")) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert "[bold]package 3" in screen.getvalue()


def test_nothing_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """When all is in the cache, nothing is printed."""
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)

    with showing_progress():
        pass

    assert screen.getvalue() == ""


def test_rich_waits_until_something_comes() -> None:
    """Neither the program nor an update with nothing to get loads rich, git, the web or typer."""
    script = (
        "import sys\nfrom belay_pm.app import run\nrun(['update', '--locked'])\n"
        "print(sorted({'rich', 'git', 'requests', 'tomlkit', 'typer'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def _come(hear: Callable[[str, int, int | None], None], name: str) -> None:
    hear(name, 0, None)
    hear(name, 5, 10)
    hear(f"{name} without an end", 5, None)
    hear(name, 10, 10)
