"""The outside of a simulated board, without a board: whatever its program writes, it keeps in order."""

from __future__ import annotations

import mmap

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from belay_transport.sim.attached import Attached, NoDeviceError, RegisterDevice
from belay_transport.sim.control import Unpacker, pack
from belay_transport.sim.page import PAGE_BYTES, UNDRIVEN
from belay_transport.sim.peripherals import Peripherals
from belay_transport.sim.pins import Pins
from belay_transport.sim.timeline import ENTRIES_MAX, Timeline
from belay_transport.sim.timers import Reminders, Timers


@pytest.fixture
def page():
    """Give the memory that a board shares."""
    with mmap.mmap(-1, PAGE_BYTES) as memory:
        yield memory


@pytest.fixture
def outside(page):
    """Give the outside of a board that has just been powered on, at 1 s."""
    outside = Peripherals(page)
    outside.boot(1_000_000, "power on", is_power_on=True)
    return outside


def test_lines_are_understood_at_any_cut(outside):
    """What the board writes may arrive in pieces."""
    for piece in (b"note 10000", b"05 Pin 25 value ", b"1\nnote 1000010 Pin $4c454", b"4 mode 'OUT\nup\n"):
        outside.feed(piece, 0)

    entries, dropped = outside.timeline.read()
    assert entries[1:] == [(5, "Pin", 25, "value", 1), (10, "Pin", "LED", "mode", "OUT")]
    assert dropped == 0
    assert outside.is_up


WORDS = st.sampled_from(
    [
        b"note",
        b"ask",
        b"part",
        b"timer",
        b"irq",
        b"do",
        b"wdt",
        b"rtc",
        b"fence",
        b"up",
        b"ack",
        b"poke",
        b"failed",
    ]
)
VALUES = st.one_of(
    st.integers(-(10**30), 10**30).map(lambda n: str(n).encode()),
    st.sampled_from(
        [b"Pin", b"PWM", b"$4c", b"$zz", b"x00ff", b"'a", b"-", b"1,2", b"read", b"pin", b"", b"reset"]
    ),
    st.binary(max_size=20),
)
LINES = st.tuples(WORDS, st.lists(VALUES, max_size=6)).map(lambda line: b" ".join([line[0], *line[1]]))


@example([b"do \x00"])
@given(st.lists(st.one_of(LINES, st.binary(max_size=50)), max_size=20))
def test_no_line_can_upset_the_launcher(lines):
    """A program may write anything to the launcher's descriptor: it is understood or dropped."""
    with mmap.mmap(-1, PAGE_BYTES) as page:
        outside = Peripherals(page)
        outside.boot(0, "power on", is_power_on=True)

        for effect, _ in outside.feed(b"\n".join([*lines, b""]), 5):
            assert effect.isprintable()

        outside.timers.take_due(10)
        outside.timeline.read()


def test_a_question_gets_one_answer(outside):
    """A question with its data in parts is answered under its number, or with the reason why not."""
    outside.attached.attach(0, 0x3C, bytes(4), 1)

    effects = outside.feed(
        b"part 7 0155\npart 8 00\npart 7 66\nask 7 write 0 60\nask 8 read 0 60 4\n"
        b"ask 9 write 0 61\nask 10 pin 500\nask 11 nothing\n",
        0,
    )

    assert effects == [
        ("reply", b"7 3\n"),
        ("reply", b"8 00556600\n"),
        ("reply", b"9 ! 5\n"),
        ("reply", b"10 ? no pin 500: 0 to 99\n"),
        ("reply", b"11 ? b'nothing'\n"),
    ]


def test_a_boot_forgets_what_the_program_made(outside):
    """Timers, modes and half a line end with the program; what drives a pin stays."""
    outside.pins.drive(3, 1)
    outside.feed(b"timer 1 1000 1000\nnote 0 Pin 4 mode 'OUT\nnote 0 Pin 4 value 1\nhalf a li", 0)
    assert outside.level(4) == 1

    outside.boot(2_000_000, "soft reset", is_power_on=False)

    assert outside.timers.times_us() == []
    assert outside.pins.pin(4).mode is None
    assert (outside.level(3), outside.level(4)) == (1, 0)
    assert outside.timeline.read()[0][-1] == (1_000_000, "board", "", "boot", "soft reset")


def test_pins_have_places_and_edges(page):
    """Numbers are places, names get the places behind; an edge is reported if it was asked for."""
    pins = Pins(page)
    pin = pins.pin("LED")
    assert page[pin.place] == UNDRIVEN
    pin.trigger = 1

    assert pins.drive("LED", 1) == 1
    assert pins.drive("LED", 1) == 0
    assert pins.drive("LED", 0) == 0
    assert (pins.pin(99).place, pin.place, pins.pin("B").place) == (99, 100, 101)
    for number in range(26):
        pins.pin(f"more {number}")
    with pytest.raises(ValueError, match="28 pins have names already"):
        pins.pin("one too many")


def test_timers_fire_in_order_and_catch_up():
    """A timer fires when due; one that was late fires once, and keeps its rhythm."""
    timers = Timers()
    timers.set(1, due_us=100, period_us=100)
    timers.set(2, due_us=50, period_us=0)

    assert timers.take_due(40) == []
    assert timers.take_due(100) == [2, 1]
    assert sorted(timers.times_us()) == [200]
    assert timers.take_due(555) == [1]
    assert timers.times_us() == [600]
    timers.cancel(1)
    assert timers.times_us() == []


def test_a_board_that_does_not_keep_up_misses_ticks():
    """With four events unanswered no more are sent, until one is answered."""
    timers = Timers()
    timers.set(1, due_us=1, period_us=1)

    fired = [number for now_us in range(1, 10) for number in timers.take_due(now_us)]
    timers.answered()

    assert len(fired) == 4
    assert timers.take_due(20) == [1]


def test_a_watchdog_bites_when_it_is_not_fed():
    """The watchdog's time begins anew with each feeding."""
    timers = Timers()
    assert not timers.bites(10**9)

    timers.guard(100)
    timers.guard(200)

    assert not timers.bites(150)
    assert timers.bites(200)
    assert timers.times_us() == [200]


def test_reminders_come_a_few_times():
    """After each event there are some more pokes, then none."""
    reminders = Reminders()
    reminders.start(0)
    pokes = 0

    while reminders.times_us():
        pokes += reminders.is_due(min(reminders.times_us()))

    assert pokes == 4
    assert not reminders.is_due(10**9)


def test_a_time_line_has_a_limit():
    """A full time line drops its oldest entries and counts them."""
    timeline = Timeline()
    for number in range(ENTRIES_MAX + 1):
        timeline.add(number, "Pin", 1, "value", 0)

    entries, dropped = timeline.read()

    assert dropped > 0
    assert len(entries) + dropped == ENTRIES_MAX + 1
    assert entries[0][0] == dropped
    timeline.clear()
    assert timeline.read() == ([], 0)


def test_a_register_device_wraps_around():
    """Beyond the last register comes the first, for reads and writes; a bare address is no write."""
    device = RegisterDevice(bytes(range(4)), 1)

    device.write(b"")
    device.write(b"\x03\xaa\xbb")
    device.write(b"\x02")

    assert device.read(3) == b"\x02\xaa\xbb"


def test_what_is_not_attached_does_not_answer():
    """A bus without a device, and a queue without bytes, are empty; a queue has a limit."""
    attached = Attached()

    with pytest.raises(NoDeviceError):
        attached.device(0, 1)
    assert attached.addresses(0) == []
    assert attached.take("SPI", 0, 5) == b""
    assert attached.waiting("UART", 1) == 0
    attached.feed("UART", 1, bytes(1024 * 1024))
    with pytest.raises(ValueError, match="1048576 bytes wait for the board already"):
        attached.feed("UART", 1, b"x")


@given(st.lists(st.tuples(st.integers(), st.text(), st.binary())), st.lists(st.integers(0, 300)))
def test_messages_cross_at_any_cut(messages, cuts):
    """Control messages come out as they went in, however the stream is cut."""
    stream = b"".join(map(pack, messages))
    unpacker = Unpacker()

    out = []
    start = 0
    for cut in [*sorted(cuts), len(stream)]:
        out += unpacker.feed(stream[start:cut])
        start = max(start, min(cut, len(stream)))

    assert out == messages


def test_a_stream_out_of_step_is_an_error():
    """A length that no message has is not waited for."""
    with pytest.raises(ValueError, match="a control message of 4294967295 bytes"):
        Unpacker().feed(b"\xff\xff\xff\xff")
