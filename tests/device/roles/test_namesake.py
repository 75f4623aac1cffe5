"""Methods that are called like a decorator."""

# ruff: noqa: F841, N805 - functions here are board code: locals are its globals, methods take no self

from __future__ import annotations

from typing import Any

import pytest

from belay.meta import DeviceMeta
from belay.roles import SetupRole, TaskRole, TeardownRole, ThreadRole, bind_roles, run_autoinit, run_teardowns


class Root(metaclass=DeviceMeta):
    """A device class without a wire."""

    task = TaskRole()
    setup = SetupRole()
    thread = ThreadRole()
    teardown = TeardownRole()


@pytest.fixture
def device(paper: Any) -> Any:
    """The manual's example and its relatives, bound to a board on paper."""

    class Manual(Root):
        @Root.setup(autoinit=True)
        def setup():
            foo = 42

        @Root.task
        def task(record, minify=0): ...

        @Root.teardown
        def teardown():
            foo = 0

    device = Manual()
    bind_roles(device, paper)
    paper.asked.clear()
    return device


def test_the_setup_called_setup_runs_by_itself_and_when_called(device: Any, paper: Any) -> None:
    """`autoinit` runs it, and so does `device.setup()`."""
    run_autoinit(device)
    device.setup()

    assert paper.asked == [("execute", "", "foo = 42")] * 2


def test_the_decorator_called_setup_still_decorates(device: Any, paper: Any) -> None:
    """`@device.setup` and `@device.setup(record=False)` make new setups beside the method."""

    @device.setup
    def other():
        bar = 1

    @device.setup(record=False)
    def third():
        baz = 1

    other()
    third()

    assert [text for _, _, text in paper.asked] == ["bar = 1", "baz = 1"]
    assert paper.recorded == ["other"]
    assert device.setup.other is other
    assert device.setup.setup.name == "setup"


def test_keywords_of_the_method_are_arguments(device: Any, paper: Any) -> None:
    """A keyword that is a parameter of the method is an argument, also if an option has its name."""
    device.task(record=1)
    device.task(2)
    device.task(record=3, minify=4)

    assert paper.asked == ["task(record=1)", "task(2)", "task(record=3,minify=4)"]


def test_the_teardown_called_teardown_runs_at_the_end(device: Any, paper: Any) -> None:
    """Closing runs the method, and what was decorated with it."""

    @device.teardown
    def other():
        bar = 1

    run_teardowns(device)

    assert [text for _, _, text in paper.asked] == ["foo = 0", "bar = 1"]


def test_its_face_is_the_methods(device: Any) -> None:
    """Attributes of the method are to be had, and the repr names both."""
    assert device.setup.kind == "setup"
    assert device.setup.__name__ == "setup"
    assert repr(device.setup) == (
        "<setup setup of Device('paper')>, and <SetupNamespace of Device('paper'): setup>"
    )
