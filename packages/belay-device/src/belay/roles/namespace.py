"""The two faces of a decorator: on the class it makes marks, on a connected object it sends functions.

This room holds what the four decorators share; it knows none of them.
`Device.task` is a `Role`, `device.task` is a `Namespace`: it decorates, and what it has decorated with
`register=True` is its attribute, `device.task.read_pin(3)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, TypeVar, cast

from belay.exceptions import NoMatchingExecuterError
from belay.names import check_function_name
from belay.roles.options import plain_function

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay.roles.board import Board
    from belay.roles.executer import Executer
    from belay.roles.options import Options

__all__ = ["Namespace", "Role"]

E = TypeVar("E", bound="Executer")


class Role:
    """A decorator as it stands on the class; a non-data descriptor that a connected object overlays."""

    kind = "role"

    def _unconnected(self, device: object) -> NoReturn:
        raise AttributeError(
            f"`{self.kind}` of {type(device).__name__} can be used once the device is connected",
            name=self.kind,
            obj=device,
        )


class Namespace:
    """A decorator as it stands on a connected object, and the functions that it has decorated.

    Its only attributes are those functions.

    Args:
        board: where they run.
    """

    __slots__ = ("__dict__", "_belay_board")

    def __init__(self, board: Board) -> None:
        self._belay_board = board

    def _belay_decorate(self, kind: type[E], function: Callable[..., object], options: Options) -> E:
        """Send a function to the board and return what calls it.

        A function for another implementation is not sent: the name keeps what it had,
        or becomes something that says so when it is called.
        """
        board = self._belay_board
        plain = plain_function(function)
        check_function_name(plain.__name__)
        if not board.implementation.matches(options.implementation):
            earlier = vars(self).get(plain.__name__)
            return cast("E", _Unmatched(board, plain.__name__, options) if earlier is None else earlier)
        executer = kind(board, function, options)
        definition = executer.definition()
        if definition is not None:
            board.define([definition])
        if options.register:
            vars(self)[executer.name] = executer
        return executer

    def __repr__(self) -> str:
        names = ", ".join(sorted(vars(self))) or "none yet"
        return f"<{type(self).__name__} of {self._belay_board.description}: {names}>"


class _Unmatched:
    """Stands for a function that is for another implementation than the board's."""

    def __init__(self, board: Board, name: str, options: Options) -> None:
        self.board = board
        self.name = name
        self.options = options

    def __call__(self, *_args: object, **_kwargs: object) -> NoReturn:
        name = self.board.implementation.name
        wanted = self.options.implementation
        raise NoMatchingExecuterError(
            f"`{self.name}` is for `{wanted}`, and {self.board.description} runs `{name}`",
            hint=f'decorate another `{self.name}` with `implementation="{name}"`',
        )

    def __repr__(self) -> str:
        return f"<{self.name} for {self.options.implementation} only, not for {self.board.description}>"
