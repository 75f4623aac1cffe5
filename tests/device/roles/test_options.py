"""Which options go with which function."""

# ruff: noqa: F841 - functions here are board code: locals are its globals, methods take no self

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import pytest

from belay.exceptions import SpecialFunctionNameError, UnsupportedFunctionError
from belay.roles import SetupNamespace, SetupRole, TaskNamespace, TaskRole, TeardownNamespace, ThreadNamespace
from belay.roles.options import plain_function

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def _items() -> Iterator[int]:
    """Yield one."""
    yield 1


def _one() -> int:
    """Return one."""
    return 1


def _body(pin: int, *, period: float = 0.5) -> None:
    """Bind a global."""
    led = pin


def _body_with_defaults(pin: int = 1, *names: str, period: float = 0.5, **more: int) -> None:
    """Bind a global."""
    led = pin


@pytest.mark.parametrize("decorator", [TaskRole(), "instance"])
def test_a_generator_task_cannot_be_recorded(decorator: Any, paper: Any) -> None:
    """`record=True` on a generator is refused when the function is decorated."""
    decorator = TaskNamespace(paper) if decorator == "instance" else decorator

    with pytest.raises(
        NotImplementedError, match=r"`_items` is a generator.*`record=True` does not go with it"
    ):
        decorator(record=True)(_items)


def test_trusted_is_accepted(paper: Any) -> None:
    """Programs that pass `trusted=True` keep working."""
    task = TaskNamespace(paper)(trusted=True)(_one)

    task()

    assert paper.asked == [["define", "_one"], "_one()"]


def test_autoinit_refuses_parameters() -> None:
    """Nobody gives values to a setup that runs by itself; the message names the parameters."""
    with pytest.raises(ValueError, match=r"has parameters \(`pin`, `period`\)"):
        SetupRole()(autoinit=True)(_body)
    with pytest.raises(ValueError, match="`pin`, `period`, `names`, `more`"):
        SetupRole()(autoinit=True)(_body_with_defaults)


@pytest.mark.parametrize("namespace", [SetupNamespace, ThreadNamespace])
def test_what_runs_in_the_globals_or_background_is_no_generator(
    namespace: Callable[[Any], Any], paper: Any
) -> None:
    """Nothing would take the items of a setup or a thread."""
    with pytest.raises(ValueError, match="`_items` is a generator"):
        namespace(paper)(_items)


def test_a_teardown_needs_defaults_for_all_parameters(paper: Any) -> None:
    """`close()` has no values to give."""
    teardowns: list[Any] = []
    namespace = TeardownNamespace(paper, teardowns)

    with pytest.raises(ValueError, match=r"`_body` has 1 parameter\(s\) without a default"):
        namespace(_body)
    with pytest.raises(ValueError, match="`_items` is a generator"):
        namespace(_items)
    namespace(_body_with_defaults)

    assert [teardown.name for teardown in teardowns] == ["_body_with_defaults"]


@pytest.mark.parametrize("thing", [3, "name", dict, functools.partial(_one), len])
def test_only_functions_can_be_decorated(thing: Any, paper: Any) -> None:
    """Anything else is refused at once, with how to write it."""
    with pytest.raises(UnsupportedFunctionError, match="only a function can run on a board") as caught:
        TaskNamespace(paper)(thing)

    assert "`@device.task(record=True)`" in str(caught.value.hint)


def test_a_function_is_found_inside_what_wraps_it(paper: Any) -> None:
    """Static methods, wrapped functions and tasks of another device are decorated as the function itself."""

    @functools.wraps(_one)
    def wrapper() -> int:
        return _one()

    task = TaskNamespace(paper)(_one)

    assert plain_function(staticmethod(_one)) is _one
    assert plain_function(wrapper) is _one
    assert plain_function(task) is _one


def test_reserved_names_are_refused_at_decoration(paper: Any) -> None:
    """In both forms the name is looked at before anything is read or sent."""

    def _belay_mine() -> None: ...

    with pytest.raises(SpecialFunctionNameError, match="`_belay_mine`"):
        TaskNamespace(paper)(_belay_mine)
    with pytest.raises(SpecialFunctionNameError, match="`_belay_mine`"):
        TaskRole()(_belay_mine)
    assert paper.asked == []
