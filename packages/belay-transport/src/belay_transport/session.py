"""One conversation with a board's REPL: pumps a link through the protocol machine.

It knows deadlines, host threads and Ctrl-C. It does not know what code means or how values travel:
a wrapper on the board frames the replies, and whoever sends the wrapper reads them.
"""

from __future__ import annotations

import logging
import os
import string
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from .errors import CallTimeout, ConnectionLost, ProtocolError
from .idle import IdleReader
from .repl import Damaged, Finished, HostRepl, Output, Ready, Refused, Reply, Restarted, State, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .links import Link
    from .repl import Event

__all__ = ["Answer", "Session", "Wrapper"]

_log = logging.getLogger("belay.session")

PLAIN_LIMIT_BYTES = 255
"""Longest code sent in one write to a board whose wire holds nothing back: what its receive ring takes."""

PLAIN_LIMIT_FLOW_BYTES = 2048
"""Longest code sent in one write where the wire holds bytes back: what the line buffer of a board with
16 kB of heap takes; longer code is compiled as it comes, by raw paste."""

PACE_S = 0.01
"""Pause between two slices to a board that has neither raw paste nor flow control, as other tools do."""

INTERRUPT_EVERY_S = 0.5
"""Between two Ctrl-C to a program that does not end: time enough to print its traceback."""

_TOKEN_LETTERS = string.ascii_letters
# No digits: on the board the token stands behind an octal escape, which a digit would continue.


class Wrapper(NamedTuple):
    """How code is wrapped so that its replies come framed.

    Attributes:
        call: a template with `%d` for the sequence number and `%b` for the argument text.
        again: a template with `%d`; makes the board send its replies once more.
    """

    call: bytes = b"_belay(%d,%b)"
    again: bytes = b"_belay_a(%d)"


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


class Session:
    """A conversation with one board, safe to use from several threads: one caller at a time.

    Args:
        link: an open link; the session closes it.
        output: gets what the board prints, as bytes, as they come; also from the idle reader's thread.
        timeout_s: bounds each wait of the protocol, in seconds; programs may run for ever.
        wrapper: how `call` wraps code.
        clock: monotonic seconds; tests pass their own.
    """

    def __init__(
        self,
        link: Link,
        *,
        output: Callable[[bytes], None] | None = None,
        timeout_s: float = 10.0,
        wrapper: Wrapper = Wrapper(),  # noqa: B008 - an immutable value
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.link = link
        self.timeout_s = timeout_s
        self.token = _new_token()
        self._output = output
        self._wrapper = wrapper
        self._clock = clock
        limit = PLAIN_LIMIT_FLOW_BYTES if link.flow_control else PLAIN_LIMIT_BYTES
        self._repl = HostRepl(self.token.encode(), plain_limit=limit, wait_s=timeout_s)
        self._sequence = 0
        self._lock = threading.RLock()
        self._busy = False
        self._closed = False
        self._received_last = bytearray()
        self._idle = IdleReader(self._lock, link, self._deliver_idle)

    # The conversation

    def enter(self) -> None:
        """Bring the board to its raw prompt from whatever it does, without resetting it.

        Raises:
            ProtocolError: the prompt did not come in `timeout_s`; says what was sent and what came.
            ConnectionLost: the link broke.
        """
        with self._turn():
            self._enter()

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
            ProtocolError: the board did not take the code, or did not stop.
            ConnectionLost: the link broke or the board started anew.
        """
        with self._turn():
            self._require_prompt()
            self._repl.execute(_source_bytes(code))
            return self._converse(output, timeout_s).error

    def call(
        self,
        arguments: str,
        *,
        replies: int = 1,
        prefix: str = "",
        output: Callable[[bytes], None] | None = None,
        timeout_s: float | None = None,
    ) -> Answer:
        """Call the wrapper on the board and return its replies; short code costs one turnaround.

        Args:
            arguments: the text behind the sequence number in the wrapper's call.
            replies: how many replies the wrapper will send, at least 1.
            prefix: code in front of the call, such as the wrapper itself.
            output: gets what the board prints, as it comes; the session's own `output` if None.
            timeout_s: seconds that the code may run; None for ever.

        Raises:
            CallTimeout: `timeout_s` passed; the program was interrupted.
            ProtocolError: the board did not take the code, did not stop, or lost a reply.
            ConnectionLost: the link broke or the board started anew.
        """
        with self._turn():
            self._require_prompt()
            sequence = self._sequence
            # Eight digits at most, and 30 bits: a small integer on every board.
            self._sequence = (self._sequence + replies) & 0x3FFFFFFF
            code = self._wrapper.call % (sequence, _source_bytes(arguments))
            self._repl.execute(
                _source_bytes(prefix) + code,
                sequence=sequence,
                replies=replies,
                again=self._wrapper.again % sequence,
            )
            return self._converse(output, timeout_s)

    def soft_reset(self) -> None:
        """Soft-reset the board in raw mode: `boot.py` runs, `main.py` does not; all its objects are gone.

        Raises:
            ProtocolError: the raw prompt did not come back in `timeout_s`.
            ConnectionLost: the link broke.
        """
        with self._turn():
            self._require_prompt()
            self._repl.soft_reset()
            try:
                self._pump_until_ready(self._clock() + self.timeout_s)
            except ProtocolError:
                # Some boards come back at the friendly prompt.
                self._enter()

    def run_main(self) -> None:
        """Soft-reset the board at the friendly prompt, so that `boot.py` and `main.py` run; leave it to them.

        The next call interrupts `main.py` and enters the raw REPL again.
        """
        with self._turn():
            self._require_prompt()
            self._repl.leave()
            self._pump_until_ready(self._clock() + self.timeout_s)
            self._repl.soft_reset()
            self._send()

    def listen(self) -> None:
        """From now on deliver what the board prints between calls as it comes, from a thread of our own."""
        self._idle.start()

    def close(self) -> None:
        """Leave the board at its friendly prompt and close the link; never fails, twice is no error."""
        if self._closed:
            return
        self._idle.stop()
        with self._lock:
            self._closed = True
            try:
                if self._repl.state is not State.READY:
                    self._enter(min(self.timeout_s, 2.0))
                self._repl.leave()
                self._pump_until_ready(self._clock() + min(self.timeout_s, 2.0))
            except (ConnectionLost, ProtocolError) as error:
                # The link goes away in any case, and the caller may be on its way out with an error.
                _log.debug("%s was not left at its friendly prompt: %s", self.link.description, error)
            finally:
                self.link.close()

    # One caller at a time

    def _turn(self) -> _Turn:
        return _Turn(self)

    def _begin_turn(self) -> None:
        self._idle.give_way()
        self._lock.acquire()
        if self._busy:
            self._lock.release()
            self._idle.resume()
            raise RuntimeError(
                "a call to the board from inside the output handler of another call; "
                "hand the work to another thread"
            )
        if self._closed:
            self._lock.release()
            self._idle.resume()
            raise ConnectionLost(f"{self.link.description} is closed")
        self._busy = True

    def _end_turn(self) -> None:
        self._busy = False
        self._lock.release()
        self._idle.resume()

    def _deliver_idle(self, data: bytes) -> None:
        self._deliver(self._repl.feed(data), None)

    # Pumping

    def _require_prompt(self) -> None:
        if self._repl.state is not State.READY:
            self._enter()

    def _enter(self, timeout_s: float | None = None) -> None:
        self._repl.enter()
        self._received_last.clear()
        self._pump_until_ready(self._clock() + (self.timeout_s if timeout_s is None else timeout_s))

    def _pump_until_ready(self, deadline: float) -> None:
        while True:
            events = self._step(deadline)
            if events is None:
                state = self._repl.state
                self._repl.state = State.UNKNOWN
                raise self._no_answer(
                    Refused(state.value, "Ctrl-C and Ctrl-A, again and again", bytes(self._received_last))
                )
            for event in events:
                if isinstance(event, Ready):
                    return
                if isinstance(event, Refused):
                    self._repl.state = State.UNKNOWN
                    raise self._no_answer(event)

    def _converse(self, output: Callable[[bytes], None] | None, timeout_s: float | None) -> Answer:
        deadline = None if timeout_s is None else self._clock() + timeout_s
        replies: list[Reply] = []
        try:
            while True:
                events = self._step(deadline)
                if events is None:
                    break
                finished = self._deliver(events, output, replies)
                if finished is not None:
                    return Answer(replies, _text(finished.error), finished.started)
        except (ConnectionLost, ProtocolError):
            raise
        except BaseException:
            # Ctrl-C on the host, or an output that cannot be written: the board's program must not run on.
            self._stop_program(output)
            raise
        self._stop_program(output)
        raise CallTimeout(
            f"the program on {self.link.description} ran longer than {timeout_s:g} s and was interrupted",
            hint="give it more time with `timeout_s=`",
        )

    def _stop_program(self, output: Callable[[bytes], None] | None) -> None:
        """Send Ctrl-C until the code has ended; what it still prints is delivered."""
        deadline = self._clock() + self.timeout_s
        if not self._repl.running:
            # Half of the code may be out: entering anew is what clears a board's line buffer.
            self._enter()
            return
        while (now := self._clock()) < deadline:
            self._repl.interrupt()
            pause = min(now + INTERRUPT_EVERY_S, deadline)
            while (events := self._step(pause)) is not None:
                if self._deliver(events, output) is not None:
                    return
        self._repl.state = State.UNKNOWN
        raise ProtocolError(
            f"the program on {self.link.description} did not stop within {self.timeout_s:g} s of Ctrl-C",
            hint="reset the board: press its reset button or unplug it",
        )

    def _deliver(
        self,
        events: Iterable[Event],
        output: Callable[[bytes], None] | None,
        replies: list[Reply] | None = None,
    ) -> Finished | None:
        """Pass output on, collect replies; return the end if it is there."""
        write = output or self._output
        finished: Finished | None = None
        for event in events:
            if isinstance(event, Output):
                if write is not None:
                    write(event.data)
            elif isinstance(event, Reply):
                if replies is not None:
                    replies.append(event)
            elif isinstance(event, Finished):
                finished = event
            elif isinstance(event, Damaged):
                self._repl.ask_again()
            elif isinstance(event, Restarted):
                raise ConnectionLost(
                    f"{self.link.description} started anew while code ran; what it held in memory is gone",
                    hint="connect again with `belay.Device(...)`",
                )
            elif isinstance(event, Refused):
                self._repl.state = State.UNKNOWN
                raise self._no_answer(event)
        return finished

    def _step(self, deadline: float | None) -> list[Event] | None:
        """Send what is due and wait for what comes: its events, or None when `deadline` is past."""
        repl = self._repl
        self._send()
        wait_s = repl.wait_s
        if wait_s is None and deadline is None:
            data = self.link.read(None)
            return self._received(data) if data else []
        started = self._clock()
        limits = [
            limit for limit in (wait_s, None if deadline is None else deadline - started) if limit is not None
        ]
        data = self.link.read(max(0.0, min(limits)))
        if data:
            return self._received(data)
        now = self._clock()
        if deadline is not None and now >= deadline:
            return None
        # Less than the whole wait: someone woke the link, which means nothing here.
        return repl.time_passed() if wait_s is not None and now - started >= wait_s else []

    def _received(self, data: bytes) -> list[Event]:
        if _log.isEnabledFor(logging.DEBUG):
            _log.debug("%s < %s", self.link.description, printable(data))
        self._received_last = (self._received_last + data)[-400:]
        return self._repl.feed(data)

    def _send(self) -> None:
        data = self._repl.take()
        if not data:
            return
        if _log.isEnabledFor(logging.DEBUG):
            _log.debug("%s > %s", self.link.description, printable(data))
        if self._repl.window != 0 or self.link.flow_control or len(data) <= PLAIN_LIMIT_BYTES:
            self.link.write(data, self.timeout_s)
            return
        for index in range(0, len(data), PLAIN_LIMIT_BYTES):
            self.link.write(data[index : index + PLAIN_LIMIT_BYTES], self.timeout_s)
            # Reading is the pause: nothing that a thread of the board prints meanwhile is lost.
            self._received_last += self.link.read(PACE_S)

    def _no_answer(self, refused: Refused) -> ProtocolError:
        came = printable(refused.received or bytes(self._received_last)) if self._received_last else "nothing"
        return ProtocolError(
            f"{self.link.description} did not answer within {self.timeout_s:g} s while {refused.attempted}: "
            f"sent {refused.sent}, received {came}",
            hint="check that the board runs MicroPython or CircuitPython and that no other program holds it; "
            "then press its reset button and try again",
        )


class _Turn:
    """One caller's turn, as a context manager (cheaper than a generator's)."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def __enter__(self) -> None:
        self._session._begin_turn()  # noqa: SLF001 - the other half of the session

    def __exit__(self, *_exception: object) -> None:
        self._session._end_turn()  # noqa: SLF001 - the other half of the session


def _new_token() -> str:
    # Not `secrets`, which takes 6 ms to load; that some letters come a little more often gives nothing away.
    return "".join(_TOKEN_LETTERS[byte % len(_TOKEN_LETTERS)] for byte in os.urandom(4))


def _source_bytes(code: str) -> bytes:
    """Encode source; a control byte that the REPL would act on becomes an error, not a surprise."""
    data = code.encode()
    if not data.isascii() or min(data, default=32) < 6:  # noqa: PLR2004 - Ctrl-A to Ctrl-E
        for byte in b"\x01\x02\x03\x04\x05":
            if byte in data:
                raise ValueError(
                    f"the code holds the control byte 0x{byte:02x} at index {data.index(byte)}, "
                    "which the REPL acts on; write it as an escape in a string"
                )
    return data


def _text(data: bytes) -> str:
    return data.decode(errors="replace").replace("\r\n", "\n")
