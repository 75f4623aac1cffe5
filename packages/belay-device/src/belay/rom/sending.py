"""The bytes of an image on their way into a ROM partition that is blank there.

The board asks for each block, as with files; what was lost comes again from the last byte that is written,
for what is written cannot be written twice.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from belay.exceptions import BoardException, CallTimeout, FeatureUnavailableError, TransferError
from belay.files.abilities import Channel
from belay.files.retrying import TRIES, is_worth_another_try
from belay.files.stream import blocks, segments
from belay.files.transfer import ON_CHANNEL
from belay.rom.partitions import ROM_HELPERS
from belay_transport.repl import running_check

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay.files.abilities import Abilities, Sizes
    from belay.files.transfer import Transfer
    from belay.runtime import Runtime
    from belay_transport.repl import Note

__all__ = ["PIECE_BYTES", "RomSender"]

PIECE_BYTES = 4096
"""What is written at once where the board has the memory: a sector of most flash."""


class RomSender:
    """Sends bytes to one partition.

    Args:
        runtime: the board.
        transfer: what is known of it.
        partition: its number.
        advance: gets how many more bytes are written.

    Attributes:
        written: how many bytes are, in all.
    """

    def __init__(
        self, runtime: Runtime, transfer: Transfer, partition: int, advance: Callable[[int], object]
    ) -> None:
        self.written = 0
        self._runtime = runtime
        self._transfer = transfer
        self._partition = partition
        self._advance = advance
        self._sizes = transfer.abilities.sizes(flow_control=runtime.session.link.flow_control)

    def require_channel(self) -> None:
        """Refuse a board that cannot read bytes while a program runs.

        Raises:
            FeatureUnavailableError: it has no stdin.
        """
        if self._transfer.abilities.channel is Channel.LITERAL:
            raise FeatureUnavailableError(
                f"writing a ROM partition of {self._runtime.description} needs `sys.stdin`, "
                "which its firmware does not have"
            )

    def piece_bytes(self, smallest: int) -> int:
        """Return how much the board writes at once, a multiple of the least that it can."""
        most = min(PIECE_BYTES, self._sizes.segment)
        return max(most // smallest, 1) * smallest

    def send(self, content: bytes, offset: int, piece_bytes: int) -> None:
        """Write bytes at an offset; what is there must be blank.

        Raises:
            TransferError: the wire damaged them again and again.
            BoardException: the board cannot write.
            ConnectionLost: the link broke.
        """
        helpers = (*ROM_HELPERS, *ON_CHANNEL[self._transfer.abilities.channel])
        self._transfer.prepare(helpers)
        done = tries = 0
        sizes = self._sizes
        while done < len(content):
            answers = _Answers(content[done:], sizes, self._transfer.abilities, offset + done, self._count)
            call = f"_belay_rw({self._partition},{offset + done},{len(content) - done},{piece_bytes})"
            try:
                self._runtime.call(
                    f"_belay_rx({sizes.block},{sizes.window_bits},{call})",
                    helpers=helpers,
                    respond=answers,
                    timeout_s=self._runtime.session.timeout_s,
                )
            except (BoardException, CallTimeout) as error:
                before, done = done, self._place() - offset
                answers.catch_up(offset + done)
                tries = 1 if done > before else tries + 1
                if done >= len(content):
                    return  # only the end of the stream was damaged
                if isinstance(error, BoardException) and not is_worth_another_try(error, last=tries == TRIES):
                    raise
                if tries == TRIES:
                    raise TransferError(
                        f"bytes were lost or changed on the way {TRIES} times, in blocks of {sizes.block} "
                        "bytes too",
                        hint="try a slower baud rate, or a better cable",
                    ) from error
                sizes = sizes.smaller()
            else:
                return

    def _place(self) -> int:
        """Return where the next byte goes."""
        told = self._runtime.call("_belay_rj[0]", helpers=ROM_HELPERS)
        assert isinstance(told, int)
        return told

    def _count(self, count: int) -> None:
        self.written += count
        self._advance(count)


class _Answers:
    """Answers the board's notes while it writes."""

    def __init__(
        self, content: bytes, sizes: Sizes, abilities: Abilities, place: int, count: Callable[[int], object]
    ) -> None:
        self._place = place
        self._count = count
        self._ahead = sizes.ahead
        cut = segments(
            [content], sizes, check=lambda data: running_check(data, 0, is_sum=not abilities.crc32)
        )
        self._blocks = blocks(cut, sizes.block, abilities.channel)

    def __call__(self, note: Note) -> bytes:
        if note.kind == "xf":
            self.catch_up(note.number)
            return b""
        return b"".join(islice(self._blocks, self._ahead if note.number == 0 else 1))

    def catch_up(self, place: int) -> None:
        """Count what is written up to a place."""
        self._count(place - self._place)
        self._place = place
