"""`--watch` of `run`, `sync` and `install`, in processes of their own: a file is saved, and the board has it."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from belay_transport.opening import serve_simulated

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    Command = Callable[..., Any]  # Any: as conftest.py has it
    Start = Callable[..., Any]  # Any: likewise

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows"),
    pytest.mark.once,
]

ENDLESS = """\
print("started", {number})
try:
    while True:
        pass
finally:
    print("interrupted", {number})
"""


def ends(running: Any) -> int:  # Any: as conftest.py has it
    """Type Ctrl-C; return the exit code."""
    running.process.send_signal(signal.SIGINT)
    code: int = running.process.wait(30)
    return code


def test_a_script_that_runs_is_interrupted_and_starts_anew(
    command: Command, start: Start, board: str, folder: Path
) -> None:
    """Its own end comes first; the next one finds a board that was soft-reset; Ctrl-C ends script and command."""
    script = folder / "main.py"
    script.write_text("left = 1\n" + ENDLESS.format(number=1))
    running = start("run", "--watch", board, "main.py")

    assert running.read_words("Ctrl-C ends it") == "Watching `main.py`; Ctrl-C ends it\n"
    assert running.read_line() == "started 1\n"
    script.write_text("print('left' in globals())\n" + ENDLESS.format(number=2))
    assert running.read_words("changed") == "`main.py` changed\n"
    assert [running.read_line() for _ in range(3)] == ["interrupted 1\n", "False\n", "started 2\n"]
    running.process.send_signal(signal.SIGINT)
    assert running.read_line() == "interrupted 2\n"

    assert running.process.wait(30) == 130
    assert running.read_words("interrupted") == "interrupted\n"
    assert command("eval", board, "6 * 7") == (0, "42\n", "")


def test_a_script_that_ends_or_fails_waits(start: Start, board: str, folder: Path) -> None:
    """An end, an exception, half a file and a file that is gone are told, and the next save runs."""
    script = folder / "main.py"
    script.write_text("import sys\nprint(sys.argv)\n")
    running = start("run", "--watch", board, "main.py", "word")

    assert running.read_line() == "['main.py', 'word']\n"
    running.read_words("`main.py` ended; waiting for a change")
    script.write_text("1/0\n")
    assert running.read_words("Waiting for a change") == (
        "`main.py` changed\n"
        "Traceback (most recent call last):\n"
        '  File "main.py", line 1, in <module>\n'
        "    1/0\n"
        "ZeroDivisionError: divide by zero\n"
        "Waiting for a change\n"
    )
    script.write_text("import sys\nsys.exit('enough')\n")
    assert running.read_words("Waiting for a change") == "`main.py` changed\nenough\nWaiting for a change\n"
    script.write_text("print('half'\n")
    running.read_words("`main.py`, line 1: '(' was never closed; waiting until it is saved whole")
    script.unlink()
    assert running.read_words("for a change") == "`main.py` is gone; waiting for a change\n"
    script.write_text("print('back')\n")
    assert running.read_line() == "back\n"

    running.read_words("waiting for a change")
    assert ends(running) == 130


def test_a_half_saved_script_does_not_interrupt(start: Start, board: str, folder: Path) -> None:
    """What ran goes on until there is something whole; with `--no-minify` the board itself is asked."""
    script = folder / "main.py"
    script.write_text(ENDLESS.format(number=1))
    running = start("run", "--watch", board, "main.py")
    assert running.read_line() == "started 1\n"

    script.write_text("print('half'\n")
    running.read_words("waiting until it is saved whole")
    script.write_text("print('whole')\n")

    assert [running.read_line() for _ in range(2)] == ["interrupted 1\n", "whole\n"]
    assert ends(running) == 130

    script.write_text("print('whole')\n")
    asking = start("run", "--watch", "--no-minify", board, "main.py")
    asking.read_words("waiting for a change")
    script.write_text("print('half'\n")
    assert "SyntaxError" in asking.read_words("Waiting for a change")
    assert ends(asking) == 130


def test_a_folder_is_synced_again(command: Command, start: Start, board: str, folder: Path) -> None:
    """Only what has changed is sent, what is gone is removed, and what is ignored is no change."""
    source = folder / "src"
    source.mkdir()
    (source / "one.py").write_bytes(b"x = 1\n")
    (source / "two.py").write_bytes(b"y = 1\n")
    (source / ".belayignore").write_text("*.log\n")
    running = start("sync", board, "src", "--watch", "--no-minify")

    assert "Sent 2 files, 12 bytes, in " in running.read_words("; 0 removed, 0 unchanged")
    (source / "a.log").write_text("nothing for a board")
    (source / ".one.py.swp").write_text("nothing for anybody")
    (source / "one.py").write_bytes(b"x = 22\n")
    told = running.read_words("; 0 removed, 1 unchanged")
    assert told.startswith("`src/one.py` changed\nSent 1 file, 7 bytes, in ")
    (source / "two.py").unlink()
    assert running.read_words("; 1 removed, 1 unchanged").startswith("`src/two.py` is gone\nSent 0 files")

    assert ends(running) == 130
    assert command("fs", "cat", "-p", board, "one.py") == (0, "x = 22\n", "")
    assert command("fs", "ls", "-p", board).stdout.split() == ["7", "one.py"]


def test_json_is_a_line_each_time(start: Start, board: str, folder: Path) -> None:
    """A program reads what was done, pass by pass."""
    (folder / "one.py").write_text("x = 1\n")
    running = start("sync", board, "one.py", "--watch", "--json")

    assert '"path": "/one.py"' in running.read_line()
    (folder / "one.py").write_text("x = 22\n")

    assert '"path": "/one.py"' in running.read_line()
    assert ends(running) == 130


def test_a_folder_that_goes_away_ends_it(start: Start, board: str, folder: Path) -> None:
    """Nobody waits for what will not come."""
    (folder / "src").mkdir()
    running = start("sync", board, "src", "--watch")
    running.read_words("unchanged")

    (folder / "src").rmdir()

    assert running.process.wait(30) == 1
    assert running.read_words("is back") == (
        f"error: The folder `{folder / 'src'}` is gone: nothing is left to watch\n\n"
        "hint: run the command again when it is back\n"
    )


PROJECT = """\
[tool.belay]
name = "app"
[tool.belay.dependencies]
one = "libs/one.py"
two = { uri = "libs/two.py", develop = true }
"""


@pytest.fixture
def project(
    folder: Path, updated_project: Callable[[dict[str, str]], Path], monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A project with a package, and one in development."""
    monkeypatch.setenv("BELAY_CACHE_DIR", str(folder.parent / "cache"))
    return updated_project(
        {
            "pyproject.toml": PROJECT,
            "libs/one.py": "x = 1\n",
            "libs/two.py": "y = 1\n",
            "app/__init__.py": "import one, two\nanswer = one.x + two.y\n",
            "start.py": "import app\nprint('answer', app.answer)\n",
            "loop.py": "import app, time\nwhile True:\n    print('loop', app.answer)\n    time.sleep(.1)\n",
        }
    )


def test_a_project_is_installed_again_and_its_script_started(
    command: Command, start: Start, board: str, project: Path
) -> None:
    """A change of the own package, of one in development, and of the script itself: the modules are new ones."""
    (project / "app/.more.py.swp").write_text("what Vim has open")
    running = start("install", board, "--watch", "--run", "start.py")

    assert running.read_line() == "answer 2\n"
    running.read_words("`start.py` ended; waiting for a change")
    (project / "libs/two.py").write_text("y = 41\n")
    assert running.read_line() == "answer 42\n"
    assert running.read_words("waiting for a change").startswith("`libs/two.py` changed\nSent 1 file, ")
    (project / "app/more.py").write_text("z = 100\n")
    running.read_words("waiting for a change")
    assert running.read_line() == "answer 42\n"
    (project / "start.py").write_text("from app.more import z\nprint('more', z)\n")
    assert running.read_line() == "more 100\n"

    running.read_words("waiting for a change")
    assert ends(running) == 130
    assert command("eval", board, "sorted(os.listdir('/app'))") == (0, "['__init__.py', 'more.py']\n", "")


def test_main_is_followed(command: Command, start: Start, board: str, project: Path) -> None:
    """What `main.py` prints is shown, before and after a change; a script that runs on is stopped for it."""
    running = start("install", board, "--watch", "--main", "loop.py", "--follow")

    while running.read_line() != "loop 2\n":
        pass
    (project / "libs/two.py").write_text("y = 41\n")
    while running.read_line() != "loop 42\n":
        pass

    assert ends(running) == 130
    assert command("eval", board, "__import__('app').answer") == (0, "42\n", "")


def test_a_project_that_is_wrong_for_a_moment(start: Start, board: str, project: Path) -> None:
    """What an install would refuse is told, and waited over."""
    running = start("install", board, "--watch", "--run", "start.py")
    running.read_words("waiting for a change")

    whole = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(whole + 'three = "libs/three.py"\n')
    assert "was made before the last change" in running.read_words("; waiting for a change")
    (project / "pyproject.toml").write_text(whole + "\n")

    assert "Sent 0 files" in running.read_words("`start.py` ended; waiting for a change")
    assert ends(running) == 130


def test_a_board_that_comes_back(start: Start, folder: Path) -> None:
    """It is waited for, told, and gets what it has missed."""
    (folder / "main.py").write_text("print('one')\n")
    port = folder / "port"
    with serve_simulated() as first:
        port.symlink_to(first.path)
        running = start("run", "--watch", "--port", str(port), "main.py")
        assert running.read_line() == "one\n"
        running.read_words("waiting for a change")
    assert str(port) in running.read_words("; waiting until it is back")
    (folder / "main.py").write_text("print('two')\n")
    port.unlink()
    with serve_simulated() as second:
        port.symlink_to(second.path)
        running.read_words("The board is back")
        assert running.read_line() == "two\n"
        assert ends(running) == 130


def test_a_board_that_cannot_come_back(start: Start, folder: Path) -> None:
    """A simulated board of one's own would be another one: its end is the end of the command."""
    (folder / "main.py").write_text("print('one')\n")
    running = start("run", "--watch", "sim:?unplug_after=20000", "main.py")
    running.read_words("waiting for a change")

    (folder / "main.py").write_text(f"letters = {'x' * 30000!r}\n")

    assert running.process.wait(30) == 1
    assert "hint: look whether the board is there" in running.read_words("again")


@pytest.mark.parametrize(
    "words", [("sync", "sim:", ".", "--watch", "--dry-run"), ("install", "sim:", "--watch", "--dry-run")]
)
@pytest.mark.usefixtures("project")
def test_a_dry_run_is_not_watched(command: Command, words: tuple[str, ...]) -> None:
    """The two options contradict one another, and both are named."""
    assert command(*words) == (
        2,
        "",
        (
            "error: `--watch` and `--dry-run` are given: what is watched is done, again and again\n\n"
            "hint: leave one of them out\n"
        ),
    )


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--watch", "-p", "sim:a", "-p", "sim:b", "main.py"),
        ("sync", ".", "--watch", "-p", "sim:a", "-p", "sim:b"),
        ("install", "--watch", "--all"),
    ],
)
@pytest.mark.usefixtures("project")
def test_many_boards_are_not_watched(command: Command, folder: Path, words: tuple[str, ...]) -> None:
    """A change is brought to one board, and no board is opened."""
    (folder / "main.py").write_text("print('one')\n")

    assert command(*words) == (
        2,
        "",
        (
            "error: `--watch` is for one board, and several are meant\n\n"
            "hint: name one board, or start the command once for each\n"
        ),
    )


@pytest.mark.parametrize(
    ("words", "exit_code", "error"),
    [
        (("sync", "sim:", "nothing", "--watch"), 2, "`nothing` cannot be synced: it is not there"),
        (("sync", "sim:", "libs", "--watch", "--dst", "here"), 2, "`--dst` is `here`"),
        (
            ("sync", "sim:", "libs", "--watch", "--mpy-cross-binary", "none"),
            2,
            "`--mpy-cross-binary none` is",
        ),
        (("install", "sim:", "--watch", "--with", "dev"), 1, "The project has no group `dev`"),
        (("install", "sim:", "--watch", "--run", "x.py"), 2, "`x.py` is not there"),
        (("run", "--watch", "sim:", "x.py"), 2, "`x.py` cannot be run"),
        (("run", "--watch", "sh"), 2, "`sh` is a program of this computer"),
    ],
)
@pytest.mark.usefixtures("project")
def test_what_no_change_will_mend_ends_it(
    command: Command, words: tuple[str, ...], exit_code: int, error: str
) -> None:
    """Nobody waits for a change when the words themselves make no sense."""
    result = command(*words)

    assert (result.exit_code, result.stdout) == (exit_code, "")
    assert error in result.stderr
