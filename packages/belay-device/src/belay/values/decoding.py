"""A host value from the text that a board prints for it.

This room takes the short ways (a word, a list of numbers), checks the type the board told, and words errors.
Nothing of the text is evaluated, so none, however deep, long or hostile, does more than raise the error.
"""

from __future__ import annotations

from belay.exceptions import UnreturnableValueError
from belay.values.forms import article
from belay.values.literals import NOTHING, WORDS, number_list_of
from belay.values.reader import Reader, RefusedError

__all__ = ["decode", "unreturnable"]

_SHOWN = 80  # characters of the board's text in a message

_BUILTIN_TYPES = {
    "",  # what MicroPython calls the types of Ellipsis and NotImplemented
    *("NoneType", "bool", "int", "float", "complex", "str", "bytes", "bytearray", "list", "tuple", "tuple="),
    *("dict", "set", "frozenset", "range", "slice", "array", "OrderedDict", "dict_view"),
}
"""Names of board types whose values come back; a named tuple's is found in the text.

`=` stands behind the names of tuples, so that what only prints itself as a named tuple does not pass for one.
"""

_WAY_OUT = (
    "return literals (None, bool, int, float, str, bytes, list, tuple, dict, set), "
    "or keep the object on the board: `device.proxy(…)` stands for it here"
)
_HINTS = {
    "memoryview": "return `bytes()` of it",
    "generator": "return `list()` of it, or make the task itself a generator",
    **dict.fromkeys(
        ("deque", "map", "filter", "zip", "enumerate", "reversed", "iterator"), "return `list()` of it"
    ),
}


def decode(text: str, type_names: str = "") -> object:
    """Return the value whose `repr` a board printed.

    What comes back as itself: None, bool, int, float, complex, str, bytes, bytearray, list, tuple,
    named tuple, dict, OrderedDict, set, frozenset, range, slice, array, Ellipsis, NotImplemented.
    The views of a dict come back as lists.
    MicroPython prints a complex number without the sign of a zero, so that sign is lost.

    Args:
        text: what the board's `repr` gave.
        type_names: the names of the types of the value and of what it contains, separated by commas,
            where the board says them; `=` behind the name of a tuple's, also of a named one's.
            A class of the user's may print itself as `1` or as `P(x=1)`: its name has it refused.

    Raises:
        UnreturnableValueError: the text is no literal, or not only; the message names the type.

    Example:
        >>> decode("[1, (2.5, nan), Point(x=1, y=b'a')]")
        [1, (2.5, nan), Point(x=1, y=b'a')]
    """
    foreign = set(type_names.split(",")) - _BUILTIN_TYPES
    if text in WORDS and not foreign:
        return WORDS[text]
    value = number_list_of(text)
    if value is NOTHING:
        reader = Reader(text)
        try:
            value = reader.read()
        except RefusedError as error:
            known = {name.removesuffix("=") for name in foreign} or {error.type_name}
            known_as = error.type_name if error.type_name in known else min(known)
            raise unreturnable(text, known_as) from error
        foreign -= {f"{name}=" for name in reader.named_tuples}
    if foreign:
        raise unreturnable(text, min(foreign).removesuffix("="))
    return value


def unreturnable(text: str, type_name: str) -> UnreturnableValueError:
    """Return the error for a value that printed as `text`, because of a type in it; "" for no known one."""
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text)} characters)"
    what = f"{article(type_name)} `{type_name}`" if type_name else "a value that is no literal"
    return UnreturnableValueError(
        f"The board returned {what}, which cannot come back: `{shown}`",
        type_name=type_name,
        board_text=text,
        hint=_HINTS.get(type_name, _WAY_OUT),
    )
