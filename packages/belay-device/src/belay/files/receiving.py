"""How the bytes of a board's file come: in order, as far as they are right, and the rest asked for again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay.exceptions import BoardException, ConnectionLost, TransferError
from belay.files.abilities import Channel
from belay.files.retrying import BAD_WIRE, TRIES, is_worth_another_try
from belay.values import decode, encode
from belay_transport.text_only import is_text_only

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay.runtime import Runtime
    from belay_transport.repl import Note

__all__ = ["get_file"]

_FRAME_BYTES = {Channel.RAW: 1024, Channel.BASE64: 510, Channel.LITERAL: 160}
# Of content; base64 and a literal are longer.

_SMALLEST_FRAME_BYTES = 32

_WINDOW_BYTES = 8192
# Read at a time once something was lost: so much comes again at most.


def get_file(
    runtime: Runtime,
    channel: Channel,
    path: str,
    write: Callable[[bytes], object],
    *,
    offset: int,
    size: int,
) -> int:
    """Read a file, or a part of it, and return how many bytes there were.

    Args:
        runtime: the board.
        channel: what its notes can carry.
        path: where on the board.
        write: gets the content in pieces, in order.
        offset: first byte to read.
        size: how many bytes at most; -1 for all.

    Raises:
        TransferError: the wire damaged it again and again.
        BoardOSError, …: the board could not read it.
        ConnectionLost: the link broke, and there is no other.
    """
    got = tries = 0
    frame = _FRAME_BYTES[channel]
    window = -1
    helpers = ("get+textual",) if is_text_only(runtime.session.link) else ("get",)
    while tries < TRIES:
        receiver = _Receiver(write)
        sent: object = None
        left = size if size < 0 else size - got
        wanted = left if window < 0 else window if left < 0 else min(left, window)
        try:
            sent = runtime.call(
                f"_belay_get({encode(path)},{offset + got},{wanted},{frame})",
                helpers=helpers,
                respond=receiver,
                timeout_s=runtime.session.timeout_s,
            )
        except ConnectionLost:
            if runtime.recover is None:
                raise
        except BoardException as error:
            if not is_worth_another_try(error, last=tries == TRIES - 1):
                raise
        got += receiver.size
        if sent == receiver.size:
            if sent != wanted or wanted == left:
                return got
            tries = 0
            continue
        if receiver.size:
            tries = 0
        else:
            tries += 1
            frame = max(frame // 4, _SMALLEST_FRAME_BYTES)
        window = _WINDOW_BYTES
    raise TransferError(
        f"reading `{path}` of {runtime.description} failed {TRIES} times: bytes were lost or"
        f" changed on the way, after {got} bytes that are right",
        hint=BAD_WIRE,
    )


class _Receiver:
    """Takes the notes of a board that reads a file for us.

    Attributes:
        size: bytes that came in order; what comes behind a gap is not taken.
    """

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self.size = 0
        self._write = write

    def __call__(self, note: Note) -> bytes:
        if note.number == self.size:
            data = note.payload
            if note.kind == "xb":
                from binascii import a2b_base64  # noqa: PLC0415 - a few boards need it

                data = a2b_base64(data)
            elif note.kind == "xh":
                literal = decode(data.decode())
                data = literal if isinstance(literal, bytes) else b""
            self.size += len(data)
            self._write(data)
        return b""
