"""The user's names and ours: whatever a user calls a global, our code on the board does not see it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

import belay
from belay.output import OutputWriter
from belay.runtime import Runtime
from belay_transport.opening import open_link
from belay_transport.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

RUBBISH = """
def spoil():
    global_names = globals()
    for name in dir(__import__("builtins")):
        if not name.startswith("__"):
            global_names[name] = 7
    for name in "sys", "io", "binascii", "micropython", "traceback", "builtins", "__import__":
        global_names[name] = 7
"""


def counting(limit):
    """Board code; `say` is a global there."""
    say("counting")  # noqa: F821
    try:
        number = 0
        while number < limit:
            yield number
            number += 1
    finally:
        say("counted")  # noqa: F821
    return "all"


@pytest.fixture
def spoilt() -> Iterator[belay.Device]:
    """A board whose globals have rubbish under the name of every builtin and of every module that we use."""
    with belay.Device("sim:") as device:
        device("say = print\nZero = ZeroDivisionError")
        device(RUBBISH)
        device("spoil()")
        yield device


def test_a_value_comes_back(spoilt: belay.Device) -> None:
    """Values of all kinds come back, those with other values inside and long ones too."""
    assert spoilt("repr") == 7
    assert spoilt("[1, (2.5, 'x'), {'a': {3}}, b'\\n', 'two\\nlines']") == [
        1,
        (2.5, "x"),
        {"a": {3}},
        b"\n",
        "two\nlines",
    ]
    assert spoilt("'x' * 5000") == "x" * 5000


def test_an_exception_comes_back(spoilt: belay.Device) -> None:
    """What is raised is named, with its line."""
    with pytest.raises(ZeroDivisionError) as caught:
        spoilt("1 / 0")

    assert __file__ in str(caught.value)


def test_output_arrives(spoilt: belay.Device) -> None:
    """What is printed arrives."""
    stream = io.StringIO()

    spoilt("say('hello')", stream_out=stream)

    assert stream.getvalue() == "hello\n"


def test_a_generator_runs_and_is_freed(spoilt: belay.Device, capsys: pytest.CaptureFixture[str]) -> None:
    """A generator gives its items and its return value; closed or dropped early, it is closed on the board."""
    count = spoilt.task(counting)

    assert list(count(3)) == [0, 1, 2]
    closed = count(3)
    next(closed)
    closed.close()
    dropped = count(3)
    next(dropped)
    del dropped
    assert spoilt("_belay_gs") == {}

    assert capsys.readouterr().out == "counting\ncounted\n" * 3


def test_tasks_and_batches_run(spoilt: belay.Device) -> None:
    """A task whose name is a builtin's is a task like any other, alone, in a batch and under `map`."""

    @spoilt.task
    def set(value):  # noqa: A001 - the point
        return value + 1

    @spoilt.task
    def type(value):  # noqa: A001 - the point
        return [value]

    assert set(1) == 2
    with spoilt.batch():
        first, second = set(2), type("x")
    assert (first.value, second.value) == (3, ["x"])
    assert set.map([1, 2, 3]) == [2, 3, 4]


def test_connecting_again_works(spoilt: belay.Device) -> None:
    """A board that an earlier session has left like that can be connected to."""
    session = spoilt._belay_runtime.session  # the link cannot be opened twice
    runtime = Runtime(session, OutputWriter(None), description="the board")

    runtime.connect(None)

    assert runtime.call("[len, str]") == [7, 7]
    assert runtime.implementation == spoilt.implementation


def test_ours_may_be_what_is_left() -> None:
    """A board whose user has removed all globals but ours still answers."""
    session = Session(open_link("sim:"))
    runtime = Runtime(session, OutputWriter(None), description="the board")
    try:
        runtime.connect(None)
        runtime.call("[globals().pop(n) for n in list(globals()) if not n.startswith('_belay')] and None")

        assert runtime.call("1 + 1") == 2
    finally:
        session.close()
