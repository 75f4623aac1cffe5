"""A host value as the text of a MicroPython expression that rebuilds it on the board.

This room walks a value with a stack of its own, so depth costs no recursion.
The types it meets are `belay.values.forms`'s.
The text holds no control character, as `repr` escapes them, and beyond ASCII only letters inside strings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, NoReturn, Protocol, runtime_checkable

from belay.exceptions import UnsendableValueError
from belay.values.forms import Form, NoFormError, article, form_of

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["BoardExpression", "encode"]


@runtime_checkable
class BoardExpression(Protocol):
    """An object that stands for something on the board, such as a proxy."""

    def __belay_expression__(self) -> str:
        """Return the board's expression for it, evaluated on the board at each use.

        What means something on one board only has that board as its `__belay_board__`.
        """
        ...


def encode(value: object, *, board: object = None) -> str:
    """Write the MicroPython expression that rebuilds a value on the board.

    What travels as itself: None, bool, int, float (inf, nan, -0.0 too), complex, str, bytes, bytearray,
    memoryview, list, tuple, named tuple, dict, OrderedDict, set, frozenset, range, array, Ellipsis.
    What the board has no counterpart of travels as its base: an IntEnum as its int (the board has no enums,
    and the repr of one is no code), a defaultdict as a dict, a struct_time as a tuple; a dict view as a list.
    A `BoardExpression` travels as the expression that it gives.

    Args:
        value: the value, of any depth and size; a float loses digits on a board whose floats have 32 bits.
        board: where it shall go; what stands for something on another one is refused. None: wherever.

    Raises:
        UnsendableValueError: something in it cannot travel; the message names its type and place.

    Example:
        >>> encode([1, {"b": (2.5,)}])
        "[1,{'b':(2.5,)}]"
    """
    return _Encoder(board=board).encode(value)


class _Frame(NamedTuple):
    """A value with parts that is being written."""

    parts: Iterator[tuple[str, str, object]]
    closing: str
    value: object  # kept alive, so that its identity stays its own


class _Encoder:
    def __init__(self, *, board: object) -> None:
        self._board = board
        self._texts: list[str] = []
        self._frames: list[_Frame] = []
        self._places: list[str] = []  # of the current part of each frame
        self._open: set[int] = set()  # identities of the values around the current part
        self._constructors: dict[str, str] = {}  # board expression -> the lambda's name for it

    def encode(self, value: object) -> str:
        self._write(value)
        while self._frames:
            frame = self._frames[-1]
            part = next(frame.parts, None)
            if part is None:
                self._texts.append(frame.closing)
                self._open.discard(id(frame.value))
                self._frames.pop()
                self._places.pop()
            else:
                self._texts.append(part[0])
                self._places[-1] = part[1]
                self._write(part[2])
        text = "".join(self._texts)
        if self._constructors:
            # Each constructor is made once, even if a thousand named tuples need it.
            return f"(lambda {','.join(self._constructors.values())}:{text})({','.join(self._constructors)})"
        return text

    def _write(self, value: object) -> None:
        try:
            form = self._form(value)
        except NoFormError as error:
            self._refuse(value, error)
        if isinstance(form, str):
            self._texts.append(form)
            return
        if id(value) in self._open:
            self._refuse(value, NoFormError("that contains itself", "send a structure without circles"))
        if form.constructor:
            self._texts.append(self._constructor(form.constructor))
        self._texts.append(form.opening)
        self._open.add(id(value))
        self._frames.append(_Frame(iter(form.parts), form.closing, value))
        self._places.append("")

    def _form(self, value: object) -> str | Form:
        if hasattr(type(value), "__belay_expression__") and isinstance(value, BoardExpression):
            self._check_board(value)
            text = value.__belay_expression__()
            return text if text.isidentifier() else f"({text})"
        return form_of(value)

    def _check_board(self, value: BoardExpression) -> None:
        home = getattr(value, "__belay_board__", None)
        if self._board is not None and home is not None and home is not self._board:
            raise NoFormError(
                f"of another device, {getattr(home, 'description', home)},",
                "fetch its value from its own device, `device(proxy)`, and send that",
            )

    def _constructor(self, expression: str) -> str:
        return self._constructors.setdefault(expression, f"_belay_c{len(self._constructors)}")

    def _refuse(self, value: object, error: NoFormError) -> NoReturn:
        kind = type(value)
        type_name = (
            kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        )
        path = "".join(self._places)
        what = f"{article(type_name)} `{type_name}` {error.reason}".rstrip()
        where = f", found at {path.strip()} of the argument" if path else ""
        raise UnsendableValueError(
            f"Cannot send {what} to the board{where}", type_name=type_name, path=path, hint=error.hint
        ) from error
