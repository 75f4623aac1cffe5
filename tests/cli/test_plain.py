from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
import typer
from hypothesis import given, strategies

from belay_cli.app import COMMANDS
from belay_pm.command_line.group import ListedCommand
from belay_pm.command_line.plain import read_plain
from belay_pm.command_line.syntax import Argument, Option, Syntax

if TYPE_CHECKING:
    from belay_pm.command_line.table import Command

SYNTAX = Syntax(
    Argument("words", "WORD...", "Words", several=True),
    options=(
        Option("port", ("-p", "--port"), "PORT", "A board"),
        Option("number", ("--number",), "NUMBER", "A number", parse=int),
        Option("flag", ("--flag",), "", "A flag"),
        Option("each", ("--each",), "WORD", "Words", several=True),
    ),
)
NOTHING = {"port": None, "number": None, "flag": False, "each": []}

WORDS = strategies.lists(
    strategies.sampled_from(
        [
            *(
                "sim:",
                "print(1)",
                "main.py",
                "",
                "-",
                "--",
                "-1",
                "2.5",
                "a=b",
                "=",
                "--help",
                "-h",
                "--nothing",
            ),
            *("-p", "-psim:", "-p=x", "--port", "--port=", "--port=sim:", "--port=-x", "--por", "-pv"),
            *("--timeout", "--timeout=2", "--timeout=x", "--timeout=-1", "--json", "--json=1", "--no-minify"),
            *(
                "--heap",
                "--heap=64k",
                "--latency-ms",
                "--all",
                "--usb",
                "--usb=2e8a:5",
                "--id=e6",
                "--password",
                "--password=",
            ),
        ]
    ),
    max_size=5,
)


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (["a"], {"words": ["a"]}),
        (["a", ""], {"words": ["a", ""]}),
        (["-p", "x", "a"], {"words": ["a"], "port": "x"}),
        (["a", "--port", "x", "b"], {"words": ["a", "b"], "port": "x"}),
        (["--port=x=y", "a"], {"words": ["a"], "port": "x=y"}),
        (["--each", "x", "a", "--each=y"], {"words": ["a"], "each": ["x", "y"]}),
        (["--number", "3", "--flag", "a"], {"words": ["a"], "number": 3, "flag": True}),
    ],
)
def test_plain_words_are_read(words: list[str], values: dict[str, Any]) -> None:
    """Words, options in front of them and behind, each value parsed."""
    assert read_plain(SYNTAX, words) == {**NOTHING, **values}


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--flag"],
        ["a", "--"],
        ["-"],
        ["a", "--help"],
        ["a", "--nothing"],
        ["a", "--port"],
        ["a", "--port", "-x"],
        ["a", "-px"],
        ["a", "-p=x"],
        ["a", "--flag=1"],
        ["a", "--number=three"],
        ["--port", "x", "--port", "y", "a"],
    ],
)
def test_the_rest_is_left_to_typer(words: list[str]) -> None:
    """Wherever there is something to tell, or a doubt."""
    assert read_plain(SYNTAX, words) is None


def test_options_may_have_to_come_first() -> None:
    """Behind the first word everything is a word then."""
    syntax = SYNTAX._replace(options_first=True)

    assert read_plain(syntax, ["--flag", "a", "--flag", "--help"]) == {
        **NOTHING,
        "flag": True,
        "words": ["a", "--flag", "--help"],
    }


def test_one_word_or_none() -> None:
    """An argument that may be left out is None then; two are one too many."""
    syntax = Syntax(Argument("word", "WORD", "A word"))

    assert read_plain(syntax, []) == {"word": None}
    assert read_plain(syntax, ["a"]) == {"word": "a"}
    assert read_plain(syntax, ["a", "b"]) is None
    assert read_plain(Syntax(), ["a"]) is None
    assert read_plain(Syntax(), []) == {}


@pytest.mark.parametrize(
    "entry",
    [entry for entry in COMMANDS if hasattr(import_module(entry.module), "SYNTAX")],  # typer reads the others
    ids=lambda entry: entry.name,
)
@given(words=WORDS)
def test_what_is_plain_typer_reads_in_the_same_way(entry: Command, words: list[str]) -> None:
    """Both readers give a command the same values, whatever its words; in doubt only typer answers."""
    plain = read_plain(import_module(entry.module).SYNTAX, words)

    if plain is not None:
        context = ListedCommand(entry).make_context(entry.name, list(words))
        read = {
            name: list(value) if isinstance(value, tuple) else value for name, value in context.params.items()
        }
        assert read == plain


def test_typer_is_asked_for_what_is_not_plain() -> None:
    """The property above is about something: typer does refuse what `read_plain` leaves to it."""
    (entry,) = (entry for entry in COMMANDS if entry.name == "exec")

    assert read_plain(import_module(entry.module).SYNTAX, ["--timeout=x", "1"]) is None
    with pytest.raises(typer.BadParameter):
        ListedCommand(entry).make_context("exec", ["--timeout=x", "1"])
