"""The host's role in the raw REPL: what to send, and what the bytes that come mean.

Feed it bytes, take from it bytes to send, read its events. It knows no clock: `wait_s` says how long
the next bytes may take, and whoever has the clock calls `time_passed` when they took longer.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from .buffers import Buffers
from .control import CTRL_A, CTRL_B, CTRL_C, CTRL_D, FRIENDLY_PROMPT, RAW_BANNER
from .events import Event, Finished, Ready, Refused
from .frames import FrameDecoder
from .running import END, Phase, ReplyReader
from .sending import CodeSender

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["HostRepl", "State"]

ENTER_PAUSE_S = 0.4
"""Between two attempts to enter: longer than a board takes to answer, shorter than a person's patience."""

_NOISE_BYTES = 65536
# What a busy program may print while we enter before the oldest of it is dropped.


class State(Enum):
    """Where the conversation stands."""

    UNKNOWN = "unknown"
    ENTERING = "entering the raw REPL"
    READY = "at the raw prompt"
    SENDING = "sending code"
    RUNNING = "running code"
    RUNNING_PLAIN = "running plain code"
    REBOOTING = "soft reset"
    LEAVING = "leaving the raw REPL"
    FRIENDLY = "at the friendly prompt"


class HostRepl:
    """A sans-I/O machine for our side of the raw REPL.

    Args:
        token: four ASCII letters or digits that mark this session's frames.
        plain_limit: code of at most this many bytes goes in one write without raw paste:
            what the board can buffer (its receive ring has 256 or 260 bytes on most ports).
        wait_s: how long the board may take for a step of the protocol.

    Attributes:
        state: where the conversation stands.
    """

    def __init__(self, token: bytes = b"host", *, plain_limit: int = 255, wait_s: float = 10.0) -> None:
        self.state = State.UNKNOWN
        self._step_wait_s = wait_s
        self._buffers = Buffers()
        self._frames = FrameDecoder(token)
        self._sender = CodeSender(self._buffers, plain_limit=plain_limit)
        self._reader: ReplyReader | None = None
        self._acknowledged = False
        self._feed_by_state: dict[State, Callable[[], bool]] = {
            State.UNKNOWN: self._feed_idle,
            State.ENTERING: self._feed_entering,
            State.READY: self._feed_idle,
            State.SENDING: self._feed_sending,
            State.RUNNING: self._feed_running,
            State.RUNNING_PLAIN: self._feed_running_plain,
            State.REBOOTING: self._feed_entering,
            State.LEAVING: self._feed_leaving,
            State.FRIENDLY: self._feed_idle,
        }

    # What the caller wants

    @property
    def window(self) -> int | None:
        """The board's raw-paste window in bytes; None before it was asked, 0 if it has none."""
        return self._sender.window

    @property
    def running(self) -> bool:
        """Whether the board is known to run code, so that Ctrl-C reaches a program."""
        if self.state is State.RUNNING_PLAIN:
            return self._acknowledged
        return self.state is State.RUNNING and self._reader is not None and self._reader.started

    def enter(self) -> None:
        """Start to enter the raw REPL from whatever state the board is in, without resetting it."""
        self.state = State.ENTERING
        self._buffers.received.clear()
        self._knock()

    def execute(self, code: bytes, *, sequence: int = 0, replies: int = 0, again: bytes = b"") -> None:
        """Send code to run.

        Args:
            code: Python source, UTF-8, without the bytes 0x01 to 0x05.
            sequence: the number that the wrapper in `code` is called with; its replies count up from there.
            replies: how many framed replies to expect; 0 for plain code, whose end the REPL's 0x04 tells.
            again: code that makes the board send its replies once more; sent by `ask_again`.

        Raises:
            RuntimeError: the board is not at the raw prompt.
        """
        if self.state is not State.READY:
            raise RuntimeError(f"code to execute came while {self.state.value}")
        self._reader = None
        if replies:
            self._reader = ReplyReader(
                self._buffers, self._frames, sequence=sequence, replies=replies, again=again
            )
        self._acknowledged = False
        # Ctrl-D behind nothing at all is a soft reset.
        self._sender.start(code or b"\n")
        self.state = State.SENDING
        self._sent_if_all()

    def interrupt(self) -> None:
        """Send Ctrl-C."""
        self._buffers.to_send += CTRL_C

    def ask_again(self) -> None:
        """After `Damaged`: ask the board for its replies, which tells too whether it still runs."""
        if self._reader is not None:
            self._reader.ask_again()

    def soft_reset(self) -> None:
        """Soft-reset the board.

        At the raw prompt `boot.py` runs and `Ready` follows; at the friendly prompt `main.py` runs too,
        and the state is unknown until `enter`.
        """
        self._buffers.to_send += CTRL_D
        self._buffers.received.clear()
        self.state = State.REBOOTING if self.state is State.READY else State.UNKNOWN

    def leave(self) -> None:
        """Go back to the friendly prompt."""
        self._buffers.to_send += CTRL_B
        self._buffers.drop_due_prompt()
        self.state = State.LEAVING

    def take(self) -> bytes:
        """Return the bytes to send now."""
        data = bytes(self._buffers.to_send)
        self._buffers.to_send.clear()
        return data

    # What comes

    @property
    def wait_s(self) -> float | None:
        """Seconds that the next bytes may take before `time_passed` is due; None for ever."""
        if self.state is State.ENTERING:
            return ENTER_PAUSE_S
        if self.state in (State.READY, State.FRIENDLY, State.UNKNOWN):
            return None
        if self.state is State.RUNNING and self._reader is not None:
            wait_s = self._reader.wait_s
            return self._step_wait_s if wait_s == 0.0 else wait_s
        if self.state is State.RUNNING_PLAIN and self._acknowledged:
            return None
        return self._step_wait_s

    def feed(self, data: bytes) -> list[Event]:
        """Take bytes that the board sent and return what they mean."""
        self._buffers.received += data
        while self._feed_by_state[self.state]():
            pass
        return self._take_events()

    def time_passed(self) -> list[Event]:
        """Say that nothing came for `wait_s` seconds, and return what that means."""
        if self.state is State.ENTERING:
            self._knock()
        elif self._reader is not None and self._reader.wait_s and self.state is State.RUNNING:
            self._reader.quiet()
        else:
            self._buffers.events.append(self._refused())
        return self._take_events()

    def _take_events(self) -> list[Event]:
        events, self._buffers.events = self._buffers.events, []
        return events

    def _knock(self) -> None:
        # No carriage return: it would run a line that someone has half typed. The first Ctrl-C ends a
        # program, paste mode or a half-typed line; the second one a program that catches the first.
        self._buffers.to_send += CTRL_C + CTRL_C + CTRL_A

    def _refused(self) -> Refused:
        received = bytes(self._buffers.received)
        if self.state is State.SENDING:
            return Refused(self._sender.step, self._sender.sent_in_words(), received)
        if self.state is State.RUNNING and self._reader is not None:
            return Refused(self._reader.phase.value, self._sender.sent_in_words(), received)
        sent = {State.REBOOTING: "Ctrl-D", State.LEAVING: "Ctrl-B"}
        return Refused(self.state.value, sent.get(self.state, self._sender.sent_in_words()), received)

    # Feeding, state by state; each returns whether there may be more to take.

    def _feed_idle(self) -> bool:
        received = self._buffers.received
        self._buffers.drop_due_prompt()
        index = self._frames.find(received)
        self._buffers.output(index)
        if received:
            # A reply that nobody waits for any more.
            _, end = self._frames.decode(received, 0)
            del received[:end]
            return end > 0
        return False

    def _feed_entering(self) -> bool:
        received = self._buffers.received
        index = received.find(RAW_BANNER)
        if index < 0:
            if len(received) > _NOISE_BYTES:
                del received[:-_NOISE_BYTES]
            return False
        del received[: index + len(RAW_BANNER)]
        self.state = State.READY
        self._buffers.prompt_due = False
        self._buffers.events.append(Ready())
        return True

    def _feed_leaving(self) -> bool:
        received = self._buffers.received
        index = received.find(FRIENDLY_PROMPT)
        if index < 0:
            return False
        del received[: index + len(FRIENDLY_PROMPT)]
        self.state = State.FRIENDLY
        self._buffers.prompt_due = False
        self._buffers.events.append(Ready())
        return True

    def _feed_sending(self) -> bool:
        self._buffers.drop_due_prompt()
        more = self._sender.feed()
        self._sent_if_all()
        return more

    def _sent_if_all(self) -> None:
        if self._sender.step:
            return
        if self._reader is not None:
            self._reader.acknowledgement = self._sender.acknowledgement
            self.state = State.RUNNING
        else:
            self.state = State.RUNNING_PLAIN

    def _feed_running(self) -> bool:
        assert self._reader is not None
        if not self._reader.started:
            self._buffers.drop_due_prompt()
        more = self._reader.feed()
        if self._reader.phase is Phase.OVER:
            self.state = State.READY if self._buffers.prompt_due else State.UNKNOWN
            return True
        return more

    def _feed_running_plain(self) -> bool:
        received = self._buffers.received
        if not self._acknowledged:
            self._buffers.drop_due_prompt()
            index = received.find(self._sender.acknowledgement)
            if index < 0:
                return False
            if self._sender.acknowledgement == CTRL_D:
                # Raw paste's last credits come when all is sent; what is left is a thread's output.
                received[:index] = received[:index].replace(CTRL_A, b"")
                index = received.find(CTRL_D)
            self._buffers.output(index)
            del received[: len(self._sender.acknowledgement)]
            self._acknowledged = True
        end = END.search(received)
        if end is None:
            cut = received.find(CTRL_D)
            self._buffers.output(cut if cut >= 0 else len(received))
            return False
        error = bytes(end[1])
        self._buffers.output(end.start())
        del received[: end.end() - end.start()]
        self._buffers.prompt_due = True
        self._buffers.events.append(Finished(error, started=True))
        self.state = State.READY
        return True
