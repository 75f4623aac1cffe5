"""What the words of `belay remote` mean; no board is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from belay_cli.remote.config import read_config
from belay_cli.remote.errors import RemoteError, UsageError
from belay_cli.remote.grammar import read_chain
from belay_cli.remote.macros import macro_from
from belay_pm.command_line.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RESET = "import time, machine; time.sleep_ms(100); machine.reset()"


def _said(words: str) -> list[tuple[str, ...]]:
    return [(step.command, *step.words) for step in read_chain(words.split("|")).steps]


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("eval|1|eval|2", [("eval", "1"), ("eval", "2")]),
        ("+|eval|1|+|+|eval|-2", [("eval", "1"), ("eval", "-2")]),
        ("a1|ls", [("connect", "/dev/ttyACM1"), ("fs", "ls", "")]),
        ("ls|eval|+|eval|1", [("fs", "ls", "eval"), ("eval", "1")]),
        ("c3|u0|devs", [("connect", "COM3"), ("connect", "/dev/ttyUSB0"), ("connect", "list")]),
        ("reset|sleep|1|eval|1", [("exec", RESET), ("sleep", "1"), ("eval", "1")]),
        ("reset|+|eval|1", [("exec", RESET), ("eval", "1")]),
        ("mount|-l|.|exec|1", [("mount", "."), ("exec", "1")]),
        ("fs|cp|-r|a|b|:|+|rm|-r|:x", [("fs", "cp", "a", "b", ":"), ("fs", "rm", ":x")]),
        ("fs|cat|--|-x", [("fs", "cat", "-x")]),
        ("eval|-x + 1", [("eval", "-x + 1")]),
        ("cat|--help", [("help", "fs")]),
        ("-v|mount|.", [("mount", ".")]),
        ("repl|--capture|f|repl", [("repl",), ("repl",)]),
        ("md5sum|x|+|df", None),
        ("fs|md5sum|x|+|df|df", [("fs", "md5sum", "x"), ("df",), ("df",)]),
    ],
)
def test_words_become_steps(words: str, meant: list[tuple[str, ...]] | None) -> None:
    """Commands follow one another; `+` ends one that would take all words; short words stand for longer ones."""
    if meant is None:
        with pytest.raises(RemoteError, match="'md5sum' is not a command"):
            _said(words)
    else:
        assert _said(words) == meant


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("exec 1", {"follow": True}),
        ("exec --no-follow 1", {"follow": False}),
        ("exec --no-f --follow 1", {"follow": True}),
        ("mount .", {"unsafe-links": False, "auto-mpy": True, "verbose": False}),
        ("mount -lv --no-auto-mpy .", {"unsafe-links": True, "auto-mpy": False, "verbose": True}),
        ("mount --no-auto-mpy -m .", {"unsafe-links": False, "auto-mpy": True, "verbose": False}),
        ("-v mount .", {"unsafe-links": False, "auto-mpy": True, "verbose": True}),
        (
            "repl -e --capture=f --inject-code x --inject-file y",
            {"escape-non-printable": True, "capture": "f", "inject-code": "x", "inject-file": "y"},
        ),
        ("rtc --set", {"set": True}),
        (
            "cp -rf a : --no-verbose",
            {"recursive": True, "force": True, "verbose": False, "size": False, "human": False},
        ),
        (
            "tree -h",
            {"recursive": False, "force": False, "verbose": None, "size": False, "human": True},
        ),
    ],
)
def test_options(words: str, options: dict[str, object]) -> None:
    """Each switch has a twin that turns it off; names may be cut where they stay clear."""
    assert read_chain(words.split()).steps[0].options == options


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("foo", "'foo' is not a command"),
        ("eval 1 foo", "'foo' is not a command"),
        ("fs bogus x", "'bogus' is not a command of fs"),
        ("fs sha3sum x", "'sha3sum' is not a command of fs"),
        ("reset 50", "'50' is not a command"),
        ("bootloader t_ms=50", "'t_ms=50' is not a command"),
        ("cp a", "cp: missing destination path"),
    ],
)
def test_what_is_no_command(words: str, message: str) -> None:
    """It is told before anything is done, with exit code 1."""
    with pytest.raises(RemoteError) as caught:
        read_chain(words.split())

    assert (str(caught.value), caught.value.exit_code) == (message, 1)


@pytest.mark.parametrize(
    ("words", "last"),
    [
        ("exec", "exec: error: the following arguments are required: expr"),
        ("connect", "connect: error: the following arguments are required: device"),
        ("mkdir", "fs: error: the following arguments are required: path"),
        ("sleep x", "sleep: error: argument seconds: invalid float value: 'x'"),
        ("sleep nan", "sleep: error: argument seconds: invalid float value: 'nan'"),
        ("tree -s -h", "fs: error: argument --human/-h: not allowed with argument --size/-s"),
        ("run --bogus f", "run: error: unrecognized arguments: --bogus"),
        ("run -x f", "run: error: unrecognized arguments: -x"),
        ("repl --inject x", "repl: error: ambiguous option: --inject could match inject-code, inject-file"),
        ("repl --capture", "repl: error: argument --capture: expected one argument"),
        ("rtc --set=1", "rtc: error: argument --set: ignored explicit argument '1'"),
    ],
)
def test_misuse(words: str, last: str) -> None:
    """The command's usage and what is wrong, with exit code 2."""
    with pytest.raises(UsageError) as caught:
        read_chain(words.split())

    usage, told = str(caught.value).split("\n")
    assert usage.startswith(f"usage: {last.partition(':')[0]}")
    assert (told, caught.value.exit_code) == (last, 2)


@pytest.mark.parametrize(
    ("words", "ends"),
    [
        *((words, True) for words in ("", "resume", "umount", "mount .", "sleep 0", "a0")),
        *((words, False) for words in ("devs", "ls", "soft-reset", "a0 repl")),
    ],
)
def test_a_chain_without_an_action_ends_at_the_prompt(words: str, *, ends: bool) -> None:
    """Connecting, mounting and waiting are no actions; listing the ports is one."""
    assert read_chain(words.split()).ends_at_prompt is ends


def test_macros_with_arguments() -> None:
    """Arguments are set on the board first; by position, by name, or as the signature has them."""
    macros = dict(
        macro_from(key, value)
        for key, value in {
            "double x=4": {"command": "eval x*2", "help": "multiply by two"},
            "sum a b": ["eval", "a + b"],
            "both": "sum 1 b=2 double",
            "loop": "loop",
        }.items()
    )

    def said(words: str) -> list[str]:
        return [" ".join((step.command, *step.words)) for step in read_chain(words.split(), macros).steps]

    assert said("double") == ["exec x=4", "eval x*2"]
    assert said("double x=9 double 3") == ["exec x=9", "eval x*2", "exec x=3", "eval x*2"]
    assert said("both") == ["exec a=1;b=2", "eval a + b", "exec x=4", "eval x*2"]
    for words, message in [
        ("sum 3", "Command sum missing argument b; signature is:\n    sum a b"),
        ("sum 3 y=4", "Command sum given unexpected argument y; signature is:\n    sum a b"),
        ("loop", "the macro 'loop' stands for itself"),
    ]:
        with pytest.raises(RemoteError) as caught:
            said(words)
        assert str(caught.value) == message


def test_macros_from_files(folder: Path, aliases: Callable[[str], Path]) -> None:
    """`config.py` is data; Belay's settings add to it, and may ask for it to be run."""
    path = folder.parent / "home" / "config" / "mpremote" / "config.py"
    path.parent.mkdir(parents=True)
    path.write_text(
        "import os\nopen('ran', 'w')\ncommands = {'two': 'eval 2', 'c33': ['connect', 'id:33']}\n"
    )

    read = read_config()
    aliases('[remote]\nsoft-reset = false\n[remote.commands]\ntwo = "eval 1+1"\n')
    both = read_config()

    assert not (path.parent / "ran").exists()
    assert (read.macros["two"].words, read.resets) == (("eval", "2"), True)
    assert (both.macros["two"].words, both.resets) == (("eval", "1+1"), False)
    assert both.macros["c33"].words == ("connect", "id:33")

    path.write_text("open('ran', 'w').close()\ncommands = {'n': 'eval ' + str(1 + 1)}\n")
    with pytest.raises(RemoteError, match="run-config = true"):
        read_config()
    aliases("[remote]\nrun-config = true\n")
    assert read_config().macros["n"].words == ("eval", "2")
    assert (path.parent / "ran").exists()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("this is no python", "' is no Python, line 1: invalid syntax"),
        ("\ncommands = {'n': str(1)}", "', line 2, is more than a value; `run-config = true`"),
        ("commands = 7", "' is not a dict"),
        ("commands = {'x': 7}", "the macro 'x' is neither a text nor words: 7"),
        ("commands = {'x': {'help': 'none'}}", "the macro 'x' is neither a text nor words: None"),
    ],
)
def test_a_config_py_that_makes_no_sense(folder: Path, text: str, what: str) -> None:
    """It is told with file and line, and nothing of it has run."""
    path = folder.parent / "home" / "config" / "mpremote" / "config.py"
    path.parent.mkdir(parents=True)
    path.write_text(text)

    with pytest.raises(RemoteError, match=re.escape(what)):
        read_config()


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("remote = 1\n", CommandError),
        ("[remote]\nsoft-reset = 1\n", RemoteError),
        ("[remote.commands]\nx = 1\n", RemoteError),
        ('[remote.commands]\n"x 1" = "ls"\n', RemoteError),
    ],
)
def test_settings_that_make_no_sense(
    aliases: Callable[[str], Path], text: str, error: type[Exception]
) -> None:
    """They are told."""
    aliases(text)

    with pytest.raises(error):
        read_config()
