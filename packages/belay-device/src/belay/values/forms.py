"""How each host type is written as board code: what opens it, which parts it has, what closes it.

This room knows types, one at a time; nesting, places and circles are `belay.values.encoding`'s.
No form needs a name of the user's, who may call a global `float`: constructors start from `BUILTINS`.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import array
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["BUILTINS", "Form", "NoFormError", "article", "form_of"]

BUILTINS = "_belay_b"
"""The name of the module `builtins` among the board's globals; `belay.onboard` puts it there."""

_NUMBERS = frozenset({int, bool, type(None), float})
_FLAT = _NUMBERS | {str}

_LONG_INT = 1 << 64  # from here on hexadecimal: CPython refuses decimal texts of more than 4300 digits

_ARRAY_CODES = "bBhHiIlLqQfd"  # MicroPython's, without its own O, P and S
_WORD = 1 << 32

_ARRAY = f"{BUILTINS}.__import__('array').array"
_COLLECTIONS = f"{BUILTINS}.__import__('collections')"

_WAY_OUT = "send literals: None, bool, int, float, str, bytes, and list, tuple, dict, set of these"

_HINTS = {
    "Enum": "send its `.value`",
    "ndarray": "send its `.tolist()` or its `.tobytes()`",
    "generic": "send its `.item()`",  # the base of numpy's scalars
    "PurePath": "send its `str()`",
    "Decimal": "send its `float()` or its `str()`",
    "Fraction": "send its `float()`, or its numerator and denominator",
    "datetime": "send its `.timestamp()` or `tuple(value.timetuple())`",
    "date": "send `tuple(value.timetuple())`",
    "timedelta": "send its `.total_seconds()`",
    "deque": "send its `list()`",
    "generator": "send its `list()`",
    "map": "send its `list()`",
    "filter": "send its `list()`",
    "zip": "send its `list()`",
    "slice": "send its start, stop and step: MicroPython makes slices only inside brackets",
    "function": "decorate it with `@device.task`, and let board code call it by its name",
}
"""The way out for types that people do pass, found by the names of the value's class and its bases."""


class NoFormError(Exception):
    """A value has no form on the board.

    Attributes:
        reason: what else to say of it, after its type's name; may be empty.
        hint: what to send instead.
    """

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


class Form(NamedTuple):
    """A value that is made of parts.

    Attributes:
        opening: the text before the first part.
        parts: for each part the text before it, its place for messages, and the part.
        closing: the text after the last part.
        constructor: an expression to be called with what is between opening and closing, or "".
    """

    opening: str
    parts: Iterable[tuple[str, str, object]]
    closing: str
    constructor: str = ""


def form_of(value: object) -> str | Form:
    """Return the board code for a value, or its form when it has parts.

    A subclass is written as the nearest base that the board knows: an IntEnum as an int.

    Raises:
        NoFormError: the board knows no such type, or not this value of it.
    """
    for base in type(value).__mro__:
        write = _WRITERS.get(base)
        if write is not None:
            return write(value)
        if base.__module__ == "array" and base.__name__ == "array":  # by name: its import takes 1 ms
            return _array(value)  # type: ignore[arg-type] # found by name
    names = [base.__name__ for base in type(value).__mro__]
    raise NoFormError("", next((_HINTS[name] for name in names if name in _HINTS), _WAY_OUT))


def _int(value: int) -> str:
    return int.__repr__(value) if -_LONG_INT < value < _LONG_INT else hex(value)


def _float(value: float) -> str:
    # MicroPython prints these as the bare words inf and nan, which are no code there either.
    return float.__repr__(value) if math.isfinite(value) else f"{BUILTINS}.float('{float.__repr__(value)}')"


def _complex(value: complex) -> str:
    return f"{BUILTINS}.complex({_float(value.real)},{_float(value.imag)})"


def _str(value: str) -> str:
    if not value.isascii():
        try:
            str.encode(value)
        except UnicodeEncodeError as error:
            reason = f"with a lone surrogate, {value[error.start]!a} at index {error.start}"
            raise NoFormError(reason, "send bytes, or `text.encode(errors='replace').decode()`") from error
    return str.__repr__(value)


def _bytearray(value: bytearray) -> Form:
    return Form(f"{BUILTINS}.bytearray(", [("", "", bytes(value))], ")")


def _memoryview(value: memoryview) -> Form:
    if value.ndim != 1 or value.format not in _ARRAY_CODES:
        reason = f"of {value.ndim} dimensions and format {value.format!r}"
        raise NoFormError(reason, "send its `.tobytes()` or its `.tolist()`")
    if value.format == "B":
        raw: object = bytes(value) if value.readonly else bytearray(value)
    else:
        import array  # noqa: PLC0415 - 1 ms, rarely wanted

        raw = array.array(value.format, value.tolist())
    return Form(f"{BUILTINS}.memoryview(", [("", "", raw)], ")")


def _array(value: array.array[float]) -> Form:
    code = value.typecode
    if code not in _ARRAY_CODES:
        raise NoFormError(f"of type code {code!r}", "send its `.tounicode()`")
    items = value.tolist()
    # A long has 8 bytes on some hosts and 4 on most boards, which would cut it off without a word.
    if (code == "l" and not all(-_WORD <= 2 * item < _WORD for item in items)) or (
        code == "L" and not all(item < _WORD for item in items)
    ):
        code = "q" if code == "l" else "Q"
    return Form(f"('{code}',", [("", "", items)], ")", _ARRAY)


def _range(value: range) -> str:
    return f"{BUILTINS}.range({_int(value.start)},{_int(value.stop)},{_int(value.step)})"


def _list(value: list[object]) -> str | Form:
    return _flat(value, value) or Form("[", _items(value), "]")


def _tuple(value: tuple[object, ...]) -> str | Form:
    fields = getattr(value, "_fields", None)
    if fields is not None and all(isinstance(field, str) and field.isidentifier() for field in fields):
        constructor = f"{_COLLECTIONS}.namedtuple({type(value).__name__!r},{tuple(fields)!r})"
        return Form("(", _items(value), ")", constructor)
    return _flat(value, value) or Form("(", _items(value), ",)" if len(value) == 1 else ")")


def _set(value: set[object]) -> str | Form:
    if not value:
        return f"{BUILTINS}.set()"
    return _flat(value, value) or Form("{", _items(value, places=False), "}")


def _frozenset(value: frozenset[object]) -> Form:
    return Form(f"{BUILTINS}.frozenset(", [("", "", set(value))] if value else [], ")")


def _dict(value: dict[object, object]) -> str | Form:
    return _flat(value, [*value, *value.values()]) or Form("{", _pairs(value), "}")


def _ordered_dict(value: OrderedDict[object, object]) -> Form:
    return Form("(", [("", "", list(value.items()))], ")", f"{_COLLECTIONS}.OrderedDict")


def _view(value: Iterable[object]) -> Form:
    return Form("[", _items(value), "]")


def _flat(value: object, leaves: Iterable[object]) -> str:
    """The code for a container of plain leaves, by one `repr`; "" when it takes more than that."""
    kinds = set(map(type, leaves))
    if not kinds <= _FLAT or type(value) not in (list, tuple, set, dict):
        return ""
    try:
        text = repr(value)
    except ValueError:  # an int of more than 4300 digits
        return ""
    if float in kinds and ("inf" in text or "nan" in text):
        return ""
    if str not in kinds:
        return text.replace(", ", ",").replace(": ", ":")
    return "" if "\\ud" in text else text  # it may be a lone surrogate


def _items(value: Iterable[object], *, places: bool = True) -> Iterator[tuple[str, str, object]]:
    before = ""
    for index, item in enumerate(value):
        yield before, f"[{index}]" if places else "{…}", item
        before = ","


def _pairs(value: dict[object, object]) -> Iterator[tuple[str, str, object]]:
    before = ""
    for key, item in value.items():
        name = ascii(key) if isinstance(key, str | int) else "…"
        yield before, f" (the key {name[:40]})", key
        yield ":", f"[{name[:40]}]", item
        before = ","


_WRITERS: dict[
    type, Callable[[Any], str | Form]
] = {  # Any: each function takes the type that it stands under
    int: _int,
    bool: repr,
    type(None): repr,
    type(...): repr,
    float: _float,
    complex: _complex,
    str: _str,
    bytes: bytes.__repr__,
    bytearray: _bytearray,
    memoryview: _memoryview,
    range: _range,
    list: _list,
    tuple: _tuple,
    set: _set,
    frozenset: _frozenset,
    dict: _dict,
    OrderedDict: _ordered_dict,
    type({}.keys()): _view,
    type({}.values()): _view,
    type({}.items()): _view,
    type(OrderedDict().keys()): _view,
    type(OrderedDict().values()): _view,
    type(OrderedDict().items()): _view,
}


def article(type_name: str) -> str:
    """Return the "a" or "an" that stands in front of a type's name in a message."""
    return "an" if type_name[:1].lower() in {"a", "e", "i", "o"} else "a"
