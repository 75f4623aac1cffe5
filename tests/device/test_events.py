"""Events: what the board's program tells by `belay_emit`, at any time, and who hears it."""

from __future__ import annotations

import asyncio
import gc
import threading
from queue import Empty
from typing import TYPE_CHECKING

import pytest

import belay
from belay.events.dispatcher import MOST_WAITING
from belay.events.stream import EventStream
from belay_transport.deadlines import LONGEST_WAIT_S

if TYPE_CHECKING:
    from collections.abc import Callable

WAIT_S = 30


class Heard:
    """A handler that keeps what it gets."""

    def __init__(self) -> None:
        self.values: list[object] = []
        self._come = threading.Condition()

    def __call__(self, value: object) -> None:  # noqa: D102 - as the class says
        with self._come:
            self.values.append(value)
            self._come.notify_all()

    def first(self, count: int) -> list[object]:
        """Wait for so many values and return them."""
        with self._come:
            assert self._come.wait_for(lambda: len(self.values) >= count, WAIT_S), self.values
            return self.values[:count]


def dispatchers() -> set[threading.Thread]:
    """The threads that hand events on."""
    return {thread for thread in threading.enumerate() if thread.name == "belay events"}


# Where events come from


def test_an_event_of_a_call(device: belay.Device) -> None:
    """What a call emits arrives with its value, in order, and is no output and no reply."""
    heard = Heard()
    device.events.on("step", heard)

    assert device("[belay_emit('step', n) for n in range(3)] and 7") == 7

    assert heard.first(3) == [0, 1, 2]
    assert (device.events.dropped, device.events.lost) == (0, 0)


def test_an_event_arrives_while_the_call_runs(device: belay.Device) -> None:
    """A handler runs before the call that emits has ended."""
    during = threading.Event()
    device.events.on("begun", lambda _value: during.set())

    class Output:
        def write(self, _data: bytes) -> None:
            assert during.wait(WAIT_S)

    device("belay_emit('begun')\nprint('the handler has run by now')", stream_out=Output())


def test_events_of_a_timer_between_calls(device: belay.Device, capsys: pytest.CaptureFixture[str]) -> None:
    """A timer's callback emits while nobody calls."""
    heard = Heard()
    device.events.on("tick", heard)

    device("timer = Timer(-1, period=2, callback=lambda t: belay_emit('tick', 'tock'))")

    assert heard.first(20) == ["tock"] * 20
    device("timer.deinit()")
    assert device.events.lost == 0
    assert capsys.readouterr().out == ""


def test_events_of_a_timer_during_calls(device: belay.Device, capsys: pytest.CaptureFixture[str]) -> None:
    """Calls, long code and large values go their way while a timer emits, and no event is lost or printed."""
    heard = Heard()
    device.events.on("tick", heard)
    device(
        "count = 0\ndef tick(timer):\n    global count\n    belay_emit('tick', ('>', count))\n    count += 1"
    )

    device("timer = Timer(-1, period=1, callback=tick)")
    for number in range(100):
        assert device(f"{number}") == number
        assert device("#" + "x" * 600 + f"\n'y' * {number * 50}") == "y" * number * 50
    device("timer.deinit()")

    count = device("count")
    assert heard.first(count) == [(">", number) for number in range(count)]
    assert device.events.lost == 0
    assert capsys.readouterr().out == ""


def test_events_of_a_pins_interrupt(device: belay.Device) -> None:
    """A pin's handler emits when the pin changes, through `micropython.schedule` too."""
    heard = Heard()
    device.events.on("button", heard)

    @device.setup
    def prepare():
        import micropython  # noqa: PLC0415

        def report(pin):
            belay_emit("button", ("scheduled", pin.value()))  # noqa: F821

        button = Pin(4, Pin.IN, Pin.PULL_UP)  # noqa: F821
        button.irq(
            lambda pin: (belay_emit("button", ("at once", pin.value())), micropython.schedule(report, pin)),  # noqa: F821
            trigger=Pin.IRQ_FALLING,  # noqa: F821
        )

    prepare()
    assert device.simulated is not None
    device.simulated.pin(4).drive(0)

    assert heard.first(2) == [("at once", 0), ("scheduled", 0)]


def test_events_of_a_thread(device: belay.Device) -> None:
    """A thread emits while the main program answers: all events arrive whole, or are counted as lost."""
    heard = Heard()
    device.events.on("worker", heard)

    @device.thread
    def work(count):
        global done
        for number in range(count):
            belay_emit("worker", "x" * number)  # noqa: F821
        done = True

    device("done = False")
    work(200)
    while not device("done"):
        assert device("sum(range(100))") == 4950
    with device.events.listen("end") as stream:
        device("belay_emit('end')")
        stream.next(timeout_s=WAIT_S)

    assert {str(value) for value in heard.values} <= {"x" * number for number in range(200)}
    assert len(heard.values) + device.events.lost == 200


def test_a_callback_in_the_middle_of_a_write(device: belay.Device) -> None:
    """Where a board runs callbacks while it writes, an event waits until the frame is out; many are dropped."""
    heard = Heard()
    device.events.on("inside", heard)
    device("belay_emit('inside', 0)")
    device("""
        written = _belay_n["EW"]
        def write(data):
            if data[5:6] != b"v":
                return written(data)
            _belay_n["EW"] = written
            written(data[:9])
            for number in range(1, 21):
                belay_emit("inside", number)
            written(data[9:])
    """)

    assert device("_belay_n.update(EW=write) or 'a value'") == "a value"
    device("belay_emit('inside', 21)")

    assert heard.first(11) == [*range(10), 21]
    assert device.events.lost == 11


# What travels


@pytest.mark.parametrize(
    "value",
    [None, 42, -1.5, "two\nlines: 'é'", b"\x00\xff", [1, {"a": (2, None)}], "x" * 5000],
    ids=["nothing", "int", "float", "text", "bytes", "nested", "long"],
)
def test_values(device: belay.Device, value: object) -> None:
    """Whatever a call can return can be emitted."""
    with device.events.listen("it") as stream:
        device(f"belay_emit('it', {value!r})")

        assert stream.next(timeout_s=WAIT_S) == ("it", value)


@pytest.mark.parametrize("name", ["a b", "12:x", "é\n'", "", "None"])
def test_names(device: belay.Device, name: str) -> None:
    """Any text is a name."""
    with device.events.listen(name) as stream:
        device(f"belay_emit({name!r}, 1)")

        assert stream.next(timeout_s=WAIT_S) == (name, 1)


def test_a_value_that_cannot_travel(device: belay.Device, caplog: pytest.LogCaptureFixture) -> None:
    """The emitter goes on; who waits gets the error, handlers are not called, and the log says why."""
    heard = Heard()
    device.events.on("odd", heard)
    stream = device.events.listen("odd")
    device("class Odd:\n    def __repr__(self): return 1 / 0")

    assert (
        device("belay_emit('odd', object()) or belay_emit('odd', Odd()) or belay_emit('odd', 3) or 'done'")
        == "done"
    )

    with pytest.raises(belay.UnreturnableValueError):
        next(stream)
    with pytest.raises(ZeroDivisionError):
        next(stream)
    assert next(stream).value == 3
    assert heard.first(1) == [3]
    assert "the event `odd` came without its value: The board returned an `object`" in caplog.text


# Handlers


def test_a_decorator_and_off(device: belay.Device) -> None:
    """`on` decorates and gives the function back; `off` removes one handler, or all of a name."""
    heard = Heard()
    others = [Heard(), Heard()]

    @device.events.on("it")
    def first(value: object) -> None:
        others[0](value)

    second = device.events.on("it", others[1])
    device.events.on("end", heard)
    device("belay_emit('it', 1)")
    device.events.off("it", first)
    device.events.off("it", first)
    device("belay_emit('it', 2)\nbelay_emit('end', 1)")
    heard.first(1)
    device.events.off("it")
    device("belay_emit('it', 3)\nbelay_emit('end', 2)")
    heard.first(2)

    assert second is others[1]
    assert others[1].values in ([1, 2], [2], [1])


def test_a_handler_may_call_the_device(device: belay.Device) -> None:
    """A handler runs under no lock of the session's: it calls the board and waits for the value."""
    heard = Heard()
    device.events.on("ask", lambda value: heard(device(f"{value} * 2")))

    device("belay_emit('ask', 21)")

    assert heard.first(1) == [42]


def test_a_handler_that_fails(device: belay.Device, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged; the other handlers, and the next events, are not touched."""
    heard = Heard()

    @device.events.on("it")
    def fail(_value: object) -> None:
        raise SystemExit("mine")

    device.events.on("it", heard)
    device("belay_emit('it', 1)\nbelay_emit('it', 2)")

    assert heard.first(2) == [1, 2]
    assert caplog.text.count("a handler of the event `it` failed") == 2
    assert "SystemExit: mine" in caplog.text


def test_handlers_run_one_after_the_other_on_one_thread(device: belay.Device) -> None:
    """All handlers run on one thread, in the order of the events, and of `on` for one event."""
    heard = Heard()
    for name in "first", "second":
        device.events.on("it", lambda value, name=name: heard((name, value, threading.get_ident())))

    device("belay_emit('it', 1)\nbelay_emit('it', 2)")

    seen = heard.first(4)
    ident = seen[0][2]  # type: ignore[index] # what the handler kept
    assert seen == [(name, value, ident) for value in (1, 2) for name in ("first", "second")]
    assert ident != threading.get_ident()


def test_what_there_is_no_room_for_is_counted(device: belay.Device) -> None:
    """While a handler is busy the queue takes so many events; the rest is counted as dropped, not as lost."""
    begun, go_on = threading.Event(), threading.Event()
    heard = Heard()

    @device.events.on("it")
    def wait(value: object) -> None:
        begun.set()
        assert go_on.wait(WAIT_S)
        heard(value)

    device("belay_emit('it', 'first')")
    assert begun.wait(WAIT_S)
    device(f"for n in range({MOST_WAITING + 5}): belay_emit('it', n)")
    go_on.set()

    assert heard.first(MOST_WAITING + 1) == ["first", *range(MOST_WAITING)]
    assert device.events.dropped == 5
    assert device.events.lost == 0
    assert repr(device.events) == "<events with handlers for: it; 5 dropped, 0 lost>"


def test_wrong_arguments(device: belay.Device) -> None:
    """A name that is no text and a handler that cannot be called are refused at once."""
    with pytest.raises(belay.ArgumentTypeError, match="`name` must be a str"):
        device.events.on(3, print)  # type: ignore[call-overload] # the point
    with pytest.raises(belay.ArgumentTypeError, match=r"'print' \(str\) cannot be"):
        device.events.on("it", "print")  # type: ignore[call-overload] # the point
    with pytest.raises(belay.ArgumentValueError, match="`limit`"):
        device.events.listen(limit=0)
    for wrong in (-1, float("nan"), "x", False):
        with device.events.listen("it") as stream, pytest.raises(belay.BelayException, match="`timeout_s`"):
            stream.next(timeout_s=wrong)  # type: ignore[arg-type] # the point


class AsyncHandler:
    """An object that is called asynchronously."""

    async def __call__(self, value: object) -> None:
        """Do nothing."""


async def async_handler(value: object) -> None:
    """Do nothing."""


@pytest.mark.parametrize("handler", [async_handler, AsyncHandler(), AsyncHandler().__call__])
def test_a_handler_that_is_async_is_refused(device: belay.Device, handler: Callable[..., object]) -> None:
    """Its coroutine would never run; the hint says what does."""
    with pytest.raises(belay.ArgumentTypeError, match="would never be awaited") as caught:
        device.events.on("it", handler)

    assert caught.value.hint == "in an event loop write `async for event in device.events.listen('it'):`"


def test_a_stream_that_its_reader_has_closed(device: belay.Device) -> None:
    """What has come is there; then it says that the stream is closed, not the device; 0 seconds wait not at all."""
    stream = device.events.listen("it")
    device("belay_emit(name='it', value=7)")
    assert stream.next(timeout_s=WAIT_S).value == 7
    with pytest.raises(belay.EventTimeout):
        stream.next(timeout_s=0)

    stream.close()

    with pytest.raises(belay.ConnectionLost, match=r"^the stream was closed while the event `it`"):
        stream.next()


# Waiting


def test_waiting_for_the_next_value(device: belay.Device) -> None:
    """`wait` returns the value of the next event of that name."""
    device("timer = Timer(-1, period=2, callback=lambda t: (belay_emit('other'), belay_emit('tick', 5)))")

    assert device.events.wait("tick", timeout_s=WAIT_S) == 5


@pytest.mark.parametrize("timeout_s", [None, 2_000_000])
def test_ctrl_c_just_before_a_wait(timeout_s: float | None) -> None:
    """However long an event may take, no wait for it is so long that a signal just before it is never heard."""
    waits: list[float] = []

    class Queue:
        """A queue to which nothing comes, and what its waits are."""

        def get(self, *, timeout: float | None) -> None:
            assert timeout is not None, "nothing ends this wait"
            waits.append(timeout)
            if len(waits) < 3:
                raise Empty
            raise KeyboardInterrupt  # Python runs the signal's handler as a wait has ended

    stream = EventStream((), limit=1, may_wait=lambda: True)
    stream._queue = Queue()  # type: ignore[assignment] # what is needed of it

    with pytest.raises(KeyboardInterrupt):
        stream.next(timeout_s=timeout_s)

    assert waits == [LONGEST_WAIT_S] * 3


def test_waiting_in_vain(device: belay.Device) -> None:
    """When nothing comes in time that is an error of its own, and a TimeoutError."""
    with pytest.raises(belay.EventTimeout, match=r"the event `never` did not come within 0.01 s") as caught:
        device.events.wait("never", timeout_s=0.01)

    assert isinstance(caught.value, TimeoutError)


def test_a_stream_collects_from_the_start(device: belay.Device) -> None:
    """A stream has all events of its names since it was made, up to its limit; a loop ends with the device."""
    stream = device.events.listen("a", "b")
    everything = device.events.listen(limit=2)
    device("for name in 'abcab': belay_emit(name, 1)")
    device.close()

    assert [event.name for event in stream] == ["a", "b", "a", "b"]
    assert [event.name for event in everything] == ["a", "b"]
    assert (stream.dropped, everything.dropped) == (0, 3)
    assert repr(stream) == "<stream of one of the events `a`, `b`: closed>"


def test_waiting_in_a_handler_is_refused(device: belay.Device, caplog: pytest.LogCaptureFixture) -> None:
    """In a handler nothing else can come: waiting there is an error, not a deadlock."""
    heard = Heard()
    device.events.on("it", lambda _value: device.events.wait("other"))
    device.events.on("it", heard)

    device("belay_emit('it')")

    heard.first(1)
    assert "NestedCallError: waiting for the event `other` in a handler of events" in caplog.text


def test_closing_ends_the_wait(device: belay.Device) -> None:
    """Who waits for ever gets `ConnectionLost` when the device is closed."""
    waiting = threading.Event()
    errors: list[BaseException] = []

    def wait() -> None:
        with device.events.listen("never") as stream:
            waiting.set()
            try:
                stream.next()
            except belay.ConnectionLost as error:
                errors.append(error)

    waiter = threading.Thread(target=wait)
    waiter.start()
    assert waiting.wait(WAIT_S)
    device.close()
    waiter.join(WAIT_S)

    assert [str(error) for error in errors] == [
        "the device was closed while the event `never` was waited for"
    ]
    with pytest.raises(belay.ConnectionLost):
        device.events.wait("never")


def test_an_async_loop(device: belay.Device) -> None:
    """`async for` takes the same stream without blocking the loop, and ends with the device."""

    async def collect() -> list[object]:
        values = []
        async for event in stream:
            values.append(event.value)
            if len(values) == 5:
                device.close()
        return values

    stream = device.events.listen("tick")
    device("timer = Timer(-1, period=2, callback=lambda t: belay_emit('tick', 1))")

    assert asyncio.run(collect())[:5] == [1] * 5


# The end, and a new beginning


def test_closing_hands_on_what_has_come(caplog: pytest.LogCaptureFixture) -> None:
    """What was emitted before the end, by a teardown too, is heard; then the thread is gone."""
    others = dispatchers()
    heard = Heard()
    with belay.Device("sim:") as device:
        device.events.on("it", heard)

        @device.teardown
        def last():
            belay_emit("it", "last")  # noqa: F821

        device("belay_emit('it', 'first')")

    assert heard.values == ["first", "last"]
    assert dispatchers() == others
    assert caplog.records == []


def test_a_handler_may_close_the_device() -> None:
    """`close` in a handler ends the device and does not wait for itself."""
    closed = threading.Event()
    device = belay.Device("sim:")
    device.events.on("end", lambda _value: (device.close(), closed.set()))

    device("irq = Pin(4, Pin.IN, Pin.PULL_UP).irq(lambda p: belay_emit('end'), trigger=Pin.IRQ_FALLING)")
    assert device.simulated is not None
    device.simulated.pin(4).drive(0)

    assert closed.wait(WAIT_S)


def test_a_dropped_device_takes_its_thread_along() -> None:
    """A device that nobody has any more is collected although it has handlers, and the thread ends."""
    others = dispatchers()
    device = belay.Device("sim:")
    device.events.on("it", vars(device).get)  # a handler that knows it
    (thread,) = dispatchers() - others

    del device
    gc.collect()
    thread.join(WAIT_S)

    assert not thread.is_alive()


def test_nothing_is_started_or_sent_without_need(device: belay.Device) -> None:
    """A device whose program emits nothing has neither the thread nor the helper."""
    before = dispatchers()
    device("1 + 1")

    assert device("'belay_emit' in globals()") is True  # the text itself asks for it
    assert dispatchers() == before


@pytest.mark.parametrize("listens", [True, False])
def test_the_helper_is_there_when_somebody_listens(device: belay.Device, *, listens: bool) -> None:
    """`on` has the helper sent with the next call, for code that is on the board already."""
    if listens:
        device.events.on("it", print)

    assert device("'belay_' + 'emit' in globals()") is listens


def test_the_helper_survives_a_soft_reset(device: belay.Device) -> None:
    """After a soft reset tasks emit as before, and the numbers begin anew without a gap."""
    heard = Heard()
    device.events.on("it", heard)

    @device.task
    def emit(value):
        belay_emit("it", value)  # noqa: F821

    emit(1)
    emit(2)
    device.soft_reset()
    emit(3)

    assert heard.first(3) == [1, 2, 3]
    assert device.events.lost == 0


@pytest.mark.board("sim:")  # of its own, which can be connected again
def test_events_survive_a_reconnection(device: belay.Device) -> None:
    """After `reconnect` the timer that was recorded emits, and handlers hear it between calls."""
    heard = Heard()
    device("timer = Timer(-1, period=5, callback=lambda t: belay_emit('tick', 1))")
    device.reconnect()
    device.events.on("tick", heard)

    heard.first(3)

    assert device.events.lost == 0


def test_a_module_of_the_board_emits(device: belay.Device) -> None:
    """A module that lies on the board gets it by importing it from `__main__`, once somebody listens."""
    device(
        "with open('horn.py', 'w') as f: f.write('from __main__ import be' + 'lay_emit as e\\ne(\"it\", 1)')"
    )
    stream = device.events.listen("it")

    device("import horn")

    assert stream.next(timeout_s=WAIT_S).value == 1


def test_emitting_in_startup_code() -> None:
    """Code that runs when connecting may emit."""
    with belay.Device("sim:", startup="belay_emit('it', 1)\nstarted = True") as device:
        assert device("started") is True


def test_tasks_may_have_any_plain_name(device: belay.Device) -> None:
    """Tasks called like the verbs of events are tasks, as methods too."""

    class Named(belay.Device):
        @belay.Device.task
        def on(value):  # noqa: N805 - a task takes no `self`
            return value + 1

        @belay.Device.task
        def emit(value):  # noqa: N805 - as above
            belay_emit("it", on(value))  # noqa: F821

        @belay.Device.task
        def path():
            return "path"

        @belay.Device.task
        def read():
            return on(1)  # noqa: F821

    def own(function: Callable[..., object]) -> object:
        return device.task(function)

    @own
    def events():
        return "a function may be called so"

    with Named("sim:") as named:
        stream = named.events.listen("it")
        named.emit(1)
        assert (named.on(1), named.path(), named.read()) == (2, "path", 2)
        assert stream.next(timeout_s=WAIT_S).value == 2
    assert device.task.events() == "a function may be called so"
