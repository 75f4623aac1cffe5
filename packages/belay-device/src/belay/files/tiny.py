"""Files to and from a board with a few kilobytes of heap and no stdin that a program can read.

Each piece is a literal in a call, or the value of one: slow, and all that such a board can compile.
The board's half is `_onboard/tiny.py`.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from belay.exceptions import BelayException, FeatureUnavailableError
from belay.values import encode
from belay_transport.repl import running_check

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay.files.upload import Progress, Upload
    from belay.runtime import Runtime

__all__ = ["PIECE_BYTES", "TINY_HEAP_BYTES", "get_tiny", "put_tiny", "step_tiny"]

TINY_HEAP_BYTES = 16384
"""Of free heap: below, the helpers of the other ways cannot be compiled."""

PIECE_BYTES = 64
"""In a call: as a literal it is four times as long at most."""

_HELPERS = ("system", "tiny")


def put_tiny(
    runtime: Runtime, upload: Upload, *, crc32: bool, progress: Progress | None, before_bytes: int
) -> None:
    """Write a file, piece by piece, beside its target; it takes its place when its check is right.

    Args:
        runtime: the board.
        upload: the file; nothing can be appended.
        crc32: whether the board's check is that.
        progress: gets the bytes of content that have left.
        before_bytes: of the files before this one.

    Raises:
        FeatureUnavailableError: something is to be appended, for which the older content must be copied.
    """
    if upload.verb == "append":
        raise FeatureUnavailableError(
            f"appending to `{upload.path}` on {runtime.description} needs more free memory than it has",
            hint="read the file and write it anew",
        )
    folder, slash, name = upload.path.rpartition("/")
    beside = encode(f"{folder}{slash}.belay-{name}")
    runtime.send_helpers(_HELPERS)
    runtime.call(f"_belay_tw({beside},b'','wb')")
    check = done = 0
    try:
        for content in upload.read():
            for index in range(0, len(content), PIECE_BYTES):
                piece = content[index : index + PIECE_BYTES]
                runtime.call(f"_belay_tw({beside},{encode(piece)})")
                check = running_check(piece, check, is_sum=not crc32)
                done += len(piece)
                if progress is not None:
                    progress(before_bytes + done)
        runtime.call(f"_belay_tm({beside},{encode(upload.path)},{check})")
    except BelayException:
        runtime.call_many([f"_belay_n['os'].remove({beside})"])  # its own failure is not the one to see
        raise


def step_tiny(runtime: Runtime, upload: Upload) -> None:
    """Remove a file or a folder, or make one; what is so already is no error."""
    verb, done = {
        "remove_file": ("remove", FileNotFoundError),
        "remove_folder": ("rmdir", FileNotFoundError),
        "make_folder": ("mkdir", FileExistsError),
    }[upload.verb]
    runtime.send_helpers(_HELPERS)
    with suppress(done):
        runtime.call(f"_belay_n['os'].{verb}({encode(upload.path)})")


def get_tiny(runtime: Runtime, path: str, write: Callable[[bytes], object], *, offset: int, size: int) -> int:
    """Read a file, or a part of it, piece by piece; return how many bytes there were."""
    runtime.send_helpers(_HELPERS)
    got = 0
    while size < 0 or got < size:
        wanted = PIECE_BYTES if size < 0 else min(PIECE_BYTES, size - got)
        piece = runtime.call(f"_belay_tr({encode(path)},{offset + got},{wanted})")
        if not isinstance(piece, bytes) or not piece:
            break
        write(piece)
        got += len(piece)
    return got
