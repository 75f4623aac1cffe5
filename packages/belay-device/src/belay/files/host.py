"""The host's end of a file transfer: read in pieces, written whole or not at all.

Knows files of the host only. Its errors name the file and what was attempted.
"""

from __future__ import annotations

import secrets
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from belay.arguments import check_path
from belay.exceptions import HostFileError, HostFileNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["host_file_size", "host_path", "read_pieces", "written_whole"]

PIECE_BYTES = 65536


def host_path(name: str, value: object) -> Path:
    """Return a path of the host.

    Args:
        name: what the caller calls the argument.
        value: what was given.

    Raises:
        ArgumentTypeError, ArgumentValueError: it is no path.
    """
    check_path(name, value)
    return Path(cast("str", value))


def host_file_size(path: Path) -> int:
    """Return the size of a file.

    Raises:
        HostFileError: it is not there, no file, or cannot be read.
    """
    with _converted("reading", path):
        if path.is_dir():
            raise HostFileError(f"`{path}` is a folder, and one file was to be read")
        size = path.stat().st_size
        if not path.is_file():  # opening a pipe would wait for who writes to it
            raise HostFileError(
                f"`{path}` is a pipe or a device, and how long a file is must be known before it is sent",
                hint="read it into a file first, or give its bytes to `device.fs.write_bytes(…)`",
            )
        return size


def read_pieces(path: Path) -> Iterator[bytes]:
    """Return a file's content in pieces.

    Raises:
        HostFileError: it cannot be read.
    """
    with _converted("reading", path), path.open("rb") as stream:
        while piece := stream.read(PIECE_BYTES):
            yield piece


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """Open a file beside `path` that takes its place at the end of the block; an error in there removes it.

    Raises:
        HostFileError: it cannot be written.
    """
    with _converted("writing", path):
        target = path.resolve()
        if target.exists() and not target.is_file():
            raise HostFileError(f"`{path}` is no file, and cannot be written as one")
        beside = target.with_name(f".belay-{secrets.token_hex(4)}-{target.name}")
        stream = beside.open("xb")
    try:
        with stream:
            yield stream
        with _converted("writing", path):
            if target.exists():
                shutil.copymode(target, beside)
            beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


@contextmanager
def _converted(what: str, path: Path) -> Iterator[None]:
    try:
        yield
    except HostFileError:
        raise
    except OSError as error:
        error_class = HostFileNotFoundError if isinstance(error, FileNotFoundError) else HostFileError
        raise error_class(
            f"{what} `{path}` on this computer failed: {error.strerror or error}",
            errno=error.errno,
            filename=str(path),
        ) from error
