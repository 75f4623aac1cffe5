"""Python's operators for proxies: each is carried out on the board, in one turnaround.

This room knows signs and their order; what an expression brings is `belay.proxy.proxy_object`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from belay.exceptions import UnsendableValueError
from belay.values import encode

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Operator", "Operators", "Remote", "in_parentheses"]

Remote = Any  # Any: a value of the board's, or a proxy; which of them only the board knows
Operator = Any  # Any: the proxy, whose own class is made of this one


def _binary(sign: str) -> Callable[[Operator, object], Remote]:
    def operate(self: Operator, other: object) -> Remote:
        return self._belay_ask(f"{self._belay_text}{sign}{self._belay_encode(other)}")

    return operate


def _reflected(sign: str) -> Callable[[Operator, object], Remote]:
    def operate(self: Operator, other: object) -> Remote:
        return self._belay_ask(f"{self._belay_encode(other)}{sign}{self._belay_text}")

    return operate


def _in_place(sign: str) -> Callable[[Operator, object], Remote]:
    def operate(self: Operator, other: object) -> Remote:
        return self._belay_change(sign, self._belay_encode(other))

    return operate


def _equality(sign: str) -> Callable[[Operator, object], Remote]:
    def operate(self: Operator, other: object) -> Remote:
        try:
            written = self._belay_encode(other)
        except UnsendableValueError:
            return NotImplemented  # nothing on the board equals what cannot be there
        return self._belay_ask(f"{self._belay_text}{sign}{written}")

    return operate


def _prefix(sign: str) -> Callable[[Operator], Remote]:
    def operate(self: Operator) -> Remote:
        return self._belay_ask(f"{sign}{self._belay_text}")

    return operate


class Operators:
    """What a proxy's class has for Python's operators."""

    __slots__ = ()

    __eq__ = _equality("==")
    __ne__ = _equality("!=")
    __lt__ = _binary("<")
    __le__ = _binary("<=")
    __gt__ = _binary(">")
    __ge__ = _binary(">=")

    __add__, __radd__, __iadd__ = _binary("+"), _reflected("+"), _in_place("+")
    __sub__, __rsub__, __isub__ = _binary("-"), _reflected("-"), _in_place("-")
    __mul__, __rmul__, __imul__ = _binary("*"), _reflected("*"), _in_place("*")
    __matmul__, __rmatmul__, __imatmul__ = _binary("@"), _reflected("@"), _in_place("@")
    __truediv__, __rtruediv__, __itruediv__ = _binary("/"), _reflected("/"), _in_place("/")
    __floordiv__, __rfloordiv__, __ifloordiv__ = _binary("//"), _reflected("//"), _in_place("//")
    __mod__, __rmod__, __imod__ = _binary("%"), _reflected("%"), _in_place("%")
    __lshift__, __rlshift__, __ilshift__ = _binary("<<"), _reflected("<<"), _in_place("<<")
    __rshift__, __rrshift__, __irshift__ = _binary(">>"), _reflected(">>"), _in_place(">>")
    __and__, __rand__, __iand__ = _binary("&"), _reflected("&"), _in_place("&")
    __xor__, __rxor__, __ixor__ = _binary("^"), _reflected("^"), _in_place("^")
    __or__, __ror__, __ior__ = _binary("|"), _reflected("|"), _in_place("|")
    __rpow__, __ipow__ = _reflected("**"), _in_place("**")

    __neg__, __pos__, __invert__ = _prefix("-"), _prefix("+"), _prefix("~")

    def __pow__(self: Operator, other: object, modulus: object = None) -> Remote:
        if modulus is not None:
            return self._belay_builtin("pow", other, modulus)
        return self._belay_ask(f"{self._belay_text}**{self._belay_encode(other)}")

    def __divmod__(self: Operator, other: object) -> Remote:
        return self._belay_builtin("divmod", other)

    def __rdivmod__(self: Operator, other: object) -> Remote:
        return self._belay_ask(f"_belay_b.divmod({self._belay_encode(other)},{self._belay_text})")

    def __abs__(self: Operator) -> Remote:
        return self._belay_builtin("abs")

    def __round__(self: Operator, *digits: object) -> Remote:
        return self._belay_builtin("round", *digits)

    def __hash__(self: Operator) -> int:
        """Return the object's identity on the board; asked once for each proxy."""
        return int(self._belay_identity())


def in_parentheses(value: object, board: object) -> str:
    """Write an operand, so that no sign binds a part of it."""
    return f"({encode(value, board=board)})"
