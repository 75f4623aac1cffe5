"""The device runtime on the host's side: sends code, reads replies, turns them into values and exceptions.

It knows the helpers under `_onboard/` and how they are called, not decorators, files or addresses.
"""

from __future__ import annotations

import re
import threading
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from belay.blocks import dedent
from belay.events import Events
from belay.exceptions import (
    BoardException,
    CallTimeout,
    ConnectionLost,
    FeatureUnavailableError,
    InternalError,
    TimeNotSyncedError,
    UnreturnableValueError,
)
from belay.expressions import ExpressionWriter
from belay.history import History
from belay.implementation import Implementation
from belay.memory import too_small
from belay.onboard import board_code
from belay.origins import SourceOrigin
from belay.printed_tracebacks import PrintedTracebacks
from belay.replies import ReplyReader
from belay.timing import Timekeeper
from belay.values import BUILTINS
from belay_transport.repl import Reply
from belay_transport.session import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from belay.output import OutputWriter
    from belay.roles import Definition
    from belay.source import BoardSource
    from belay.timing import TimeOffset
    from belay.tracebacks import CodeOrigin
    from belay_transport.links import Link
    from belay_transport.repl import Note
    from belay_transport.session import Session

__all__ = ["CONVENIENCE_NAMES", "GeneratorStep", "Runtime"]

T = TypeVar("T")

CONVENIENCE_NAMES = (
    "os time.sleep machine.ADC.I2C.Pin.PWM.SPI.Timer micropython.const board digitalio analogio busio.I2C.SPI"
)
"""Modules, each with the names of it that a board's globals get as well; what a board lacks is left out.

Source: Belay's manual, chapter 4.2 (MicroPython); the others are CircuitPython's counterparts.
"""

RELEASES = 16
"""Objects and generators that one call may release: some 100 bytes more, so a small call stays one write."""

DEFINITIONS_BYTES = 4096
"""Code of several definitions that is sent together: what a small board can hold beside itself."""

AUTOMATIC_SAMPLES = 5
"""Exchanges by which the clock is learnt at its first use: the fastest of five is seldom a slow one."""

_KEPT = "_belay_o["
# How an expression names an object that the board keeps for a proxy.

EMIT = "belay_emit"
"""Code with this word needs the helper that sends events."""

_FORGOT = re.compile(r"NameError: name '_belay\w*'")
# Our wrapper was there; only a board that was reset does not know it any more.


class GeneratorStep(NamedTuple):
    """What one step of a generator on the board brought.

    Attributes:
        finished: whether it has ended.
        value: the item, or the return value if it has ended.
    """

    finished: bool
    value: object


class Runtime:
    """A board that runs code for us.

    It is the `Board` that the roles ask for.

    Args:
        session: a session that nobody else uses.
        writer: gets what the board prints.
        description: how messages call the device: "Device('sim:')".
        history: what a reconnection repeats.
        auto_sync_time: whether the board's clock is learnt when it is first needed.
        events: who hears the events that the session's listener takes.

    Attributes:
        session: the conversation with the board; another one after a reconnection.
        implementation: what runs on the board.
        has_threads: whether it has `_thread`.
        mpy: its `sys.implementation._mpy`: which `.mpy` files it loads; 0 where it does not tell.
        history: what a reconnection repeats.
        recover: connects again when the link is gone; None if nobody shall.
        generation: how often the board has started, as far as is known; what it kept before is gone.
        submissions: how often something was sent; a number that did not change says that nothing was.
    """

    def __init__(
        self,
        session: Session,
        writer: OutputWriter,
        *,
        description: str,
        history: History | None = None,
        auto_sync_time: bool = True,
        events: Events | None = None,
    ) -> None:
        self.session = session
        self.description = description
        self.implementation = Implementation("")
        self.has_threads = False
        self.mpy = 0
        self._output = writer
        self._expressions = ExpressionWriter()
        self._origin_of = self._expressions.origins.get
        self._replies = ReplyReader(description, self._origin_of)
        writer.text_filter = PrintedTracebacks(self._origin_of)
        self._helpers: set[str] = set()
        self._helping = threading.Lock()
        self._events = events or Events()
        self._is_heard = threading.Event()  # set once somebody listens
        self._introducing = threading.RLock()  # a call in an output handler is refused, and must not wait
        self._events.connect(settle=self._replies.settle, want=self._is_heard.set)
        self._released: list[int] = []
        self._dropped: list[tuple[int, int]] = []
        self.generation = 1
        self.submissions = 0
        self._block_bytes = 0
        self._startup: str | None = None
        self._startup_origin: CodeOrigin | None = None
        self._definitions: list[str] = []
        self._forgetful = False
        self._waking = threading.RLock()
        self._restorer: int | None = None  # the thread that gives a board its state back
        self._generators: set[int] = set()
        self._auto_sync_time = auto_sync_time
        self._timekeeper = Timekeeper()
        self.history = history or History()
        self.recover: Callable[[], None] | None = None

    # Connecting

    def connect(self, startup: str | None, origin: CodeOrigin | None = None) -> None:
        """Enter the raw REPL, send the wrapper and learn what the board is, in one submission.

        Args:
            startup: None binds the convenience names, "" none; other code runs instead of that.
            origin: where that code stands on the host; None if nowhere.

        Raises:
            ProtocolError: the board did not answer as a board does.
            ConnectionLost: the link broke.
            BoardException: `startup` raised.
            ConnectionFailedError: the board has too little memory for the wrapper.
        """
        self._startup, self._startup_origin = startup, origin
        self.session.enter()
        names = CONVENIENCE_NAMES + " _thread" if startup is None else "_thread"
        code = board_code("runtime").replace("TOKEN", self.session.token)
        code += board_code("startup").replace("NAMES", repr(names))
        try:
            answer = self.session.call('_belay_n.pop("f")', prefix=code, output=self._output)
            facts = self._replies.settle(answer)
        except MemoryError as error:
            raise too_small(self.description, self.session.link, code_bytes=len(code)) from error
        if not isinstance(facts, list):
            raise InternalError(f"the board described itself as {facts!r}")
        name, version, platform, self.mpy, self.has_threads, *emitters = facts
        self.implementation = Implementation.from_board(
            name, version, platform, mpy=self.mpy, emitters=emitters
        )
        if startup:
            origin = origin or SourceOrigin("<startup>", 1, startup)
            self._replies.settle(self._submit(f"lambda:{self.text_expression(dedent(startup), origin)}"))

    def soft_reset(self) -> None:
        """Soft-reset the board, so that it runs `boot.py` and `main.py`; the next call interrupts them.

        Everything in its memory is gone. The functions that were defined are sent again with the next call,
        what setups and other calls have made is not.
        """
        self.session.run_main()
        self._forget()

    def _forget(self) -> None:
        """Know that the board has forgotten everything."""
        self._forgetful = True
        self.generation += 1
        self._generators.clear()
        self._timekeeper.forget()

    def restore(self, link: Link) -> None:
        """Go on over a new link: reset the board, and repeat all that was recorded.

        The link is closed if that fails.

        Raises:
            BoardException: something that was recorded raised.
            ConnectionLost, ProtocolError: the link broke, or the board did not answer as a board does.
        """
        with self._waking:
            old = self.session
            self.session = old.renewed(link)
            try:
                self.session.enter()
                if link.survives_reset:
                    # What is left there would be in the way of what is repeated.
                    self.session.soft_reset()
                self._forget()
                self._remind(everything=True)
            except BaseException:
                self.session.close()
                raise
            self.session.listen()

    def _remind(self, *, everything: bool) -> None:
        """Give a board that has started anew what every call needs, and the functions that it had.

        Args:
            everything: whether it also gets back what calls have made of it.
        """
        with self._waking:
            if not self._forgetful or self._restorer is not None:
                return
            self._helpers.clear()
            self._released.clear()
            self._restorer = threading.get_ident()
            try:
                self.connect(self._startup, self._startup_origin)
                if everything:
                    self._replay()
                else:
                    self._evaluate(self._definitions)
                self._forgetful = False
            finally:
                self._restorer = None

    def _replay(self) -> None:
        """Repeat what was recorded, in as few submissions as its size allows."""
        waiting: list[str] = []
        for what, ignore_errors in self.history.entries():
            if isinstance(what, str) and not ignore_errors:
                waiting.append(what)
                continue
            self._evaluate(waiting)
            waiting = []
            if callable(what):
                what()
            else:
                self._submit(f"lambda:{what}")  # whatever it raises
        self._evaluate(waiting)

    def _evaluate(self, expressions: Sequence[str]) -> None:
        """Evaluate expressions, in as few submissions as their size allows, and drop their values."""
        for block in _blocks(expressions):
            arguments = ",".join(f"lambda:{expression}" for expression in block)
            answer = self._submit(arguments, replies=len(block))
            for index in range(len(block)):
                error = self._replies.error_of(answer, index)
                if error is not None:
                    raise error

    # Running code

    def call(
        self,
        expression: str,
        *,
        timed: bool = False,
        helpers: Sequence[str] = (),
        respond: Callable[[Note], bytes] | None = None,
        timeout_s: float | None = None,
        output: OutputWriter | None = None,
    ) -> object:
        """Evaluate an expression that names only what the board knows, and return its value; one turnaround.

        Args:
            expression: what to evaluate.
            timed: the value comes with the local time halfway through the evaluation, as a tuple; not with
                `helpers` or `respond`.
            helpers: files of `_onboard/` that it needs; each is sent once.
            respond: gets each note of the expression, and returns what to send to it; see `Session.call`.
            timeout_s: seconds that it may take, with `respond` between two notes; None for ever.
            output: gets what it prints; None for the device's own.

        Raises:
            BoardException: it raised.
            UnreturnableValueError: its value cannot come back.
            CallTimeout: `timeout_s` passed.
            FeatureUnavailableError: `timed`, and the board has no clock.
        """
        if timed:
            values, error = self.call_many([expression], timed=(0,), timeout_s=timeout_s, output=output)
            if error is None and isinstance(values[0], UnreturnableValueError):
                raise values[0]
            if error is not None:
                raise error
            return values[0]
        answer = self._send(
            f"lambda:{expression}", helpers=helpers, respond=respond, timeout_s=timeout_s, output=output
        )
        return self._replies.settle(answer)

    def send_helpers(self, names: Sequence[str]) -> None:
        """Send files of `_onboard/`, each alone: compiling one at a time takes less memory than all together.

        Args:
            names: the files; those that are there already are not sent.
        """
        for name in names:
            if self._forgetful or name not in self._helpers:
                self.call("0", helpers=(name,))

    def call_many(
        self,
        expressions: Sequence[str],
        *,
        timed: Collection[int] = (),
        timeout_s: float | None = None,
        each_s: Sequence[float | None] = (),
        output: OutputWriter | None = None,
    ) -> tuple[list[object], BoardException | CallTimeout | None]:
        """Evaluate expressions in order in one turnaround; the first that raises ends it.

        Args:
            expressions: what to evaluate.
            timed: the indices of those whose value comes with its time.
            timeout_s: seconds that all may take together.
            each_s: seconds that each of them may take, counted from the end of the one before.
            output: gets what they print.

        Returns:
            The values of those that ended well, and the exception of the one that did not.
            A value that cannot come back stands in its place as the error that says so.
            Those whose index is `timed` are `(value, local time)`.
        """
        if timed:
            self._prepare_clock()
        failure: BoardException | CallTimeout | None = None
        sent_s = self._timekeeper.now()
        try:
            answer = self._send(
                ",".join(
                    f"lambda:{_timed(code) if index in timed else code}"
                    for index, code in enumerate(expressions)
                ),
                replies=len(expressions),
                helpers=("clock",) if timed else (),
                timeout_s=timeout_s,
                each_s=each_s,
                output=output,
            )
        except CallTimeout as timeout:
            failure = timeout
            answer = Answer(
                [reply for reply in timeout.replies if isinstance(reply, Reply)], "", started=True
            )
        received_s = self._timekeeper.now()
        values: list[object] = []
        spans: dict[int, tuple[int, int]] = {}
        for index in range(len(answer.replies) if failure else len(expressions)):
            error = self._replies.error_of(answer, index)
            if error is not None:
                failure = error
                break
            reply = answer.replies[index]
            if index in timed:
                reply, spans[index] = self._replies.without_times(reply)
            try:
                values.append(self._replies.value(reply))
            except UnreturnableValueError as unreturnable:
                values.append(unreturnable)
        if spans:
            moments = self._timekeeper.learn(sent_s, received_s, list(spans.values()))
            for index, moment in zip(spans, moments, strict=True):
                if not isinstance(values[index], UnreturnableValueError):
                    values[index] = values[index], moment
        return values, failure

    def text_expression(self, code: str, origin: CodeOrigin | None, *, minify: bool = True) -> str:
        """Return the board expression, on one line, that evaluates an expression or runs statements.

        Args:
            code: Python for the board, at the left margin; its lines are those of `origin`.
            origin: where the code stands on the host, for tracebacks; None if nowhere.
            minify: whether to shorten it on its way.
        """
        return self._expressions.text(code, origin, minify=minify)

    def execute(
        self,
        source: BoardSource,
        *,
        prelude: str = "",
        minify: bool = True,
        record: bool = True,
        ignore_errors: bool = False,
        timeout_s: float | None = None,
        output: OutputWriter | None = None,
    ) -> None:
        """Run statements in the board's globals, behind a line of preparation: a setup's body, a script."""
        expression = self._expressions.statements(source.text, source.origin, minify=minify)
        if prelude:
            expression = f"({self._expressions.statements(prelude, None)},{expression})[1]"
        self.call(expression, timeout_s=timeout_s, output=output)
        if record:
            self.record(expression, ignore_errors=ignore_errors)

    def define(self, definitions: Sequence[Definition]) -> None:
        """Define functions in the board's globals, in as few submissions as their size allows."""
        expressions = [
            self._expressions.statements(source.text, source.origin, minify=minify)
            for source, minify in definitions
        ]
        for block in _blocks(expressions):
            _, error = self.call_many(block)
            if error is not None:
                raise error
            for expression in block:
                self.record(expression)
                self._definitions.append(expression)

    def record(self, what: str | Callable[[], object], *, ignore_errors: bool = False) -> None:
        """Have a reconnection repeat an expression that has just been evaluated, or a call that was made.

        An expression that names an object kept for a proxy is left out: the object is gone by then.
        """
        is_kept = isinstance(what, str) and _KEPT in what
        if self._restorer != threading.get_ident() and not is_kept:
            self.history.add(what, ignore_errors=ignore_errors)

    @property
    def block_bytes(self) -> int:
        """How many bytes of expressions one `call_many` may hold; the board is asked once."""
        if not self._block_bytes:
            free_bytes = self.call(f"{BUILTINS}.__import__('gc').mem_free()")
            if not isinstance(free_bytes, int):
                raise InternalError(f"the board has {free_bytes!r} bytes of free heap")
            # Compiling takes some twenty times the text; what the calls do needs room as well. More than one
            # write's worth would go by raw paste, where every window waits for a turnaround.
            self._block_bytes = min(max(free_bytes // 40, 200), 1900)
        return self._block_bytes

    # Generators

    def generator_next(
        self,
        number: int,
        start: str | None,
        step: str,
        *,
        timed: bool = False,
        timeout_s: float | None = None,
    ) -> GeneratorStep:
        """Advance a generator on the board; one turnaround, the first step included.

        Args:
            number: which one; chosen by the caller, never used twice.
            start: the expression that makes it, with the first step; else None.
            step: what to do with it, an expression of `g`: "g.send(None)".
            timed: the item comes with the local time halfway through the step, as a tuple.
            timeout_s: seconds that the step may take.
        """
        if timed:
            self._prepare_clock()
        if start is None and number not in self._generators:
            raise self._generator_gone()
        prefix = "" if start is None else f"_belay_gs[{number}]={start}\n"
        code = f"_belay_g({number},lambda g:{step})"
        sent_s = self._timekeeper.now()
        answer = self._send(
            f"lambda:{_timed(code) if timed else code}",
            helpers=("generators", "clock") if timed else ("generators",),
            prefix=prefix,
            timeout_s=timeout_s,
            repeatable=start is not None,
        )
        received_s = self._timekeeper.now()
        self._generators.add(number)
        error = self._replies.error_of(answer, 0)
        if error is not None:
            self._generators.discard(number)
            raise error
        reply = answer.replies[0]
        if timed:
            reply, span = self._replies.without_times(reply)
            moment = self._timekeeper.learn(sent_s, received_s, [span])[0]
        value = self._replies.value(reply)
        if not (isinstance(value, tuple) and len(value) == 2):  # noqa: PLR2004 - (flag, value)
            raise InternalError(f"a generator on the board answered {value!r}")
        if not value[0]:
            self._generators.discard(number)
        item = (value[1], moment) if timed and value[0] else value[1]
        return GeneratorStep(finished=not value[0], value=item)

    def release_generator(self, number: int) -> None:
        """Free a generator with the next call; safe from any thread, the garbage collector's too."""
        # An append is atomic, and takes no lock that the interrupted thread might hold.
        self._released.append(number)

    def _generator_gone(self) -> ConnectionLost:
        return ConnectionLost(
            f"a generator of {self.description} is gone: the board has started anew since",
            hint="begin to iterate anew",
        )

    # Time

    def sync_time(self, samples: int) -> TimeOffset:
        """Learn the board's clock by `samples` exchanges more, one turnaround each, and return its offset.

        Raises:
            FeatureUnavailableError: the board has no clock.
            TimeNotSyncedError: `samples` is 0, and nothing is known.
        """
        for _ in range(samples):
            self._ask_clock()
        found = self._timekeeper.offset()
        if found is None:
            raise TimeNotSyncedError(
                f"nothing is known of the clock of {self.description}:"
                " it has not been compared with the host's since the board started",
                hint="call `device.sync_time()`",
            )
        return found

    def time_offset(self) -> TimeOffset:
        """Return the offset of the board's clock; unless told not to, ask the board if it is not known.

        Raises:
            FeatureUnavailableError: the board has no clock.
            TimeNotSyncedError: nothing is known, and the board shall not be asked.
        """
        if self._auto_sync_time:
            self._prepare_clock()
        return self.sync_time(0)

    def _prepare_clock(self) -> None:
        """Learn of the board's clock what is needed, at least that there is one, and when it goes round."""
        found = self._timekeeper.offset()
        needed = AUTOMATIC_SAMPLES if self._auto_sync_time else 1
        for _ in range(needed - (0 if found is None else found.samples)):
            self._ask_clock()

    def _ask_clock(self) -> None:
        sent_s = self._timekeeper.now()
        answer = self._send(
            f"lambda:{_timed('_belay_p')}", helpers=("clock",), timeout_s=self.session.timeout_s
        )
        received_s = self._timekeeper.now()
        error = self._replies.error_of(answer, 0)
        if error is not None:
            raise error
        reply, span = self._replies.without_times(answer.replies[0])
        greatest = self._replies.value(reply)
        if not isinstance(greatest, int):
            raise FeatureUnavailableError(
                f"{self.description} has no clock: neither `time.ticks_ms` nor `supervisor.ticks_ms`"
                " nor `time.monotonic_ns`"
            )
        if not -1 <= greatest < 1 << 63:
            raise InternalError(f"the clock of {self.description} goes up to {greatest}")
        if self._timekeeper.offset() is None:
            self._timekeeper.begin(greatest + 1)
        self._timekeeper.learn(sent_s, received_s, [span])

    # Objects that the board keeps for proxies

    def release_object(self, number: int, generation: int) -> None:
        """Forget a kept object with the next call; safe from any thread, the garbage collector's too."""
        self._dropped.append((generation, number))  # atomic, as above

    def _take_dropped(self) -> list[tuple[int, int]]:
        """Return what the next call shall release; each goes once."""
        if "proxies" in self._helpers:
            return _taken(self._dropped, RELEASES)
        self._dropped.clear()  # what the numbers stood for is gone with the table
        return []

    # Sending and reading

    def _send(
        self,
        arguments: str,
        *,
        replies: int = 1,
        helpers: Sequence[str] = (),
        prefix: str = "",
        respond: Callable[[Note], bytes] | None = None,
        timeout_s: float | None = None,
        each_s: Sequence[float | None] = (),
        output: OutputWriter | None = None,
        repeatable: bool = True,
    ) -> Answer:
        """Have the board evaluate something; where `recover` is set, on a board that was found again, too."""
        session = self.session

        def once() -> Answer:
            return self._send_once(
                arguments,
                replies=replies,
                helpers=helpers,
                prefix=prefix,
                respond=respond,
                timeout_s=timeout_s,
                each_s=each_s,
                output=output,
            )

        try:
            return once()
        except ConnectionLost:
            if self.recover is None or self._restorer == threading.get_ident():
                raise
            if session.is_lost:
                self._recover(session)
            if respond is not None or not repeatable or _KEPT in arguments + prefix:
                raise
            return once()

    def _recover(self, session: Session) -> None:
        """Have the link replaced over which `session` ran, unless another thread has done so."""
        with self._waking:
            if self.session is session and self.recover is not None:
                self.recover()

    def _send_once(
        self,
        arguments: str,
        *,
        replies: int,
        helpers: Sequence[str],
        prefix: str,
        respond: Callable[[Note], bytes] | None,
        timeout_s: float | None,
        each_s: Sequence[float | None],
        output: OutputWriter | None,
    ) -> Answer:
        if self._forgetful:
            self._remind(everything=self.recover is not None)
        # One thread at a time: a helper that comes twice empties its table.
        with nullcontext() if self._helpers.issuperset(helpers) else self._helping:
            missing = [name for name in helpers if name not in self._helpers]
            if missing:
                code = "".join(map(board_code, missing))
                prefix = code.replace("TOKEN", self.session.token) + prefix
            dropped = self._take_dropped()
            prefix += self._releases(dropped)
            self.submissions += 1
            is_started = False
            try:
                answer = self._submit(
                    arguments,
                    replies=replies,
                    prefix=prefix,
                    respond=respond,
                    timeout_s=timeout_s,
                    each_s=each_s,
                    output=output,
                )
                is_started = answer.started
            except ConnectionLost:
                # If the link is still there, the board has started anew.
                self._forget()
                raise
            finally:
                if is_started:
                    self._helpers.update(missing)
                else:
                    # Maybe they are released; another time does no harm.
                    self._dropped += dropped
        if not answer.started and _FORGOT.search(answer.error):
            self._forget()
            raise ConnectionLost(
                f"{self.description} has started anew since the last call; what it held in memory is gone",
                hint="call again what set it up; the functions that it had are sent again by themselves",
            )
        return answer

    def _releases(self, dropped: Sequence[tuple[int, int]]) -> str:
        """Return the lines that free generators, and objects of this life of the board."""
        code = ""
        released = _taken(self._released, RELEASES)
        if released and "generators" in self._helpers:
            code += f"_belay_free({released})\n"
        numbers = [str(number) for generation, number in dropped if generation == self.generation]
        if numbers:
            code += f"_belay_ou([{','.join(numbers)}])\n"
        return code

    def _submit(
        self,
        arguments: str,
        *,
        replies: int = 1,
        prefix: str = "",
        respond: Callable[[Note], bytes] | None = None,
        timeout_s: float | None = None,
        each_s: Sequence[float | None] = (),
        output: OutputWriter | None = None,
    ) -> Answer:
        """Call the wrapper, whatever state the board is in; what `belay_emit` needs goes in front, once."""
        # One thread at a time: who needs it too must not be quicker.
        with self._introducing if self._lacks_events(arguments) else nullcontext():
            introduces = self._lacks_events(arguments)
            if introduces:
                prefix = board_code("events") + prefix
                self._events.begin_anew()
            if output is not None:
                output.text_filter = PrintedTracebacks(self._origin_of)
            try:
                answer = self.session.call(
                    arguments,
                    replies=replies,
                    prefix=prefix,
                    respond=respond,
                    output=output or self._output,
                    timeout_s=timeout_s,
                    each_s=each_s,
                )
            finally:
                if output is not None:
                    output.end()
            if introduces and answer.started:
                self._helpers.add("events")
            return answer

    def _lacks_events(self, arguments: str) -> bool:
        """Return whether the board must get what `belay_emit` needs: code names it, or somebody listens."""
        return "events" not in self._helpers and (self._is_heard.is_set() or EMIT in arguments)


def _taken(waiting: list[T], limit: int) -> list[T]:
    """Take items from the end of a list to which the garbage collector appends, maybe in another thread."""
    taken: list[T] = []
    with suppress(IndexError):  # another thread took the last one
        while waiting and len(taken) < limit:
            taken.append(waiting.pop())
    return taken


def _blocks(expressions: Sequence[str]) -> Iterator[list[str]]:
    """Put expressions together that go in one submission."""
    block: list[str] = []
    size = 0
    for expression in expressions:
        if block and size + len(expression) > DEFINITIONS_BYTES:
            yield block
            block, size = [], 0
        block.append(expression)
        size += len(expression)
    if block:
        yield block


def _timed(code: str) -> str:
    """Return the board expression for the value of `code` with the board's clock before and after."""
    return f"_belay_t(lambda:{code})"
