"""A file replaced by another text, whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from belay_pm.errors import ProjectError

__all__ = ["write_text"]


def write_text(path: Path, text: str) -> None:
    """Replace what a file holds; a link to it stays a link, and its permissions stay.

    Raises:
        ProjectError: it cannot be written; it is as it was.
    """
    temporary = None
    try:
        target = path.resolve()
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        temporary = Path(name)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        if target.exists():
            shutil.copymode(target, temporary)
        else:
            temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
        raise ProjectError(f"`{path}` cannot be written: {getattr(error, 'strerror', error)}") from error
    finally:
        if temporary is not None:
            with suppress(FileNotFoundError):  # as it is when all went well
                temporary.unlink()


def _umask() -> int:
    """Return what the person takes away from permissions; the only way to ask is to set it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
