"""Words -> steps: the whole chain is read, and what is wrong with it told, before any board is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .errors import RemoteError, UsageError
from .macros import BUILTIN, expand
from .table import COMMANDS, FS_COMMANDS, ROMFS_COMMANDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .macros import Macro
    from .table import Shape

__all__ = ["Chain", "Step", "read_chain", "usage_line"]

_MOST_EXPANSIONS = 64  # of one command: macros that name each other would have no end
_SUBCOMMAND_WITHOUT_PATH = ("ls", "tree")


class Step(NamedTuple):
    """One command of a chain.

    Attributes:
        command: its name.
        words: what is no option.
        options: by their names; None for a switch that is not given and has no default. Of `help`: what the
            user's own macros say of themselves.
    """

    command: str
    words: tuple[str, ...]
    options: Mapping[str, bool | str | None]

    def is_set(self, name: str) -> bool:
        """Tell whether a switch is on."""
        return bool(self.options.get(name))

    def text(self, name: str) -> str | None:
        """Return the value of an option."""
        value = self.options.get(name)
        return value if isinstance(value, str) else None


class Chain(NamedTuple):
    """What was typed.

    Attributes:
        steps: in their order.
        ends_at_prompt: whether nothing in it was an action, so that a person wants the prompt.
    """

    steps: tuple[Step, ...]
    ends_at_prompt: bool


def read_chain(words: list[str], macros: Mapping[str, Macro] | None = None) -> Chain:
    """Return the steps that the words stand for.

    Args:
        words: as typed.
        macros: the user's own; they come before mpremote's, which come before its commands.

    Raises:
        RemoteError: a word is no command, or a macro is used wrongly.
        UsageError: a command is used wrongly.
    """
    known = {**BUILTIN, **(macros or {})}
    is_verbose = words[:1] in (["-v"], ["--verbose"])
    rest = list(words[1:] if is_verbose else words)
    steps: list[Step] = []
    expansions = 0
    while rest:
        name = rest[0]
        if name == "+":
            del rest[0]
        elif name in known:
            expansions += 1
            if expansions > _MOST_EXPANSIONS * (len(words) + 1):
                raise RemoteError(f"the macro '{name}' stands for itself")
            rest = expand(name, rest[1:], known)
        elif name in COMMANDS:
            step, rest = _read_command(name, COMMANDS[name], rest[1:])
            if name == "mount" and is_verbose:
                step = step._replace(options={**step.options, "verbose": True})
            steps.append(step)
            if step.command in {"help", "version"}:
                if not step.words:
                    own = {each: macro.help for each, macro in (macros or {}).items()}
                    steps[-1] = step._replace(options=own)
                break  # they end the chain, whatever is behind them
        else:
            raise RemoteError(f"'{name}' is not a command")
    return Chain(tuple(steps), not any(map(_is_action, steps)))


def _is_action(step: Step) -> bool:
    if step.command == "connect":
        return step.words == ("list",)
    return COMMANDS[step.command].is_action


def _read_command(name: str, shape: Shape, words: list[str]) -> tuple[Step, list[str]]:
    until = words.index("+") if "+" in words else len(words)
    mine, behind = words[:until], words[until:]
    options: dict[str, bool | str | None] = {flag.name: flag.default for flag in shape.flags}
    given: list[str] = []
    only_words = False
    while mine:
        word = mine[0]
        is_option = not only_words and _is_option(word)
        if (
            not shape.is_greedy
            and len(given) == _count_words(name, shape, given)
            and (given or not is_option)
        ):
            break  # what is behind the last word is the next command's
        del mine[0]
        if not is_option:
            given.append(word)
        elif word == "--":
            only_words = True
        elif word == "--help" or (word == "-h" and name != "fs"):
            return Step("help", (name,), {}), []
        else:
            _read_option(name, shape, word, mine, options)
    _require_words(name, shape, given)
    if name == "fs":
        _require_fs(shape, given, options)
    if name == "mip" and given[0] != "install":
        raise RemoteError(f"mip: '{given[0]}' is not a command")
    if name == "romfs":
        _require_romfs(shape, given, options)
    if name == "sleep":
        _require_number(shape, given[0])
    return Step(name, tuple(given), options), mine + behind


def _count_words(name: str, shape: Shape, given: list[str]) -> int:
    return 1 if name == "romfs" and given == ["query"] else len(shape.words)


def _is_option(word: str) -> bool:
    return len(word) > 1 and word[0] == "-" and " " not in word and not word[1].isdigit() and word[1] != "."


def _read_option(
    name: str, shape: Shape, word: str, rest: list[str], options: dict[str, bool | str | None]
) -> None:
    if not word.startswith("--"):
        _read_letters(name, shape, word, rest, options)
        return
    long, equals, value = word[2:].partition("=")
    fitting = {
        spelled: (flag, on)
        for flag in shape.flags
        for spelled, on in ((flag.name, True), (f"no-{flag.name}", False))
        if (on or flag.is_switch) and spelled.startswith(long)
    }
    exact = fitting.get(long)
    if exact is None and len(fitting) != 1:
        what = f"ambiguous option: {word} could match {', '.join(fitting)}" if fitting else None
        raise _usage(name, shape, what or f"unrecognized arguments: {word}")
    flag, on = exact or next(iter(fitting.values()))
    if flag.is_switch:
        if equals:
            raise _usage(name, shape, f"argument --{flag.name}: ignored explicit argument {value!r}")
        options[flag.name] = on
    else:
        if not equals:
            if not rest:
                raise _usage(name, shape, f"argument --{flag.name}: expected one argument")
            value = rest.pop(0)
        options[flag.name] = value


def _read_letters(
    name: str, shape: Shape, word: str, rest: list[str], options: dict[str, bool | str | None]
) -> None:
    for place, letter in enumerate(word[1:], 2):
        flag = next((each for each in shape.flags if each.letter == letter), None)
        if flag is None:
            raise _usage(name, shape, f"unrecognized arguments: {word}")
        if flag.is_switch:
            options[flag.name] = True
            continue
        if not (word[place:] or rest):
            raise _usage(name, shape, f"argument --{flag.name}/-{letter}: expected one argument")
        options[flag.name] = word[place:] or rest.pop(0)
        return


def _require_words(name: str, shape: Shape, given: list[str]) -> None:
    if name == "fs" and given and given[0] in _SUBCOMMAND_WITHOUT_PATH and len(given) == 1:
        given.append("")
    # What follows a command of `romfs` is for that to say.
    missing = shape.words[len(given) : 1 if name == "romfs" else None]
    if missing:
        raise _usage(name, shape, f"the following arguments are required: {', '.join(missing)}")


def _require_fs(shape: Shape, given: list[str], options: Mapping[str, bool | str | None]) -> None:
    command = given[0]
    if command not in FS_COMMANDS and not _is_sum(command):
        raise RemoteError(f"'{command}' is not a command of fs")
    if options["size"] and options["human"]:
        raise _usage("fs", shape, "argument --human/-h: not allowed with argument --size/-s")
    if command == "cp" and len(given) < 3:  # noqa: PLR2004 - the command, a source, a destination
        raise RemoteError("cp: missing destination path")


def _is_sum(command: str) -> bool:
    if not (command.endswith("sum") and command[-4:-3].isdigit()):
        return False
    import hashlib  # noqa: PLC0415 - few ask for another sum than SHA-256

    return command.removesuffix("sum") in hashlib.algorithms_available


def _require_romfs(shape: Shape, given: list[str], options: Mapping[str, bool | str | None]) -> None:
    command = given[0]
    if command not in ROMFS_COMMANDS:
        raise RemoteError(f"romfs: '{command}' is not a command; pass romfs --help for a list")
    if command != "query" and len(given) == 1:
        raise RemoteError(f"romfs {command}: source path not given")
    partition = options["partition"]
    if isinstance(partition, str) and not partition.removeprefix("-").isdecimal():
        raise _usage("romfs", shape, f"argument --partition/-p: invalid int value: '{partition}'")


def _require_number(shape: Shape, word: str) -> None:
    try:
        is_time = 0 <= float(word) < float("inf")
    except ValueError:
        is_time = False
    if not is_time:
        raise _usage("sleep", shape, f"argument seconds: invalid float value: '{word}'")


def usage_line(name: str, shape: Shape) -> str:
    """Return how a command is written."""
    parts = [
        f"[--{flag.name} | --no-{flag.name}]" if flag.is_switch else f"[--{flag.name} TEXT]"
        for flag in shape.flags
    ]
    return " ".join(["usage:", name, *parts, *shape.words, *(["..."] if shape.is_greedy else [])])


def _usage(name: str, shape: Shape, what: str) -> UsageError:
    return UsageError(f"{usage_line(name, shape)}\n{name}: error: {what}")
