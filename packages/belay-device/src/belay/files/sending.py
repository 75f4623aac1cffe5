"""What the board is given when it asks for the next bytes of the files that it writes.

This room knows the stream: headers, content, checks. When one is begun and begun again is for others to know.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from belay.exceptions import TransferError
from belay.files.stream import blocks, segments
from belay.files.tiny import put_tiny, step_tiny
from belay.values import encode
from belay_transport.repl import running_check

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from belay.files.abilities import Abilities, Sizes
    from belay.files.upload import Progress, Upload
    from belay.runtime import Runtime
    from belay_transport.repl import Note

__all__ = ["Sender"]

_CHECK_CHARACTERS = 16


class Sender:
    """Answers the board's notes while it writes files.

    Args:
        uploads: the files.
        abilities: the board's.
        sizes: how the stream is cut.
        progress: gets the bytes of content that have left.
        before_bytes: of the files before these.

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
        """Take a note: how many files are written, or that the next bytes are wanted, which come back."""
        if note.kind == "xf":
            self.files = note.number
            return b""
        wanted = self._ahead if note.number == 0 else 1
        data = b"".join(islice(self._blocks, wanted))
        if self._progress is not None:
            self._progress(self._read_bytes)
        return data

    def room_question(self) -> str:
        """Return the board expression that fails if a single file has not enough room; "" for several."""
        first = self._uploads[0]
        if len(self._uploads) > 1:
            return ""
        return f"_belay_rs({encode(first.path)},{first.size},{int(first.verb == 'append')})"

    def send_tiny(self, runtime: Runtime) -> None:
        """Write the files in pieces of which each is a call; see `belay.files.tiny`."""
        for upload in self._uploads:
            if upload.is_step:
                step_tiny(runtime, upload)
                self.files += 1
                continue
            put_tiny(
                runtime,
                upload,
                crc32=self._abilities.crc32,
                progress=self._progress,
                before_bytes=self._read_bytes,
            )
            self._read_bytes += upload.size
            self.files += 1

    def literals(self, size: int) -> Iterator[str]:
        """Return the stream as arguments of calls, for a board without a stdin.

        Args:
            size: bytes that the literals of a call hold at most.
        """
        waiting: list[str] = []
        count = 0
        for piece in self._content():
            for index in range(0, len(piece), size):
                part = piece[index : index + size]
                if count + len(part) > size:
                    yield ",".join(waiting)
                    waiting, count = [], 0
                    if self._progress is not None:
                        self._progress(self._read_bytes)
                waiting.append(encode(part))
                count += len(part)
        yield ",".join(waiting)
        if self._progress is not None:
            self._progress(self._read_bytes)

    def _content(self) -> Iterator[bytes]:
        for upload in self._uploads:
            yield upload.header
            if upload.is_step:
                continue
            check = _ContentCheck(self._abilities)
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
