"""An object of the host's that stands for one of the board's.

This room knows Python's protocols for attributes, items, calls and contexts, and how each of them becomes one
expression of the board.
Every name of ours begins with `_belay` or is a dunder: the others are the board's.
"""

from __future__ import annotations

from keyword import iskeyword
from typing import TYPE_CHECKING

from belay.exceptions import BoardException, ConnectionLost, UnsendableValueError
from belay.proxy.conversions import Conversions
from belay.proxy.iteration import ProxyIterator
from belay.proxy.kept import Kept
from belay.proxy.operators import Operators, Remote, in_parentheses
from belay.roles.expressions import call_text, exception_text
from belay.values import encode

if TYPE_CHECKING:
    from types import TracebackType

    from belay.proxy.kept import ProxyBoard

__all__ = ["ProxyObject", "wrap"]

_ON_THE_BOARD = frozenset(
    {"__author__", "__bases__", "__dict__", "__file__", "__name__", "__path__", "__qualname__", "__version__"}
)
"""Dunder names that are looked for on the board. For all others Python itself asks, on its own account."""

_hold = object.__setattr__


class ProxyObject(Operators, Conversions):
    """Stands for an object on the board; `device.proxy(…)` makes the first, and what they give the others.

    Whatever is done to it is done on the board, in one turnaround: attributes, items, slices, calls, method
    calls, operators, comparisons, iteration, `in`, `len`, `bool`, `with`, `del`.
    What comes of it is a value if the board has exactly None, a bool, int, float, str or bytes there, and
    else another proxy; `device(proxy)` fetches the value of a container.
    A proxy may be an argument of a task, a setup or another proxy's call, also inside of containers.
    The board forgets the object with the first call after the last proxy of it is gone.

    Raises:
        BoardException: what it raises on the board, which is also that builtin: AttributeError, KeyError, …
        StaleProxyError: the board has started anew, and the object is gone.
        BatchError: a batch of the device is open, and what a proxy does cannot wait.

    Example:
        >>> sensor = device.proxy("sensor")
        >>> sensor.read(3)
        21
        >>> sensor.calibration["offset"]
        4
        >>> device(sensor.calibration)
        {'offset': 4}
    """

    __slots__ = ("__weakref__", "_belay_hash", "_belay_kept", "_belay_path")

    _belay_kept: Kept
    _belay_path: str
    _belay_hash: int | None

    def __init__(self, kept: Kept, path: str = "") -> None:
        _hold(self, "_belay_kept", kept)
        _hold(self, "_belay_path", path)  # ".name" for a method that has not been called
        _hold(self, "_belay_hash", None)

    # Attributes

    def __getattr__(self, name: str) -> Remote:
        if name.startswith("_belay") or (
            name.startswith("__") and name.endswith("__") and name not in _ON_THE_BOARD
        ):
            raise AttributeError(f"a proxy has no `{name}`, and does not look for it on the board")
        text = self._belay_text
        if not self._belay_path and self._belay_kept.has_method(name):
            return ProxyObject(self._belay_kept, f".{name}")
        return self._belay_ask(_attribute(text, name))

    def __setattr__(self, name: str, value: object) -> None:
        if name.startswith("_belay"):
            raise AttributeError(f"`{name}` cannot be set: names that start with `_belay` are Belay's own")
        written = self._belay_encode(value)
        self._belay_kept.objects.forget(name)
        self._belay_call(f"_belay_b.setattr({self._belay_text},{encode(name)},{written})")

    def __delattr__(self, name: str) -> None:
        if not _is_plain(name):
            raise AttributeError(f"`{name}` cannot be deleted: it is no name")
        self._belay_kept.objects.forget(name)
        self._belay_run(f"del {self._belay_text}.{name}")

    def __dir__(self) -> list[str]:
        return list(self._belay_call(f"_belay_b.dir({self._belay_text})"))

    # Items

    def __getitem__(self, key: object) -> Remote:
        return self._belay_ask(f"{self._belay_text}[{self._belay_key(key)}]")

    def __setitem__(self, key: object, value: object) -> None:
        self._belay_run(f"{self._belay_text}[{self._belay_key(key)}]={self._belay_encode(value)}")

    def __delitem__(self, key: object) -> None:
        self._belay_run(f"del {self._belay_text}[{self._belay_key(key)}]")

    def __contains__(self, item: object) -> bool:
        return bool(self._belay_call(f"{self._belay_encode(item)}in {self._belay_text}"))

    def __len__(self) -> int:
        return int(self._belay_call(f"_belay_b.len({self._belay_text})"))

    def __iter__(self) -> ProxyIterator:
        type_name = "" if self._belay_path else self._belay_kept.type_name
        return ProxyIterator(self._belay_kept.objects, lambda: self._belay_text, type_name, wrap)

    def __next__(self) -> Remote:
        try:
            return self._belay_builtin("next")
        except BoardException as error:
            if error.type_name == "StopIteration":
                raise StopIteration from None
            raise

    def __reversed__(self) -> Remote:
        return self._belay_builtin("reversed")

    # Calls and contexts

    def __call__(self, /, *args: object, **kwargs: object) -> Remote:
        """Call it on the board; a method's call is one turnaround, too."""
        label = self._belay_path[1:] or self._belay_kept.type_name
        text = self._belay_text
        return self._belay_ask(call_text(text, args, kwargs, board=self.__belay_board__, label=label))

    def __enter__(self) -> Remote:
        text = self._belay_text
        kept = Kept(self._belay_kept.objects)
        entered = f"(lambda v:None if v is {text} else _belay_op({kept.number},v))({text}.__enter__())"
        return self._belay_same_or_new(entered, kept)

    def __exit__(
        self, _type: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        if error is None:
            self._belay_call(f"({self._belay_text}.__exit__(None,None,None),None)[1]")
            return False
        try:
            text = f"(lambda e:not not {self._belay_text}.__exit__(_belay_b.type(e),e,None))"
            return bool(self._belay_call(f"{text}({self._belay_exception(error)})"))
        except ConnectionLost:
            # There is nothing left to leave, and the error of the block is the one to see.
            return False

    # What it says of itself

    def __repr__(self) -> str:
        """Say what it stands for; asks nothing of the board, so that a debugger may ask at any time."""
        kept = self._belay_kept
        return f"<ProxyObject {kept.type_name}{self._belay_path} of {kept.objects.board.description}>"

    # How it becomes board code

    def __belay_expression__(self) -> str:
        """Return the board's expression for it."""
        return self._belay_text

    @property
    def __belay_board__(self) -> ProxyBoard:
        """The only board on which the expression means something."""
        return self._belay_kept.objects.board

    @property
    def _belay_text(self) -> str:
        text = self._belay_kept.text
        return _attribute(text, self._belay_path[1:]) if self._belay_path else text

    def _belay_encode(self, value: object) -> str:
        return in_parentheses(value, self.__belay_board__)

    def _belay_key(self, key: object) -> str:
        """Write what stands between the brackets: slices travel there only."""
        if isinstance(key, slice):
            ends = [key.start, key.stop] if key.step is None else [key.start, key.stop, key.step]
            return ":".join("" if end is None else self._belay_encode(end) for end in ends)
        if isinstance(key, tuple) and any(isinstance(part, slice) for part in key):
            return "".join(f"{self._belay_key(part)}," for part in key)
        return self._belay_encode(key)

    def _belay_exception(self, error: BaseException) -> str:
        try:
            return exception_text(error, board=self.__belay_board__)
        except UnsendableValueError:  # one of its arguments; what it says can go
            return exception_text(Exception(f"{type(error).__name__}: {error}"))

    # What the board is asked

    def _belay_ask(self, expression: str) -> Remote:
        return wrap(self._belay_kept.objects.ask(expression))

    def _belay_call(self, expression: str) -> Remote:
        return self._belay_kept.objects.call(expression)

    def _belay_run(self, statements: str) -> None:
        self._belay_call(f'_belay_x({encode(statements)},"_belay_0")')

    def _belay_builtin(self, name: str, *args: object) -> Remote:
        words = [self._belay_text, *map(self._belay_encode, args)]
        return self._belay_ask(f"_belay_b.{name}({','.join(words)})")

    def _belay_change(self, sign: str, operand: str) -> Remote:
        """Do what `proxy += operand` does on the board, and return what the name stands for afterwards."""
        text = self._belay_text
        kept = Kept(self._belay_kept.objects)
        target = kept.text
        changed = f'_belay_x({encode(f"{kept.place}={text};{target}{sign}={operand}")},"_belay_0")'
        reply = f"None if {target}is {text} else _belay_op({kept.number},{target})"
        return self._belay_same_or_new(f"({changed},{reply})[1]", kept)

    def _belay_same_or_new(self, expression: str, kept: Kept) -> Remote:
        reply = self._belay_call(expression)
        if reply is None:
            return self
        number = kept.number
        result = wrap(kept.objects.take(reply, kept))
        kept.number = number  # the board may keep something there for a value, too
        return result

    def _belay_identity(self) -> int:
        identity = self._belay_hash
        if identity is None:
            text = self._belay_text
            found = self._belay_call(f"_belay_b.id({text})if {text} is {text} else None")
            # A bound method is made anew each time; its identity is that of the object and the name.
            identity = hash((self._belay_kept.number, self._belay_path)) if found is None else int(found)
            _hold(self, "_belay_hash", identity)
        return identity


def wrap(result: object) -> Remote:
    """Return a value as it is, and an object that the board keeps as a proxy."""
    return ProxyObject(result) if isinstance(result, Kept) else result


def _attribute(text: str, name: str) -> str:
    return f"{text}.{name}" if _is_plain(name) else f"_belay_b.getattr({text},{encode(name)})"


def _is_plain(name: str) -> bool:
    return name.isidentifier() and not iskeyword(name)


ProxyObject.__module__ = "belay"  # what messages call it by
