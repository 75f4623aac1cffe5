"""What keeps a path of this computer from being what a word means: in a sentence, before any board is opened.

Knows paths and words. `pathlib` costs each command 4 ms, and is not loaded for this.
"""

from __future__ import annotations

import os
import stat

__all__ = ["file_trouble", "folder_trouble", "output_trouble", "program_trouble", "source_trouble"]


_ABSENT = frozenset({"is empty", "is not there", "is a link to nothing"})


def file_trouble(path: str) -> str | None:
    """Return what keeps a path from being a file that can be read, as in "is a folder"; None for nothing."""
    found = _mode(path)
    if isinstance(found, str):
        return found
    if stat.S_ISDIR(found):
        return "is a folder"
    if not stat.S_ISREG(found):
        return "is neither a file nor a folder"  # a pipe would be waited for
    return None if os.access(path, os.R_OK) else "cannot be read: you may not"


def folder_trouble(path: str) -> str | None:
    """Return what keeps a path from being a folder that can be listed; None for nothing."""
    found = _mode(path)
    if isinstance(found, str):
        return found
    if not stat.S_ISDIR(found):
        return "is no folder"
    return None if os.access(path, os.R_OK | os.X_OK) else "cannot be read: you may not"


def source_trouble(path: str) -> str | None:
    """Return what keeps a path from being a file or a folder, as in "is not there"; None for nothing.

    What the system refuses to tell is for whoever opens it.
    """
    found = _mode(path)
    return found if found in _ABSENT else None


def program_trouble(word: str) -> str | None:
    """Return what keeps a word from being a program, by its path or on the `PATH`; None for nothing."""
    import shutil  # noqa: PLC0415 - seldom needed

    if os.path.isfile(os.path.expanduser(word)) or shutil.which(word) is not None:  # noqa: PTH111, PTH113 - as above
        return None
    return "is neither a file nor a program on the `PATH`"


def output_trouble(path: str) -> str | None:
    """Return what keeps a file from being written, whether it is there or not; None for nothing.

    Nothing is made or changed for the answer.
    """
    folder = os.path.dirname(path) or "."  # noqa: PTH120 - see the module's docstring
    around = folder_trouble(folder)
    if around is not None:
        return f"cannot be written: `{folder}` {around}"
    found = _mode(path)
    if found == "is not there":
        return None if os.access(folder, os.W_OK) else f"cannot be written: you may not write into `{folder}`"
    if isinstance(found, str):
        return found.replace("read", "written")
    if stat.S_ISDIR(found):
        return "is a folder"
    return None if os.access(path, os.W_OK) else "cannot be written: you may not"


def _mode(path: str) -> int | str:
    """Return what is at a path; or why nobody can tell, in words."""
    if not path:
        return "is empty"
    try:
        return os.stat(path).st_mode  # noqa: PTH116 - see the module's docstring
    except FileNotFoundError:
        return "is a link to nothing" if os.path.islink(path) else "is not there"  # noqa: PTH114 - as above
    except OSError as error:
        return f"cannot be read: {error.strerror}"
