"""The words that make no sense beside `--watch`.

Knows words only: no board, no file.
"""

from __future__ import annotations

from belay_pm.command_line.errors import MisuseError

__all__ = ["refuse_beside_watch"]


def refuse_beside_watch(*, dry_run: bool = False, is_many: bool = False) -> None:
    """Refuse what makes no sense beside `--watch`.

    Args:
        dry_run: whether `--dry-run` is given.
        is_many: whether several boards are meant.

    Raises:
        MisuseError: one of them is so.
    """
    if dry_run:
        raise MisuseError(
            "`--watch` and `--dry-run` are given: what is watched is done, again and again",
            hint="leave one of them out",
        )
    if is_many:
        raise MisuseError(
            "`--watch` is for one board, and several are meant",
            hint="name one board, or start the command once for each",
        )
