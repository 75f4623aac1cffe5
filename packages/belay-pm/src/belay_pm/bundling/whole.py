"""A file that is written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from belay_pm.errors import PackageError

__all__ = ["umask", "write_whole"]


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".belay-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            Path(name).chmod(0o666 & ~umask())
            os.replace(name, path)  # noqa: PTH105 - a name and a path
        except BaseException:
            with suppress(OSError):
                os.unlink(name)  # noqa: PTH108 - as above
            raise
    except OSError as error:
        raise PackageError(f"Writing `{path}` failed: {error.strerror}") from error


def umask() -> int:
    """Return which permissions a new file shall not have."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
