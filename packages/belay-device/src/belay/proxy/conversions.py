"""What Python makes of an object: a number, a text, bytes, a truth, a copy.

This room asks the board for what it knows, one turnaround each, and refuses what cannot be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from belay.exceptions import ProxyUseError

if TYPE_CHECKING:
    from belay.proxy.operators import Operator

__all__ = ["Conversions"]


class Conversions:
    """What a proxy's class has for Python's conversions."""

    __slots__ = ()

    def __bool__(self: Operator) -> bool:
        return bool(self._belay_call(f"not not {self._belay_text}"))

    def __int__(self: Operator) -> int:
        return int(self._belay_call(f"_belay_b.int({self._belay_text})"))

    def __float__(self: Operator) -> float:
        return float(self._belay_call(f"_belay_b.float({self._belay_text})"))

    def __trunc__(self: Operator) -> int:
        return int(self)

    def __complex__(self: Operator) -> complex:
        return complex(self._belay_call(f"_belay_b.complex({self._belay_text})"))

    def __index__(self: Operator) -> int:
        text = self._belay_text
        number = f"{text}+0 if _belay_b.isinstance({text},_belay_b.int)else {text}.__index__()"
        try:
            return int(self._belay_call(number))
        except AttributeError as error:
            raise ProxyUseError(f"{self!r} cannot be interpreted as an integer") from error

    def __bytes__(self: Operator) -> bytes:
        return bytes(self._belay_call(f"_belay_b.bytes({self._belay_text})"))

    def __str__(self: Operator) -> str:
        return str(self._belay_call(f"_belay_b.str({self._belay_text})"))

    def __format__(self: Operator, specification: str) -> str:
        return format(str(self), specification)

    def __copy__(self) -> NoReturn:
        self._belay_refuse("copied", "`device(proxy)` is a copy of its value; the proxy itself may be shared")

    def __deepcopy__(self, _memory: object) -> NoReturn:
        self._belay_refuse("copied", "`device(proxy)` is a copy of its value; the proxy itself may be shared")

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        self._belay_refuse("pickled", "pickle `device(proxy)`, its value")

    def _belay_refuse(self, what: str, hint: str) -> NoReturn:
        raise ProxyUseError(f"{self!r} cannot be {what}: what it stands for is on the board", hint=hint)
