"""The words of a line -> what the one at the cursor can be.

Knows commands, options and words, and asks a program's sources for the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_pm.command_line.completion.candidates import Asked, Candidate
from belay_pm.command_line.completion.shapes import PROGRAM_OPTIONS, CommandShape, read_shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from belay_pm.command_line.completion.candidates import Sources
    from belay_pm.command_line.completion.shapes import OptionShape
    from belay_pm.command_line.table import Program

__all__ = ["find_candidates"]


def find_candidates(program: Program, words: Sequence[str], word: str) -> list[Candidate]:
    """Return what the word at the cursor can become, each once.

    Args:
        program: whose line it is.
        words: those behind its name, before the cursor.
        word: the one at the cursor, up to it.
    """
    found = _of_program(program, list(words), word)
    fitting = (each for each in found if each.value.startswith(word) and each.value.isprintable())
    return list({each.value: each for each in fitting}.values())


def _of_program(program: Program, words: list[str], word: str) -> Iterable[Candidate]:
    while words and words[0].startswith("-"):
        del words[0]  # the options in front of a command have no values
    if not words:
        if word.startswith("-"):
            return _names(PROGRAM_OPTIONS)
        return [Candidate(entry.name, entry.help) for entry in program.commands]
    name, *behind = words
    entry = next((each for each in program.commands if each.name == name), None)
    if entry is None:
        return []
    sources = program.sources()
    if name in sources:
        return sources[name](Asked(name, word, (), {}, tuple(behind)))
    return _of_command(read_shape(entry), name, behind, word, sources)


def _of_command(
    shape: CommandShape, command: str, behind: list[str], word: str, sources: Sources
) -> Iterable[Candidate]:
    by_name = {name: option for option in shape.options for name in option.names}
    given: list[str] = []
    options: dict[str, str] = {}
    takes_options = True
    rest = iter(behind)
    for place, each in enumerate(rest):
        if not takes_options or each == "-" or not each.startswith("-"):
            if shape.commands:
                if each not in shape.commands:
                    return []
                below = shape.commands[each][1]
                return _of_command(below, f"{command} {each}", behind[place + 1 :], word, sources)
            given.append(each)
            takes_options = takes_options and not shape.options_first
        elif each == "--":
            takes_options = False
        elif (option := by_name.get(each.partition("=")[0])) is not None and option.metavar:
            text = each.partition("=")[2] if "=" in each else next(rest, None)
            if text is None:
                return _values(option, Asked(command, word, tuple(given), options, tuple(behind)), sources)
            options[option.longest] = text
    asked = Asked(command, word, tuple(given), options, tuple(behind))
    if takes_options and word.startswith("-"):
        return _of_option(by_name, shape, asked, sources)
    if shape.commands:
        return [Candidate(name, below[0]) for name, below in shape.commands.items()]
    return (each for metavar in shape.words_at(len(given)) for each in _known(metavar, asked, sources))


def _of_option(
    by_name: dict[str, OptionShape], shape: CommandShape, asked: Asked, sources: Sources
) -> Iterable[Candidate]:
    name, equals, text = asked.word.partition("=")
    option = by_name.get(name)
    if not equals:
        return _names(shape.options)
    if option is None or not option.metavar or not name.startswith("--"):
        return []
    values = _values(option, asked._replace(word=text), sources)
    return [Candidate(f"{name}={each.value}", each.help) for each in values]


def _names(options: Iterable[OptionShape]) -> Iterator[Candidate]:
    for option in options:
        for name in option.names:
            if name.startswith("--") or option.longest == name:
                yield Candidate(name, option.help)


def _values(option: OptionShape, asked: Asked, sources: Sources) -> Iterable[Candidate]:
    if option.choices:
        return map(Candidate, option.choices)
    return _known(option.metavar, asked, sources)


def _known(metavar: str, asked: Asked, sources: Sources) -> Iterable[Candidate]:
    group = asked.command.partition(" ")[0]
    for name in (f"{asked.command} {metavar}", f"{group} {metavar}", metavar):
        if name in sources:
            return sources[name](asked)
    return ()
