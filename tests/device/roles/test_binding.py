"""Which methods of a class run on its board, and when; on paper, to have boards of every kind."""

# ruff: noqa: F841, N805, F811 - functions here are board code: locals are its globals, methods take no self

from __future__ import annotations

import logging
from typing import Any

import pytest

from belay.exceptions import (
    FeatureUnavailableError,
    NoMatchingExecuterError,
    SpecialFunctionNameError,
    board_exception,
)
from belay.implementation import Implementation
from belay.meta import DeviceMeta
from belay.roles import (
    SetupRole,
    TaskRole,
    TeardownRole,
    ThreadRole,
    bind_roles,
    class_roles,
    run_autoinit,
    run_teardowns,
)


class Root(metaclass=DeviceMeta):
    """A device class without a wire."""

    task = TaskRole()
    setup = SetupRole()
    thread = ThreadRole()
    teardown = TeardownRole()


def bound(made: type, board: Any) -> Any:
    """Make an object of a device class and bind it to a board."""
    device = made()
    bind_roles(device, board)
    return device


def failure(text: str = "ValueError: no") -> Exception:
    """An exception of the board."""
    return board_exception(f"Traceback (most recent call last):\n{text}\n")


def test_all_functions_of_a_class_are_defined_in_one_submission(paper: Any) -> None:
    """Tasks and threads go together, bases first, in the order of definition; setups are not sent."""

    class Base(Root):
        @Root.task
        def first(): ...

        @Root.setup
        def prepare(): ...

    class Child(Base):
        @Root.thread
        def second(): ...

        @Root.task()
        def third(): ...

    bound(Child, paper)

    assert paper.asked == [["define", "first", "second", "third"]]


@pytest.mark.parametrize("kind", ["task", "thread", "setup", "teardown"])
def test_with_and_without_parentheses_a_role_is_the_same(kind: str, paper: Any) -> None:
    """`@Device.thread()` registers a thread, `@Device.task()` a task, and so for all four."""

    class Both(Root):
        @getattr(Root, kind)
        def plain(): ...

        @getattr(Root, kind)()
        def called(): ...

    device = bound(Both, paper)

    for name in ("plain", "called"):
        assert repr(getattr(device, name)) == f"<{kind} {name} of Device('paper')>"
        assert getattr(getattr(device, kind), name) is getattr(device, name)


def test_options_reach_what_is_called(paper: Any) -> None:
    """Options of the class form and of the instance form are kept: `ignore_errors`, `record`, `timeout_s`."""

    class Quiet(Root):
        @Root.setup(ignore_errors=True, record=False, timeout_s=3.0)
        def prepare():
            x = 1

    device = bound(Quiet, paper)

    @device.setup(ignore_errors=True, timeout_s=4.0)
    def later():
        y = 1

    paper.answers.extend([failure(), failure()])
    device.prepare()
    later()

    assert paper.recorded == ["later"]
    assert paper.deadlines == [3.0, 4.0]


def test_register_false_leaves_the_namespace_alone(paper: Any) -> None:
    """A method stays a method, a function a function; only `device.task.<name>` is not there."""

    class Hidden(Root):
        @Root.task(register=False)
        def foo(): ...

    device = bound(Hidden, paper)

    @device.task(register=False)
    def bar(): ...

    device.foo()
    bar()

    assert paper.asked[-2:] == ["foo()", "bar()"]
    for name in ("foo", "bar"):
        with pytest.raises(AttributeError, match=f"no task `{name}` is registered; there are: none"):
            getattr(device.task, name)


def test_a_name_that_is_defined_again_has_its_new_meaning(paper: Any) -> None:
    """A subclass overrides a method for the board with another, or with a plain one."""

    class Base(Root):
        @Root.task
        def foo(): ...

        @Root.task
        def bar(): ...

        @Root.task
        def baz(): ...

    class Child(Base):
        @Root.task
        def foo(extra): ...

        def bar(self):
            return "host"

        baz = None

    device = bound(Child, paper)

    assert list(class_roles(Child)) == ["foo"]
    assert device.foo.source.parameters == ("extra",)
    assert device.bar() == "host"
    assert device.baz is None
    assert paper.asked == [["define", "foo"]]


def test_super_reaches_the_method_that_a_plain_one_hides(paper: Any) -> None:
    """A host method can wrap the board method of its base; that one is sent when it is first needed."""

    class Base(Root):
        @Root.task
        def foo(value): ...

    class Child(Base):
        def foo(self, value):
            return super().foo(value * 2)

    device = bound(Child, paper)
    device.foo(1)
    device.foo(2)

    assert paper.asked == [["define", "foo"], "foo(2)", "foo(4)"]


def test_super_cannot_reach_a_function_whose_name_is_taken_on_the_board(paper: Any) -> None:
    """Two functions of one name cannot both be on the board, and the error says so."""

    class Base(Root):
        @Root.task
        def foo(): ...

    class Child(Base):
        @Root.task
        def foo(): ...

        def wrapped(self):
            return super().foo()

    device = bound(Child, paper)

    with pytest.raises(AttributeError, match="the base's `foo` is not on the board"):
        device.wrapped()


def test_mixins_need_no_metaclass_without_overloads(paper: Any) -> None:
    """A plain class with board methods lends them to a device class, before or behind `Device`."""

    class Led:
        @Root.task
        def on(): ...

    class Button(metaclass=DeviceMeta):
        @Root.task(implementation="circuitpython")
        def read(circuit): ...

        @Root.task
        def read(micro): ...

    class Mixed(Led, Root, Button):
        pass

    device = bound(Mixed, paper)

    assert device.read.source.parameters == ("micro",)
    assert sorted(paper.asked[0]) == ["define", "on", "read"]


def test_reserved_names_in_a_plain_mixin_are_refused_at_construction(paper: Any) -> None:
    """A mixin that no metaclass has seen cannot smuggle in a method called `close`."""

    class Sneaky:
        @Root.task
        def close(): ...

    class Mixed(Root, Sneaky):
        pass

    with pytest.raises(SpecialFunctionNameError, match=r"hide `Device\.close`"):
        bound(Mixed, paper)


@pytest.mark.parametrize(
    ("running", "taken"),
    [("micropython", "micro"), ("circuitpython", "circuit"), ("pycopy", "other")],
)
def test_the_first_overload_that_fits_is_taken(running: str, taken: str, paper: Any) -> None:
    """Only the definition for the board's implementation is sent; the last may be for all others."""

    class Portable(Root):
        @Root.task(implementation="micropython")
        def foo(micro): ...

        @Root.task(implementation="circuit-python")
        def foo(circuit): ...

        @Root.task
        def foo(other): ...

    paper.implementation = Implementation(running)

    device = bound(Portable, paper)

    assert device.foo.source.parameters == (taken,)
    assert paper.asked == [["define", "foo"]]


def test_overloads_may_differ_in_their_role(paper: Any) -> None:
    """A thread where there are threads, a task where there are none."""

    class Portable(Root):
        @Root.thread(implementation="micropython")
        def loop(): ...

        @Root.task(implementation="circuitpython")
        def loop(): ...

    paper.implementation = Implementation("circuitpython")
    paper.has_threads = False

    device = bound(Portable, paper)

    assert device.loop.kind == "task"


def test_no_overload_that_fits_is_an_error_at_construction(paper: Any) -> None:
    """The error names the implementation and what there is."""

    class Narrow(Root):
        @Root.task(implementation="circuitpython")
        def foo(): ...

    with pytest.raises(
        NoMatchingExecuterError,
        match="no definition of `foo` fits `micropython`: there is one for `circuitpython`",
    ):
        bound(Narrow, paper)
    assert paper.asked == []


def test_a_function_for_another_implementation_is_not_sent(paper: Any) -> None:
    """In the instance form such a function says so when it is called, and leaves the fitting one alone."""
    device = bound(Root, paper)

    @device.task(implementation="circuitpython")
    def lonely(): ...

    @device.task(implementation="micropython")
    def foo(): ...

    fitting = foo

    @device.task(implementation="circuitpython")
    def foo(): ...

    with pytest.raises(NoMatchingExecuterError, match="`lonely` is for `circuitpython`"):
        lonely()
    assert foo is fitting
    assert repr(lonely) == "<lonely for circuitpython only, not for Device('paper')>"
    assert paper.asked == [["define", "foo"]]


def test_a_teardown_for_another_implementation_does_not_run(paper: Any) -> None:
    """Closing runs only what is for this board."""
    device = bound(Root, paper)

    @device.teardown(implementation="circuitpython")
    def bye():
        print("bye")

    run_teardowns(device)

    assert paper.asked == []


def test_a_board_without_threads_says_so(paper: Any) -> None:
    """Class form: at construction. Instance form: when the function is decorated. Nothing is sent."""

    class Threaded(Root):
        @Root.task
        def foo(): ...

        @Root.thread
        def loop(): ...

    paper.has_threads = False

    with pytest.raises(
        FeatureUnavailableError,
        match=r"`loop` wants a thread, and the micropython of Device\('paper'\) \(paper\)",
    ):
        bound(Threaded, paper)
    device = bound(Root, paper)
    with pytest.raises(FeatureUnavailableError, match="has no `_thread`"):

        @device.thread
        def other(): ...

    assert paper.asked == []


def test_autoinit_setups_run_in_the_order_of_definition(paper: Any) -> None:
    """Bases first; an overridden one keeps its place; one that became a plain method does not run."""

    class Base(Root):
        @Root.setup(autoinit=True)
        def first():
            a = 1

        @Root.setup(autoinit=True)
        def second():
            b = 1

        @Root.setup(autoinit=True)
        def gone():
            c = 1

        @Root.setup
        def by_hand():
            d = 1

    class Child(Base):
        @Root.setup(autoinit=True)
        def third():
            e = 1

        @Root.setup(autoinit=True)
        def first():
            f = 1

        def gone(self): ...

    device = bound(Child, paper)

    run_autoinit(device)

    assert [text for _, _, text in paper.asked] == ["f = 1", "b = 1", "e = 1"]


def test_all_teardowns_run_in_order_whatever_fails(paper: Any, caplog: pytest.LogCaptureFixture) -> None:
    """The first failure is raised at the end, with notes that name the others; ignored ones do not count."""

    class Closing(Root):
        @Root.teardown
        def first():
            a = 1

        @Root.teardown(ignore_errors=True)
        def second():
            b = 1

        @Root.teardown
        def third():
            c = 1

    device = bound(Closing, paper)

    @device.teardown
    def fourth():
        d = 1

    first = failure()
    paper.answers.extend([first, failure(), KeyboardInterrupt(), failure("OSError: 5")])

    with caplog.at_level(logging.WARNING), pytest.raises(ValueError, match="no") as caught:
        run_teardowns(device)

    assert caught.value is first
    assert [text for _, _, text in paper.asked] == ["a = 1", "b = 1", "c = 1", "d = 1"]
    assert caught.value.__notes__ == [
        "teardown `third` failed too: KeyboardInterrupt",
        "teardown `fourth` failed too: BoardOSError",
    ]
    assert "teardown `fourth` failed too" in caplog.text


def test_a_device_that_was_never_bound_has_no_teardowns() -> None:
    """Closing after a failed connection runs nothing and fails at nothing."""
    run_teardowns(Root())


def test_before_the_device_is_connected_its_decorators_say_so() -> None:
    """`device.task` and a board method before the connection name the reason, and `hasattr` works."""

    class Early(Root):
        @Root.task
        def foo(): ...

    early = Early()

    assert not hasattr(early, "task")
    with pytest.raises(AttributeError, match="`setup` of Early can be used once the device is connected"):
        early.setup
    with pytest.raises(AttributeError, match="`foo` runs on the board, and Early is not connected yet"):
        early.foo


def test_on_the_class_a_method_cannot_be_called() -> None:
    """Without an object there is no board to run on."""

    class Board(Root):
        @Root.task
        def foo(): ...

    with pytest.raises(TypeError, match="`foo` runs on a board: call it on a device object"):
        Board.foo()
    assert repr(Board.foo).startswith("<task test_on_the_class")


def test_executers_carry_the_functions_face(paper: Any) -> None:
    """Name, docstring and the function itself are to be had, on the class and on the object."""

    class Documented(Root):
        @Root.task
        def foo(value: int) -> int:
            """Double a value."""
            return value * 2

    device = bound(Documented, paper)

    for executer in (Documented.foo, device.foo):
        assert executer.__name__ == "foo"
        assert executer.__doc__ == "Double a value."
        assert executer.__wrapped__(2) == 4


def test_the_namespaces_name_what_they_hold(paper: Any) -> None:
    """The repr of `device.task` lists its functions."""
    device = bound(Root, paper)

    assert repr(device.task) == "<TaskNamespace of Device('paper'): none yet>"
    device.task(failure)
    assert repr(device.task) == "<TaskNamespace of Device('paper'): failure>"
    assert vars(device.task) == {"failure": device.task.failure}
