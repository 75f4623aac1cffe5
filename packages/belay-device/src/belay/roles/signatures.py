"""Whether the arguments of a call fit the function's parameters, told before anything is sent.

This room knows Python's rules of binding. What becomes of the arguments is each role's own room.
"""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING

from belay.exceptions import ArgumentTypeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from inspect import BoundArguments, Signature

__all__ = ["Parameters"]


class Parameters:
    """The parameters of one function of the user's.

    Args:
        name: what messages call the function.
        function: as it was written.
    """

    def __init__(self, name: str, function: Callable[..., object]) -> None:
        assert isinstance(function, FunctionType)
        self._name = name
        self._function = function
        self._signature: Signature | None = None
        most = function.__code__.co_argcount
        takes_words = function.__code__.co_kwonlyargcount > len(function.__kwdefaults__ or {})
        # So many arguments by position, and none by name, fit: nearly every call, which pays next to nothing.
        least = most - len(function.__defaults__ or ())
        self._fitting = range(0) if takes_words else range(least, most + 1)

    def check(self, args: Sequence[object], kwargs: Mapping[str, object]) -> None:
        """Refuse arguments that do not fit.

        Raises:
            ArgumentTypeError: they do not.
        """
        if kwargs or len(args) not in self._fitting:
            self.bind(args, kwargs)

    def bind(self, args: Sequence[object], kwargs: Mapping[str, object]) -> BoundArguments:
        """Return which parameter gets which argument; raises as `check`."""
        self._signature = self._signature or _signature_of(self._function)
        try:
            return self._signature.bind(*args, **kwargs)
        except TypeError as error:
            raise ArgumentTypeError(f"{self._name}(): {error}") from None


def _signature_of(function: FunctionType) -> Signature:
    from inspect import signature  # noqa: PLC0415 - costs 6 ms, and most calls do without

    # Annotations may name what only the board has; Python 3.14 would evaluate them.
    code, closure = function.__code__, function.__closure__
    bare = FunctionType(code, function.__globals__, function.__name__, function.__defaults__, closure)
    bare.__kwdefaults__ = function.__kwdefaults__
    return signature(bare)
