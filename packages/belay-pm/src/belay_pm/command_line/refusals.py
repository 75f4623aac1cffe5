"""What this computer refuses: how it is told, and what helps.

Knows the numbers of errors, and no file.
"""

from __future__ import annotations

import errno
import os

__all__ = ["refusal", "refusal_hint"]

_HINTS = {
    errno.ENAMETOOLONG: "give it a shorter name",
    errno.EEXIST: "something of that name is there: `ls -l` shows what",
    errno.ENOENT: "look at how it is spelt: `ls` lists what is there",
    errno.ENOTDIR: "a part of the path is a file: `ls -l` shows which",
    errno.EISDIR: "it is a folder: name a file",
    errno.EACCES: "`ls -ld` with the path shows who may",
    errno.EPERM: "`ls -ld` with the path shows who may",
    errno.ELOOP: "its links lead to each other: `ls -l` shows where each leads",
    errno.EROFS: "nothing can be written there: choose another place",
    errno.ENOSPC: "`df -h` shows which disk is full",
    errno.EDQUOT: "`quota` shows how much you may have",
    errno.EMFILE: "`ulimit -n 4096` lets the programs of this shell open more files",
}

_OF_NO_FILE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM})
"""What a computer has no more of; the system names no file with them."""


def refusal(error: OSError) -> str | None:
    """Return in a sentence what this computer refuses; None where it may be a defect of ours."""
    if error.strerror is None:
        return None
    if isinstance(error.filename, str | bytes):
        return f"`{os.fsdecode(error.filename)}` cannot be used: {error.strerror}"
    return f"This computer cannot go on: {error.strerror}" if error.errno in _OF_NO_FILE else None


def refusal_hint(error: BaseException | None) -> str | None:
    """Return what helps against a refusal; None where nobody knows, or the error is none of this computer's.

    A board's may be an `OSError` as well, of a class of its own.
    """
    if not isinstance(error, OSError) or type(error).__module__ != "builtins":
        return None
    return _HINTS.get(error.errno or 0)
