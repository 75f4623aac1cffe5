"""Text files: bytes of a board's file as text, and back. Its errors name the file and the encoding.

Pure: it knows codecs, and nothing of boards.
"""

from __future__ import annotations

import codecs

from belay.arguments import check_text
from belay.exceptions import ArgumentValueError

__all__ = ["check_encoding", "decoded", "encoded"]


def check_encoding(encoding: str, errors: str = "strict") -> None:
    """Refuse what names no encoding of text, or no way to take errors.

    Raises:
        ArgumentTypeError: one is no str.
        ArgumentValueError: Python knows no such.
    """
    check_text("encoding", encoding)
    check_text("errors", errors)
    try:
        "".encode(encoding)
    except (LookupError, ValueError) as error:  # a NUL in the name, beside the unknown
        raise ArgumentValueError(
            f"`encoding` is {encoding!r}, which is no encoding of text: {error}", hint='such as "utf-8"'
        ) from error
    try:
        codecs.lookup_error(errors)
    except (LookupError, ValueError) as error:
        raise ArgumentValueError(
            f"`errors` is {errors!r}: {error}", hint='such as "strict", "replace" or "ignore"'
        ) from error


def decoded(data: bytes, path: str, *, encoding: str, errors: str) -> str:
    """Return bytes of a file as text.

    Raises:
        ArgumentValueError: they are none in that encoding.
    """
    try:
        return data.decode(encoding, errors)
    except UnicodeError as error:
        raise ArgumentValueError(
            f"reading `{path}` as text failed: {error}",
            hint='say which `encoding=` it has, or `errors="replace"`; `read_bytes` takes what it is',
        ) from error


def encoded(text: str, path: str, *, encoding: str) -> bytes:
    """Return text as bytes of a file.

    Raises:
        ArgumentValueError: that encoding has no bytes for it.
    """
    try:
        return text.encode(encoding)
    except UnicodeError as error:
        raise ArgumentValueError(
            f"writing text to `{path}` failed: {error}",
            hint='say another `encoding=`, such as "utf-8", or write bytes',
        ) from error
