"""`belay remote`, and mpremote itself beside it on the same board."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from belay import Device

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Result = tuple[int, str, str]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows")


TRACEBACK = """\
Traceback (most recent call last):
  File "<stdin>", line 2, in <module>
  File "<stdin>", line 1, in exits
ValueError: 3
"""


@pytest.fixture
def fresh(shared_board: str, folder: Path) -> Callable[[], str]:
    """Make the board and the folder here as they were, and return the board's path."""

    def made() -> str:
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
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


def _files(board: str, folder: Path) -> tuple[list[object], ...]:
    """Return what is on the board and in the folder here."""
    with Device(board, startup="") as device:
        there = [(entry.path, entry.is_dir, entry.size_bytes) for entry in device.fs.walk("/")]
    here = [(path, path.is_dir() or path.read_bytes()) for path in sorted(folder.rglob("*"))]
    return sorted(there), here


@pytest.mark.once
@pytest.mark.parametrize(
    "chain",
    [
        "cp|a.py|:|+|cp|a.py|:|+|cp|-f|a.py|:|+|cp|a.py|:b.py|+|cp|a.py|big|:e|+|cat|:a.py|b.py|+|tree|-h|+|tree|-s|:e",
        "cp|-r|d|:|+|cp|-r|d|:|+|cp|-r|d|:q|+|tree|+|rm|-r|:d|q|+|tree|-v",
        "cp|:z.py|got.py|+|cp|:z.py|:y.py|+|cp|-r|:e|.|+|ls|:e|:/|+|fs|ls|-v|+|cat|-v|z.py",
        "mkdir|:m|m/n|+|touch|:m/t|+|rm|m/t|+|rmdir|:m/n|:m|+|ls|+|sha256sum|z.py|+|fs|md5sum|z.py|+|fs|sha1sum|z.py|+|fs|sha512sum|z.py|e/f.txt|+|df",
        "mkdir|:m|+|cp|-r|d|:m|+|cp|-r|d|:m/|+|cp|-r|d/.|:m|+|cp|-r|./|:m|+|cp|-r|.|:m|+|cp|-r|d/|:new/|+|cp|-r|:d|got/",
        "cp|-r|.|:|+|cp|-r|.|:|+|cp|-rf|.|:n|+|cp|-r|:d|:k/|+|cp|-r|:d/.|:k|+|cp|-r|:d/|:k|+|cp|:z.py|:e|+|cp|:z.py|:e/",
        "exec|import os; os.chdir('e')|cp|-r|d|:|+|cp|-r|:.|got|+|cp|-r|:.|.|+|cp|-r|:.|:/q|+|cp|-r|:.|:/q|+|tree|:/|+|tree|.",
        "cp|-r|d|:|+|rm|-rv|:d|z.py|+|mkdir|m|+|rm|-rv|m|./e|+|cp|-r|d|:|+|rm|-rv|d/|+|cp|-r|d|:|+|rm|-rv|:|+|rm|-rv|.",
        "exec|import os; os.chdir('e')|cp|-r|d|:|+|rm|-rv|/e/d|+|rm|-rv|:|+|rm|-rv|.|+|exec|import os; os.chdir('/')",
        "mount|d|cp|a.py|:|+|cp|a.py|:|+|cp|-r|d|:|+|cp|:a.py|:/b.py|+|cat|a.py|+|rm|a.py|+|rm|-rv|/e",
        "exec|for f in 'boot', 'main': open(f + '.py', 'w').write('%s=1; print(5)' % f)|soft-reset|eval|'boot' in globals(), 'main' in globals()",
        "exec|x=1|disconnect|connect|BOARD|resume|eval|x|disconnect|connect|BOARD|eval|'x' in globals()",
        "devs|eval|1",
        "eval|1+1|eval|'é'|exec|x=5|eval|x|soft-reset|eval|'x' in globals()|resume|disconnect",
        "exec|print('a\\nb')|run|a.py|exec|def f():\n raise ValueError(3)\nf()|eval|1",
        "eval|1/",
        "mount|.|exec|import os, a; print(os.getcwd())|umount|exec|print(os.getcwd())",
        "ls|nope",
        "ls|z.py",
        "cat|e",
        "cat|nope",
        "cat|z.py/",
        "sha256sum|e/f.txt/",
        "touch|new/",
        "rm|:",
        "rmdir|/",
        "mkdir|e",
        "rm|nope",
        "rmdir|nope",
        "touch|no/x",
        "tree|z.py",
        "sha256sum|e",
        "cp|d|:",
        "cp|:nope|x",
        "cp|a.py|:no/x",
        "cp|a.py|:z.py/x",
        "cp|a.py|:new/",
        "cp|a.py|:e/f.txt/",
        "cp|:z.py|:no/x",
        "cp|:z.py|:new/",
        "cp|-r|d|:no/x",
        "cp|-r|d|:z.py",
        "exec|import os; os.mkdir('a.py')|cp|a.py|:",
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
    fresh: Callable[[], str],
    command: Callable[..., Result],
    mpremote: Callable[..., Result],
    folder: Path,
    chain: str,
) -> None:
    """What goes to stdout and stderr is the same but for line ends, the exit code too, and all files afterwards."""
    board = fresh()
    words = chain.replace("BOARD", board).split("|")
    theirs = mpremote("connect", board, *words), _files(board, folder)

    ours = command("remote", "connect", fresh(), *words), _files(board, folder)

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
    assert said("cp|:z.py|no/x")[2] == "mpremote: cp: no/x: No such file or directory.\n"
    assert (
        said("cp|:z.py|no/")[2] == said("cp|a.py|no/")[2] == "mpremote: cp: destination is not a directory\n"
    )
    assert said("cp|a.py|./a.py")[2] == "mpremote: cp: ./a.py: `a.py` is `./a.py`: it is one file.\n"
    assert said("cp|:z.py|")[2] == "mpremote: cp: : No such file or directory.\n"
    assert said("ls|..")[1] == "ls :..\n           0 e/\n           6 z.py\n"
    for root in ("/", "..", "/e/.."):
        assert said(f"rm|-r|{root}")[::2] == (
            1,
            f"mpremote: rm -r: cannot remove :{root} Operation not permitted\n",
        )
    refused = "mpremote: rm -r not permitted on /remote directory\n"
    for mounted in (":", "/", "/remote", "sub"):
        assert said(f"mount|d|rm|-r|{mounted}")[::2] == (1, refused)
    assert said("mount|d|ls|+|ls|/e")[1].endswith("           0 sub/\nls :/e\n           1 f.txt\n")
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


CONFIG = """
commands = {
    "double x=4": {"command": "eval x*2", "help": "multiply by two"},
    "sum a b": ["eval", "a + b"],
    "two": "eval 1 eval 2",
    "quoted": "eval 'a b'",
    "folder": "ls",
    "both": "sum 1 b=2 double",
    "cat": "eval 5",
}
"""


@pytest.mark.once
@pytest.mark.parametrize(
    "chain",
    [
        "double|7|double|x=1|eval|3|sum|1|2|two|quoted|cat|folder|:e|+|eval|'x' in globals()|both",
        "sum|1",
        "double|y=3",
        "double|1/0|eval|1",
        "folder|nope",
    ],
)
def test_the_users_own_words_beside_mpremote(
    fresh: Callable[[], str],
    command: Callable[..., Result],
    mpremote: Callable[..., Result],
    folder: Path,
    chain: str,
) -> None:
    """Both read one `config.py`, and do and say the same."""
    path = folder.parent / "home" / "config" / "mpremote" / "config.py"
    path.parent.mkdir(parents=True)
    path.write_text(CONFIG)
    theirs = mpremote("connect", fresh(), *chain.split("|"))

    ours = command("remote", "connect", fresh(), *chain.split("|"))

    assert ours == theirs
    assert "  double      multiply by two\n" in command("remote", "help")[1]


@pytest.mark.parametrize("words", ["z.py", ":/e/f.txt|new.py", "e"])
@pytest.mark.once
def test_edit_beside_mpremote(
    fresh: Callable[[], str],
    command: Callable[..., Result],
    mpremote: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
    words: str,
) -> None:
    """An editor that saves, or saves nothing, leaves the same files."""
    folder = Path.cwd()
    monkeypatch.setenv("EDITOR", "sed -i s/1/2/")
    board = fresh()
    theirs = mpremote("connect", board, "edit", *words.split("|")), _files(board, folder)

    ours = command("remote", "connect", fresh(), "edit", *words.split("|")), _files(board, folder)

    if words == "e":  # a traceback there
        assert ours[0] == (1, "edit :e\n", "mpremote: edit: e: Is a directory.\n")
    else:
        assert ours == theirs


def test_edit(
    fresh: Callable[[], str], command: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the editor saves is on the board; when it fails, nothing has changed, and what was typed is kept."""
    board = fresh()

    def edited(editor: str, path: str = "z.py") -> Result:
        monkeypatch.setenv("EDITOR", editor)
        return command("remote", "connect", board, "edit", path)

    assert edited(" ") == (1, "", "mpremote: edit: $EDITOR not set\n")
    assert edited("false", "new.py")[::2] == (
        1,
        "mpremote: edit: `false` ended with 1; new.py is unchanged\n",
    )
    assert edited("no-editor")[2] == (
        "mpremote: edit: `no-editor` cannot be started: No such file or directory\n"
    )
    assert edited("'")[2] == "mpremote: edit: `'` cannot be started: No closing quotation\n"
    assert edited("touch typed", "no/x")[2] == "mpremote: edit: no/x: No such file or directory.\n"
    assert edited("touch typed", "z.py/x")[2] == "mpremote: edit: z.py/x: Not a directory.\n"
    assert not Path("typed").exists()
    code, _, stderr = edited("sh -c 'echo typed > $0; exit 3'")
    kept = Path(stderr.partition("`")[2].partition("`")[0])
    assert (code, kept.read_text()) == (1, "typed\n")
    assert stderr.startswith(f"What you wrote is in `{kept}`; `z.py` on the board is as it was\n")
    shutil.rmtree(kept.parent)
    listed = command("remote", "connect", board, "ls", "+", "cat", "z.py")[1]
    assert listed == "ls :\n           0 e/\n           6 z.py\nz = 1\n"


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


def test_no_words_at_all(
    fresh: Callable[[], str], person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The board is the one that a person has named for good, and the prompt is there."""
    monkeypatch.setenv("BELAY_DEVICE", fresh())
    sits = person("remote")
    sits.sees(b"Use Ctrl-] or Ctrl-x to exit this shell")
    sits.sees(b">>> ")
    sits.types(b"6 * 7\r")
    sits.sees(b"42\r\n>>> ")
    sits.types(b"\x1d")

    assert sits.leaves() == 0


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
