from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, strategies

from belay_pm.command_line.errors import MisuseError
from belay_pm.command_line.grammar import HELP, Argument, Grammar, Option, parse, seconds

GRAMMAR = Grammar(
    arguments=(Argument("PORT", "", required=False), Argument("CODE", "")),
    options=(
        Option("--port", "", "PORT", "-p"),
        Option("--timeout", "", "SECONDS", convert=seconds),
        Option("--json", "", short="-j"),
    ),
)

SCRIPT = Grammar(
    arguments=(Argument("SCRIPT", ""), Argument("ARGUMENT", "", required=False, repeated=True)),
    options=(Option("--port", "", "PORT", "-p"),),
    takes_rest=lambda _: True,
)


@pytest.mark.parametrize(
    "words",
    [
        ["--port", "sim:", "x"],
        ["x", "--port", "sim:"],
        ["--port=sim:", "x"],
        ["-p", "sim:", "x"],
        ["-psim:", "x"],
        ["--port", "sim:", "--", "x"],
    ],
)
def test_an_option_may_be_written_in_every_usual_way(words: list[str]) -> None:
    """Long, short, joined or apart, before the words or behind them: an option means the same."""
    found = parse(GRAMMAR, words)

    assert (found.words, found.text("--port")) == (["x"], "sim:")


def test_values_have_their_type() -> None:
    """A number arrives as a number, a flag as a truth, and what was not given as None or False."""
    found = parse(GRAMMAR, ["--timeout", "2.5", "-j", "x"])

    assert found.number("--timeout") == 2.5
    assert found.flag("--json")
    assert found.text("--port") is None
    assert parse(GRAMMAR, ["x"]).number("--timeout") is None
    assert not parse(GRAMMAR, ["x"]).flag("--json")


@pytest.mark.parametrize("word", ["-1", "-", "-x+1", "-.5", "-(1)"])
def test_code_that_begins_with_a_dash_is_a_word(word: str) -> None:
    """What cannot be an option needs no `--` in front."""
    found = parse(GRAMMAR, [word])

    assert found.words == [word]


def test_after_two_dashes_everything_is_a_word() -> None:
    """`--` ends the options, itself only once."""
    found = parse(GRAMMAR, ["--", "--json", "--"])

    assert (found.words, found.flag("--json")) == (["--json", "--"], False)


def test_the_rest_belongs_to_the_word_that_takes_it() -> None:
    """Behind a script stand its own words, options, `--` and `--help` included."""
    found = parse(SCRIPT, ["-p", "sim:", "a.py", "-p", "3", "--", "--help"])

    assert found.words == ["a.py"]
    assert found.rest == ["-p", "3", "--", "--help"]
    assert found.text("--port") == "sim:"


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["x", "--help"], ["--json", "-h", "--port"]])
def test_help_is_wanted_wherever_it_stands(words: list[str]) -> None:
    """`--help` wins over words that are missing or wrong behind it."""
    found = parse(GRAMMAR, words)

    assert found.flag(HELP.name)


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        ([], "`CODE` is missing", None),
        (
            ["a", "b", "c"],
            "3 words are given, and the command takes at most 2 words",
            "put quotes around a word that has blanks in it",
        ),
        (["--prot", "x"], "There is no option `--prot`", "did you mean `--port`?"),
        (
            ["-x"],
            "There is no option `-x`",
            (
                "the options are `--port`, `--timeout`, `--json`, `--help`; "
                "put `--` in front of a word that begins with a dash"
            ),
        ),
        (["x", "--port"], "`--port` needs a value", "write it as in `--port PORT`"),
        (["--json=1"], "`--json` takes no value, but has `1`", None),
        (["--json", "-j"], "`--json` is given twice", "leave one `--json` out"),
        (
            ["--timeout", "soon", "x"],
            "`--timeout soon`: the value is a number of seconds above 0, such as `2.5`",
            None,
        ),
    ],
)
def test_misuse_says_what_is_wrong(words: list[str], message: str, hint: str | None) -> None:
    """Words that make no sense are an error that names them, and says what would."""
    with pytest.raises(MisuseError) as caught:
        parse(GRAMMAR, words)

    assert (str(caught.value), caught.value.hint) == (message, hint)


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "", "1s", "1e400"])
def test_seconds_are_a_number_above_zero(text: str) -> None:
    """A deadline that could not pass, or has passed, is refused."""
    with pytest.raises(ValueError, match="above 0"):
        seconds(text)


@given(strategies.lists(strategies.text()))
def test_whatever_is_typed_is_understood_or_refused(words: list[str]) -> None:
    """No words make the grammar fail in a way of its own, and what it takes for words it keeps."""
    found = None
    with contextlib.suppress(MisuseError):
        found = parse(GRAMMAR, words)

    assert found is None or found.flag(HELP.name) or set(found.words) <= set(words)
