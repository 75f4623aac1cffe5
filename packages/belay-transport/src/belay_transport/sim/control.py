"""Messages between the host and the launcher of a simulated board: whole tuples over a byte stream.

Knows how a message is cut and joined; must not know what any message means.
Both ends are this package under the same Python interpreter, so `marshal` (in C, nothing to
import) carries the values.
"""

from __future__ import annotations

import marshal

TYPE_CHECKING = False  # `typing` takes longer to load than the rest of the launcher
if TYPE_CHECKING:
    from typing import Any

    Message = tuple[Any, ...]  # Any: a verb, then whatever plain values belong to it

__all__ = ["Unpacker", "pack"]

_HEADER_BYTES = 4
_MESSAGE_MAX_BYTES = 256 * 1024 * 1024
# More than the fullest timeline; a longer length means that the stream is out of step.


def pack(message: Message) -> bytes:
    """Return the bytes of one message: its length in 4 bytes, little end first, then its values."""
    body = marshal.dumps(message)
    return len(body).to_bytes(_HEADER_BYTES, "little") + body


class Unpacker:
    """Joins the bytes of a stream into messages."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        """Return the messages that `data` completes.

        Raises:
            ValueError: the stream is out of step.
        """
        self._pending += data
        messages: list[Message] = []
        while len(self._pending) >= _HEADER_BYTES:
            length = int.from_bytes(self._pending[:_HEADER_BYTES], "little")
            if length > _MESSAGE_MAX_BYTES:
                raise ValueError(f"a control message of {length} bytes, {_MESSAGE_MAX_BYTES} allowed")
            end = _HEADER_BYTES + length
            if len(self._pending) < end:
                break
            messages.append(marshal.loads(self._pending[_HEADER_BYTES:end]))  # noqa: S302 - from our own process
            del self._pending[:end]
        return messages
