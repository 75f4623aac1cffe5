"""What a class-form decorator leaves in a class body, until there is a board.

This room knows functions, their options and which overload fits an implementation. It sends nothing.
A mark is a plain non-data descriptor: binding puts the executer into the object's own `__dict__`, where
attribute access finds it first and a call pays nothing for the mark.
"""

from __future__ import annotations

from functools import update_wrapper
from typing import TYPE_CHECKING, ClassVar, NoReturn, Protocol

from belay.exceptions import ArgumentTypeError, NoMatchingExecuterError, UnsupportedFunctionError
from belay.implementation import Implementation
from belay.names import check_function_name
from belay.roles.options import plain_function

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay.roles.board import Board
    from belay.roles.executer import Executer
    from belay.roles.options import Options

__all__ = ["HIDDEN_ROLES", "Mark", "Overloads", "RoleMethod"]

HIDDEN_ROLES = "_belay_roles"
"""Where a device object keeps its `BoundRoles`."""


class _Finder(Protocol):
    """What a device object keeps its roles in, as far as a mark goes."""

    def find(self, method: RoleMethod) -> Executer: ...


class RoleMethod:
    """A method of a device class that runs on the board."""

    name: str

    def select(self, implementation: Implementation) -> Mark:
        """Return the definition for an implementation.

        Raises:
            NoMatchingExecuterError: there is none.
        """
        raise NotImplementedError

    def marks(self) -> tuple[Mark, ...]:
        """Return every definition, in order."""
        raise NotImplementedError

    def _find(self, device: object) -> Executer:
        """Return the executer behind `super().name`, which the object's own `__dict__` does not hold."""
        roles: _Finder | None = vars(device).get(HIDDEN_ROLES)
        if roles is None:
            raise AttributeError(
                f"`{self.name}` runs on the board, and {type(device).__name__} is not connected yet",
                name=self.name,
                obj=device,
            )
        return roles.find(self)

    def __call__(self, *_args: object, **_kwargs: object) -> NoReturn:
        """Say that a method of the board needs a board."""
        raise ArgumentTypeError(
            f"`{self.name}` runs on a board: call it on a device object, not on the class"
            f" (to decorate, use the decorator of `Device` itself)"
        )


class Mark(RoleMethod):
    """One function with its options.

    Args:
        function: the function as written.
        options: how it is sent and called.

    Raises:
        SpecialFunctionNameError: its name is reserved.
    """

    executer: ClassVar[type[Executer]]
    """What it becomes on a board."""

    __name__: str
    __qualname__: str
    __wrapped__: Callable[..., object]

    def __init__(self, function: Callable[..., object], options: Options) -> None:
        plain = plain_function(function)
        check_function_name(plain.__name__)
        update_wrapper(self, plain)
        self.name = plain.__name__
        self.options = options

    def bind(self, board: Board) -> Executer:
        """Make the executer; nothing is sent.

        Raises:
            FeatureUnavailableError: the board cannot do that.
            UnsupportedFunctionError: the function's source cannot run on a board.
        """
        return self.executer(board, self.__wrapped__, self.options)

    def select(self, implementation: Implementation) -> Mark:
        """Return this one if it fits; raises as `RoleMethod.select`."""
        if implementation.matches(self.options.implementation):
            return self
        raise _no_match(self, implementation)

    def marks(self) -> tuple[Mark, ...]:
        """Return this one."""
        return (self,)

    def __repr__(self) -> str:
        wanted = self.options.implementation
        return f"<{self.executer.kind} {self.__qualname__}{wanted and f' for {wanted}'}>"


class Overloads(RoleMethod):
    """Several definitions of one name, each for another implementation; the first that fits is taken.

    Args:
        first: the earlier definitions.
        last: one more.

    Raises:
        UnsupportedFunctionError: the one more could never be taken.
    """

    def __init__(self, first: RoleMethod, last: Mark) -> None:
        self.name = last.name
        earlier = first.marks()
        wanted = last.options.implementation
        if not earlier[-1].options.implementation:
            raise UnsupportedFunctionError(
                f"`{self.name}` is defined again after a definition for all implementations:"
                " the one without `implementation=` must be the last"
            )
        if wanted and any(Implementation(wanted).matches(mark.options.implementation) for mark in earlier):
            raise UnsupportedFunctionError(f"`{self.name}` is defined twice for `{wanted}`")
        self._marks = (*earlier, last)
        update_wrapper(self, last)

    def select(self, implementation: Implementation) -> Mark:
        """Return the first definition that fits; raises as `RoleMethod.select`."""
        for mark in self._marks:
            if implementation.matches(mark.options.implementation):
                return mark
        raise _no_match(self, implementation)

    def marks(self) -> tuple[Mark, ...]:
        """Return every definition, in order."""
        return self._marks

    def __get__(self, device: object, owner: type | None = None) -> object:
        return self if device is None else self._find(device)

    def __repr__(self) -> str:
        return f"<overloads of {self.name}: {', '.join(map(repr, self._marks))}>"


def _no_match(method: RoleMethod, implementation: Implementation) -> NoMatchingExecuterError:
    known = ", ".join(f"`{mark.options.implementation}`" for mark in method.marks())
    return NoMatchingExecuterError(
        f"no definition of `{method.name}` fits `{implementation.name}`: there is one for {known}",
        hint=f'add one with `implementation="{implementation.name}"`, or, as the last, one for all',
    )
