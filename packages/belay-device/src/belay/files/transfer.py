"""Bulk bytes between the host and a board: written whole and verified, read whole, or an error.

What the board can do is asked once for each session, and everything falls back from there: bytes on its
stdin, base64 there, literals in calls. The board asks for each block, so nothing overruns its receive buffer.
This room knows which way bytes take and what is done when some are lost; `belay.files.sending` and
`belay.files.receiving` are the two directions. Which files there should be is for others to know.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NoReturn

from belay.exceptions import BoardException, CallTimeout, ConnectionLost, TransferError
from belay.files.abilities import Abilities, Channel
from belay.files.receiving import get_file
from belay.files.refusals import NO_SPACE, explained, no_space
from belay.files.retrying import BAD_WIRE, TRIES, is_worth_another_try
from belay.files.sending import Sender
from belay.files.tiny import TINY_HEAP_BYTES, get_tiny
from belay.files.upload import Upload
from belay_transport.text_only import is_text_only

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from belay.exceptions import BelayException
    from belay.files.abilities import Sizes
    from belay.files.upload import Progress
    from belay.runtime import Runtime

__all__ = [
    "CHANNEL_HELPERS",
    "FILE_HELPERS",
    "MOUNTS_HELPERS",
    "ON_CHANNEL",
    "ROOM_HELPERS",
    "WRITING_HELPERS",
    "Transfer",
    "Upload",
    "mounts_helper",
]

FILE_HELPERS = ("system",)
"""Files of `_onboard/` that all others about files build upon."""

WRITING_HELPERS = ("check", "beside", "move")
"""Those that writing builds upon as well."""

ROOM_HELPERS = ("space",)
"""And where room is asked for: only `beside` is called by them."""

SMALL_HEAP_BYTES = 65536
"""Of free heap: below, the helpers are sent one by one. Compiling takes some ten times the text."""

ON_CHANNEL = {
    Channel.RAW: ("intake+segments",),
    Channel.BASE64: ("intake64+segments",),
    Channel.LITERAL: ("literals",),
}
"""Channel -> what takes bytes off it. Two in one: what a board compiles together shares its tables, which
saves some 100 bytes of heap."""

CHANNEL_HELPERS = frozenset(name for names in ON_CHANNEL.values() for name in names)
"""Those that take what is written off the wire; each board needs some of them."""

MOUNTS_HELPERS = ("mounts", "mounts_circuit")
"""Those that find what is mounted; each board needs one of them."""

_ENTRY_BYTES = 48
# What a file adds to its path and content in the stream: header, check, the segment's own header.


class Transfer:
    """Moves bytes to and from one board.

    Args:
        runtime: the board.

    Attributes:
        writing: held by whoever writes: the board notes how far one transfer has come, not two, and its
            helpers must stay meanwhile.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._abilities: Abilities | None = None
        self._number = 0
        self.writing = threading.RLock()

    @property
    def abilities(self) -> Abilities:
        """What the board can do; it is asked when this is first needed."""
        if self._abilities is None:
            facts = self._runtime.call("_belay_ab()", helpers=("abilities",))
            if not (isinstance(facts, list) and len(facts) == len(Abilities._fields)):
                raise TransferError(f"{self._runtime.description} said of its abilities: {facts!r}")
            self._abilities = Abilities._make(facts)
            if is_text_only(self._runtime.session.link):
                self._abilities = self._abilities._replace(raw=False)
            self._runtime.discard_helpers(("abilities",))
            has_heap = self._abilities.free_bytes >= SMALL_HEAP_BYTES
            if self._abilities.inflate and self._abilities.base64 and has_heap:
                self._runtime.pack_helpers()
        return self._abilities

    def put(
        self, uploads: Sequence[Upload], *, progress: Progress | None = None, asks_room: bool = True
    ) -> None:
        """Write files, in order, each beside its target until it is whole; folders must be there.

        Args:
            uploads: the files.
            progress: gets the number of bytes of content that have left, each time more have; a retry
                begins with what is verified.
            asks_room: whether the board says of a single file beforehand that there is no room for it; of
                several it is never asked.

        Raises:
            NoSpaceError: there is not enough room; earlier files are there, this one is as it was.
            TransferError: the wire damaged it again and again.
            BoardOSError, …: the board could not write; earlier files are there, this one is as it was.
            ConnectionLost: the link broke.
        """
        if uploads:
            with self.writing:
                self._put(uploads, progress, asks_room=asks_room)

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
        try:
            if self._is_tiny:
                return get_tiny(self._runtime, path, write, offset=offset, size=size)
            return get_file(self._runtime, self.abilities.channel, path, write, offset=offset, size=size)
        except BoardException as error:
            self._refuse(explained(error, f"reading `{path}`", path=path, runtime=self._runtime), error)

    def _put(self, uploads: Sequence[Upload], progress: Progress | None, *, asks_room: bool) -> None:
        runtime = self._runtime
        sizes = self.abilities.sizes(flow_control=runtime.session.link.flow_control)
        sizes = sizes.for_bytes(sum(u.size + len(u.path.encode()) + _ENTRY_BYTES for u in uploads))
        done = tries = 0
        while done < len(uploads):
            sender = Sender(
                uploads[done:], self.abilities, sizes, progress, sum(u.size for u in uploads[:done])
            )
            try:
                self._send(sender, sizes, asks_room=asks_room)
            except ConnectionLost:
                done += sender.files
                tries = 1 if sender.files else tries + 1
                if not self._may_go_on(uploads[done:], tries):
                    raise
            except (BoardException, CallTimeout) as error:
                written = sender.files if self._is_tiny else self._written()
                done += written
                tries = 1 if written else tries + 1
                if done == len(uploads):
                    return  # only the end of the stream was damaged
                if isinstance(error, BoardException) and not is_worth_another_try(error, last=tries == TRIES):
                    self._refuse(self._failed(error, uploads[done]), error)
                if tries == TRIES:
                    raise TransferError(
                        f"{uploads[done].attempt} on {runtime.description} failed {TRIES} times:"
                        f" bytes were lost or changed on the way, in blocks of {sizes.block} bytes too",
                        hint=BAD_WIRE,
                    ) from error
                sizes = sizes.smaller()
            else:
                return

    def _may_go_on(self, left: Sequence[Upload], tries: int) -> bool:
        """Say whether what is left can be written although the link broke: the board was found again.

        Files that were verified are still there. Of one that something is appended to, nobody knows.
        """
        is_over = bool(left) and (tries == TRIES or left[0].verb == "append")
        return self._runtime.is_found_again and not is_over

    def prepare(self, helpers: Sequence[str]) -> None:
        """Send helpers one by one to a board that could not compile them together."""
        if self.abilities.free_bytes < SMALL_HEAP_BYTES:
            self._runtime.send_helpers(helpers)

    def _send(self, sender: Sender, sizes: Sizes, *, asks_room: bool) -> None:
        runtime = self._runtime
        if self._is_tiny:
            sender.send_tiny(runtime)
            return
        on_channel = ON_CHANNEL[self.abilities.channel]
        room = sender.room_question() if asks_room else ""
        helpers = (*FILE_HELPERS, *WRITING_HELPERS, *(ROOM_HELPERS if room else ()), "put", *on_channel)
        self.prepare(helpers)
        self._number += 1
        if self.abilities.channel is Channel.LITERAL:
            runtime.call(f"({room or 0},_belay_po({self._number}))[1]", helpers=helpers)
            for literals in sender.literals(sizes.segment):
                runtime.call(f"_belay_pp({literals})")
            return
        runtime.call(
            f"({room or 0},_belay_rx({sizes.block},{sizes.window_bits},_belay_pu({self._number})))[1]",
            helpers=helpers,
            respond=sender,
            timeout_s=runtime.session.timeout_s,
        )

    @property
    def _is_tiny(self) -> bool:
        return self.abilities.channel is Channel.LITERAL and self.abilities.free_bytes < TINY_HEAP_BYTES

    def _written(self) -> int:
        """Return how many files of the transfer that failed are written and verified."""
        try:
            told = self._runtime.call("_belay_j", helpers=("put",))
        except BoardException:
            return 0  # what failed is that the helpers did not fit; that is the error to see
        # With another number it is what an earlier transfer has left: this one has not even begun.
        if isinstance(told, list) and len(told) == len(("number", "files")) and told[0] == self._number:
            return int(told[1])
        return 0

    def _refuse(self, failure: BelayException, cause: BoardException) -> NoReturn:
        if failure is cause:
            raise failure
        raise failure from cause

    def _failed(self, error: BoardException, upload: Upload) -> BelayException:
        """Return what to tell of a file that the board could not write."""
        if getattr(error, "errno", None) == NO_SPACE:
            return no_space(error, upload.path, upload.size, runtime=self._runtime)
        return explained(error, upload.attempt, path=upload.path, runtime=self._runtime)


def mounts_helper(runtime: Runtime) -> str:
    """Return which of `MOUNTS_HELPERS` a board needs."""
    return MOUNTS_HELPERS[runtime.implementation.name == "circuitpython"]
