"""How the frames of a call become its replies: joined, checked, in order.

It knows frames, not the stream that they come in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .events import Reply

if TYPE_CHECKING:
    from .frames import Frame

__all__ = ["ERROR_KIND", "ReplyJoiner"]

ERROR_KIND = "e"
"""The kind of a reply that ends a batch: the wrapper runs nothing behind it."""


class ReplyJoiner:
    """Joins the replies of one call.

    Args:
        sequence: the number of the first reply.
        replies: how many are expected.

    Attributes:
        damaged: whether something of the reply that is due is known to be missing.
        complete: whether all replies are in, or one that ends the call.
    """

    def __init__(self, *, sequence: int, replies: int) -> None:
        self.damaged = False
        self.complete = False
        self._due = sequence
        self._end = sequence + replies
        self._last: Frame | None = None
        self._kind = b""
        self._chunks = bytearray()

    def expects(self, frame: Frame) -> bool:
        """Return whether `frame` is of the reply that is due."""
        return frame.check is not None and frame.sequence == self._due and not self.complete

    def take(self, frame: Frame) -> Reply | None:
        """Take a frame of any reply; return the reply that it completes."""
        if not self.expects(frame):
            # An old one, or one sent twice. A later one shows that this one is lost.
            self.damaged = self.damaged or self._due < frame.sequence < self._end
            return None
        if self._last is not None and frame.follows(self._last):
            self._chunks += frame.payload
        elif frame.is_first():
            self._kind = frame.kind
            self._chunks[:] = frame.payload
        else:
            self.damaged = True
            return None
        self._last = frame
        if frame.left_bytes > len(frame.payload):
            return None
        reply = Reply(self._due, self._kind.decode(errors="replace"), bytes(self._chunks))
        self._due += 1
        self.complete = reply.kind == ERROR_KIND or self._due == self._end
        self.begin_again()
        return reply

    def begin_again(self) -> None:
        """Forget the part of a reply that is there: it is sent anew, or whole."""
        self._last = None
        self.damaged = False
