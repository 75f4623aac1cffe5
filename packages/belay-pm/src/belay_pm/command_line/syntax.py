"""What words a command takes, as values: typer makes its command of them, and `plain` reads simple lines.

Knows names and shapes, and imports nothing that reads, prints or runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Argument", "Option", "Syntax", "not_empty"]


def not_empty(text: str) -> str:
    """Return a text, as the `parse` of an option for which nothing is not a value.

    Raises:
        ValueError: it is empty, as a shell's variable is that is not set.
    """
    if not text:
        raise ValueError("it is empty")
    return text


class Argument(NamedTuple):
    """The words of a command that are no options.

    Attributes:
        target: the parameter of the command's function that gets them.
        metavar: how the usage line writes them.
        help: what they are.
        several: a list of words; else it is one word, or None when there is none.
        required: whether a word must be there; None for: of several, at least one.
    """

    target: str
    metavar: str
    help: str
    several: bool = False
    required: bool | None = None

    @property
    def must_be_there(self) -> bool:
        """Whether the command cannot do without."""
        return self.several if self.required is None else self.required


class Option(NamedTuple):
    """An option of a command.

    Attributes:
        target: the parameter of the command's function that gets its value; None, or False, without it.
        names: what is typed, such as `-p` and `--port`.
        metavar: how the help calls its value; "" for an option that is True by being there.
        help: what it does.
        parse: makes the value of the text; raises `ValueError`, with a sentence, when it makes no sense.
        several: it may stand several times, and its value is a list of them all, empty without it.
    """

    target: str
    names: tuple[str, ...]
    metavar: str
    help: str
    parse: Callable[[str], Any] = str  # Any: the function that gets the value knows
    several: bool = False


class Syntax(NamedTuple):
    """Everything that can stand behind the name of a command.

    Attributes:
        argument: what is no option, or None for nothing.
        options: in the order of the help.
        details: what else is good to know, at the end of the help.
        options_first: what stands behind the first word that is no option belongs to the argument.
    """

    argument: Argument | None = None
    options: tuple[Option, ...] = ()
    details: str = ""
    options_first: bool = False
