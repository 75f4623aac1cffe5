"""The host's role in the raw REPL: what to send, and what the bytes that come mean.

Feed it bytes, take from it bytes to send, read its events. It has no clock: whoever has one asks it
with `due_s` when its timer runs out, and calls `time_passed` then.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from .buffers import Buffers
from .control import CTRL_B, CTRL_C, CTRL_D, FRIENDLY_PROMPT, RAW_BANNER
from .entering import RawEntry
from .events import Event, Finished, Ready, Refused, Restarted
from .executing import Execution
from .frames import FrameDecoder
from .idling import IdleListener
from .notes import NoteJoiner

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["HostRepl", "State"]


class State(str, Enum):  # a string's hash is quicker than an enum's
    """Where the conversation stands."""

    UNKNOWN = "unknown"
    ENTERING = "entering the raw REPL"
    READY = "at the raw prompt"
    RUNNING = "running code"
    REBOOTING = "soft reset"
    LEAVING = "leaving the raw REPL"
    FRIENDLY = "at the friendly prompt"


class HostRepl:
    """A sans-I/O machine for our side of the raw REPL.

    Args:
        token: four ASCII letters that mark this session's frames.
        plain_limit: code of at most this many bytes goes in one write without raw paste:
            what the board can buffer (its receive ring has 256 or 260 bytes on most ports).
        wait_s: how long the board may take for a step of the protocol.

    Attributes:
        state: where the conversation stands.
    """

    def __init__(self, token: bytes = b"host", *, plain_limit: int = 255, wait_s: float = 10.0) -> None:
        self.state = State.UNKNOWN
        self._frames = FrameDecoder(token)
        self._buffers = Buffers(step_s=wait_s, mark=self._frames.mark)
        notes = NoteJoiner(self._buffers, self._frames)
        self._idle = IdleListener(self._buffers, self._frames, notes)
        self._entry = RawEntry(self._buffers)
        self._execution = Execution(self._buffers, self._frames, notes, plain_limit=plain_limit)
        self._finished: Finished | Restarted | None = None
        self._owes = False
        self._feed_by_state: dict[State, Callable[[], bool]] = {
            State.UNKNOWN: self._feed_idle,
            State.ENTERING: self._feed_entering,
            State.READY: self._feed_idle,
            State.RUNNING: self._feed_running,
            State.REBOOTING: self._feed_rebooting,
            State.LEAVING: self._feed_leaving,
            State.FRIENDLY: self._feed_idle,
        }

    # What the caller wants

    @property
    def window(self) -> int | None:
        """The board's raw-paste window in bytes; None before it was asked, 0 if it has none."""
        return self._execution.window

    @property
    def running(self) -> bool:
        """Whether the board is known to run code, so that Ctrl-C reaches a program."""
        return self.state is State.RUNNING and self._execution.running

    def enter(self) -> None:
        """Start to enter the raw REPL from whatever state the board is in, without resetting it.

        What was to be sent and reported is forgotten: whoever enters has given it up.
        """
        self._finished = None
        self._buffers.to_send.clear()
        self._buffers.events.clear()
        self._enter()

    def execute(self, code: bytes, *, sequence: int = 0, replies: int = 0, again: bytes = b"") -> None:
        """Send code to run.

        Args:
            code: Python source, UTF-8, without the bytes 0x01 to 0x05.
            sequence: the number that the wrapper in `code` is called with; its replies count up from there.
            replies: how many framed replies to expect; 0 for plain code, whose end the REPL's 0x04 tells.
            again: code with `%d` for a number, which makes the board send its replies once more;
                b"" if there is none.

        Raises:
            RuntimeError: the board is not at the raw prompt.
        """
        if self.state is not State.READY:
            raise RuntimeError(f"code to execute came while {self.state.value}")
        self._execution.start(code, sequence=sequence, replies=replies, again=again)
        self.state = State.RUNNING

    def send(self, data: bytes) -> None:
        """Send data to the program that runs, which has asked for them.

        A Ctrl-C (0x03) among them interrupts the program, as any does.
        """
        self._buffers.to_send += data

    def interrupt(self) -> None:
        """Send Ctrl-C."""
        self._buffers.to_send += CTRL_C
        if self.state is State.RUNNING:
            self._execution.interrupted()

    def soft_reset(self) -> None:
        """Soft-reset the board.

        At the raw prompt `boot.py` runs and `Ready` follows; at the friendly prompt `main.py` runs too,
        and the state is unknown until `enter`.
        """
        self._buffers.to_send += CTRL_D
        self._buffers.received.clear()
        self._buffers.prompt_due = False
        if self.state is State.READY:
            self.state = State.REBOOTING
            self._buffers.timer.wait_for_step()
        else:
            self.give_up()

    def leave(self) -> None:
        """Go back to the friendly prompt."""
        self._buffers.to_send += CTRL_B
        self._buffers.drop_due_prompt(self._buffers.received)
        self._buffers.timer.wait_for_step()
        self.state = State.LEAVING

    def give_up(self) -> None:
        """Forget what the board was doing; `enter` comes next."""
        self._owes = True
        self.state = State.UNKNOWN
        self._buffers.timer.wait(None)

    def take(self) -> bytes:
        """Return the bytes to send now."""
        if not self._buffers.to_send:
            return b""
        data = bytes(self._buffers.to_send)
        self._buffers.to_send.clear()
        return data

    # What comes

    def due_s(self, now_s: float) -> float | None:
        """Return when `time_passed` is due, None if never.

        Args:
            now_s: the time now, of the caller's clock; a timer set since the last call starts here.
        """
        return self._buffers.timer.due_s(now_s)

    def feed(self, data: bytes) -> list[Event]:
        """Take bytes that the board sent and return what they mean."""
        self._buffers.received += data
        while self._feed_by_state[self.state]():
            pass
        return self._take_events()

    def time_passed(self) -> list[Event]:
        """Say that the time of `due_s` has come, and return what that means."""
        if self.state is State.ENTERING:
            self._entry.knock()
        elif self.state is State.RUNNING and self._execution.time_passed():
            self._end_if_over()
        else:
            self._buffers.events.append(self.refused())
            self.give_up()
        return self._take_events()

    def refused(self) -> Refused:
        """Return what the machine waits for now, as the failure that it is when the time is over."""
        if self.state is State.RUNNING:
            return self._execution.refused()
        received = bytes(self._buffers.received)
        if self.state is State.ENTERING:
            return Refused(self.state.value, self._entry.sent_in_words(), received, self._entry.reboots)
        return Refused(self.state.value, "Ctrl-D" if self.state is State.REBOOTING else "Ctrl-B", received)

    def _take_events(self) -> list[Event]:
        events, self._buffers.events = self._buffers.events, []
        return events

    # Feeding, state by state; each returns whether there may be more to take.

    def _feed_idle(self) -> bool:
        more = self._idle.feed()
        if self._idle.restarted and self.state is State.READY:
            self.state = State.UNKNOWN
        return more

    def _feed_entering(self) -> bool:
        if not self._entry.feed():
            return False
        self._prompt(State.READY, self._finished or Ready())
        self._finished = None
        return True

    def _feed_rebooting(self) -> bool:
        if self._received_through(RAW_BANNER):
            self._prompt(State.READY, Ready())
            return True
        if self._buffers.received.endswith(FRIENDLY_PROMPT):
            # Some boards come back there.
            self._enter()
        return False

    def _feed_leaving(self) -> bool:
        if not self._received_through(FRIENDLY_PROMPT):
            return False
        self._prompt(State.FRIENDLY, Ready())
        return True

    def _received_through(self, sign: bytes) -> bool:
        """Drop what was received through `sign`; False if it has not come."""
        received = self._buffers.received
        index = received.find(sign)
        if index >= 0:
            del received[: index + len(sign)]
        return index >= 0

    def _feed_running(self) -> bool:
        self._execution.feed()
        return self._end_if_over()

    def _end_if_over(self) -> bool:
        if not self._execution.over:
            return False
        finished = self._execution.finished
        if self._execution.resync:
            # Answers to questions may still be on their way; behind a new prompt there are none.
            self._finished = finished or Restarted()
            self._enter()
        elif finished is None:
            self.give_up()
        else:
            self._prompt(State.READY, finished)
        return True

    def _enter(self) -> None:
        # What was sent and not answered to its end is answered some time; behind a prompt nothing is.
        self._owes = self._owes or self.state not in (State.UNKNOWN, State.READY, State.FRIENDLY)
        self.state = State.ENTERING
        self._entry.start(owes=self._owes)

    def _prompt(self, state: State, event: Event) -> None:
        """Be at a prompt."""
        self._owes = False
        self._buffers.timer.wait(None)
        self._buffers.events.append(event)
        self._idle.start()
        self.state = state
