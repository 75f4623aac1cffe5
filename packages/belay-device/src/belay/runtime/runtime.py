"""A board that runs code for us: the face of the runtime."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from belay.events import Events
from belay.exceptions import CallTimeout, InternalError, UnreturnableValueError
from belay.expressions import ExpressionWriter
from belay.history import History, recorded
from belay.portions import portions
from belay.printed_tracebacks import PrintedTracebacks
from belay.replies import ReplyReader
from belay.runtime.board_clock import CLOCK_HELPERS, BoardClock, timed_code
from belay.runtime.board_generators import BoardGenerators
from belay.runtime.reviving import DEFINITIONS_BYTES, Reviver
from belay.runtime.submitting import Submitter
from belay.values import BUILTINS
from belay_transport.repl import Reply
from belay_transport.session import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from belay.code_kinds import Kind
    from belay.exceptions import BoardException
    from belay.implementation import Implementation
    from belay.output import OutputWriter
    from belay.roles import Definition
    from belay.runtime.board_generators import GeneratorStep
    from belay.source import BoardSource
    from belay.timing import TimeOffset
    from belay.tracebacks import CodeOrigin
    from belay_transport.links import Link
    from belay_transport.repl import Note
    from belay_transport.session import Session

__all__ = ["Runtime"]


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
        description: how messages call the device.
        mounts: where folders of this computer are mounted on the board, absolute.
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
        self.description = description
        self._expressions = ExpressionWriter()
        origin_of = self._expressions.origins.get
        self._replies = ReplyReader(description, origin_of)
        writer.text_filter = PrintedTracebacks(origin_of)
        events = events or Events()
        self._submitter = Submitter(
            session, writer, description=description, origin_of=origin_of, events=events
        )
        events.connect(settle=self._replies.settle, want=self._submitter.helpers.is_heard.set)
        self._reviver = Reviver(self._submitter, self._replies, self._expressions, history or History())
        self._clock = BoardClock(self._submitter, self._replies, asks_itself=auto_sync_time)
        self._generators = BoardGenerators(self._submitter, self._replies, self._clock)
        self._block_bytes = 0
        self.mounts: set[str] = set()

    # What there is

    @property
    def session(self) -> Session:
        """The conversation with the board; another one after a reconnection."""
        return self._submitter.session

    @property
    def implementation(self) -> Implementation:
        """What runs on the board."""
        return self._reviver.facts.implementation

    @property
    def has_threads(self) -> bool:
        """Whether it has `_thread`."""
        return self._reviver.facts.has_threads

    @property
    def mpy(self) -> int:
        """Its `sys.implementation._mpy`: which `.mpy` files it loads; 0 where it does not tell."""
        return self._reviver.facts.mpy

    @property
    def history(self) -> History:
        """What a reconnection repeats."""
        return self._reviver.history

    @property
    def recover(self) -> Callable[[], None] | None:
        """What connects again when the link is gone; None if nobody shall."""
        return self._submitter.recover

    @recover.setter
    def recover(self, recover: Callable[[], None] | None) -> None:
        self._submitter.recover = recover

    @property
    def is_found_again(self) -> bool:
        """Whether a link that broke has been replaced."""
        return self.recover is not None and not self.session.is_lost

    @property
    def generation(self) -> int:
        """How often the board has started, as far as is known; what it kept before is gone."""
        return self._submitter.generation

    @property
    def submissions(self) -> int:
        """How often something was sent; a number that did not change says that nothing was."""
        return self._submitter.submissions

    # Connecting

    def connect(self, startup: str | None, origin: CodeOrigin | None = None) -> None:
        """Enter the raw REPL, send the wrapper and learn what the board is; see `Reviver.connect`."""
        self._reviver.connect(startup, origin)

    def soft_reset(self) -> None:
        """Soft-reset the board, so that it runs `boot.py` and `main.py`; the next call interrupts them.

        Everything in its memory is gone. The functions that were defined are sent again with the next call,
        what setups and other calls have made is not.
        """
        self.session.run_main()
        self._submitter.forget()

    def clear(self) -> None:
        """Soft-reset the board, so that it runs `boot.py` and not `main.py`.

        What was in its memory is gone, as with `soft_reset`.
        """
        self.session.soft_reset()
        self._submitter.forget()

    def restore(self, link: Link) -> None:
        """Go on over a new link: reset the board, and repeat all that was recorded; see `Reviver.restore`."""
        self._reviver.restore(link)

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
        repeatable: bool = True,
    ) -> object:
        """Evaluate an expression that names only what the board knows, and return its value; one turnaround.

        Args:
            expression: what to evaluate.
            timed: the value comes with the local time halfway through the evaluation, as a tuple; not with
                `helpers`, `respond` or `repeatable`.
            helpers: files of `_onboard/` that it needs; each is sent once.
            respond: gets each note of the expression, and returns what to send to it; see `Session.call`.
            timeout_s: seconds that it may take, with `respond` between two notes; None for ever.
            output: gets what it prints; None for the device's own.
            repeatable: whether it may be evaluated once more on a board that was found again; if not, that is
                a `ConnectionLost` too.

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
        answer = self._submitter.send(
            f"lambda:{expression}",
            helpers=helpers,
            respond=respond,
            timeout_s=timeout_s,
            output=output,
            repeatable=repeatable,
        )
        return self._replies.settle(answer)

    def pack_helpers(self) -> None:
        """Send helpers deflated from now on: the board has `deflate`, base64 and the heap for it."""
        self._submitter.helpers.inflates = True

    def send_helpers(self, names: Sequence[str]) -> None:
        """Send files of `_onboard/`, each alone: compiling one at a time takes less memory than all together.

        Args:
            names: the files; those that are there already are not sent.
        """
        for name in names:
            if self._submitter.is_forgetful or name not in self._submitter.helpers:
                self.call("0", helpers=(name,))

    def discard_helpers(self, names: Sequence[str]) -> None:
        """Free files of `_onboard/` on the board, with the next call that needs others.

        Args:
            names: the files, which hold nothing; those that are needed again come again.
        """
        self._submitter.helpers.discard(names)

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
            self._clock.prepare()
        failure: BoardException | CallTimeout | None = None
        sent_s = self._clock.now()
        try:
            answer = self._submitter.send(
                ",".join(
                    f"lambda:{timed_code(code) if index in timed else code}"
                    for index, code in enumerate(expressions)
                ),
                replies=len(expressions),
                helpers=CLOCK_HELPERS if timed else (),
                timeout_s=timeout_s,
                each_s=each_s,
                output=output,
            )
        except CallTimeout as timeout:
            failure = timeout
            answer = Answer(
                [reply for reply in timeout.replies if isinstance(reply, Reply)], "", started=True
            )
        received_s = self._clock.now()
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
            moments = self._clock.learn(sent_s, received_s, list(spans.values()))
            for index, moment in zip(spans, moments, strict=True):
                if not isinstance(values[index], UnreturnableValueError):
                    values[index] = values[index], moment
        return values, failure

    def text_expression(
        self, code: str, origin: CodeOrigin | None, *, minify: bool = True, kind: Kind | None = None
    ) -> str:
        """Return the board expression, on one line, that evaluates an expression or runs statements.

        Args:
            code: Python for the board, at the left margin; its lines are those of `origin`.
            origin: where the code stands on the host, for tracebacks; None if nowhere.
            minify: whether to shorten it on its way.
            kind: what it is, if that is known already.
        """
        return self._expressions.text(code, origin, minify=minify, kind=kind)

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
        with recorded(self, expression, ignore_errors=ignore_errors) if record else nullcontext():
            self.call(expression, timeout_s=timeout_s, output=output)

    def define(self, definitions: Sequence[Definition]) -> None:
        """Define functions in the board's globals, in as few submissions as their size allows."""
        expressions = [
            self._expressions.statements(source.text, source.origin, minify=minify)
            for source, minify in definitions
        ]
        for block in portions(expressions, DEFINITIONS_BYTES):
            _, error = self.call_many(block)
            if error is not None:
                raise error
            for expression in block:
                self._reviver.add_definition(expression)

    def record(self, what: str | Callable[[], object], *, ignore_errors: bool = False) -> None:
        """Have a reconnection repeat an expression that has just been evaluated, or a call that was made."""
        self._reviver.record(what, ignore_errors=ignore_errors)

    def always(self, work: Callable[[], None]) -> None:
        """Have some work done whenever the board has started anew, before anything else is restored."""
        self._reviver.always.append(work)

    def no_longer(self, work: Callable[[], None]) -> None:
        """End what `always` began."""
        self._reviver.always.remove(work)

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

    # What calls can be beside values

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
        return self._generators.advance(number, start, step, timed=timed, timeout_s=timeout_s)

    def release_generator(self, number: int) -> None:
        """Free a generator with the next call; safe from any thread, the garbage collector's too."""
        self._submitter.releases.drop_generator(number)

    def release_object(self, number: int, generation: int) -> None:
        """Forget a kept object with the next call; safe from any thread, the garbage collector's too."""
        self._submitter.releases.drop_object(number, generation)

    def sync_time(self, samples: int) -> TimeOffset:
        """Compare the clocks `samples` times more; see `BoardClock.sync_time`."""
        return self._clock.sync_time(samples)

    def time_offset(self) -> TimeOffset:
        """Return the offset of the board's clock; see `BoardClock.time_offset`."""
        return self._clock.time_offset()
