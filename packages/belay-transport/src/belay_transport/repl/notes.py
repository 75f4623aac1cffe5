"""Notes: what a board says beside its replies, framed like them, at any time.

A frame whose kind begins with "x" belongs to the call that runs: the board asks for data or sends some.
One whose kind begins with "m" is a message to whoever holds the session, and comes between calls too.
A note that is damaged on its way is dropped; who needs it whole counts or checks what came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .events import Note

if TYPE_CHECKING:
    from .buffers import Buffers
    from .frames import Frame, FrameDecoder

__all__ = ["EXCHANGE", "MESSAGE", "NoteJoiner"]

EXCHANGE = "x"
"""First letter of the kind of a note to the call that runs."""

MESSAGE = "m"
"""First letter of the kind of a note to whoever holds the session."""

MOST_PARTS = 8
# Notes of several frames that are under way at a time: threads of a board that send one each.

_FIRST_BYTES = EXCHANGE.encode() + MESSAGE.encode()


class NoteJoiner:
    """Joins the frames of notes and reports each note that is whole.

    Args:
        buffers: what the machine shares; gets the events.
        frames: finds the session's frames.
    """

    def __init__(self, buffers: Buffers, frames: FrameDecoder) -> None:
        self._buffers = buffers
        self._frames = frames
        self._parts: dict[int, tuple[Frame, bytes]] = {}

    def take(self, frame: Frame) -> bool:
        """Take a frame; return whether it was a note's."""
        if frame.kind[0] not in _FIRST_BYTES:
            return False
        if frame.check is None:
            # A bare mark says all with its kind and number.
            self._report(frame, b"")
        elif frame.is_first():
            self._add(frame, frame.payload)
        elif frame.sequence in self._parts:
            last, payload = self._parts.pop(frame.sequence)
            if frame.follows(last):
                self._add(frame, payload + frame.payload)
        return True

    def sift(self, data: bytearray) -> bytearray:
        """Take the notes that came among what the REPL said, and return `data` without any frame."""
        kept = bytearray()
        start = 0
        while (index := self._frames.find(data, start)) < len(data):
            kept += data[start:index]
            frame, start = self._frames.decode(data, index)
            if frame is not None:
                self.take(frame)
            elif start == index:
                break
        return kept + data[start:]

    def _add(self, frame: Frame, payload: bytes) -> None:
        if frame.left_bytes == len(frame.payload):
            self._parts.pop(frame.sequence, None)
            self._report(frame, payload)
            return
        if len(self._parts) >= MOST_PARTS:
            del self._parts[next(iter(self._parts))]
        self._parts[frame.sequence] = frame, payload

    def _report(self, frame: Frame, payload: bytes) -> None:
        kind = frame.kind.decode(errors="replace")
        self._buffers.events.append(Note(frame.sequence, kind, payload))
