"""What comes while code with a wrapper runs: output, whole replies, and the end.

The output may hold any byte, so an end is believed only behind a whole reply. What merely looks like an
end (0x04 … 0x04 >, a cut frame, a banner) is held back until something follows it, or it stays quiet and
the board is asked.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

from .control import CTRL_A, CTRL_D, RAW_BANNER
from .events import Damaged, Finished, Output, Reply, Restarted
from .frames import START, check

if TYPE_CHECKING:
    from .buffers import Buffers
    from .frames import Frame, FrameDecoder

__all__ = ["ERROR_KIND", "NOTHING_KIND", "Phase", "ReplyReader"]

ERROR_KIND = "e"
"""The kind of a reply that ends a batch: the wrapper runs nothing behind it."""

NOTHING_KIND = "n"
"""The kind of the reply of a board that was asked again and has nothing to say again."""

QUIET_S = 0.25
"""Silence behind something that looks like an end, before the board is asked whether it was one."""

PROBE_S = 1.0
"""Silence after the question, before the program is taken to be still running: a slow link's turnaround."""

HELD_BYTES = 4096
"""How much output behind a 0x04 is held back until it is clear whether it is the end: a long traceback."""

END = re.compile(rb"\x04([^\x04]*)\x04")
_MAYBE_END = re.compile(rb"\x04[^\x04]*(?:\x04(?:>[^\x04]*)?)?\Z")
_WHOLE_END = re.compile(rb"\x04([^\x04]*)\x04>\Z")
_FRIENDLY_RESTART = re.compile(rb"Type \"help\(\)\" for more information\.\r\n>>> \Z")
_RAW_RESTART = re.compile(rb"raw REPL; CTRL-B to exit\r\n>\Z")
_KNOWS_NOTHING = re.compile(rb"OK\x04[^\x04]*NameError[^\x04]*\x04>")


class Phase(Enum):
    """How far the code is."""

    STARTING = "waiting for the code to start"
    RUNNING = "running"
    PROBING = "asking whether the code has ended"
    CLOSING = "waiting for the prompt"
    DRAINING = "waiting for the answer to a question that is no longer open"
    OVER = "over"


class ReplyReader:
    """Reads what one piece of wrapped code sends.

    Args:
        buffers: what the machine shares.
        frames: finds the session's frames.
        sequence: the number of the first reply.
        replies: how many replies are expected.
        again: code that makes the board send its replies once more.

    Attributes:
        acknowledgement: what the board sends in front of the output; set it before the first `feed`.
    """

    def __init__(
        self, buffers: Buffers, frames: FrameDecoder, *, sequence: int, replies: int, again: bytes
    ) -> None:
        self._buffers = buffers
        self._frames = frames
        self._next = sequence
        self._end = sequence + replies
        self._again = again
        self._start_mark = frames.mark + f"{START};{sequence:x}".encode() + b"\x03"
        self.acknowledgement = b"OK"
        self.phase = Phase.STARTING
        self._question_open = False
        self._damaged = False
        self._error = b""
        self._finished = Finished(b"", started=False)
        self._chunks = bytearray()
        self._check = ""

    @property
    def started(self) -> bool:
        """Whether the wrapper is known to have run."""
        return self.phase is not Phase.STARTING

    @property
    def wait_s(self) -> float | None:
        """Seconds that it may stay quiet before `quiet` is due; None for ever, 0.0: as long as any step."""
        if self.phase is Phase.RUNNING:
            return QUIET_S if self._buffers.received or self._damaged else None
        return PROBE_S if self.phase is Phase.PROBING else 0.0

    def feed(self) -> bool:
        """Take what was received; return whether there may be more to take."""
        if self.phase is Phase.RUNNING:
            return self._feed_running()
        if self.phase is Phase.STARTING:
            return self._feed_starting()
        if self.phase is Phase.PROBING:
            return self._feed_probing()
        return self._feed_end()

    def quiet(self) -> None:
        """Say that it stayed quiet for `wait_s`."""
        received = self._buffers.received
        if self.phase is Phase.PROBING:
            # No answer: the program runs on, and what looked like an end was its output.
            self.phase = Phase.RUNNING
            self._buffers.output(len(received))
        elif self._damaged or received.startswith(self._frames.mark) or self._looks_over():
            self._buffers.events.append(Damaged())
        else:
            self._buffers.output(len(received))

    def ask_again(self) -> None:
        """Send the question for the replies; its answer tells too whether the program has ended."""
        end = _WHOLE_END.search(self._buffers.received)
        self._error = bytes(end[1]) if end else b""
        friendly = _FRIENDLY_RESTART.search(self._buffers.received) is not None
        # Ctrl-D behind code at a friendly prompt would do no harm, but would not answer either.
        self._buffers.to_send += CTRL_A if friendly else self._again + CTRL_D
        self._question_open = True
        self.phase = Phase.PROBING

    def _looks_over(self) -> bool:
        received = self._buffers.received
        return any(sign.search(received) for sign in (_WHOLE_END, _FRIENDLY_RESTART, _RAW_RESTART))

    def _feed_starting(self) -> bool:
        received = self._buffers.received
        index = received.find(self._start_mark)
        if index >= 0:
            noise = received[:index]
            # The acknowledgement is the last thing that the REPL says before the wrapper speaks.
            acknowledged = noise.rfind(self.acknowledgement)
            if acknowledged >= 0:
                del noise[acknowledged : acknowledged + len(self.acknowledgement)]
            self._noise(noise)
            del received[: index + len(self._start_mark)]
            self.phase = Phase.RUNNING
            return True
        # Nothing that the program printed can be here yet, so an end is an end.
        failure = re.search(re.escape(self.acknowledgement) + rb"[^\x04]*\x04([^\x04]*)\x04", received)
        if failure is None:
            return False
        self._noise(received[: failure.start()])
        self._finish(failure.end(), bytes(failure[1]), started=False)
        return True

    def _noise(self, noise: bytearray) -> None:
        """Report what threads of the board printed before the code ran, without raw paste's last credits."""
        if self.acknowledgement == CTRL_D:
            noise = noise.replace(b"\x01", b"")
        if noise:
            self._buffers.events.append(Output(bytes(noise)))

    def _feed_running(self) -> bool:
        received = self._buffers.received
        index = self._frames.find(received)
        if index == len(received):
            self._buffers.output(self._certain(index))
            if self._damaged and _WHOLE_END.search(received):
                self._buffers.events.append(Damaged())
            return False
        self._buffers.output(index)
        frame, end = self._frames.decode(received, 0)
        if end == 0:
            return False
        del received[:end]
        if frame is None:
            self._damaged = True
        else:
            self._take(frame)
        return True

    def _certain(self, end: int) -> int:
        """Return how much of the received bytes is output for sure."""
        start = max(0, end - HELD_BYTES)
        for sign in (_MAYBE_END, _FRIENDLY_RESTART, _RAW_RESTART):
            held = sign.search(self._buffers.received, start)
            if held is not None:
                return held.start()
        return end

    def _take(self, frame: Frame) -> None:
        if frame.kind == START:
            self._begin_again()
            return
        if frame.kind == NOTHING_KIND and self._question_open:
            self._question_open = False
            self._finished = Finished(self._error, started=True)
            self.phase = Phase.DRAINING
            return
        if frame.sequence != self._next:
            return
        seed = f"{frame.sequence + frame.left_bytes:0{len(frame.check)}x}"
        previous = self._check or check(frame.kind.encode(), seed)
        if check(frame.payload, previous) != frame.check:
            self._damaged = True
            return
        self._chunks += frame.payload
        self._check = frame.check
        if frame.left_bytes > len(frame.payload):
            return
        self._buffers.events.append(Reply(frame.sequence, frame.kind, bytes(self._chunks)))
        self._begin_again(keep_question=True)
        self._next += 1
        if frame.kind == ERROR_KIND or self._next == self._end:
            self.phase = Phase.CLOSING

    def _begin_again(self, *, keep_question: bool = False) -> None:
        """Forget the chunks of a reply: it is whole, or it is sent anew."""
        self._chunks.clear()
        self._check = ""
        self._damaged = False
        if not keep_question:
            self._question_open = False

    def _feed_probing(self) -> bool:
        received = self._buffers.received
        index = received.find(self._start_mark)
        if index >= 0:
            del received[: index + len(self._start_mark)]
            self._begin_again()
            self.phase = Phase.RUNNING
            return True
        if RAW_BANNER in received or _KNOWS_NOTHING.search(received):
            received.clear()
            self._buffers.events.append(Restarted())
            self.phase = Phase.OVER
            return False
        index = self._frames.find(received)
        frame = self._frames.decode(received, index)[0] if index < len(received) else None
        if frame is None or frame.sequence != self._next:
            return False
        # It was output after all: the program has gone on, and answers by itself.
        self.phase = Phase.RUNNING
        return True

    def _feed_end(self) -> bool:
        received = self._buffers.received
        if self.phase is Phase.OVER:
            return False
        end = END.search(received)
        if end is None:
            if self.phase is Phase.CLOSING:
                cut = received.find(CTRL_D)
                self._buffers.output(cut if cut >= 0 else len(received))
            return False
        if self.phase is Phase.DRAINING:
            del received[: end.end()]
            self._over()
            return True
        between = bytes(end[1])
        if between and b"Traceback" not in between:
            self._buffers.events.append(Output(between))
            between = b""
        self._buffers.output(end.start())
        self._finish(end.end() - end.start(), between, started=True)
        return True

    def _finish(self, end: int, error: bytes, *, started: bool) -> None:
        del self._buffers.received[:end]
        self._finished = Finished(error, started)
        if self._question_open:
            # The program ended by itself after we had asked: the answer comes next, to nobody.
            self._question_open = False
            self.phase = Phase.DRAINING
        else:
            self._over()

    def _over(self) -> None:
        self._buffers.prompt_due = True
        self._buffers.events.append(self._finished)
        self.phase = Phase.OVER
