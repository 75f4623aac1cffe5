"""Decorated functions on a real MicroPython, from the host's call to its value."""

# Functions here are board code: locals are its globals, methods take no self, imports are the board's.
# ruff: noqa: F401, F811, F821, F841, N805, PERF203, PLC0415, UP028

from __future__ import annotations

import gc
import inspect
import logging
import re
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

import belay
from belay import Device
from belay.exceptions import (
    ArgumentTypeError,
    BoardException,
    CallTimeout,
    ConnectionLost,
    NoMatchingExecuterError,
    UnreturnableValueError,
    UnsendableValueError,
    UnsupportedFunctionError,
)
from belay.mounting import mount
from belay.roles import BatchError, NotRunError, NotSentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOST_PIN = 25


def here() -> int:
    """The number of the line that calls."""
    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return frame.f_back.f_lineno


# Tasks


def test_a_task_runs_on_the_board_and_its_value_comes_back(device: Device) -> None:
    """The manual's example, as a function and as an attribute of the decorator."""

    @device.task
    def foo(a):
        return a * 2

    assert foo(5) == 10
    assert device.task.foo([1]) == [1, 1]
    assert device("foo(3)") == 6


def test_arguments_go_as_python_passes_them(device: Device) -> None:
    """Positional, keyword, starred and odd arguments arrive as they were given."""

    @device.task
    def show(a, *args, b=2, **more):
        return a, args, b, more

    assert show(1) == (1, (), 2, {})
    assert show(None, [3], b"\x00\x04", b={"x": (4,)}, c="ü\n") == (
        None,
        ([3], b"\x00\x04"),
        {"x": (4,)},
        {"c": "ü\n"},
    )


def test_wrong_arguments_are_the_boards_type_error(device: Device) -> None:
    """A call that does not fit the signature raises TypeError, and the session goes on."""

    @device.task
    def foo(a):
        return a

    with pytest.raises(TypeError):
        foo()
    with pytest.raises(TypeError):
        foo(1, 2)
    assert foo(3) == 3


def test_an_argument_that_cannot_travel_runs_nothing(device: Device) -> None:
    """The error names the argument; the board is not asked."""
    device("ran = 0")

    @device.task
    def foo(a, b):
        global ran
        ran = 1

    with pytest.raises(UnsendableValueError) as caught:
        foo(1, [object()])

    assert str(caught.value).endswith("found at [0] of the argument: argument 2 of `foo`")
    assert device("ran") == 0


def test_a_traceback_names_the_hosts_lines(device: Device) -> None:
    """An exception in a task, through a helper task, names this file and the raising lines."""

    @device.task
    def inner(value):
        return 1 // value

    line = here() - 2

    @device.task(minify=False)
    def outer(value):
        return inner(value)

    with pytest.raises(ZeroDivisionError) as caught:
        outer(0)

    assert f'File "{__file__}", line {line}, in inner' in caught.value.args[0]
    assert f'File "{__file__}", line {line + 6}, in outer' in caught.value.args[0]


def test_a_deadline_ends_a_task_and_leaves_the_session(device: Device) -> None:
    """`@task(timeout_s=)` interrupts the board's program; the next call works."""

    @device.task(timeout_s=0.05)
    def forever():
        while True:
            pass

    @device.task
    def ok():
        return True

    with pytest.raises(CallTimeout):
        forever()

    assert ok() is True


def test_a_deadline_counts_in_a_batch_beside_calls_without_one(device: Device) -> None:
    """A call that hangs in a batch is interrupted after its own deadline; what came before it has its value."""

    @device.task(timeout_s=0.05)
    def forever():
        while True:
            pass

    @device.task
    def ok(value):
        return value

    with pytest.raises(CallTimeout, match=r"0\.05 s") as caught, device.batch():
        first, second, third = ok(1), forever(), ok(3)

    assert first.value == 1
    assert second.error is caught.value
    assert caught.value.__notes__[1:] == ["in call 2 of 3 of the batch: `forever()`"]
    with pytest.raises(NotRunError, match="call 2 of the batch failed before it"):
        third.value
    assert ok(4) == 4


def test_a_task_can_be_defined_again(device: Device) -> None:
    """A notebook's cell can be run twice; the later function is the one on the board."""

    @device.task
    def foo():
        return 1

    @device.task
    def foo():
        return 2

    assert foo() == 2
    assert device.task.foo() == 2


def test_a_function_can_be_put_on_two_devices(device: Device) -> None:
    """A task of one device can be decorated for another."""

    @device.task
    def where():
        return spot

    with belay.Device("sim:") as other:
        there = other.task(where)
        device("spot = 'here'")
        other("spot = 'there'")

        assert (where(), there()) == ("here", "there")


def test_functions_that_cannot_run_on_a_board_are_refused(device: Device) -> None:
    """Lambdas and coroutines are refused at decoration, with the reason."""

    async def later():
        """Return one, later."""
        return 1

    with pytest.raises(UnsupportedFunctionError, match="`async`"):
        device.task(later)
    with pytest.raises(UnsupportedFunctionError, match="lambda"):
        device.task(lambda: 1)


def test_a_task_that_the_board_refuses_is_an_error_at_decoration(device: Device) -> None:
    """What only the host's Python understands fails at once, not at the first call."""
    with pytest.raises(SyntaxError):

        @device.task
        def foo(a):
            match a:
                case 1:
                    return a


def test_board_decorators_below_stay(device: Device) -> None:
    """`@micropython.native` below `@device.task` reaches the board, though the host has no such module."""

    class micropython:  # noqa: N801 - stands for the board's module
        @staticmethod
        def native(function):
            return function

    @device.task
    @micropython.native
    def triple(a):
        return a * 3

    assert triple(2) == 6


# Setups and teardowns


def test_a_setups_names_are_globals(device: Device) -> None:
    """The manual's example: arguments and what the body binds are there for tasks."""

    @device.setup
    def setup(pin_number, period=0.5, *names, level=HOST_PIN, **more):
        import math

        led = (pin_number, period, names, level, more)

    setup(25)
    assert device("led") == (25, 0.5, (), 25, {})
    setup(1, 2, "a", "b", level=3, x=4)
    assert device("led") == (1, 2, ("a", "b"), 3, {"x": 4})
    assert device("math.floor(period)") == 2


def test_a_default_that_cannot_travel_is_evaluated_on_the_board(device: Device) -> None:
    """A default means on the board what its text says, if its value on the host cannot go there."""

    class Pin:
        def __init__(self, number):
            self.number = number

    device("class Pin:\n  def __init__(self, number): self.number = number + 100")

    @device.setup
    def setup(led=Pin(5)):  # noqa: B008 - the text of the default is under test
        pass

    setup()

    assert device("led.number") == 105


def test_wrong_arguments_of_a_setup_send_nothing(device: Device) -> None:
    """Arguments are bound on the host, which raises TypeError as for any function."""
    device("x = 0")

    @device.setup
    def setup(pin):
        x = 1

    with pytest.raises(TypeError, match=r"setup\(\): missing a required argument: 'pin'"):
        setup()
    with pytest.raises(TypeError, match=r"setup\(\): got an unexpected keyword argument 'level'"):
        setup(1, level=2)
    with pytest.raises(UnsendableValueError) as caught:
        setup(object())

    assert str(caught.value).endswith(": argument `pin` of `setup`")
    assert device("x") == 0


def test_wrong_arguments_of_a_task_or_a_thread_send_nothing(device: Device) -> None:
    """They are told at once, with the function's name, in a batch, in `map` and as a generator too."""

    @device.task
    def add(a, b=0, *, c=0):
        return a + b + c

    @device.task
    def items(count):
        yield from range(count)

    @device.thread
    def blink(times):
        pass

    sent = device._belay_runtime.submissions
    for wrong, text in (
        (add, "add(): missing a required argument: 'a'"),
        (lambda: add(1, 2, 3), "add(): too many positional arguments"),
        (lambda: add(1, d=2), "add(): got an unexpected keyword argument 'd'"),
        (items, "items(): missing a required argument: 'count'"),
        (blink, "blink(): missing a required argument: 'times'"),
        (
            lambda: add.starmap([(1,), ()]),
            "add(): missing a required argument: 'a', in item 1 (counted from 0)",
        ),
        (lambda: add.map([1, object()]), "argument 1 of `add`, in item 1 (counted from 0) of `add.map`"),
    ):
        with pytest.raises((TypeError, UnsendableValueError), match=re.escape(text)):
            wrong()
    with device.batch(), pytest.raises(ArgumentTypeError, match=r"add\(\): missing"):
        add()

    assert device._belay_runtime.submissions - sent == 1  # `map` has asked for the board's memory
    assert add(1) + add(1, 2) + add(1, c=3) == 8


def test_a_task_that_the_board_decorates_may_take_other_arguments(device: Device) -> None:
    """What a decorator of the board makes of a function is not known here, so the board judges the call."""
    device("def halved(f): return lambda: f(4) // 2")

    def halved(function: Any) -> Any:
        return function

    @device.task
    @halved
    def number(given):
        return given

    assert number() == 2


def test_annotations_that_only_a_board_knows_do_no_harm(device: Device) -> None:
    """A setup's parameters may be annotated with names that the host does not have."""

    @device.setup
    def setup(pin: NoSuchType = 3) -> AlsoMissing:
        y: NoSuchType = pin

    setup()

    assert device("y") == 3


def test_a_setup_may_name_what_is_a_local_around_it(device: Device) -> None:
    """A name in the body is the board's, even where the host has a local variable of that name."""
    device("level = 3")
    level = "the host's"

    @device.setup
    def prepare(factor):
        raised = level * factor

    prepare(2)

    assert device("raised") == 6
    assert level == "the host's"


def test_a_one_line_setup_runs(device: Device) -> None:
    """`def f(): x = 1` on one line works as on several."""

    @device.setup
    def one(): x = 1  # fmt: skip

    one()

    assert device("x") == 1


def test_a_setup_that_fails_names_the_hosts_line(device: Device) -> None:
    """The traceback of a body names this file, the line and the function, also behind arguments."""

    @device.setup
    def setup(a, b):
        x = 1

        y = a // b

    line = here() - 2

    with pytest.raises(ZeroDivisionError) as caught:
        setup(1, 0)

    assert f'File "{__file__}", line {line}, in setup' in caught.value.args[0]


def test_ignored_errors_are_logged(device: Device, caplog: pytest.LogCaptureFixture) -> None:
    """`ignore_errors=True` of the instance form is kept: what the board raises is not raised."""

    @device.setup(ignore_errors=True)
    def broken():
        raise OSError(5)

    with caplog.at_level(logging.INFO, "belay.roles"):
        broken()

    assert "setup `broken` failed, which is ignored: OSError" in caplog.text


def test_teardowns_run_in_order_when_the_device_is_closed(capfd: pytest.CaptureFixture[str]) -> None:
    """Class-form teardowns first, then the others; one that fails stops none, and is raised."""

    class Closing(Device, skip=True):
        @Device.teardown
        def first():
            print("first")

        @Device.teardown
        def second():
            print("second")
            raise ValueError("no")

    device = Closing("sim:")

    @device.teardown
    def third(level=3):
        print("third", level)

    with pytest.raises(ValueError, match="no"):
        device.close()
    device.close()

    assert capfd.readouterr().out == "first\nsecond\nthird 3\n"


# Threads


def test_a_thread_runs_in_the_background(device: Device) -> None:
    """Starting one returns None at once; what it does can be seen by a task."""
    device(
        """
        import _thread
        gate, seen = _thread.allocate_lock(), _thread.allocate_lock()
        gate.acquire()
        seen.acquire()
        """
    )

    @device.thread
    def background(value, *, extra):
        global found
        gate.acquire()
        found = (value, extra)
        seen.release()

    @device.task
    def finish():
        gate.release()
        seen.acquire()
        return found

    assert background([1], extra="x") is None
    assert finish() == ([1], "x")


# Generators


def test_a_generators_items_and_return_value_come(device: Device) -> None:
    """Items one by one, and the return value with StopIteration, as `yield from` wants it."""

    @device.task
    def count(n):
        for number in range(n):
            yield number
        return "end"

    def delegate() -> Iterator[Any]:
        result = yield from count(2)
        yield result

    assert list(delegate()) == [0, 1, "end"]
    assert list(count(0)) == []


def test_a_generator_can_be_sent_values_and_exceptions(device: Device) -> None:
    """`send` and `throw` reach the place where it waits, and it answers."""

    @device.task
    def echo():
        got = None
        while True:
            try:
                got = yield got
            except ValueError as error:
                got = "caught " + str(error)

    generator = echo()

    assert next(generator) is None
    assert generator.send([1]) == [1]
    assert generator.throw(ValueError("x")) == "caught x"
    with pytest.raises(BoardException) as caught:
        generator.throw(KeyError(5))
    assert isinstance(caught.value, KeyError)
    assert list(generator) == []


def test_an_exception_in_a_generator_names_the_hosts_line(device: Device) -> None:
    """The traceback of a step names this file and line."""

    @device.task
    def failing():
        yield 1
        raise OSError(2)

    line = here() - 2
    generator = failing()
    next(generator)

    with pytest.raises(FileNotFoundError) as caught:
        next(generator)
    assert f'File "{__file__}", line {line}, in failing' in caught.value.args[0]


def test_closing_a_generator_runs_its_finally_now(device: Device) -> None:
    """`close` is the board's close; a generator that was not begun runs nothing."""
    device("closed = []")

    @device.task
    def items(name):
        try:
            yield 1
            yield 2
        finally:
            closed.append(name)

    begun, untouched = items("begun"), items("untouched")
    next(begun)
    begun.close()
    untouched.close()

    assert device("closed") == ["begun"]


def test_generators_leave_nothing_on_the_board(device: Device) -> None:
    """Ended, closed, failed and dropped ones: after the next call the board holds none of them."""
    device("closed = []")

    @device.task
    def items(name):
        try:
            yield 1
            if name == "failed":
                raise ValueError
        finally:
            closed.append(name)

    list(items("ended"))
    for name in ("closed", "failed", "dropped"):
        generator = items(name)
        next(generator)
        if name == "closed":
            generator.close()
        if name == "failed":
            with pytest.raises(ValueError, match="ValueError"):
                next(generator)
        del generator
    gc.collect()

    assert device("len(_belay_gs)") == 0
    assert device("closed") == ["ended", "closed", "failed", "dropped"]


def test_an_item_that_cannot_come_back_does_not_end_the_generator(device: Device) -> None:
    """The item is lost, with an error; the next one comes, and so does the end."""

    @device.task
    def items():
        yield object()
        yield 2

    generator = items()

    with pytest.raises(UnreturnableValueError):
        next(generator)
    assert list(generator) == [2]


def test_two_generators_of_one_task_are_two(device: Device) -> None:
    """They advance by themselves."""

    @device.task
    def count():
        number = 0
        while True:
            yield number
            number += 1

    one, two = count(), count()

    assert [next(one), next(one), next(two), next(one)] == [0, 1, 0, 2]


# Batches


def test_a_batch_keeps_the_order_of_prints(device: Device, capfd: pytest.CaptureFixture[str]) -> None:
    """Calls of tasks and text run in order; values and prints come in order."""

    @device.task
    def say(word):
        print(word, end=",")
        return len(word)

    with device.batch() as batch:
        handles = [say("one"), batch.call("print('two', end=',')"), say("three"), batch.call("  6 * 7")]

    assert [handle.value for handle in handles] == [3, None, 5, 42]
    assert capfd.readouterr().out == "one,two,three,"


def test_the_first_failure_in_a_batch_stops_the_rest(device: Device) -> None:
    """The board runs nothing after it; its traceback names the host's line."""
    device("ran = []")

    @device.task
    def run(number):
        ran.append(number)
        return 1 // number

    line = here() - 2

    with pytest.raises(ZeroDivisionError) as caught, device.batch():
        handles = [run(number) for number in (2, 1, 0, 3)]

    assert device("ran") == [2, 1, 0]
    assert [handle.value for handle in handles[:2]] == [0, 1]
    assert handles[2].error is caught.value
    assert isinstance(handles[3].error, NotRunError)
    assert f'File "{__file__}", line {line}, in run' in caught.value.args[0]


def test_a_failing_text_in_a_batch_names_its_line(device: Device) -> None:
    """`batch.call` knows where it was called."""
    with pytest.raises(NameError) as caught, device.batch() as batch:
        batch.call("missing")

    assert f'File "{__file__}", line {here() - 2}' in caught.value.args[0]


def test_values_that_cannot_come_back_do_not_stop_a_batch(device: Device) -> None:
    """Everything runs; the one value is an error of its own."""

    @device.task
    def give(number):
        return object() if number == 1 else number

    with pytest.raises(UnreturnableValueError), device.batch():
        handles = [give(number) for number in range(3)]

    assert [handles[0].value, handles[2].value] == [0, 2]


def test_map_gives_values_in_order_over_many_blocks(device: Device) -> None:
    """More calls than one submission holds come back complete and in order."""

    @device.task
    def square(number):
        return number * number

    numbers = range(1000)

    assert square.map(numbers) == [number * number for number in numbers]


def test_map_names_the_item_that_failed(device: Device) -> None:
    """A note says which; later items did not run."""
    device("ran = 0")

    @device.task
    def run(number):
        global ran
        ran += 1
        return 10 // number

    with pytest.raises(ZeroDivisionError) as caught:
        run.map([5, 2, 0, 1])

    assert caught.value.__notes__ == ["in item 2 (counted from 0) of `run.map`"]
    assert device("ran") == 3


def test_a_batch_belongs_to_its_thread(device: Device) -> None:
    """Another thread's calls are sent at once, and both have their values."""

    @device.task
    def give(value):
        return value

    found: list[Any] = []
    with device.batch():
        handle = give(1)
        thread = threading.Thread(target=lambda: found.append(give(2)))
        thread.start()
        thread.join()
        with pytest.raises(NotSentError):
            handle.value

    assert (found, handle.value) == ([2], 1)


def test_setups_are_refused_in_a_batch(device: Device) -> None:
    """What cannot wait says so."""

    @device.setup
    def prepare():
        x = 1

    with device.batch(), pytest.raises(BatchError, match="the setup `prepare` cannot wait in a batch"):
        prepare()


def test_what_a_device_does_itself_is_refused_in_a_batch(device: Device) -> None:
    """What would overtake the calls that wait says so, and they are sent; without a batch it works."""
    device.sync_time(1)
    verbs: dict[str, Callable[[], object]] = {
        "device.soft_reset()": device.soft_reset,
        "device.reconnect()": device.reconnect,
        "device.wait_for_board()": device.wait_for_board,
        "device.sync_time()": device.sync_time,
        "device.time_offset": lambda: device.time_offset,
        "device.terminal()": device.terminal,
        "belay.mounting.mount": lambda: mount(device, "."),
    }

    with device.batch() as batch:
        handle = batch.call("6 * 7")
        for name, verb in verbs.items():
            with pytest.raises(BatchError, match=f"`{re.escape(name)}` cannot wait in a batch"):
                verb()

    assert handle.value == 42
    device.soft_reset()


def test_closing_in_a_batch_ends_its_calls_with_an_error(device: Device) -> None:
    """What a device holds is released in a batch too; its calls do not vanish: the end of the block raises."""
    with ExitStack() as stack:
        stack.enter_context(pytest.raises(ConnectionLost))
        handle = stack.enter_context(device.batch()).call("6 * 7")
        device.close()

    with pytest.raises(NotRunError):
        handle.value


# Classes


def test_a_class_is_set_up_in_the_manuals_order(capfd: pytest.CaptureFixture[str]) -> None:
    """Functions, `__pre_autoinit__`, autoinit setups, `__post_init__`; all of them can call tasks."""

    class MyDevice(Device, skip=True):
        def __pre_autoinit__(self):
            assert self.double(2) == 4
            print("pre")

        @Device.setup(autoinit=True)
        def setup():
            foo = 42
            print("setup")

        @Device.task
        def double(value):
            return value * 2

        @Device.thread()
        def loop():
            pass

        def __post_init__(self):
            print("post")
            self.mode = self("foo")

        def quadruple(self, value):
            return self.double(self.double(value))

    with MyDevice("sim:") as device:
        assert device.mode == 42
        assert device.quadruple(3) == 12
        assert device.task.double(1) == 2
        assert device.loop() is None
        device.setup()

    assert capfd.readouterr().out == "pre\nsetup\npost\nsetup\n"


def test_overloads_choose_by_the_boards_implementation() -> None:
    """The one for this board is on it; a class without one cannot be made."""

    class Portable(Device, skip=True):
        @Device.task(implementation="circuitpython")
        def foo():
            return "circuit"

        @Device.task(implementation="micropython")
        def foo():
            return "micro"

    class Narrow(Device, skip=True):
        @Device.task(implementation="circuitpython")
        def foo():
            return "circuit"

    with Portable("sim:") as device:
        assert device.foo() == "micro"
    with pytest.raises(NoMatchingExecuterError):
        Narrow("sim:")


def test_a_task_in_a_class_may_be_a_staticmethod_too() -> None:
    """`@staticmethod` below the decorator, which type checkers like, stays on the host."""

    class Static(Device, skip=True):
        @Device.task
        @staticmethod
        def foo(value: int) -> int:
            return value + 1

    with Static("sim:") as device:
        assert device.foo(1) == 2
