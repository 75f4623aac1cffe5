"""What a sync that copies says, in the words of a copy: there is no `dst`, and nothing is kept or ignored.

Knows texts, and neither boards nor files.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from belay.exceptions import BelayException

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["as_copy"]

_WORDS = tuple(
    (re.compile(told), copied)
    for told, copied in (
        (r"^a sync to (.*), and `dst` is always a folder;", r"copying to \1;"),
        (r"^the sync needs ", "copying needs "),
        (r"name the folder that it goes into: `dst=`, or", "name a folder that it goes into, or"),
        (r"send less: `ignore=`, `mpy=True`; or remove", "remove"),
        (r", or (?:take it out of `keep`|add it to `ignore`|leave it out: `ignore=`)$", ""),
        (r"^add one of them to `ignore`, such as .*", "rename one of them"),
        (r'^add "(.*)" to `ignore`$', r"move `\1` away, or copy what is beside it by its names"),
        (r"^sync without `mpy`, or compile (.*) and sync ", r"leave out `--mpy`, or compile \1 and copy "),
        (r"^sync without `mpy`", "leave out `--mpy`"),
    )
)
"""What a sync says, in a message or a hint -> what a copy does."""


@contextmanager
def as_copy() -> Iterator[None]:
    """Let a sync in the block say what is wrong as a copy would."""
    try:
        yield
    except BelayException as error:
        if error.args and isinstance(error.args[0], str):
            error.args = (_copied(error.args[0]), *error.args[1:])
        if error.hint is not None:
            error.hint = _copied(error.hint)
        raise


def _copied(text: str) -> str:
    for told, copied in _WORDS:
        text = told.sub(copied, text)
    return text
