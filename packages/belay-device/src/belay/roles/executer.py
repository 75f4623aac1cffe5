"""What a decorated function becomes: a callable that stands for a function on one board.

This room holds what tasks, setups, threads and teardowns share. What a call does is each one's own room.
"""

from __future__ import annotations

from functools import update_wrapper
from typing import TYPE_CHECKING, ClassVar, cast

from belay.roles.board import Definition
from belay.roles.options import plain_function
from belay.roles.signatures import Parameters
from belay.source import function_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FunctionType

    from belay.roles.board import Board
    from belay.roles.options import Options
    from belay.source import BoardSource

__all__ = ["Executer"]


class Executer:
    """A function of the user's on a board.

    Name, docstring, annotations and `__wrapped__` are the decorated function's.

    Args:
        board: where it runs.
        function: what was decorated.
        options: how.

    Attributes:
        board: where it runs.
        name: what the board calls it.
        source: what the board is sent.
        options: how it was decorated.
        parameters: what it can be called with.
    """

    kind: ClassVar[str]
    """The decorator's name."""

    __name__: str
    __wrapped__: Callable[..., object]

    def __init__(self, board: Board, function: Callable[..., object], options: Options) -> None:
        plain = plain_function(function)
        update_wrapper(cast("Callable[..., object]", self), plain)
        self.board = board
        self.options = options
        self.source = self._read(plain)
        self.name = self.source.name
        self.parameters = Parameters(self.name, plain)

    def definition(self) -> Definition | None:
        """Return what the board must define before a call; None if nothing."""
        return Definition(self.source, self.options.minify)

    @staticmethod
    def _read(function: FunctionType) -> BoardSource:
        return function_source(function)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name} of {self.board.description}>"
