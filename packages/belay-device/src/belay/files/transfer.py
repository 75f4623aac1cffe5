"""Bulk bytes between the host and a board: written whole and verified, read whole, or an error.

What the board can do is asked once for each session, and everything falls back from there: bytes on its
stdin, base64 there, literals in calls. The board asks for each block, so nothing overruns its receive buffer.
This room knows how bytes cross; which files there are and which should be is for others to know.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from belay.exceptions import BoardException, CallTimeout, ConnectionLost, TransferError
from belay.files.abilities import Abilities, Channel
from belay.files.stream import blocks, segments
from belay.values import decode, encode
from belay_transport.repl import running_check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from belay.files.abilities import Sizes
    from belay.runtime import Runtime
    from belay_transport.repl import Note

    Progress = Callable[[int], object]

__all__ = ["Transfer", "Upload"]

TRIES = 3
"""How often a transfer that the wire damages is tried, each time in smaller pieces."""

_BAD_WIRE = "try a slower baud rate, a better cable, or a program on the board that prints less"
_DAMAGED = "_belay damaged"
_CHECK_CHARACTERS = 16
_LITERALS_TOGETHER = 8  # calls in one turnaround


class Upload(NamedTuple):
    """A file to write.

    Attributes:
        path: where on the board, absolute; without NUL and newline.
        size: bytes of content.
        read: returns the content in pieces, anew each time.
        append: whether it goes behind what is there.
    """

    path: str
    size: int
    read: Callable[[], Iterable[bytes]]
    append: bool = False


class Transfer:
    """Moves bytes to and from one board.

    Args:
        runtime: the board.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._abilities: Abilities | None = None

    @property
    def abilities(self) -> Abilities:
        """What the board can do; it is asked when this is first needed."""
        if self._abilities is None:
            facts = self._runtime.call("_belay_ab()", helpers=("abilities",))
            if not (isinstance(facts, list) and len(facts) == len(Abilities._fields)):
                raise TransferError(f"{self._runtime.description} said of its abilities: {facts!r}")
            self._abilities = Abilities._make(facts)
        return self._abilities

    def put(self, uploads: Sequence[Upload], *, progress: Progress | None = None) -> None:
        """Write files, in order, each beside its target until it is whole; folders must be there.

        Args:
            uploads: the files.
            progress: gets the number of bytes of content that have left, each time more have; a retry
                begins with what is verified.

        Raises:
            TransferError: the wire damaged it again and again.
            BoardOSError, …: the board could not write; earlier files are there, this one is as it was.
            ConnectionLost: the link broke.
        """
        link = self._runtime.session.link
        sizes = self.abilities.sizes(flow_control=link.flow_control)
        done = 0
        for attempt in range(1, TRIES + 1):
            sender = _Sender(
                uploads[done:], self.abilities, sizes, progress, sum(u.size for u in uploads[:done])
            )
            try:
                self._send(sender, sizes)
            except ConnectionLost:
                # Where a reconnection has found the board again, files that were verified are still there.
                done += sender.files
                if self._runtime.recover is None or attempt == TRIES:
                    raise
            except (BoardException, CallTimeout) as error:
                if isinstance(error, BoardException) and error.message != _DAMAGED:
                    raise
                done += sender.files
                if attempt == TRIES:
                    raise TransferError(
                        f"writing `{uploads[done].path}` to {self._runtime.description} failed {TRIES} times:"
                        f" bytes were lost or changed on the way, in blocks of {sizes.block} bytes too",
                        hint=_BAD_WIRE,
                    ) from error
                sizes = sizes.smaller()
            else:
                return

    def get(self, path: str, write: Callable[[bytes], object], *, offset: int = 0, size: int = -1) -> int:
        """Read a file of the board, or a part of it.

        Args:
            path: where on the board.
            write: gets the content in pieces, in order.
            offset: first byte to read.
            size: how many bytes at most; -1 for all.

        Returns:
            How many bytes there were.

        Raises:
            TransferError: the wire damaged it again and again.
            BoardOSError, …: the board could not read it.
        """
        got = 0
        for _ in range(TRIES):
            receiver = _Receiver(write)
            left = size if size < 0 else size - got
            sent: object = None
            try:
                sent = self._runtime.call(
                    f"_belay_get({encode(path)},{offset + got},{left})",
                    helpers=("get",),
                    respond=receiver,
                    timeout_s=self._runtime.session.timeout_s,
                )
            except ConnectionLost:
                if self._runtime.recover is None:
                    raise
            got += receiver.size
            if sent == receiver.size:
                return got
        raise TransferError(
            f"reading `{path}` of {self._runtime.description} failed {TRIES} times: bytes were lost or"
            f" changed on the way, after {got} bytes that are right",
            hint=_BAD_WIRE,
        )

    def _send(self, sender: _Sender, sizes: Sizes) -> None:
        runtime = self._runtime
        if self.abilities.channel is Channel.LITERAL:
            self._send_literals(sender, sizes)
            return
        intake = "intake" if self.abilities.channel is Channel.RAW else "intake64"
        runtime.call(
            f"_belay_rx({sizes.block},{sizes.window_bits},_belay_pu())",
            helpers=(intake, "segments", "put"),
            respond=sender,
            timeout_s=runtime.session.timeout_s,
        )

    def _send_literals(self, sender: _Sender, sizes: Sizes) -> None:
        """Write without a stream: the pieces of content stand in the calls' code."""
        runtime = self._runtime
        runtime.call("_belay_po()", helpers=("put", "literals"))
        for piece in sender.literals(sizes.segment):
            runtime.call(f"_belay_pp({encode(piece)})", respond=sender)


class _Sender:
    """Answers the board's notes while it writes files.

    Attributes:
        files: how many are written and verified.
    """

    def __init__(
        self,
        uploads: Sequence[Upload],
        abilities: Abilities,
        sizes: Sizes,
        progress: Progress | None,
        before_bytes: int,
    ) -> None:
        self.files = 0
        self._uploads = uploads
        self._abilities = abilities
        self._progress = progress
        self._read_bytes = before_bytes
        self._ahead = sizes.ahead
        cut = segments(
            self._content(), sizes, check=lambda data: running_check(data, 0, is_sum=not abilities.crc32)
        )
        self._blocks = blocks(cut, sizes.block, abilities.channel)

    def __call__(self, note: Note) -> bytes:
        if note.kind == "xf":
            self.files = note.number
            return b""
        wanted = self._ahead if note.number == 0 else 1
        data = b"".join(islice(self._blocks, wanted))
        if self._progress is not None:
            self._progress(self._read_bytes)
        return data

    def literals(self, size: int) -> Iterator[bytes]:
        """Return the stream in pieces of at most `size` bytes, for a board without a stdin."""
        for piece in self._content():
            for index in range(0, len(piece), size):
                yield piece[index : index + size]
                if self._progress is not None:
                    self._progress(self._read_bytes)

    def _content(self) -> Iterator[bytes]:
        for upload in self._uploads:
            check = _ContentCheck(self._abilities)
            yield f"{upload.path}\0{upload.size}\0{'a' if upload.append else ''}\n".encode()
            left = upload.size
            for piece in upload.read():
                left -= len(piece)
                if left < 0:
                    break
                check.update(piece)
                self._read_bytes += len(piece)
                yield piece
            if left:
                raise TransferError(
                    f"the content for `{upload.path}` changed while it was sent: {upload.size} bytes were"
                    f" announced, and there are {'more' if left < 0 else f'{left} fewer'}"
                )
            yield check.text().encode()
        yield b"\n"


class _ContentCheck:
    """The check of a file's content as `_onboard/put.py` computes it."""

    def __init__(self, abilities: Abilities) -> None:
        self._abilities = abilities
        self._sum = 0
        if abilities.sha256:
            from hashlib import sha256  # noqa: PLC0415 - 3 ms that `import belay` does not pay

            self._sha256 = sha256()

    def update(self, data: bytes) -> None:
        if self._abilities.sha256:
            self._sha256.update(data)
        else:
            self._sum = running_check(data, self._sum, is_sum=not self._abilities.crc32)

    def text(self) -> str:
        if self._abilities.sha256:
            return self._sha256.hexdigest()[:_CHECK_CHARACTERS]
        return f"{self._sum:0{_CHECK_CHARACTERS}x}"


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
