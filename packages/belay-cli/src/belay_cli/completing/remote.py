"""The words of `belay remote` as candidates, as mpremote's grammar has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_cli.completing.board_paths import paths_on
from belay_cli.completing.ports import complete_port
from belay_cli.remote.macros import BUILTIN
from belay_cli.remote.table import COMMANDS, FS_COMMANDS
from belay_pm.command_line.completion.candidates import Candidate
from belay_pm.command_line.completion.files import complete_file, complete_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from belay_cli.remote.table import Shape
    from belay_pm.command_line.completion.candidates import Asked

__all__ = ["complete_remote"]


def complete_remote(asked: Asked) -> Iterable[Candidate]:
    """Give what can stand behind a chain of mpremote's commands."""
    name, given = _last_command(asked.behind)
    if name is None:
        return _commands()
    shape = COMMANDS[name]
    if asked.word.startswith("-"):
        return _options(shape)
    behind = list(_word_of(name, given, asked))
    return [*behind, Candidate("+", "the next command")] if shape.is_greedy and given else behind


def _last_command(words: Sequence[str]) -> tuple[str | None, list[str]]:
    """Return the command whose words the next one may be, and those that it has; None between two."""
    name: str | None = None
    given: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if name is None and word in BUILTIN:
            rest = [*BUILTIN[word].words, *rest]
            continue
        if word == "+":
            name = None
        elif name is None:
            name, given = (word, []) if word in COMMANDS else (None, [])
        elif not word.startswith("-"):
            given.append(word)
        if name is not None and not COMMANDS[name].is_greedy and not _is_open(COMMANDS[name], given):
            name = None
    return name, given


def _is_open(shape: Shape, given: list[str]) -> bool:
    return len(given) < len(shape.words) or (not shape.words and bool(shape.flags) and not given)


def _commands() -> Iterator[Candidate]:
    for name, shape in COMMANDS.items():
        yield Candidate(name, shape.help)
    for name in BUILTIN:
        yield Candidate(name, "shortcut")


def _options(shape: Shape) -> Iterator[Candidate]:
    for flag in shape.flags:
        yield Candidate(f"--{flag.name}", flag.help)
        if flag.is_switch:
            yield Candidate(f"--no-{flag.name}", f"not: {flag.help}")


def _word_of(name: str, given: list[str], asked: Asked) -> Iterable[Candidate]:
    if name == "connect":
        short = [Candidate("auto", "the first that opens"), Candidate("list", "print them")]
        return [*short, *complete_port(asked)]
    if name == "fs":
        return _word_of_fs(given, asked)
    if name == "edit":
        return paths_on(_connected(asked.behind), asked.word)
    if name == "run":
        return complete_file(asked, endings=(".py",))
    return complete_folder(asked) if name == "mount" else ()


def _word_of_fs(given: list[str], asked: Asked) -> Iterable[Candidate]:
    if not given:
        return map(Candidate, (*FS_COMMANDS, "sha256sum"))
    if given[0] == "cp" and not asked.word.startswith(":"):
        return [*complete_file(asked), Candidate(":", "on the board")]
    return paths_on(_connected(asked.behind), asked.word)


def _connected(words: Sequence[str]) -> str | None:
    """Return what names the board of a chain, or None."""
    for word, behind in zip(reversed(words[:-1]), reversed(words[1:]), strict=True):
        if word == "connect" and behind not in {"auto", "list"}:
            return behind.removeprefix("port:")
        if word in BUILTIN and BUILTIN[word].words[0] == "connect":
            return BUILTIN[word].words[1]
    return None
