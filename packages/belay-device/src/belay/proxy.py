"""An object of the host that stands for something on the board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from belay.values import encode

if TYPE_CHECKING:
    from belay.roles import Board

__all__ = ["ProxyObject"]


class ProxyObject:
    """Stands for a board expression: its attributes and items are proxies, calling it calls it on the board.

    Nothing is sent until it is called; `device(proxy)` fetches its value. It may be an argument of a task.

    Args:
        board: where the expression means something.
        expression: evaluated on the board with each use.

    Example:
        >>> sensor = device.proxy("sensor")
        >>> sensor.read(3)
        21
        >>> device(sensor.calibration["offset"])
        4
    """

    def __init__(self, board: Board, expression: str) -> None:
        self._belay_board = board
        self._belay_text = expression

    def __belay_expression__(self) -> str:
        """Return the board's expression for it."""
        return f"({self._belay_text})"

    def __getattr__(self, name: str) -> ProxyObject:
        if name.startswith("__") and name.endswith("__"):
            # Python asks for these on its own account; none of them is on the board.
            raise AttributeError(name)
        return ProxyObject(self._belay_board, f"({self._belay_text}).{name}")

    def __getitem__(self, key: object) -> ProxyObject:
        return ProxyObject(self._belay_board, f"({self._belay_text})[{encode(key)}]")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # Any: the function is the board's
        """Call it on the board and return the value; one turnaround.

        Raises:
            BoardException: it raised.
            UnreturnableValueError: its value cannot come back.
        """
        sent = [encode(argument) for argument in args]
        sent += [f"{name}={encode(argument)}" for name, argument in kwargs.items()]
        return self._belay_board.call(f"({self._belay_text})({','.join(sent)})")

    def __repr__(self) -> str:
        return f"<ProxyObject {self._belay_text} of {self._belay_board.description}>"
