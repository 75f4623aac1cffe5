"""What comes while nothing is under way: output of the board's threads, and signs that it started anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .endings import TAIL_BYTES, looks_restarted

if TYPE_CHECKING:
    from .buffers import Buffers
    from .frames import FrameDecoder
    from .notes import NoteJoiner

__all__ = ["IdleListener"]


class IdleListener:
    """Listens between calls.

    Args:
        buffers: what the machine shares.
        frames: finds the session's frames.
        notes: takes those that are notes.

    Attributes:
        restarted: whether the last that came looks like a board that has started.
    """

    def __init__(self, buffers: Buffers, frames: FrameDecoder, notes: NoteJoiner) -> None:
        self._buffers = buffers
        self._frames = frames
        self._notes = notes
        self._tail = b""
        self.restarted = False

    def start(self) -> None:
        """Begin to listen."""
        self._tail = b""
        self.restarted = False

    def feed(self) -> bool:
        """Take what was received; return whether there may be more to take."""
        received = self._buffers.received
        self._buffers.drop_due_prompt(received)
        if not received:
            return False
        index = self._frames.find(received)
        self._tail = bytes(self._tail + received[max(0, index - TAIL_BYTES) : index])[-TAIL_BYTES:]
        self.restarted = self.restarted or looks_restarted(self._tail)
        self._buffers.output(index)
        if not received:
            return False
        frame, end = self._frames.decode(received, 0)
        if frame is not None:
            self._notes.take(frame)  # or it is a reply that nobody waits for any more
        del received[:end]
        return end > 0
