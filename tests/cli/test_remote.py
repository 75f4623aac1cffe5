"""`belay remote`, and mpremote itself beside it on the same board."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from belay import Device
from belay_transport.opening import serve_simulated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Result = tuple[int, str, str]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows")


TRACEBACK = """\
Traceback (most recent call last):
  File "<stdin>", line 2, in <module>
  File "<stdin>", line 1, in exits
ValueError: 3
"""


@pytest.fixture(scope="module")
def shared_board() -> Iterator[str]:
    """One board for all tests of this file."""
    with serve_simulated() as served:
        yield served.path


@pytest.fixture
def fresh(shared_board: str, folder: Path) -> Callable[[], str]:
    """Make the board and the folder here as they were, and return the board's path."""

    def made() -> str:
        for name, text in {"a.py": "print('hi')\n", "d/m.py": "x=1\n", "d/sub/n.txt": "y"}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (folder / "big").write_text("x" * 1536)
        with Device(shared_board, startup="") as device:
            for entry in device.fs.list("/"):
                device.fs.remove(entry.path, recursive=True)
            device.fs.write_text("/z.py", "z = 1\n")
            device.fs.mkdir("/e")
            device.fs.write_text("/e/f.txt", "f")
        return shared_board

    return made


def _mpremote(*words: str) -> Result:
    program = Path(sys.executable).with_name("mpremote")
    done = subprocess.run(
        [program, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    # Read as text: what a board prints ends its lines with CR LF there, and with LF here.
    return done.returncode, done.stdout, done.stderr


@pytest.mark.once
@pytest.mark.parametrize(
    "chain",
    [
        "cp|a.py|:|+|cp|a.py|:|+|cp|-f|a.py|:|+|cp|a.py|:b.py|+|cp|a.py|big|:e|+|cat|:a.py|b.py|+|tree|-h|+|tree|-s|:e",
        "cp|-r|d|:|+|cp|-r|d|:|+|cp|-r|d|:q|+|tree|+|rm|-r|:d|q|+|tree|-v",
        "cp|:z.py|got.py|+|cp|:z.py|:y.py|+|cp|-r|:e|.|+|ls|:e|:/|+|fs|ls|-v|+|cat|-v|z.py",
        "mkdir|:m|m/n|+|touch|:m/t|+|rm|m/t|+|rmdir|:m/n|:m|+|ls|+|sha256sum|z.py|+|fs|md5sum|z.py|+|df",
        "eval|1+1|eval|'é'|exec|x=5|eval|x|soft-reset|eval|'x' in globals()|resume|disconnect",
        "exec|print('a\\nb')|run|a.py|exec|def f():\n raise ValueError(3)\nf()|eval|1",
        "eval|1/",
        "mount|.|exec|import os, a; print(os.getcwd())|umount|exec|print(os.getcwd())",
        "ls|nope",
        "ls|z.py",
        "cat|e",
        "cat|nope",
        "mkdir|e",
        "rm|nope",
        "rmdir|nope",
        "touch|no/x",
        "tree|z.py",
        "sha256sum|e",
        "cp|d|:",
        "cp|:nope|x",
        "cp|a.py",
        "cp|a.py|big|:missing",
        "cp|a.py|big|:z.py",
        "cp|a.py|big|missing",
        "run|nope.py",
        "foo",
        "devs",
        "eval|1|connect|/dev/nope",
        "connect|id:none",
    ],
)
def test_the_same_words_as_mpremote(
    fresh: Callable[[], str], command: Callable[..., Result], chain: str
) -> None:
    """What goes to stdout and stderr is the same but for line ends, and the exit code too."""
    words = chain.split("|")
    theirs = _mpremote("connect", fresh(), *words)
    for path in ("got.py", "e"):
        if Path(path).is_dir():
            shutil.rmtree(path)
        else:
            Path(path).unlink(missing_ok=True)

    ours = command("remote", "connect", fresh(), *words)

    assert ours == theirs


def test_where_mpremote_is_wrong(fresh: Callable[[], str], command: Callable[..., Result]) -> None:
    """What its reference lists as bugs is done right; `docs/remote.md` has the table."""
    board = fresh()

    def said(words: str) -> Result:
        return command("remote", "connect", board, *words.split("|"))

    assert said("exec|import sys; sys.exit(3)|eval|1") == (3, "", "")
    assert said("exec|import sys; sys.exit()|eval|1") == (0, "1\n", "")
    assert said("exec|def exits(): raise ValueError(3)\nexits()") == (
        1,  # a program that names `exit` takes another way
        TRACEBACK,
        "",
    )
    assert said("cp|-r|:e|new") == (0, "cp :e new\n", "")
    assert Path("new/f.txt").read_text() == "f"
    assert said("cp|-r|nope|:")[2] == "mpremote: cp: nope: No such file or directory.\n"
    assert said("rm|e")[::2] == (1, "mpremote: rm: e: Directory not empty.\n")
    assert said("mount|nope|eval|1") == (1, "", "mpremote: mount: nope: Not a directory.\n")


def test_the_chain_is_read_before_the_board_is_touched(command: Callable[..., Result]) -> None:
    """A typing error in the last word is told although there is no board at all."""
    assert command("remote", "connect", "/dev/nope", "eval", "1", "fs", "bogus", "x") == (
        1,
        "",
        "mpremote: 'bogus' is not a command of fs\n",
    )
    code, stdout, stderr = command("remote", "connect", "/dev/nope", "exec")
    assert (code, stdout) == (2, "")
    assert stderr.endswith("exec: error: the following arguments are required: expr\n")


def test_a_simulated_board_that_cannot_be_started(
    command: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What mpremote has no words for is told as with every command, with what to install."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    ended = command("remote", "connect", "sim:", "eval", "1")

    assert ended == command("exec", "sim:", "print(1)")
    assert ended == (
        1,
        "",
        (
            "error: The simulated board needs the MicroPython interpreter, which is not installed\n\n"
            "hint: `pip install 'belay-device[sim]'`\n"
        ),
    )


def test_when_the_board_is_reset(
    fresh: Callable[[], str], command: Callable[..., Result], aliases: Callable[[str], Path]
) -> None:
    """Each connecting ends in a soft reset, unless `resume` comes first or the settings say so."""
    board = fresh()
    ask = ("eval", "'x' in globals()")
    command("remote", "connect", board, "exec", "x = 1")

    assert command("remote", "connect", board, "resume", *ask)[1] == "True\n"
    assert command("remote", "connect", board, *ask, "resume", *ask)[1] == "False\nFalse\n"
    command("remote", "connect", board, "exec", "x = 1")
    aliases("[remote]\nsoft-reset = false\n")
    assert command("remote", "connect", board, *ask, "soft-reset", *ask)[1] == "True\nFalse\n"


def test_code_that_is_not_waited_for(fresh: Callable[[], str], command: Callable[..., Result]) -> None:
    """It goes on when the chain has ended, and its board is at its prompt afterwards."""
    board = fresh()
    code = "import time\ntime.sleep(0)\nx = 7"

    assert command("remote", "connect", board, "exec", "--no-follow", code) == (0, "", "")
    assert command("remote", "connect", board, "resume", "eval", "x") == (0, "7\n", "")


def test_edit(
    fresh: Callable[[], str], command: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the editor saves is on the board; when it fails, nothing has changed."""
    board = fresh()
    monkeypatch.delenv("EDITOR", raising=False)
    none = command("remote", "connect", board, "edit", "z.py")
    monkeypatch.setenv("EDITOR", "sed -i s/1/2/")
    saved = command("remote", "connect", board, "edit", "z.py", "+", "cat", "z.py")
    monkeypatch.setenv("EDITOR", "false")
    failed = command("remote", "connect", board, "edit", "new.py")

    assert none == (1, "", "mpremote: edit: $EDITOR not set\n")
    assert saved == (0, "edit :z.py\nz = 2\n", "")
    assert failed[::2] == (1, "mpremote: edit: `false` ended with 1; new.py is unchanged\n")
    assert "new.py" not in command("remote", "connect", board, "ls")[1]


@pytest.mark.once
def test_a_person_is_at_the_prompt(fresh: Callable[[], str], person: Callable[..., Any]) -> None:
    """A chain without an action ends there, until Ctrl-x."""
    sits = person("remote", "connect", fresh(), "mount", ".")
    sits.sees(b"Local directory . is mounted at /remote")
    sits.sees(b"Use Ctrl-] or Ctrl-x to exit this shell")
    sits.sees(b">>> ")
    sits.types(b"import a\r")
    sits.sees(b"hi\r\n>>> ")
    sits.types(b"\x18")

    assert sits.leaves() == 0
    assert sits.before == sits.after


def test_help_lists_the_users_own_macros(
    command: Callable[..., Result], aliases: Callable[[str], Path]
) -> None:
    """Among the shortcuts, with what they say of themselves; one that hides a command is in its place."""
    before = command("remote", "help").stdout.splitlines()
    aliases(
        '[remote.commands]\n"double x=4" = { command = "eval x*2", help = "multiply by two" }\n'
        'version = "eval 1"\n'
    )

    code, stdout, stderr = command("remote", "help")

    after = stdout.splitlines()
    assert (code, stderr) == (0, "")
    assert [line for line in after if line not in before] == ["  double      multiply by two", "  version"]
    assert [line for line in before if line not in after] == ["  version     print version and exit"]
    assert after.index("  double      multiply by two") > after.index("List of shortcuts:")


def test_help_and_a_prompt_without_a_keyboard(
    fresh: Callable[[], str], command: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Help comes from the tables, for all or for one command; a prompt needs somebody."""
    monkeypatch.setattr("sys.stdin", None)

    code, stdout, stderr = command("remote", "help", "nonsense")
    assert (code, stderr) == (0, "")
    assert "  soft-reset  perform a soft-reset of the device\n" in stdout
    assert command("remote", "exec", "--help")[1].startswith("usage: exec [--follow | --no-follow] expr\n")
    assert command("remote", "connect", fresh()) == (1, "", "mpremote: repl: stdin is not a terminal\n")
