"""Calls as board code."""

from __future__ import annotations

import pytest

from belay.exceptions import UnsendableValueError, board_exception
from belay.roles.expressions import assignments, call_text, exception_text, shorten, thread_text


@pytest.mark.parametrize(
    ("args", "kwargs", "text"),
    [
        ((), {}, "foo()"),
        ((1, "a", None), {}, "foo(1,'a',None)"),
        ((), {"period": 0.5}, "foo(period=0.5)"),
        (([1, (2,)],), {"flag": True}, "foo([1,(2,)],flag=True)"),
        ((float("inf"),), {}, "foo(_belay_b.float('inf'))"),
    ],
)
def test_a_call_is_one_line_of_board_code(
    args: tuple[object, ...], kwargs: dict[str, object], text: str
) -> None:
    """Positional and keyword arguments are written as the board reads them."""
    assert call_text("foo", args, kwargs) == text


@pytest.mark.parametrize("name", ["x=1)or evil(", "a b", "class", ""])
def test_a_keyword_that_is_no_name_cannot_become_code(name: str) -> None:
    """What a caller gives as a keyword travels as data."""
    assert call_text("foo", (), {name: 1}) == f"foo(**{{{name!r}: 1}})"


def test_an_argument_that_cannot_travel_is_named() -> None:
    """The error says which argument of which function it was."""
    with pytest.raises(UnsendableValueError) as positional:
        call_text("foo", (1, object()), {})
    with pytest.raises(UnsendableValueError) as keyword:
        call_text("foo", (1,), {"a": 2, "b": object()})
    with pytest.raises(UnsendableValueError) as thread:
        thread_text("foo", (1, [object()]), {})

    assert str(positional.value) == "Cannot send an `object` to the board: argument 2 of `foo`"
    assert str(keyword.value) == "Cannot send an `object` to the board: argument b of `foo`"
    assert (
        str(thread.value)
        == "Cannot send an `object` to the board, found at [0] of the argument: argument 2 of `foo`"
    )


def test_a_thread_is_started_with_its_arguments_and_gives_none() -> None:
    """The expression starts the function with a tuple, and a dict where there are keywords."""
    start = "(_belay_b.__import__('_thread').start_new_thread({}),None)[1]"

    assert thread_text("blink", (), {}) == start.format("blink,()")
    assert thread_text("blink", (1,), {"n": 2}) == start.format("blink,(1,),{'n': 2}")


def test_assignments_are_one_line() -> None:
    """Globals are assigned in one line, so that the body keeps its line numbers."""
    assert assignments({"pin": "25", "name": "'a'"}) == "pin=25;name='a'"
    assert assignments({}) == ""


class _OwnError(ValueError):
    """A class of the host's."""


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("x", 2), "ValueError('x',2)"),
        (KeyError(3), "KeyError(3)"),
        (ConnectionResetError(104, "gone"), "OSError(104,'gone')"),
        (_OwnError("mine"), "ValueError('mine')"),
        (KeyboardInterrupt(), "KeyboardInterrupt()"),
        (board_exception("Traceback (most recent call last):\nKeyError: 5\n"), "KeyError('5')"),
        (board_exception("Traceback (most recent call last):\nTheirs: 5\n"), "Exception('5')"),
    ],
)
def test_an_exception_goes_as_the_nearest_class_that_boards_have(error: BaseException, text: str) -> None:
    """Host classes travel as their builtin base, board exceptions as what they were."""
    assert exception_text(error) == text


def test_long_code_is_shortened_in_messages() -> None:
    """A message shows the beginning of a call, never a kilobyte of it."""
    assert shorten("foo(1)") == "foo(1)"
    assert shorten("foo(" + "9" * 1000) == "foo(" + "9" * 55 + "…"
