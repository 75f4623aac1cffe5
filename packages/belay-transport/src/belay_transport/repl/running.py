"""What comes while code with a wrapper runs: output, whole replies, and the end.

The output may hold any byte, so an end is believed only behind a whole reply. Where something looks like
an end without one, or a frame is damaged, the board is asked for its replies once more.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

from .asking import NOTHING_KIND, Questions
from .doubting import DOUBT_S, Doubts, Verdict
from .endings import END, FAILURE, SURE_END, certain, split_failure
from .events import Finished, Output, Restarted
from .frames import START
from .joining import ReplyJoiner
from .noise import without_acknowledgement, without_repl_talk
from .starting import certain_of_start, without_talk

if TYPE_CHECKING:
    from .buffers import Buffers
    from .frames import Frame, FrameDecoder
    from .notes import NoteJoiner

__all__ = ["Phase", "ReplyReader"]


class Phase(Enum):
    """How far the code is."""

    STARTING = "waiting for the code to start"
    RUNNING = "running"
    CLOSING = "waiting for the prompt"
    OVER = "over"


class ReplyReader:
    """Reads what one piece of wrapped code sends.

    Args:
        buffers: what the machine shares.
        frames: finds the session's frames.
        notes: takes those that are notes.
        sequence: the number of the first reply.
        replies: how many replies are expected.
        again: code with `%d` for a number, which makes the board send its replies once more.

    Attributes:
        acknowledgement: what the board sends in front of the output; set it before the first `feed`.
        phase: how far the code is.
        finished: how it ended, once the phase is `OVER`; None if the board started anew.
        resync: whether more than a prompt may come behind the end.
    """

    def __init__(
        self,
        buffers: Buffers,
        frames: FrameDecoder,
        notes: NoteJoiner,
        *,
        sequence: int,
        replies: int,
        again: bytes,
    ) -> None:
        self._buffers = buffers
        self._frames = frames
        self._notes = notes
        self._joiner = ReplyJoiner(sequence=sequence, replies=replies)
        self._questions = Questions(buffers, again)
        self._doubts = Doubts(buffers, self._questions, self._joiner)
        self._start_mark = frames.mark + START + b";%x\x03" % sequence
        self.acknowledgement = b"OK"
        self.phase = Phase.STARTING
        self.finished: Finished | None = None
        self.resync = False
        self._marked = False

    @property
    def started(self) -> bool:
        """Whether the wrapper is known to have run."""
        return self.phase is not Phase.STARTING

    def begin(self) -> None:
        """Say that the code is sent."""
        self._doubts.start()

    def feed(self) -> None:
        """Take what was received, as far as it can be understood."""
        more = True
        while more:
            if self.phase is Phase.STARTING:
                more = self._feed_starting()
            elif self.phase is Phase.RUNNING:
                more = self._feed_running()
            else:
                more = self.phase is Phase.CLOSING and self._feed_closing()

    def refuse(self, error: bytes) -> None:
        """End with the failure that the board gave instead of running the code."""
        self._over(error, started=False)

    def restart(self) -> None:
        """End because the board has started anew."""
        self._buffers.received.clear()
        if not self.resync:
            self._buffers.events.append(Restarted())
        self.phase = Phase.OVER

    def interrupted(self) -> None:
        """Say that Ctrl-C was sent."""
        if self.phase is Phase.RUNNING:
            self._doubts.interrupted()

    def time_passed(self) -> bool:
        """Say that the timer ran out; return whether that is no failure."""
        if self.phase is Phase.CLOSING:
            # All replies are in; only the end that the REPL prints is missing.
            self._over(b"", resync=True)
            return True
        return self._follow(self._doubts.time_passed())

    def _follow(self, verdict: Verdict) -> bool:
        """Do what the doubts say; return whether that is no failure."""
        if verdict is Verdict.RESTARTED:
            printed = without_talk(self._buffers.received)
            if printed and self.started:
                self._buffers.events.append(Output(printed))
            # What the board still answers to other questions is nobody's output.
            self.resync = self._questions.asked > 1
            self.restart()
        elif verdict is Verdict.OVER:
            self._over(self._doubts.error, started=self._marked)
        elif verdict is Verdict.RUNS_ON and self.phase is Phase.STARTING:
            self._buffers.timer.wait_for_step()
        elif verdict is Verdict.RUNS_ON:
            self._buffers.output(len(self._buffers.received))
        return verdict is not Verdict.REFUSED

    # Until the wrapper speaks

    def _feed_starting(self) -> bool:
        received = self._buffers.received
        index = received.find(self._start_mark)
        if index >= 0:
            self._noise(received[:index])
            del received[: index + len(self._start_mark)]
            self._run()
            return True
        if self._frames.mark in received:
            return self._feed_unmarked()
        # Nothing that the program printed can be here yet, so a failure is a failure.
        failure = re.search(FAILURE, received)
        if failure is not None:
            self._noise(received[: failure.start()])
            error = bytes(failure[1])
            del received[: failure.end()]
            self._buffers.prompt_due = True
            self._over(error, started=False)
            return True
        self._doubts.look_at_start()
        return False

    def _feed_unmarked(self) -> bool:
        """Look at a frame that comes before the start mark: the mark was lost, or the frame is old."""
        received = self._buffers.received
        index = self._frames.find(received)
        frame, end = self._frames.decode(received, index)
        if end == index:
            return False
        if frame is not None and self._notes.take(frame):
            # First of all: its number may be that of the reply that is due.
            del received[index:end]
        elif frame is not None and self._is_answer(frame):
            self._begin_answer(index, end)
        elif frame is not None and self._joiner.expects(frame):
            self._noise(received[:index])
            del received[:index]
            self._run()
        else:
            del received[index:end]
        return True

    def _noise(self, noise: bytearray) -> None:
        """Report what threads of the board printed before the code ran, without what the REPL said."""
        noise = self._notes.sift(noise)
        self._buffers.drop_due_prompt(noise)
        noise = without_acknowledgement(noise, self.acknowledgement)
        if noise:
            self._buffers.events.append(Output(bytes(noise)))

    # While it runs

    def _run(self) -> None:
        self._marked = True
        self.phase = Phase.RUNNING
        self._doubts.settle()

    def _feed_running(self) -> bool:
        received = self._buffers.received
        index = self._frames.find(received)
        frame, end = (None, index) if index == len(received) else self._frames.decode(received, index)
        if end == index:
            # No frame, or not all of one.
            self._output(self._certain(index))
            self._follow(self._doubts.look())
            return False
        if frame is not None and self._is_answer(frame):
            self._begin_answer(index, end)
            return True
        self._output(index)
        del received[: end - index]
        if frame is None:
            self._joiner.damaged = True
        elif not self._notes.take(frame):
            self._take(frame)
        return True

    def _take(self, frame: Frame) -> None:
        if self._questions.includes(frame.sequence):
            self._take_nothing(frame)
            return
        reply = self._joiner.take(frame)
        if reply is not None:
            self._buffers.events.append(reply)
        if not self._joiner.complete:
            if self._questions.answered:
                self._doubts.answer_begins()
        elif self._questions.asked:
            self._over(b"")
        else:
            self.phase = Phase.CLOSING
            self._buffers.timer.wait(DOUBT_S)

    def _take_nothing(self, frame: Frame) -> None:
        """Take the answer of a board that keeps no reply: the call ended before it had one."""
        if frame.kind == NOTHING_KIND and frame.is_first():
            self._over(self._doubts.error)
        else:
            self._joiner.damaged = True

    def _certain(self, end: int) -> int:
        """Return how many of the first `end` received bytes are output for sure."""
        received = self._buffers.received
        before = received if end == len(received) else received[:end]
        return min(certain(received, end), certain_of_start(before, asked=self._questions.asked > 0))

    def _output(self, end: int) -> None:
        if end:
            self._doubts.hear(self._buffers.received[:end])
            self._buffers.output(end)

    def _is_answer(self, frame: Frame) -> bool:
        return frame.kind == START and self._questions.includes(frame.sequence)

    def _begin_answer(self, index: int, end: int) -> None:
        """Take the start of an answer: the call has ended, and what came before it is the REPL's talk."""
        received = self._buffers.received
        sure = re.search(SURE_END, received[:index])
        if sure is not None and sure[1]:
            self._doubts.error = bytes(sure[1])
        before = self._notes.sift(received[:index])
        if not self.started:
            before = without_acknowledgement(before, self.acknowledgement)
        noise = without_repl_talk(before)
        if noise:
            self._buffers.events.append(Output(bytes(noise)))
        del received[:end]
        self._questions.answered = True
        self._joiner.begin_again()
        self.phase = Phase.RUNNING
        self._doubts.answer_begins()

    # The end

    def _feed_closing(self) -> bool:
        received = self._buffers.received
        index = self._frames.find(received)
        if index < len(received):
            # A note of a thread's, or a frame that came twice.
            frame, after = self._frames.decode(received, index)
            if frame is not None:
                self._notes.take(frame)
            del received[index:after]
            return after > index
        end = END.search(received)
        if end is None:
            cut = received.find(b"\x04")
            self._buffers.output(cut if cut >= 0 else len(received))
            return False
        noise, error = split_failure(bytes(end[1]))
        if b"KeyboardInterrupt" not in error:
            # The wrapper has sent all replies and fails no more: a thread of the board has raised.
            noise, error = noise + error, b""
        self._buffers.output(end.start())
        del received[: end.end() - end.start()]
        if noise:
            self._buffers.events.append(Output(noise))
        self._buffers.prompt_due = True
        self._over(error)
        return True

    def _over(self, error: bytes, *, started: bool = True, resync: bool = False) -> None:
        self.finished = Finished(error, started)
        # A question that was asked is answered some time: by now, or next, or behind the prompt.
        self.resync = resync or self._questions.asked > 0
        self.phase = Phase.OVER
