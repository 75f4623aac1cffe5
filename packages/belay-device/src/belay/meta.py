"""The metaclass of device classes: overloads in a class body, and the registry of subclasses.

This room knows classes only. It is as small as three promises allow: methods of one name with different
`implementation` (a class body must see both), `Device["Name"]` (a class must be subscriptable without its
objects being so), and mixins with `metaclass=DeviceMeta`.
"""

from __future__ import annotations

from abc import ABCMeta
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from belay.exceptions import ArgumentTypeError, UnknownDeviceClassError, UnsupportedFunctionError
from belay.names import check_method_name
from belay.roles.marks import Mark, Overloads, RoleMethod

if TYPE_CHECKING:
    from collections.abc import Callable, ItemsView, Iterator, KeysView, ValuesView

__all__ = ["DeviceMeta", "check_device", "find_hook"]

C = TypeVar("C")

_keys: WeakKeyDictionary[type, str] = WeakKeyDictionary()
"""Each registered class and its key, in the order of definition."""


class DeviceMeta(ABCMeta):
    """Metaclass of `Device`; of a mixin only if it has overloads.

    A class is registered under its name, or under the class keyword `name`; `skip=True` leaves it out.
    A class answers for all its subclasses, at any depth: `Device["Name"]`, `Device.keys()`. Letter case does
    not count. Of two with one name the later is meant, so that a notebook's cell can be run again.
    The registry keeps no class alive.

    An `ABCMeta`, so that device classes go together with abstract base classes.
    """

    @classmethod
    def __prepare__(cls, _name: str, _bases: tuple[type, ...], /, **_keywords: object) -> _ClassBody:
        return _ClassBody()

    def __new__(
        mcls,
        class_name: str,
        bases: tuple[type, ...],
        namespace: dict[str, object],
        /,
        *,
        name: str | None = None,
        skip: bool = False,
        **keywords: Any,  # Any: those of the user's `__init_subclass__`
    ) -> DeviceMeta:
        """Make a class.

        Raises:
            SpecialFunctionNameError: the name of a method that runs on the board is reserved.
        """
        for attribute, value in namespace.items():
            if isinstance(value, RoleMethod):
                check_method_name(attribute)
        made = super().__new__(mcls, class_name, bases, dict(namespace), **keywords)
        if not skip:
            _keys[made] = (name or class_name).lower()
        return made

    def __getitem__(cls: type[C], name: str) -> type[C]:
        """Return the subclass of that name.

        Raises:
            UnknownDeviceClassError: there is none, which is a KeyError; the message lists those that are.
        """
        known: dict[str, type[C]] = _registered(cls)
        found = known.get(name.lower()) if isinstance(name, str) else None
        if found is None:
            listed = ", ".join(known) or "none"
            raise UnknownDeviceClassError(
                f"no subclass of {cls.__name__} is called {name!r}; there are: {listed}"
            )
        return found

    def __contains__(cls, name: object) -> bool:
        return isinstance(name, str) and name.lower() in _registered(cls)

    def __iter__(cls) -> Iterator[str]:
        return iter(_registered(cls))

    def keys(cls) -> KeysView[str]:
        """Return the names of all subclasses, in lower case, in the order of definition."""
        return _registered(cls).keys()

    def values(cls: type[C]) -> ValuesView[type[C]]:
        """Return all subclasses, in the order of definition."""
        return _registered(cls).values()

    def items(cls: type[C]) -> ItemsView[str, type[C]]:
        """Return names and subclasses, in the order of definition."""
        return _registered(cls).items()


def find_hook(device: object, name: str, root: type) -> Callable[[], object] | None:
    """Return an object's hook method, such as `__post_init__`, or None.

    The root's own, which does nothing, counts last, wherever it stands among the bases:
    `class MyDevice(Device, Mixin)` finds the hook of `Mixin`.

    Args:
        device: the object.
        name: the method's name.
        root: `Device`.
    """
    for base in type(device).__mro__:
        if base is not root and name in vars(base):
            hook: Callable[[], object] = vars(base)[name].__get__(device, type(device))
            return hook
    return getattr(device, name, None)


class _ClassBody(dict[str, object]):
    """The names of a class body; definitions of one name for different implementations stay together."""

    def __setitem__(self, name: str, value: object) -> None:
        earlier = self.get(name)
        if isinstance(earlier, RoleMethod) and isinstance(value, Mark):
            value = Overloads(earlier, value)
        elif earlier is not None and isinstance(earlier, RoleMethod) != isinstance(value, RoleMethod):
            raise UnsupportedFunctionError(
                f"`{name}` is defined twice in one class, with and without a decorator for the board"
            )
        super().__setitem__(name, value)


def _registered(root: type) -> dict[str, Any]:  # Any: subclasses of `root`, which the callers' types say
    known: dict[str, Any] = {}  # Any: as above
    for made, key in list(_keys.items()):
        if made is not root and root in made.__mro__:
            known.pop(key, None)  # the later of two stands where it was defined
            known[key] = made
    return known


def check_device(value: object) -> None:
    """Refuse what is no device object.

    Raises:
        ArgumentTypeError: it is something else.
    """
    if not isinstance(type(value), DeviceMeta):
        raise ArgumentTypeError(f"`device` must be a `belay.Device`, not {value!r} ({type(value).__name__})")
