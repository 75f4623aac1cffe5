"""One exchange with a board from its first byte to its last: deadlines, Ctrl-C, what becomes of the events.

It does not know who may call; whoever uses it has the link to himself.
"""

from __future__ import annotations

import logging
from threading import get_ident
from typing import TYPE_CHECKING, NamedTuple

from . import refusals
from .deadlines import Deadlines
from .errors import ConnectionLost, ProtocolError
from .repl import ERROR_KIND, EXCHANGE, Finished, Note, Output, Ready, Refused, Reply, Restarted, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .pump import Pump
    from .repl import Event, HostRepl
    from .turns import Turn

    Write = Callable[[bytes], None]
    Respond = Callable[[Note], bytes]

__all__ = ["Answer", "Conversation"]

_log = logging.getLogger("belay.session")

_LEAVE_RAW = b"\x02"

INTERRUPT_EVERY_S = 0.5
"""Between two Ctrl-C to a program that does not end: time enough to print its traceback."""

ENDING_S = 2.0
"""How long a program may take to end in its own way after Ctrl-C on the host; then it is knocked out."""


class Answer(NamedTuple):
    """What came of a piece of code.

    Attributes:
        replies: the framed replies, in order; fewer than asked for if one of them was a failure.
        error: the traceback of a failure that came unframed, as the board printed it; else "".
        started: whether the wrapper ran.
    """

    replies: list[Reply]
    error: str
    started: bool


class Conversation:
    """Talks with one board.

    Args:
        pump: moves the bytes.
        repl: the machine that the pump feeds.
        board: what messages call the board: the link's description.
        output: gets what the board prints where a call does not say otherwise.
        listen: gets the board's messages, at any time; must not raise nor wait.
        timeout_s: bounds each wait of the protocol, in seconds.
        clock: monotonic seconds.

    Attributes:
        closing: set by another thread to end the call that runs.
        closer: the thread that alone may call, once there is one.
        barred: threads whose calls must end, and that may begin none.
        stopped: the turn that another thread has ended.
        board_answers: False once the board did not come to a prompt in time, until it does.
        fed: set by who has written to the program that runs, beside `respond`.
        runs_main: the board runs what it was left to, its `main.py` or code, and nobody has asked since.
    """

    def __init__(
        self,
        pump: Pump,
        repl: HostRepl,
        *,
        board: str,
        output: Write | None,
        listen: Callable[[Note], None] | None,
        timeout_s: float,
        clock: Callable[[], float],
    ) -> None:
        self._pump = pump
        self._repl = repl
        self._board = board
        self._output = output
        self._listen = listen
        self._timeout_s = timeout_s
        self._clock = clock
        # Whether the machine's state can be trusted. Ctrl-C on the host may stop us between any two
        # instructions, and may lose bytes that were read; entering anew is what mends that.
        self._in_step = False
        self.closing = False
        self.closer: int | None = None
        self.barred: set[int] = set()
        self.stopped: Turn | None = None
        self.board_answers = True
        self.fed = False
        self.runs_main = False

    @property
    def must_end(self) -> bool:
        """Whether what the calling thread does must end, because the session is about to be closed."""
        return self.closing or (self.closer is not None and self.closer != get_ident())

    def is_interrupted(self, turn: Turn | None) -> bool:
        """Return whether another thread has ended this turn of the calling thread."""
        return (turn is not None and self.stopped is turn) or get_ident() in self.barred

    def require_prompt(self) -> None:
        """Be at the raw prompt; costs nothing where the last exchange ended well."""
        if not self._in_step or self._repl.state is not State.READY:
            self.enter()
        self._pump.forget()

    def enter(self, timeout_s: float | None = None) -> None:
        """Bring the board to its raw prompt from whatever it does.

        Args:
            timeout_s: instead of the usual one.
        """
        self.runs_main = False
        self._pump.drain()
        self._pump.forget()
        self._repl.enter()
        self.wait_for_prompt(timeout_s)

    def wait_for_prompt(self, timeout_s: float | None = None) -> None:
        """Wait until the prompt is there that the machine was asked for.

        Raises:
            ProtocolError: it did not come in time.
            ConnectionLost: the link broke.
        """
        timeout_s = self._timeout_s if timeout_s is None else timeout_s
        deadline_s = self._clock() + timeout_s
        self._in_step = False
        while (events := self._pump.step(deadline_s)) is not None:
            for event in events:
                if isinstance(event, Ready):
                    self._in_step = self.board_answers = True
                    return
                if isinstance(event, Refused):
                    raise self._no_answer(event, timeout_s)
        refused = self._repl.refused()
        self._repl.give_up()
        self.board_answers = False
        raise self._no_answer(refused, timeout_s)

    def lose_place(self) -> None:
        """Know that the board may be anywhere: the next exchange enters anew."""
        self._in_step = False

    def leave(self, timeout_s: float) -> None:
        """Bring the board to its friendly prompt; raises what `wait_for_prompt` does."""
        if not self._in_step or self._repl.state is not State.READY:
            self.enter(timeout_s)
        self._repl.leave()
        self.wait_for_prompt(timeout_s)

    def see_started(self) -> None:
        """See that the code which the machine was given runs, or has run, and leave it to itself.

        Where it ends, the board comes to its friendly prompt.

        Raises:
            ProtocolError: the board did not take it in time.
            ConnectionLost: the link broke.
        """
        self._in_step = False
        deadline_s = self._clock() + self._timeout_s
        while not self._repl.running:
            events = self._pump.step(deadline_s)
            if events is None:
                refused = self._repl.refused()
                self._repl.give_up()
                raise self._no_answer(refused, self._timeout_s)
            if self._deliver(events, self._output) is not None:
                self._in_step = True
                return
        self._repl.send(_LEAVE_RAW)  # is read when the code has ended, and else is a key for it
        self._pump.send()
        self.runs_main = True

    def converse(
        self,
        output: Write | None,
        timeout_s: float | None,
        *,
        each_s: Sequence[float | None] = (),
        respond: Respond | None = None,
        turn: Turn | None = None,
    ) -> Answer:
        """See the code that the machine was given to its end.

        Args:
            output: gets what the board prints; the session's own if None.
            timeout_s: seconds that the code may run; None for ever. With `respond`, they begin anew with
                each note of the board.
            each_s: seconds that what makes each reply may run.
            respond: gets each note of the code that runs, and returns what to send to it.
            turn: the caller's; it may be ended.
        """
        deadlines = Deadlines(self._clock, timeout_s, each_s)
        write = output or self._output
        call = _Call(respond)
        self._in_step = self.fed = False
        try:
            while (
                not (self.must_end or self.is_interrupted(turn))
                and (events := self._pump.step(deadlines.due_s)) is not None
            ):
                finished = self._deliver(events, write, call)
                if finished is not None:
                    # A program that has failed may leave data unread, which the prompt takes for code.
                    is_fed = self.fed or respond is not None
                    self._in_step = not is_fed or call.ended_well or not (call.replies or finished.error)
                    return Answer(call.replies, _text(finished.error), finished.started)
                deadlines.replied(len(call.replies))
                if call.was_noted:
                    call.was_noted = False
                    deadlines.start()
        except (ConnectionLost, ProtocolError):
            raise
        except BaseException as error:
            # Ctrl-C on the host, or an output that cannot be written: the board's program must not run on.
            self._end_program(None if isinstance(error, Exception) else write)
            raise
        if self.must_end:
            self._end_program(None)
            raise refusals.closed_in_call(self._board)
        if not self._interrupt(write, self._timeout_s):
            raise refusals.did_not_stop(self._board, waited_s=self._timeout_s, received=self._pump.last)
        self._in_step = respond is None and not self.fed
        if self.is_interrupted(turn):
            raise refusals.interrupted(self._board)
        raise refusals.ran_too_long(self._board, timeout_s=deadlines.passing_s, replies=call.replies)

    def deliver_idle(self, data: bytes) -> None:
        """Pass on what came between calls."""
        self._deliver(self._pump.receive(data), self._output)

    def _end_program(self, write: Write | None) -> None:
        """End the board's program; what goes wrong is logged, for an error is on its way already."""
        try:
            if self._interrupt(write, ENDING_S):
                return
        except ConnectionLost as error:
            _log.debug("the program was not interrupted: %s", error)
            return
        except ProtocolError as error:
            # Where Ctrl-C struck, the machine may have lost its place.
            _log.debug("the program did not end in its own way: %s", error)
        except Exception:  # noqa: BLE001 - the output handler may raise anything, and must not hide the first error
            _log.warning("something failed while the program was interrupted", exc_info=True)
        try:
            self.enter()
        except (ConnectionLost, ProtocolError) as error:
            _log.warning("the interrupted program may still run: %s", error)

    def _interrupt(self, write: Write | None, patience_s: float) -> bool:
        """Send Ctrl-C until the code has ended; what it still prints is delivered.

        Returns:
            Whether it has ended within `patience_s`.
        """
        if not self._repl.running:
            # Half of the code may be out: entering anew is what clears a board's line buffer.
            self.enter()
            return True
        deadline_s = self._clock() + patience_s
        while (now_s := self._clock()) < deadline_s:
            self._repl.interrupt()
            pause_s = min(now_s + INTERRUPT_EVERY_S, deadline_s)
            while (events := self._pump.step(pause_s)) is not None:
                if self._deliver(events, write) is not None:
                    return True
        self._repl.give_up()
        return False

    def _deliver(
        self, events: Iterable[Event], write: Write | None, call: _Call | None = None
    ) -> Finished | None:
        """Pass output and notes on, collect replies; return the end if it is there."""
        finished: Finished | None = None
        for event in events:
            if isinstance(event, Output):
                if write is not None:
                    write(event.data)
            elif isinstance(event, Reply):
                if call is not None:
                    call.replies.append(event)
            elif isinstance(event, Note):
                self._take_note(event, call)
            elif isinstance(event, Finished):
                finished = event
            elif isinstance(event, Restarted):
                self.runs_main = True
                raise refusals.started_anew(self._board)
            elif isinstance(event, Refused):
                raise self._no_answer(event, self._timeout_s)
        return finished

    def _take_note(self, note: Note, call: _Call | None) -> None:
        if not note.kind.startswith(EXCHANGE):
            if self._listen is not None:
                self._listen(note)
        elif call is not None and call.respond is not None:
            call.was_noted = True
            data = call.respond(note)
            if data:
                self._repl.send(data)

    def _no_answer(self, refused: Refused, waited_s: float) -> ProtocolError:
        return refusals.no_answer(self._board, refused, waited_s=waited_s, received=self._pump.last)


class _Call:
    """What comes of the code that runs."""

    def __init__(self, respond: Respond | None) -> None:
        self.respond = respond
        self.replies: list[Reply] = []
        self.was_noted = False

    @property
    def ended_well(self) -> bool:
        return bool(self.replies) and self.replies[-1].kind != ERROR_KIND


def _text(data: bytes) -> str:
    return data.decode(errors="replace").replace("\r\n", "\n") if data else ""
