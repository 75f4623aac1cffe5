"""One conversation with a board's REPL: run code, stream its output, keep deadlines, pass Ctrl-C on.

It does not know what code means or how values travel: a wrapper on the board frames the replies,
and whoever sends the wrapper reads them.
"""

from __future__ import annotations

import _thread
import logging
import os
import re
import string
import threading
import time
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from . import refusals
from .conversation import Answer, Conversation
from .errors import ArgumentValueError, ConnectionLost, ProtocolError
from .pump import PLAIN_LIMIT_BYTES, Pump
from .repl import ERROR_KIND, HostRepl
from .text_only import is_text_only
from .turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .idle import IdleReader
    from .links import Link
    from .repl import Note

    Tap = Callable[[Link], Link]

__all__ = ["Answer", "Session", "Wrapper"]

_log = logging.getLogger("belay.session")

PLAIN_LIMIT_FLOW_BYTES = 2048
"""Longest code sent in one write where the wire holds bytes back: what the line buffer of a board with
16 kB of heap takes; longer code is compiled as it comes, by raw paste."""

LEAVING_S = 2.0
"""What closing waits for a board at most: whoever closes is on the way out."""

RELEASING_S = 1.0
"""What dropping a session waits for its link at most: milliseconds will do unless locks are in the way."""

MOST_SEQUENCE = 0x1FFF_FFFF
# Above are the numbers of questions; all are small integers on every board.

_CONTROL = re.compile("[\x00-\x05]")
_NUL = "\0"
_LINE_END = re.compile("\r\n?")


class Wrapper(NamedTuple):
    """How code is wrapped so that its replies come framed.

    Attributes:
        call: a template with `%d` for the sequence number and `%b` for the argument text.
        again: a template with `%d` for the number of the question; makes the board send the replies of
            the last call once more, behind a start mark with that number.
    """

    call: bytes = b"_belay(%d,%b)"
    again: bytes = b"_belay_a(%d)"


class Session:
    """A conversation with one board, safe to use from several threads: one caller at a time.

    Args:
        link: an open link; the session closes it.
        output: gets what the board prints, as bytes, as they come; also from the idle reader's thread.
        listen: gets the board's messages (notes whose kind begins with "m"), likewise; must neither raise
            nor wait.
        timeout_s: bounds each wait of the protocol, in seconds; programs may run for ever.
        wrapper: how `call` wraps code.
        clock: monotonic seconds; tests pass their own.

    Attributes:
        token: the letters that mark this session's frames.
    """

    def __init__(
        self,
        link: Link,
        *,
        output: Callable[[bytes], None] | None = None,
        listen: Callable[[Note], None] | None = None,
        timeout_s: float = 10.0,
        wrapper: Wrapper = Wrapper(),  # noqa: B008 - an immutable value
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.link = link
        self.timeout_s = timeout_s
        self._output = output
        self._listen = listen
        self._clock = clock
        self.token = _new_token()
        self._wrapper = wrapper
        limit = PLAIN_LIMIT_FLOW_BYTES if link.flow_control else PLAIN_LIMIT_BYTES
        self._repl = HostRepl(self.token.encode(), plain_limit=limit, wait_s=timeout_s)
        self._pump = Pump(link, self._repl, timeout_s=timeout_s, clock=clock)
        self._talk = Conversation(
            self._pump,
            self._repl,
            board=link.description,
            output=output,
            listen=listen,
            timeout_s=timeout_s,
            clock=clock,
        )
        self._turns = Turns(self._pump, _delivery(self._talk), self._checks())
        self._sequence = 0
        self._wire = link
        self._taps: list[Tap] = []
        self._closed = False
        # A session that nobody can reach any more holds its port; whoever opens that again would be refused.
        self._finalizer = weakref.finalize(self, _abandon, self._turns.idle, link)
        self._finalizer.atexit = False

    # The conversation

    def enter(self) -> None:
        """Bring the board to its raw prompt from whatever it does, without resetting it.

        Raises:
            ProtocolError: the prompt did not come in `timeout_s`; says what was sent and what came.
            ConnectionLost: the link broke.
        """
        self._turns.take(self._talk.enter)

    def run(
        self,
        code: str,
        *,
        output: Callable[[bytes], None] | None = None,
        timeout_s: float | None = None,
    ) -> str:
        """Run code as it is and stream what it prints.

        The REPL itself marks the end with 0x04, so code that prints this byte needs `call`.

        Args:
            code: Python source of any length.
            output: gets the bytes as they come; the session's own `output` if None.
            timeout_s: seconds that the code may run; None for ever.

        Returns:
            The traceback that the board printed, "" if the code ended well.

        Raises:
            CallTimeout: `timeout_s` passed; the program was interrupted.
            CallInterrupted: another thread ended the call.
            ProtocolError: the board did not take the code, or did not stop.
            ConnectionLost: the link broke or the board started anew.
        """

        def work() -> str:
            self._talk.require_prompt()
            self._repl.execute(self._source_bytes(code))
            return self._talk.converse(output, timeout_s, turn=self._turns.turn).error

        return self._turns.take(work)

    def call(
        self,
        arguments: str,
        *,
        replies: int = 1,
        prefix: str = "",
        output: Callable[[bytes], None] | None = None,
        timeout_s: float | None = None,
        each_s: Sequence[float | None] = (),
        respond: Callable[[Note], bytes] | None = None,
    ) -> Answer:
        """Call the wrapper on the board and return its replies; short code costs one turnaround.

        Args:
            arguments: the text behind the sequence number in the wrapper's call.
            replies: how many replies the wrapper will send, at least 1.
            prefix: code in front of the call, such as the wrapper itself.
            output: gets what the board prints, as it comes; the session's own `output` if None.
            timeout_s: seconds that the code may run; None for ever. With `respond`, they begin anew with
                each note of the board.
            each_s: seconds that what makes each reply may run, counted from the reply before; None for ever.
            respond: gets each note of the code (kind "x…") in the calling thread, and returns the bytes to
                send to it, b"" for none. They must hold none of the bytes 0x01 to 0x04: what a program
                that ends early leaves unread is thrown away at the prompt, which acts on those.

        Raises:
            CallTimeout: `timeout_s` passed, or one of `each_s`; the program was interrupted.
            CallInterrupted: another thread ended the call.
            ProtocolError: the board did not take the code, did not stop, or lost a reply.
            ConnectionLost: the link broke or the board started anew.
        """

        def work() -> Answer:
            self._talk.require_prompt()
            if self._sequence + replies > MOST_SEQUENCE:
                self._sequence = 0
            sequence = self._sequence
            self._sequence += replies
            code = self._wrapper.call % (sequence, self._source_bytes(arguments))
            code = self._source_bytes(prefix) + code
            self._repl.execute(code, sequence=sequence, replies=replies, again=self._wrapper.again)
            answer = self._talk.converse(
                output, timeout_s, each_s=each_s, respond=respond, turn=self._turns.turn
            )
            got = len(answer.replies)
            if got < replies and not answer.error and not (got and answer.replies[-1].kind == ERROR_KIND):
                raise refusals.no_reply(
                    self.link.description, got=got, expected=replies, started=answer.started
                )
            return answer

        return self._turns.take(work)

    def start(self, code: str) -> None:
        """Run code as it is and leave it to itself; closing does not interrupt it, and the next call does.

        What it raises, nobody hears.

        Args:
            code: Python source of any length.

        Raises:
            ProtocolError: the board did not take the code.
            ConnectionLost: the link broke.
        """

        def work() -> None:
            self._talk.require_prompt()
            self._repl.execute(self._source_bytes(code))
            self._talk.see_started()

        self._turns.take(work)

    def soft_reset(self) -> None:
        """Soft-reset the board in raw mode: `boot.py` runs, `main.py` does not; all its objects are gone.

        Raises:
            ProtocolError: the raw prompt did not come back in `timeout_s`.
            ConnectionLost: the link broke.
        """

        def work() -> None:
            self._talk.require_prompt()
            self._repl.soft_reset()
            try:
                self._talk.wait_for_prompt()
            except ProtocolError:
                # It may have come up in a program that runs for ever; knocking ends that.
                self._talk.enter()

        self._turns.take(work)

    def run_main(self) -> None:
        """Soft-reset the board at its friendly prompt, so that `boot.py` and `main.py` run.

        The next call interrupts `main.py` and enters the raw REPL again; closing does not.
        """

        def work() -> None:
            self._talk.leave(self.timeout_s)
            self._repl.soft_reset()
            self._pump.send()
            self._talk.lose_place()
            self._talk.runs_main = True

        self._turns.take(work)

    def lend(self, work: Callable[[Link], None]) -> None:
        """Bring the board to its friendly prompt and have `work` use the link by itself.

        The next call enters the raw REPL again. What comes meanwhile is for `work` to read.

        Raises:
            ProtocolError: the friendly prompt did not come in `timeout_s`.
            ConnectionLost: the link broke.
        """

        def lent() -> None:
            self._talk.leave(self.timeout_s)
            self._talk.lose_place()
            work(self.link)

        self._turns.take(lent)

    @property
    def is_lost(self) -> bool:
        """Whether the link broke or was closed; a new one is needed."""
        return self._talk.closing or self._pump.lost is not None

    @property
    def is_closed(self) -> bool:
        """Whether it was closed by whoever uses it, or is about to be."""
        return self._talk.closing or self._talk.closer is not None

    def tap(self, tap: Callable[[Link], Link]) -> None:
        """Have something see all that comes over the link before anybody else does, and answer a part of it.

        Args:
            tap: gets the link, and returns one that stands for it; also in sessions made of this one.
        """
        self._turns.take(lambda: self._set_taps([*self._taps, tap]))

    def untap(self, tap: Callable[[Link], Link]) -> None:
        """End what `tap` began. What it was not is no error."""
        self._turns.take(lambda: self._set_taps([each for each in self._taps if each != tap]))

    def was_fed(self) -> None:
        """Say that a tap has written to the program that runs, which may end without reading it."""
        self._talk.fed = True

    def _set_taps(self, taps: list[Tap]) -> None:
        link = self._wire
        for tap in taps:
            link = tap(link)
        self._taps = taps
        self.link = self._pump.link = link

    def renewed(self, link: Link) -> Session:
        """Return a session like this one over another link, with a token of its own and the same taps."""
        session = Session(
            link,
            output=self._output,
            listen=self._listen,
            timeout_s=self.timeout_s,
            wrapper=self._wrapper,
            clock=self._clock,
        )
        session._set_taps(self._taps)
        return session

    def listen(self) -> None:
        """From now on deliver what the board prints between calls as it comes, from a thread of our own."""
        self._turns.idle.start()

    def interrupt(self) -> bool:
        """Interrupt the call that runs in whatever thread; the caller gets `CallInterrupted`.

        Any thread may do this, an output handler and a listener too. It waits for nothing.

        Returns:
            Whether one ran. It may end by itself before it is interrupted; the next call is never meant.
        """
        turn = self._turns.turn
        if turn is None:
            return False
        self._talk.stopped = turn
        self._pump.wake()
        return True

    def bar(self, thread: int) -> bool:
        """Interrupt the call that runs in that thread, and let it begin no other until `admit`.

        Args:
            thread: as `threading.get_ident()` has it.

        Returns:
            Whether one ran.
        """
        self._talk.barred.add(thread)
        turn = self._turns.turn
        if turn is None or turn.owner != thread:
            return False
        self._pump.wake()
        return True

    def admit(self, thread: int) -> None:
        """Let a thread that was barred call again."""
        self._talk.barred.discard(thread)

    def end_calls(self) -> None:
        """Interrupt the call that runs in another thread, and from now on let this thread alone call.

        The calls of other threads, that one included, raise `ConnectionLost`.
        """
        self._talk.closer = threading.get_ident()
        if not self._turns.busy or self._turns.is_mine:
            return
        self._pump.wake()
        self._turns.idle.give_way()
        with self._turns.lock:
            pass  # it has ended
        self._turns.idle.resume()

    def close(self) -> None:
        """Leave the board at its friendly prompt and close the link; never fails, closing twice is no error.

        The `main.py` of a board that has started anew runs on; where it ends, the friendly prompt is.
        A call that runs in another thread is interrupted and raises `ConnectionLost`.
        """
        self._finalizer.detach()
        self._talk.closing = True
        self._turns.idle.stop()
        if self._turns.busy:
            self._pump.wake()
        with self._turns.lock:
            if self._closed:
                return
            self._closed = True
            try:
                if self._pump.lost is None and self._talk.board_answers and not self._talk.runs_main:
                    self._talk.leave(min(self.timeout_s, LEAVING_S))
            except (ConnectionLost, ProtocolError) as error:
                # The link goes away in any case, and the caller may be on the way out with an error.
                _log.debug("%s was not left at its friendly prompt: %s", self.link.description, error)
            finally:
                self.link.close()

    def _source_bytes(self, code: str) -> bytes:
        """Encode source; what the link does not carry becomes an error, not other code."""
        if not code.isascii() and is_text_only(self.link):
            index, sign = next(found for found in enumerate(code) if not found[1].isascii())
            raise ArgumentValueError(
                f"the code holds {sign!r} at index {index}, "
                f"and the {self.link.description} carries ASCII alone",
                hint="in a string write it as an escape: "
                f"`{ascii(sign)[1:-1]}`; a name must do without it, over this link",
            )
        return _source_bytes(code)

    def _checks(self) -> Callable[[], None]:
        talk, pump, board = self._talk, self._pump, self.link.description  # no `self`: it would be a circle

        def check() -> None:
            if talk.must_end:
                raise refusals.closed(board)
            if talk.is_interrupted(None):
                raise refusals.interrupted(board)
            if pump.lost is not None:
                raise refusals.lost_before(pump.lost)

        return check


def _delivery(talk: Conversation) -> Callable[[bytes], None]:
    """Return what the idle reader calls; its thread must keep nobody alive whom an output handler knows."""
    reference = weakref.ref(talk)

    def deliver(data: bytes) -> None:
        alive = reference()
        if alive is not None:
            alive.deliver_idle(data)

    return deliver


def _abandon(idle: IdleReader, link: Link) -> None:
    """Release the link of a session that is gone.

    Whoever drops it may open the link again at once, so the release is waited for. But the garbage collector
    calls this in any thread, maybe one that holds the link's locks: then it is not waited for any longer.
    """
    released = _thread.allocate_lock()
    released.acquire()

    def release() -> None:
        try:
            _log.info("the session with %s was never closed; its link is closed now", link.description)
            idle.abandon(link.close)
            link.close()
        finally:
            released.release()

    with suppress(RuntimeError):  # the interpreter ends, and the link with it
        _thread.start_new_thread(release, ())
        released.acquire(timeout=RELEASING_S)


def _new_token() -> str:
    # No digits: on the board the token stands behind an octal escape, which a digit would continue.
    return "".join(string.ascii_letters[byte % len(string.ascii_letters)] for byte in os.urandom(4))


def _source_bytes(code: str) -> bytes:
    """Encode source; a control byte that the REPL would act on, or drop, becomes an error, not a surprise.

    Line ends become newlines, as Python's own reading of source has it: a friendly prompt would run a
    line at a carriage return.
    """
    control = _CONTROL.search(code)
    if control is not None:
        raise ArgumentValueError(
            f"the code holds the control byte 0x{ord(control[0]):02x} at index {control.start()}, "
            f"which {'a board changes' if control[0] == _NUL else 'the REPL acts on'};"
            " write it as an escape in a string"
        )
    return (_LINE_END.sub("\n", code) if "\r" in code else code).encode()
