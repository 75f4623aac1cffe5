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
        self._kind = ""
        self._check = ""
        self._left_bytes = 0
        self._chunks = bytearray()

    def expects(self, frame: Frame) -> bool:
        """Return whether `frame` is of the reply that is due."""
        return bool(frame.check) and frame.sequence == self._due and not self.complete

    def take(self, frame: Frame) -> Reply | None:
        """Take a frame of any reply; return the reply that it completes."""
        if not self.expects(frame):
            # An old one, or one sent twice. A later one shows that this one is lost.
            self.damaged = self.damaged or self._due < frame.sequence < self._end
            return None
        if not self._join(frame):
            self.damaged = True
            return None
        if self._left_bytes:
            return None
        reply = Reply(self._due, self._kind, bytes(self._chunks))
        self._due += 1
        self.complete = self._kind == ERROR_KIND or self._due == self._end
        self.begin_again()
        return reply

    def begin_again(self) -> None:
        """Forget the part of a reply that is there: it is sent anew, or whole."""
        self._chunks.clear()
        self._check = ""
        self.damaged = False

    def _join(self, frame: Frame) -> bool:
        """Join a frame to the ones before it, or begin anew if it is a first one."""
        follows = (
            self._check
            and frame.left_bytes == self._left_bytes
            and frame.next_check(self._check) == frame.check
        )
        if not follows:
            if frame.first_check() != frame.check:
                return False
            self._chunks.clear()
            self._kind = frame.kind
        self._chunks += frame.payload
        self._check = frame.check
        self._left_bytes = frame.left_bytes - len(frame.payload)
        return True
