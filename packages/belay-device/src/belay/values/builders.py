"""Host values from the parts of a parsed `repr`: brackets, calls such as `array('i', [1])`, named tuples.

This room knows which names in a board's `repr` stand for a host type. It never evaluates a name:
a named tuple's class is made from field names that `collections.namedtuple` itself has checked.
"""

from __future__ import annotations

from collections import OrderedDict, namedtuple
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["ATTRIBUTE_TUPLE", "CALLS", "NotBuiltError", "build_braces", "build_named_tuple", "long_int"]

ATTRIBUTE_TUPLE = "attrtuple"
"""The class name of what MicroPython prints without one: `(sysname='rp2', …)`, as `os.uname()` gives."""

_MAX_FIELDS = 255  # the arguments that a MicroPython call can pass, and so the fields of a named tuple
_CACHED_CLASSES = 256  # more than any board's heap has classes; bounds what a hostile board can make us keep

_MAX_DIGITS = 100_000  # 42 kB of a board's heap, and minutes to print; a longer one is noise
_DIGITS_AT_ONCE = 600  # CPython converts at most 4300 at once, and a program may lower that to 640


class NotBuiltError(ValueError):
    """The parts do not make the value that their name promises."""


def build_braces(items: list[object], colons: int) -> object:
    """Build the dict (with colons) or the set (without) of what stands between braces.

    Args:
        items: for a dict its keys and values in turn.
        colons: how many colons were read.
    """
    if colons == 0 and items:
        return set(items)
    return dict(zip(items[::2], items[1::2], strict=True))


def build_named_tuple(name: str, fields: Sequence[str], values: Sequence[object]) -> tuple[object, ...]:
    """Build a named tuple; two with the same name and fields are of the same class.

    A field that `collections.namedtuple` does not take (MicroPython's `_machine`) is an attribute all the
    same, but `_fields` calls it by its position, such as `_2`.

    Raises:
        NotBuiltError: too many fields, or names that are none or come twice.
    """
    try:
        made: tuple[object, ...] = _named_tuple_class(name, tuple(fields))._make(values)
    except (ValueError, TypeError, SyntaxError) as error:
        raise NotBuiltError(f"{name!r} with the fields {', '.join(fields)[:80]}: {error}") from error
    return made


@lru_cache(maxsize=_CACHED_CLASSES)
def _named_tuple_class(name: str, fields: tuple[str, ...]) -> Any:  # Any: the class is made at run time
    if len(fields) > _MAX_FIELDS:
        raise NotBuiltError(f"{len(fields)} fields")
    if len(set(fields)) < len(fields) or not all(field.isidentifier() for field in fields):
        raise NotBuiltError("field names that are none or come twice")
    make: Any = namedtuple  # Any: mypy wants the fields to be written out
    made: Any = make(name, fields, rename=True, module=__name__)  # Any: the class is made at run time
    for index, field in enumerate(fields):
        if not hasattr(made, field):
            setattr(made, field, property(itemgetter(index)))
    # The class has no name in a module, so a pickle of a value makes it again.
    made.__reduce__ = lambda self: (build_named_tuple, (name, fields, tuple(self)))
    return made


def long_int(text: str) -> int:
    """Convert decimal digits with an optional sign, more of them than `int` takes at once.

    Raises:
        NotBuiltError: there are more than 100 000.
    """
    digits = text.removeprefix("-")
    if len(digits) > _MAX_DIGITS:
        raise NotBuiltError(f"an int of {len(digits)} digits; {_MAX_DIGITS} are the most")
    return -_joined(digits) if text.startswith("-") else _joined(digits)


def _joined(digits: str) -> int:
    if len(digits) <= _DIGITS_AT_ONCE:
        return int(digits)
    low = len(digits) // 2  # halves, not slices one by one: so the time grows less than quadratically
    return int(_joined(digits[:-low]) * 10**low + _joined(digits[-low:]))


def _array(code: object, items: object = ()) -> object:
    import array  # noqa: PLC0415 - 1 ms, rarely wanted

    if not isinstance(code, str) or not isinstance(items, (list, tuple)):
        raise NotBuiltError("array wants a type code and a list")
    try:
        return array.array(code, items)
    except OverflowError:  # a long has 8 bytes on some boards and 4 on some hosts
        return array.array({"l": "q", "L": "Q"}.get(code, code), items)


def _bytearray(data: object) -> object:
    if not isinstance(data, bytes):  # a number would make as many zeros, however many
        raise NotBuiltError("bytearray wants bytes")
    return bytearray(data)


def _ordered_dict(items: object = None) -> object:
    if items is None:
        return OrderedDict()
    if not isinstance(items, (dict, list)):
        raise NotBuiltError("OrderedDict wants a dict or a list of pairs")
    return OrderedDict(items)


def _empty_set() -> object:
    return set()


def _frozenset(items: object = frozenset()) -> object:
    if not isinstance(items, (set, frozenset)):
        raise NotBuiltError("frozenset wants a set")
    return frozenset(items)


def _view(items: object) -> object:
    if not isinstance(items, list):
        raise NotBuiltError("a view of a dict wants a list")
    return items


CALLS: dict[str, Callable[..., object]] = {
    "array": _array,
    "bytearray": _bytearray,
    "range": range,
    "slice": slice,
    "set": _empty_set,
    "frozenset": _frozenset,
    "OrderedDict": _ordered_dict,
    # A view of a dict that stays on the board cannot be live; a list can be indexed, compared and sent back.
    "dict_keys": _view,
    "dict_values": _view,
    "dict_items": _view,
}
"""What a name before a parenthesis builds; each refuses by ValueError, TypeError or OverflowError."""
