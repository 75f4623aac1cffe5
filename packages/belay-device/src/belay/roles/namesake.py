"""A method that is called like a decorator: `@Device.setup(autoinit=True) def setup(): …`.

The manual's own example has one. On the connected object one attribute must be both then.
A board takes values, and a function is none: given a function it decorates, else it is the method.
"""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING, Any

from belay.roles.options import OPTION_NAMES

if TYPE_CHECKING:
    from belay.roles.executer import Executer
    from belay.roles.namespace import Namespace

__all__ = ["Namesake"]


class Namesake:
    """The method and the decorator of one name.

    Called with one function, or with keywords that are all options of decorators and none of them
    parameters of the method, it decorates. Any other call runs the method. Attributes are those of both,
    functions that the decorator has registered first.

    Args:
        method: the method that runs on the board.
        namespace: the decorator.
    """

    def __init__(self, method: Executer, namespace: Namespace) -> None:
        self._belay_method: Any = method  # Any: its parameters are the user's
        self._belay_namespace: Any = namespace  # Any: its parameters are its kind's
        self.__doc__ = method.__doc__

    def __call__(self, *args: object, **kwargs: object) -> object:
        """Decorate, or run the method; see the class."""
        if self._decorates(args, kwargs):
            return self._belay_namespace(*args, **kwargs)
        return self._belay_method(*args, **kwargs)

    def __getattr__(self, name: str) -> object:
        if name in vars(self._belay_namespace):
            return getattr(self._belay_namespace, name)
        return getattr(self._belay_method, name)

    def __repr__(self) -> str:
        return f"{self._belay_method!r}, and {self._belay_namespace!r}"

    def _decorates(self, args: tuple[object, ...], kwargs: dict[str, object]) -> bool:
        if args:
            return len(args) == 1 and isinstance(args[0], FunctionType | staticmethod)
        parameters = self._belay_method.source.parameters
        return bool(kwargs) and OPTION_NAMES.issuperset(kwargs) and not set(parameters).intersection(kwargs)
