"""Files of a board in an editor."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Result = tuple[int, str, str]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows")


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Make an editor of Python that has the text in `path`."""

    def make(code: str) -> None:
        words = [sys.executable, "-c", f"import sys, pathlib; path = pathlib.Path(sys.argv[1])\n{code}"]
        monkeypatch.setenv("VISUAL", shlex.join(words))
        monkeypatch.setenv("EDITOR", "false")

    return make


def test_what_was_typed_is_on_the_board(
    command: Callable[..., Result], board: str, editor: Callable[[str], None]
) -> None:
    """New files are made, changed ones written, and those left alone are not."""
    editor("path.write_bytes(path.read_bytes() + b'x = 1\\n' if path.name == 'new.py' else b'')")

    made = command("edit", "-p", board, ":new.py", "/empty.py")
    command("edit", "-p", board, "new.py")

    assert made == (0, "", "/new.py: written\n/empty.py: unchanged\n")
    assert command("fs", "cat", "-p", board, "/new.py")[1] == "x = 1\nx = 1\n"
    assert command("fs", "cat", "-p", board, "/empty.py")[0] == 1


def test_an_editor_that_fails_loses_nothing(
    command: Callable[..., Result], board: str, editor: Callable[[str], None]
) -> None:
    """The board's file is as it was, and the text is where the message says."""
    command("exec", board, "with open('/kept.txt', 'w') as file: file.write('old')")
    editor("path.write_text('typed'); sys.exit(3)")

    exit_code, stdout, stderr = command("edit", "-p", board, "/kept.txt")

    copy = Path(stderr.split("`")[1])
    assert (exit_code, stdout) == (1, "")
    assert stderr == (
        f"What you wrote is in `{copy}`; `/kept.txt` on the board is as it was\n"
        f"error: The editor `{sys.executable}` ended with exit code 3: nothing is written\n\n"
        "hint: what it leaves is written when it ends with 0; `export EDITOR=nano` names another\n"
    )
    assert copy.read_text() == "typed"
    assert command("fs", "cat", "-p", board, "/kept.txt")[1] == "old"
    copy.unlink()
    copy.parent.rmdir()


@pytest.mark.parametrize(
    "code",
    [
        "path.unlink()",
        "path.unlink(); path.mkdir()",
        "path.write_text('x'); path.rename(path.with_name('y'))",
    ],
    ids=["nothing", "a folder", "another name"],
)
def test_an_editor_that_leaves_no_file(
    command: Callable[..., Result],
    board: str,
    editor: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    *,
    code: str,
) -> None:
    """The board's file is as it was, nothing stays here but what somebody may have typed, and that is told."""
    copies = Path("copies").absolute()
    copies.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(copies))
    is_kept = "rename" in code
    command("exec", board, "with open('/kept.txt', 'w') as file: file.write('old')")
    editor(code)

    exit_code, stdout, stderr = command("edit", "-p", board, "/kept.txt")

    left = list(copies.iterdir())
    copy = stderr.split("The editor left no file at `")[1].split("`")[0]
    told = f"What you wrote is in `{Path(copy).parent}`; `/kept.txt` on the board is as it was\n"
    assert (exit_code, stdout, left) == (1, "", [Path(copy).parent] if is_kept else [])
    assert stderr == (
        f"{told if is_kept else ''}"
        f"error: The editor left no file at `{copy}`: `/kept.txt` on the board is as it was\n\n"
        "hint: save the file under its own name; `belay fs rm` removes one of the board\n"
    )
    assert command("fs", "cat", "-p", board, "/kept.txt")[1] == "old"


def test_remote_edit_with_an_editor_that_leaves_no_file(
    command: Callable[..., Result], board: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends in a sentence, and the board's file is as it was."""
    monkeypatch.setenv("EDITOR", "rm")
    command("exec", board, "with open('/kept.txt', 'w') as file: file.write('old')")

    ended = command("remote", "connect", board, "edit", "kept.txt")

    assert ended == (1, "edit :kept.txt\n", "mpremote: edit: `rm` left no file; kept.txt is unchanged\n")
    assert command("fs", "cat", "-p", board, "/kept.txt")[1] == "old"


def test_what_cannot_be_edited(
    command: Callable[..., Result], board: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder is misuse, before a board is opened; so is an editor that cannot be read; one may be missing."""
    monkeypatch.delenv("VISUAL", raising=False)
    folder = command("edit", "-p", "COM99", "lib/")
    monkeypatch.setenv("EDITOR", "'vi")
    unread = command("edit", "-p", "COM99", "main.py")
    monkeypatch.setenv("EDITOR", "no-such-editor")
    missing = command("edit", "-p", board, "main.py")

    assert folder == (2, "", "error: `/lib/` is a folder\n\nhint: name a file\n")
    assert unread == (
        2,
        "",
        (
            "error: The environment variable `EDITOR` makes no sense: No closing quotation\n\n"
            "hint: set it to a program, as in `export EDITOR=nano`\n"
        ),
    )
    assert missing == (
        1,
        "",
        (
            "error: The editor `no-such-editor` cannot be started: No such file or directory\n\n"
            "hint: set the environment variable `EDITOR` to one that is there\n"
        ),
    )
