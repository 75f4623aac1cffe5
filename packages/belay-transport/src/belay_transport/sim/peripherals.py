"""The outside of a simulated board: what its program tells and asks, what the host's test asks and does.

Knows the lines that the board's side writes (words between spaces) and the answers;
has no clock, descriptor or process. What a line makes necessary outside of this room is returned
as an effect: a tuple of a word and its values.
"""

from __future__ import annotations

from belay_transport.sim.attached import Attached, NoDeviceError
from belay_transport.sim.pins import Pins
from belay_transport.sim.timeline import Timeline
from belay_transport.sim.timers import Timers

TYPE_CHECKING = False  # see control.py
if TYPE_CHECKING:
    import mmap
    from collections.abc import Callable

    from belay_transport.sim.timeline import Identifier, Value

    Effect = tuple[str, int | bytes]

__all__ = ["Peripherals"]

_LINE_MAX_BYTES = 16 * 1024
# A line of the board code is at most 4 kB; a longer one is a program that plays with the descriptors.
_DATA_MAX_BYTES = 256 * 1024
# What one call writes to a bus: the frame of a large colour display, and some.
_ANSWER_MAX_BYTES = 1024
# In hexadecimal less than what a pipe takes in one piece (Linux: 4096 bytes).
_QUESTIONS_MAX = 8
_EIO = 5


_DEEDS = ("reset", "softreset", "bootloader", "deepsleep", "fail", "cut")
# What a program may ask the launcher for.


class Peripherals:
    """The outside of one board.

    Attributes:
        pins, attached, timeline, timers: the parts.
        states: what the board last told of each PWM: ("PWM", identifier, what) -> value.
        rtc_offset_us: how far the board's clock is ahead of the host's.
        fence: which layers of the fence hold: (empty root, system call filter).
        is_up: the board's own files run, or its prompt is there: Ctrl-C means something.
        failure: why the boot code gave up, "" if it did not.
    """

    def __init__(self, page: mmap.mmap) -> None:
        self.fence = (False, False)
        self._page = page
        self._effects: list[Effect] = []
        self.begin_anew()
        self._words: dict[bytes, Callable[[list[bytes], int], None]] = {
            b"fence": self._fence,  # which layers hold: 1 or 0, twice
            b"up": self._up,
            b"failed": self._failed,  # why the boot code gave up
            b"do": self._do,  # one of _DEEDS; deepsleep with its milliseconds
            b"ack": self._answered,  # an event was taken
            b"poke": self._poke,  # something was scheduled by a thread
            b"timer": self._timer,  # number, microseconds until it fires (0 stops it), period
            b"wdt": self._watchdog,  # milliseconds
            b"rtc": self._rtc,  # microseconds ahead of the host
            b"irq": self._irq,  # pin, edges
            b"note": self._note,  # ticks_us, kind, identifier, what, value
            b"part": self._part,  # sequence number of a question to come, data of it in hexadecimal
            b"ask": self._ask,  # sequence number, verb, arguments
        }
        self._answers: dict[bytes, Callable[[list[bytes], bytes], str]] = {
            b"pin": self._answer_pin,
            b"scan": self._answer_scan,
            b"write": self._answer_write,
            b"read": self._answer_read,
            b"take": self._answer_take,
            b"waiting": self._answer_waiting,
        }

    def begin_anew(self) -> None:
        """Be the outside of a new board, to which nothing is attached."""
        self.pins = Pins(self._page)
        self.attached = Attached()
        self.timeline = Timeline()
        self.timers = Timers()
        self.states: dict[tuple[str, Identifier, str], Value] = {}
        self.rtc_offset_us = 0
        self.is_up = False
        self.failure = ""
        self._power_on_us = 0
        self._pending = b""
        self._parts: dict[bytes, bytes] = {}

    def boot(self, now_us: int, cause: str, *, is_power_on: bool) -> None:
        """Forget what the program before the boot set up; a power-on also starts the board's time."""
        if is_power_on:
            self._power_on_us = now_us
            self.timeline.clear()
            self.rtc_offset_us = 0
        self.timers = Timers()
        self.pins.forget_board()
        self.states.clear()
        self.is_up = False
        self._pending = b""
        self._parts = {}
        self.timeline.add(now_us - self._power_on_us, "board", "", "boot", cause)

    def feed(self, data: bytes, now_us: int) -> list[Effect]:
        """Take what the board's side wrote; return what is to be done."""
        lines = (self._pending + data).split(b"\n")
        self._pending = lines.pop()[:_LINE_MAX_BYTES]
        for line in lines:
            word, *values = line.split(b" ")
            handler = self._words.get(word)
            if handler is None:
                continue  # not ours: a program that writes to the descriptor, which harms only itself
            try:
                handler(values, now_us)
            except (ValueError, IndexError):
                continue
        effects, self._effects = self._effects, []
        return effects

    def note(self, now_us: int, kind: str, identifier: Identifier, what: str, value: Value) -> None:
        """Add to the timeline what the outside did."""
        self.timeline.add(now_us - self._power_on_us, kind, identifier, what, value)

    def level(self, identifier: Identifier) -> int:
        """Return the level of a pin."""
        return self.pins.pin(identifier).level

    def _fence(self, values: list[bytes], _: int) -> None:
        self.fence = (values[0] == b"1", values[1] == b"1")

    def _up(self, _: list[bytes], __: int) -> None:
        self.is_up = True

    def _failed(self, values: list[bytes], _: int) -> None:
        self.failure = b" ".join(values).decode("utf-8", "replace")

    def _do(self, values: list[bytes], _: int) -> None:
        word = values[0].decode("ascii")
        if word in _DEEDS:
            self._effects.append((word, int(values[1]) if len(values) > 1 else 0))

    def _answered(self, _: list[bytes], __: int) -> None:
        self.timers.answered()
        self._effects.append(("poke", 0))

    def _poke(self, _: list[bytes], __: int) -> None:
        self._effects.append(("poke", 0))

    def _timer(self, values: list[bytes], now_us: int) -> None:
        number, after_us, period_us = map(int, values)
        if after_us:
            self.timers.set(number, due_us=now_us + after_us, period_us=period_us)
        else:
            self.timers.cancel(number)

    def _watchdog(self, values: list[bytes], now_us: int) -> None:
        self.timers.guard(now_us + int(values[0]) * 1000)

    def _rtc(self, values: list[bytes], _: int) -> None:
        self.rtc_offset_us = int(values[0])

    def _irq(self, values: list[bytes], _: int) -> None:
        self.pins.pin(_identifier(values[0])).trigger = int(values[1])

    def _note(self, values: list[bytes], _: int) -> None:
        time_us = int(values[0]) - self._power_on_us
        kind = values[1].decode("ascii")
        identifier = _identifier(values[2])
        what = values[3].decode("ascii")
        value = _value(values[4])
        if kind == "Pin":
            self._set_pin(identifier, what, value)
        if kind == "PWM":
            self.pins.pin(identifier)  # raises for one that cannot be
            self.states[kind, identifier, what] = value
        self.timeline.add(time_us, kind, identifier, what, value)

    def _set_pin(self, identifier: Identifier, what: str, value: Value) -> None:
        pin = self.pins.pin(identifier)
        if what == "value":
            pin.latch = int(value == 1)
        elif what == "mode":
            pin.mode = str(value)
        elif what == "pull":
            pin.pull = value if isinstance(value, int) else None

    def _part(self, values: list[bytes], _: int) -> None:
        if len(self._parts) > _QUESTIONS_MAX:
            self._parts = {}  # of questions that were cut off by Ctrl-C
        before = self._parts.get(values[0], b"")
        self._parts[values[0]] = (before + bytes.fromhex(values[1].decode("ascii")))[:_DATA_MAX_BYTES]

    def _ask(self, values: list[bytes], _: int) -> None:
        sequence, verb, *arguments = values
        if verb == b"rom":
            self._effects.append(("save rom", sequence))  # answered when that is done
            return
        data = self._parts.pop(sequence, b"")
        try:
            answer = self._answers[verb](arguments, data)
        except NoDeviceError:
            answer = f"! {_EIO}"
        except (KeyError, IndexError, ValueError) as error:
            answer = f"? {error}".replace("\n", " ")
        self._effects.append(("reply", sequence + b" " + answer.encode() + b"\n"))

    def _answer_pin(self, arguments: list[bytes], _: bytes) -> str:
        return str(self.pins.pin(_identifier(arguments[0])).place)

    def _answer_scan(self, arguments: list[bytes], _: bytes) -> str:
        return " ".join(map(str, self.attached.addresses(_identifier(arguments[0]))))

    def _answer_write(self, arguments: list[bytes], data: bytes) -> str:
        self.attached.device(_identifier(arguments[0]), int(arguments[1])).write(data)
        return str(len(data))

    def _answer_read(self, arguments: list[bytes], data: bytes) -> str:
        device = self.attached.device(_identifier(arguments[0]), int(arguments[1]))
        device.write(data)  # the register to read from, when one is named
        return device.read(min(int(arguments[2]), _ANSWER_MAX_BYTES)).hex()

    def _answer_take(self, arguments: list[bytes], _: bytes) -> str:
        kind, bus = arguments[0].decode("ascii"), _identifier(arguments[1])
        return self.attached.take(kind, bus, min(int(arguments[2]), _ANSWER_MAX_BYTES)).hex()

    def _answer_waiting(self, arguments: list[bytes], _: bytes) -> str:
        return str(self.attached.waiting(arguments[0].decode("ascii"), _identifier(arguments[1])))


def _identifier(word: bytes) -> Identifier:
    """Return what names a pin or a bus: a number, or after `$` a text in hexadecimal."""
    if word.startswith(b"$"):
        return bytes.fromhex(word[1:].decode("ascii")).decode()
    return int(word)


def _value(word: bytes) -> Value:
    """Return a value: a number, `-` for none, after `x` bytes in hexadecimal, after `'` a text."""
    if word == b"-":
        return None
    if word.startswith(b"x"):
        return bytes.fromhex(word[1:].decode("ascii"))
    if word.startswith(b"'"):
        return word[1:].decode()
    if b"," in word:
        return tuple(map(int, word.split(b",")))
    return int(word)
