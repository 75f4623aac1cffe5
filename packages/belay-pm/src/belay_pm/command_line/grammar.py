"""The words behind a command's name -> options and words, as its grammar says.

Pure: knows no command, no screen and no environment. What help says of a grammar is in `usage`.
The conventions are those of GNU: `--name VALUE`, `--name=VALUE`, `-n VALUE`, `-nVALUE`, options anywhere,
`--` ends them. Source: GNU C Library manual, "Program Argument Syntax Conventions".
One departure: a word such as `-1` or `-x+1` in the place of code is a word, as no option is called so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from belay_pm.command_line.errors import MisuseError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["HELP", "Argument", "Given", "Grammar", "Option", "parse", "seconds"]


class Argument(NamedTuple):
    """A word that a command takes.

    Attributes:
        name: in capitals, as in the usage line: "CODE".
        help: what it is.
        required: whether it must be there.
        repeated: whether any number of words may stand there; only of the last argument.
    """

    name: str
    help: str
    required: bool = True
    repeated: bool = False


class Option(NamedTuple):
    """An option of a command: a flag, or with a value.

    Attributes:
        name: with its dashes: "--port".
        help: what it does.
        value: what its value is called, in capitals: "ADDRESS"; "" for a flag.
        short: one dash and a letter, or "".
        convert: makes the value of its text; raises ValueError with what it should be.
    """

    name: str
    help: str
    value: str = ""
    short: str = ""
    convert: Callable[[str], object] = str


class Grammar(NamedTuple):
    """What words a command takes.

    Attributes:
        arguments: its words, in order; the optional ones may stand anywhere, see `Given.words`.
        options: its options; `--help` is always there.
        details: more for the help of this command alone: whole sentences, lines of at most 100 columns.
        takes_rest: given the words so far, whether what follows belongs to the last of them, unread.
    """

    arguments: tuple[Argument, ...] = ()
    options: tuple[Option, ...] = ()
    details: str = ""
    takes_rest: Callable[[Given], bool] | None = None


HELP = Option("--help", "Show this help and stop", short="-h")


class Given(NamedTuple):
    """What was given to a command.

    Attributes:
        words: those that are no options, in order.
        options: the options that were given, by name; a flag has True.
        rest: the words behind the last one, when that takes the rest.
    """

    words: list[str]
    options: Mapping[str, object]
    rest: list[str]

    def flag(self, name: str) -> bool:
        """Return whether a flag is there."""
        return name in self.options

    def text(self, name: str) -> str | None:
        """Return an option's value; None when it was not given."""
        value = self.options.get(name)
        assert value is None or isinstance(value, str)
        return value

    def number(self, name: str) -> float | None:
        """Return the value of an option that is a number; None when it was not given."""
        value = self.options.get(name)
        assert value is None or isinstance(value, float)
        return value


def parse(grammar: Grammar, words: Sequence[str]) -> Given:
    """Return what the words mean, or with "--help" among the options, that help is wanted.

    Raises:
        MisuseError: an unknown option, a value that is missing or cannot be, too few or too many words.
    """
    options: dict[str, object] = {}
    given = Given([], options, [])
    waiting = list(words)
    options_ended = False
    while waiting:
        word = waiting.pop(0)
        if word == "--" and not options_ended:
            options_ended = True
        elif options_ended or not _is_option(grammar, word):
            given.words.append(word)
            if grammar.takes_rest and grammar.takes_rest(given):
                given.rest.extend(waiting)
                break
        else:
            option, value = _take_option(grammar, word, waiting)
            if option == HELP:
                return Given([], {HELP.name: True}, [])
            if option.name in options:
                raise MisuseError(f"`{option.name}` is given twice", hint=f"leave one `{option.name}` out")
            options[option.name] = value
    _check_count(grammar, given.words)
    return given


def seconds(text: str) -> float:
    """Convert a number of seconds, for `Option.convert`."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise ValueError("a number of seconds above 0, such as `2.5`")
    return number


def _is_option(grammar: Grammar, word: str) -> bool:
    if word.startswith("--"):
        return True
    if not word.startswith("-") or not word[1:2].isalpha():
        return False  # a lone dash and a negative number are words
    # `-p3` is an option with its value, `-x+1` code: it depends on whether there is a `-x`.
    return word[1:].isalpha() or any(option.short == word[:2] for option in _options(grammar))


def _take_option(grammar: Grammar, word: str, waiting: list[str]) -> tuple[Option, object]:
    name, value = _split(word)
    option = next((option for option in _options(grammar) if name in (option.name, option.short)), None)
    if option is None:
        raise MisuseError(f"There is no option `{name}`", hint=_nearest(grammar, name))
    if not option.value:
        if value is not None:
            raise MisuseError(f"`{option.name}` takes no value, but has `{value}`")
        return option, True
    if value is None:
        if not waiting:
            raise MisuseError(
                f"`{option.name}` needs a value", hint=f"write it as in `{option.name} {option.value}`"
            )
        value = waiting.pop(0)
    try:
        return option, option.convert(value)
    except ValueError as error:
        raise MisuseError(f"`{option.name} {value}`: the value is {error}") from error


def _split(word: str) -> tuple[str, str | None]:
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        return name, value if equals else None
    return word[:2], word[2:] or None


def _options(grammar: Grammar) -> tuple[Option, ...]:
    return (*grammar.options, HELP)


def _nearest(grammar: Grammar, name: str) -> str:
    import difflib  # noqa: PLC0415 - only an error needs it

    names = [option.name for option in _options(grammar)]
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"did you mean `{near[0]}`?"
    options = ", ".join(f"`{known}`" for known in names)
    return f"the options are {options}; put `--` in front of a word that begins with a dash"


def _check_count(grammar: Grammar, words: list[str]) -> None:
    arguments = grammar.arguments
    needed = [argument.name for argument in arguments if argument.required]
    if len(words) < len(needed):
        missing = " and ".join(f"`{name}`" for name in needed[len(words) :])
        raise MisuseError(f"{missing} is missing")
    if len(words) > len(arguments) and not any(argument.repeated for argument in arguments):
        most = f"at most {len(arguments)}" if arguments else "no"
        plural = "" if len(arguments) == 1 else "s"
        raise MisuseError(
            f"{len(words)} words are given, and the command takes {most} word{plural}",
            hint="put quotes around a word that has blanks in it",
        )
