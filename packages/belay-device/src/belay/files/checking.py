"""Whether the options of a sync mean something: each error names the option, its value and what is possible.

Pure; it is asked before anything is read or the board is spoken to.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from belay.arguments import check_flag, check_function, check_iterable
from belay.exceptions import ArgumentTypeError, ArgumentValueError
from belay.files.keeping import kept

if TYPE_CHECKING:
    from typing import Any

__all__ = ["OPT_LIMIT", "check_sync_options"]

OPT_LIMIT = 3
"""The highest level of the compiler."""

_FLAGS = ("minify", "mpy", "dry_run")
_OPTIONS = ("keep", "ignore", "minify", "mpy_cross_binary", "progress_update", "mpy", "opt", "dry_run")


def check_sync_options(
    *,
    dst: object,
    ignore: object,
    mpy_cross_binary: object = None,
    progress_update: object = None,
    opt: object = 0,
    keep: Any = None,  # Any: whatever was given
    **others: Any,  # Any: the flags, and what is none
) -> None:
    """Refuse options that cannot mean anything; see `Device.sync` for what each is.

    Raises:
        ArgumentTypeError: one has another type, or there is none of that name.
        ArgumentValueError: one is out of range, or does nothing beside the others.
        BoardPathError: `keep` names what is above the board's root.
    """
    for name, value in others.items():
        if name not in _FLAGS:
            raise ArgumentTypeError(
                f"`{name}` is no option of a sync",
                hint=f"it has {', '.join(f'`{each}=`' for each in _OPTIONS)}",
            )
        check_flag(name, value)
    _check_path("dst", dst)
    kept(keep)
    if ignore is not None:
        hint = 'a pattern of gitignore or several: `ignore=["*.txt", "docs/"]`'
        check_iterable("ignore", ignore, hint=hint)
        if isinstance(ignore, (bytes, bytearray)):
            raise ArgumentTypeError(f"`ignore` must be a pattern or several, not {ignore!r}", hint=hint)
    if mpy_cross_binary is not None:
        _check_path("mpy_cross_binary", mpy_cross_binary)
    check_function(
        "progress_update",
        progress_update,
        hint="it gets the keywords `description`, `total` and `advance`",
    )
    _check_opt(opt, compiles=bool(others.get("mpy")) or mpy_cross_binary is not None)


def _check_path(name: str, value: object) -> None:
    if not isinstance(value, (str, os.PathLike)):
        raise ArgumentTypeError(f"`{name}` must be a path, not {value!r} ({type(value).__name__})")


def _check_opt(opt: object, *, compiles: bool) -> None:
    if isinstance(opt, int) and not isinstance(opt, bool):
        if not 0 <= opt <= OPT_LIMIT:
            raise ArgumentValueError(f"`opt` is {opt}: 0 to {OPT_LIMIT} is possible")
    elif not (callable(opt) or isinstance(opt, Mapping)):
        raise ArgumentTypeError(
            f"`opt` must be 0 to {OPT_LIMIT}, patterns with such a number each, or a function of the path on"
            f" the board, not {opt!r} ({type(opt).__name__})"
        )
    if isinstance(opt, Mapping) and not all(isinstance(pattern, str) for pattern in opt):
        raise ArgumentTypeError(f"`opt` is {opt!r}: its patterns must be texts, each with a number")
    if opt != 0 and not compiles:
        raise ArgumentValueError(
            f"`opt` is {opt!r}, and nothing is compiled: it is of the compiler", hint="add `mpy=True`"
        )
