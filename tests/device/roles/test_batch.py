"""Batches and handles: what is collected, sent and refused, on paper."""

# ruff: noqa: F841 - functions here are board code: locals are its globals, methods take no self

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest

from belay.exceptions import ConnectionLost, UnreturnableValueError, board_exception
from belay.roles import (
    Batch,
    BatchError,
    Handle,
    NotRunError,
    NotSentError,
    SetupNamespace,
    TaskNamespace,
    ThreadNamespace,
    UnsupportedOptionError,
    open_batch,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def failure(text: str = "ValueError: no") -> Exception:
    """An exception of the board."""
    return board_exception(f"Traceback (most recent call last):\n{text}\n")


def _foo(value: int) -> int:
    """Return the value."""
    return value


def _loop() -> None:
    """Do nothing."""


def _items() -> Iterator[int]:
    """Yield one."""
    yield 1


def _prepare() -> None:
    """Bind a global."""
    x = 1


@pytest.fixture
def foo(paper: Any) -> Any:
    """A task on paper."""
    task = TaskNamespace(paper)(_foo)
    paper.asked.clear()
    return task


def test_calls_are_sent_together_at_the_end(paper: Any, foo: Any) -> None:
    """Inside the block nothing is sent; at its end all calls go at once and the handles have their values."""
    paper.answers.append(([10, 20], None))

    with Batch(paper) as batch:
        one, two = foo(1), foo(2)
        asked_inside = list(paper.asked)
        shown_inside = repr(one)

    assert asked_inside == []
    assert paper.asked == [["_foo(1)", "_foo(2)"]]
    assert (one.value, two.value) == (10, 20)
    assert (one.error, len(batch)) == (None, 2)
    assert (shown_inside, repr(one)) == ("<handle of _foo(1): not sent>", "<handle of _foo(1): 10>")


def test_an_empty_batch_sends_nothing(paper: Any) -> None:
    """A block without calls costs nothing."""
    with Batch(paper):
        pass

    assert paper.asked == []


def test_a_handle_has_no_value_before_the_end(paper: Any, foo: Any) -> None:
    """Asking too early, or for truth, is an error that says when to ask."""
    with Batch(paper):
        handle = foo(1)
        with pytest.raises(NotSentError, match=r"`_foo\(1\)` has no value yet") as caught:
            handle.value
        with pytest.raises(BatchError, match="neither true nor false"):
            bool(handle)

    assert caught.value.hint == "read `.value` after the `with` block"


def test_the_first_failure_stops_the_rest(paper: Any, foo: Any) -> None:
    """It is raised at the end of the block; what came before has its value, the rest did not run."""
    error = failure()
    paper.answers.append(([10], error))

    with pytest.raises(ValueError, match="no") as caught, Batch(paper):
        handles = [foo(number) for number in range(4)]

    assert caught.value is error
    assert error.__notes__ == ["in call 2 of 4 of the batch: `_foo(1)`"]
    assert handles[0].value == 10
    assert handles[1].error is error
    for handle in handles[2:]:
        with pytest.raises(NotRunError, match="call 2 of the batch failed before it") as rest:
            handle.value
        assert rest.value.__cause__ is error
    assert repr(handles[3]) == "<handle of _foo(3): NotRunError>"


def test_a_value_that_cannot_come_back_stops_nothing_and_is_raised(paper: Any, foo: Any) -> None:
    """All calls ran; the block raises for the one value that is lost, and the others are to be had."""
    lost = UnreturnableValueError("a `Pin` came back")
    paper.answers.append(([1, lost, 3], None))

    with pytest.raises(UnreturnableValueError) as caught, Batch(paper):
        handles = [foo(number) for number in range(3)]

    assert caught.value is lost
    assert [handles[0].value, handles[1].error, handles[2].value] == [1, lost, 3]


def test_a_link_that_breaks_leaves_the_question_open(paper: Any, foo: Any) -> None:
    """Handles of a batch that broke off say that nobody knows."""
    paper.answers.append(ConnectionLost("gone"))

    with pytest.raises(ConnectionLost), Batch(paper):
        handle = foo(1)

    with pytest.raises(NotRunError, match="whether it ran is not known"):
        handle.value


def test_a_block_that_raises_sends_nothing(paper: Any, foo: Any) -> None:
    """The block's own exception passes, and the handles say what happened."""
    handles = []

    def block() -> None:
        with Batch(paper):
            handles.append(foo(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        block()

    assert paper.asked == []
    with pytest.raises(
        NotRunError, match="the `with` block raised ZeroDivisionError before anything was sent"
    ):
        handles[0].value
    assert open_batch(paper) is None


def test_threads_and_text_can_be_in_a_batch(paper: Any) -> None:
    """A thread's start, and code as `device(code)` takes it with the caller's line, keep their order."""
    thread = ThreadNamespace(paper)(_loop)
    paper.asked.clear()

    with Batch(paper) as batch:
        started = thread()
        value = batch.call("1 + 1", record=True)

    assert paper.asked[0][0].startswith("(_belay_b.__import__('_thread').start_new_thread(_loop,())")
    assert paper.asked[0][1].startswith("text('1 + 1', ")
    assert isinstance(started, Handle)
    assert value.value is None
    assert len(paper.recorded) == 2


def test_submit_is_the_typed_way(paper: Any, foo: Any) -> None:
    """`batch.submit(task, …)` collects like a call, and refuses what is another device's."""
    stranger = TaskNamespace(type(paper)())(_foo)
    paper.answers.append(([5], None))

    with Batch(paper) as batch:
        handle = batch.submit(foo, value=1)
        with pytest.raises(BatchError, match="cannot be called in a batch of"):
            batch.submit(stranger, 1)

    assert paper.asked == [["_foo(value=1)"]]
    assert handle.value == 5
    with pytest.raises(BatchError, match="the batch is not open"):
        batch.submit(foo, 1)


def test_what_cannot_wait_is_refused_inside(paper: Any, foo: Any) -> None:
    """Setups, generators, `map` and a second batch would come out of order."""
    setup = SetupNamespace(paper)(_prepare)
    items = TaskNamespace(paper)(_items)
    running = items()

    with Batch(paper) as batch:
        for what in (setup, items, lambda: next(running), lambda: foo.map([1])):
            with pytest.raises(BatchError, match="cannot wait in a batch"):
                what()
        with pytest.raises(UnsupportedOptionError, match="is a generator"):
            batch.submit(items)
        with pytest.raises(BatchError, match="is open already"), Batch(paper):
            pass


def test_a_batch_is_used_once(paper: Any, foo: Any) -> None:
    """A batch that was sent does not collect again."""
    with Batch(paper) as batch:
        foo(1)

    with pytest.raises(BatchError, match="a batch is used once"), batch:
        pass


def test_two_devices_have_a_batch_each(paper: Any, foo: Any) -> None:
    """Batches of different devices nest; each collects its own device's calls."""
    other = type(paper)()
    bar = TaskNamespace(other)(_foo)
    other.asked.clear()

    with Batch(paper), Batch(other):
        foo(1)
        bar(2)

    assert paper.asked == [["_foo(1)"]]
    assert other.asked == [["_foo(2)"]]


def test_other_threads_call_at_once(paper: Any, foo: Any) -> None:
    """A batch collects what its own thread calls; another thread's call is sent."""
    with Batch(paper):
        foo(1)
        thread = threading.Thread(target=foo, args=(2,))
        thread.start()
        thread.join()

    assert paper.asked == ["_foo(2)", ["_foo(1)"]]


def test_other_asyncio_tasks_call_at_once(paper: Any, foo: Any) -> None:
    """Under asyncio a batch belongs to one task, though all share a thread."""

    async def with_batch(entered: asyncio.Event, leave: asyncio.Event) -> None:
        """Hold a batch open until told to leave."""
        with Batch(paper):
            foo(1)
            entered.set()
            await leave.wait()

    async def main() -> None:
        """Call beside the task that holds the batch."""
        entered, leave = asyncio.Event(), asyncio.Event()
        batching = asyncio.create_task(with_batch(entered, leave))
        await entered.wait()
        foo(2)
        leave.set()
        await batching

    asyncio.run(main())

    assert paper.asked == ["_foo(2)", ["_foo(1)"]]


def test_map_calls_for_each_item_in_blocks(paper: Any, foo: Any) -> None:
    """Values come in order; a tuple is one argument, a row of `starmap` several."""
    paper.block_bytes = 40
    paper.answers.extend([([1, 2], None), ([3], None), ([4], None)])

    mapped = foo.map([1, 2, (3, 3)])
    rows = foo.starmap([[4]])

    assert (mapped, rows) == ([1, 2, 3], [4])
    assert paper.asked == [["_foo(1)", "_foo(2)"], ["_foo((3,3))"], ["_foo(4)"]]


def test_map_says_which_item_failed(paper: Any, foo: Any) -> None:
    """The exception of the first failing call is raised with the item's index."""
    paper.block_bytes = 40
    paper.answers.extend([([1, 2], None), ([3], failure())])

    with pytest.raises(ValueError, match="no") as caught:
        foo.map(range(100))

    assert caught.value.__notes__ == ["in item 3 (counted from 0) of `_foo.map`"]
    assert len(paper.asked) == 2


def test_map_of_a_generator_is_refused(paper: Any) -> None:
    """A generator's items are calls of their own."""
    items = TaskNamespace(paper)(_items)

    with pytest.raises(UnsupportedOptionError, match="`_items` is a generator"):
        items.map([1])
