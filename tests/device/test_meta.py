"""The registry of device classes, class bodies with overloads, and hooks."""

# ruff: noqa: F811 - functions here are board code: locals are its globals, methods take no self

from __future__ import annotations

import gc
from abc import ABC, abstractmethod
from typing import Any

import pytest

from belay.exceptions import SpecialFunctionNameError
from belay.meta import DeviceMeta, find_hook
from belay.roles import SetupRole, TaskRole


class Root(metaclass=DeviceMeta):
    """Stands for `Device`, so that the registry under test holds only its own classes."""

    task = TaskRole()
    setup = SetupRole()

    def __post_init__(self) -> None:
        """Do nothing, as the hook of `Device`."""


def test_subclasses_are_found_by_name_at_any_depth() -> None:
    """`Device["Name"]` finds children and grandchildren, whatever the letter case."""

    class Base(Root):
        pass

    class ModelA(Base):
        pass

    assert Root["ModelA"] is ModelA
    assert Base["modela"] is ModelA
    assert list(Base.keys()) == ["modela"]
    assert list(Base.values()) == [ModelA]
    assert dict(Base.items()) == {"modela": ModelA}
    assert list(Base) == ["modela"]
    assert "MODELA" in Base
    assert 3 not in Base


def test_an_unknown_name_says_which_there_are() -> None:
    """The error of a wrong name lists the right ones."""

    class Lonely(Root):
        pass

    class OnlyChild(Lonely):
        pass

    with pytest.raises(KeyError, match=r"no subclass of Lonely is called 'Other'; there are: onlychild"):
        Lonely["Other"]
    with pytest.raises(KeyError, match="there are: none"):
        OnlyChild["Other"]


def test_skip_leaves_a_class_out_and_name_renames_it() -> None:
    """The class keywords `skip` and `name` work, and its children are registered all the same."""

    class Family(Root):
        pass

    class Abstract(Family, skip=True):
        pass

    class Model(Abstract, name="Pico W"):
        pass

    assert dict(Family.items()) == {"pico w": Model}
    assert Family["Pico W"] is Model


def test_the_later_of_two_classes_with_one_name_is_meant() -> None:
    """A notebook's cell that defines a class can be run twice."""

    class Cells(Root):
        pass

    first = DeviceMeta("Cell", (Cells,), {})
    second = DeviceMeta("Cell", (Cells,), {})

    assert first is not second
    assert Cells["Cell"] is second


def test_the_registry_keeps_no_class_alive() -> None:
    """A class that nobody uses disappears from the registry."""

    class Keeper(Root):
        pass

    DeviceMeta("Forgotten", (Keeper,), {})
    gc.collect()

    assert list(Keeper.keys()) == []


def test_other_class_keywords_reach_init_subclass() -> None:
    """Class keywords of the user's own go where Python takes them."""
    seen: dict[str, Any] = {}

    class Open(Root):
        def __init_subclass__(cls, **keywords: object) -> None:
            seen.update(keywords)

    class Closed(Open, name="shut", colour="red"):
        pass

    assert seen == {"colour": "red"}


def test_device_classes_go_together_with_abstract_base_classes() -> None:
    """A device class can inherit from an ABC, and a task implements its abstract method."""

    class Sensor(ABC):
        @abstractmethod
        def read(self) -> int: ...

    class Missing(Root, Sensor):
        pass

    class Complete(Root, Sensor):
        @Root.task
        def read() -> int: ...

    with pytest.raises(TypeError, match="abstract"):
        Missing()
    assert isinstance(Complete(), Sensor)


def test_reserved_method_names_are_refused_when_the_class_is_made() -> None:
    """A method for the board that would hide a verb of `Device` is refused, also under another attribute."""
    with pytest.raises(SpecialFunctionNameError, match=r"hide `Device\.sync`"):

        class Bad(Root):
            @Root.task
            def sync(): ...

    with pytest.raises(SpecialFunctionNameError, match=r"hide `Device\.close`"):

        class Worse(Root):
            @Root.task
            def harmless(): ...

            close = harmless


def test_a_plain_method_may_override_a_verb() -> None:
    """Only methods for the board are refused: overriding `close` on the host is ordinary Python."""

    class Careful(Root):
        def close(self) -> str:
            return "closed"

    assert Careful().close() == "closed"


def test_mixing_plain_and_decorated_definitions_is_refused() -> None:
    """A name that is a host method and a board method in one class is a slip, whichever comes first."""
    with pytest.raises(ValueError, match="`foo` is defined twice in one class"):

        class DecoratedFirst(Root):
            @Root.task
            def foo(): ...

            def foo(self): ...

    with pytest.raises(ValueError, match="`foo` is defined twice in one class"):

        class PlainFirst(Root):
            def foo(self): ...

            @Root.task
            def foo(): ...


def test_plain_names_may_be_defined_again() -> None:
    """A class body without board methods works as in any class."""

    class Ordinary(Root):
        value = 1
        value = value + 1

        @property
        def size(self) -> int:
            return self._size

        @size.setter
        def size(self, size: int) -> None:
            self._size = size

    thing = Ordinary()
    thing.size = 3

    assert (thing.value, thing.size) == (2, 3)


def test_the_catch_all_must_be_the_last() -> None:
    """A definition after the one for all implementations could never be taken."""
    with pytest.raises(ValueError, match="must be the last"):

        class Wrong(Root):
            @Root.task
            def foo(): ...

            @Root.task(implementation="micropython")
            def foo(): ...


def test_two_definitions_for_one_implementation_are_refused() -> None:
    """The second could never be taken; spellings of one name are one name."""
    with pytest.raises(ValueError, match="`foo` is defined twice for `circuit-python`"):

        class Wrong(Root):
            @Root.task(implementation="circuitpython")
            def foo(): ...

            @Root.task(implementation="circuit-python")
            def foo(): ...


def test_overloads_work_in_a_mixin_of_the_metaclass() -> None:
    """A mixin that is no device collects overloads with `metaclass=DeviceMeta`, and is registered nowhere."""

    class Mixin(metaclass=DeviceMeta):
        @Root.task(implementation="circuitpython")
        def foo(): ...

        @Root.task
        def foo(): ...

    assert repr(vars(Mixin)["foo"]).startswith("<overloads of foo: <task ")
    assert "mixin" not in Root


def test_a_hook_of_a_mixin_behind_the_root_is_found() -> None:
    """`class MyDevice(Device, Mixin)` runs the hook of `Mixin`, though `Device` comes first."""

    class Mixin:
        def __post_init__(self) -> str:
            return "mixin"

    class Mixed(Root, Mixin):
        pass

    class Own(Root, Mixin):
        def __post_init__(self) -> str:
            return "own"

    class Plain(Root):
        pass

    hooks = [find_hook(made(), "__post_init__", Root) for made in (Mixed, Own, Plain)]

    assert [hook() for hook in hooks if hook] == ["mixin", "own", None]
    assert find_hook(Plain(), "__nothing__", Root) is None
