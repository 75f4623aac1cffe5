"""Whether a file of Python was saved when it was only half written.

Knows this computer's Python, which reads what boards read, but for syntax that is newer than itself.
"""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["half_saved"]


def half_saved(paths: Iterable[str]) -> str | None:
    """Say which of some files is no Python yet, and where; None when all are, or are something else.

    A file that cannot be read is for whoever needs it to complain about.
    """
    for path in sorted(paths):
        if not path.endswith(".py"):
            continue
        try:
            with open(path, "rb") as file:  # noqa: PTH123 - as in the other rooms
                source = file.read()
        except OSError:
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of doubtful escapes; they are for who runs it
                ast.parse(source, path)
        except SyntaxError as error:
            where = f", line {error.lineno}" if error.lineno else ""
            return f"`{path}`{where}: {error.msg}"
        except (ValueError, RecursionError, MemoryError) as error:  # a zero byte; brackets without end
            return f"`{path}`: {error}"
    return None
