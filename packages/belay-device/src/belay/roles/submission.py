"""Many calls in few submissions: cuts a row of calls into blocks that a board can compile.

This room knows sizes and the rule that the first failure stops the rest. It knows no handles and no tasks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from belay.exceptions import BoardException

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from belay.roles.board import Board

__all__ = ["Entry", "Outcome", "submit"]

_ENTRY_OVERHEAD_BYTES = 8  # what stands around each expression on its way: `lambda:` and a comma
_TIMED_OVERHEAD_BYTES = 17  # and around one that is timed: `_belay_t(lambda:` and a bracket
_BLOCK_ENTRIES = 200  # MicroPython keeps the number of arguments of a call, one for each entry, in 8 bits


class Entry(NamedTuple):
    """One call.

    Attributes:
        code: the board expression.
        record: whether a reconnection repeats it.
        timeout_s: its own deadline; None for none.
        timed: its value comes as `(value, local time)`.
        arguments: what `code` was written from: what a proxy stands for must not be freed before.
    """

    code: str
    record: bool = False
    timeout_s: float | None = None
    timed: bool = False
    arguments: object = None


class Outcome(NamedTuple):
    """What became of one call that ran.

    Attributes:
        value: what it returned; None if there is an error.
        error: the board's exception, that its time was up, or why the value cannot come back.
    """

    value: object
    error: BaseException | None = None


def submit(board: Board, entries: Iterable[Entry], *, timeout_s: float | None = None) -> Iterator[Outcome]:
    """Run calls in order, a block in one turnaround, and yield what became of each.

    Entries are taken as they are needed. After the first that the board fails, nothing more is yielded.

    Args:
        board: where they run.
        entries: the calls.
        timeout_s: deadline of each submission as a whole; the entries have their own besides, which begin
            when the entry before has ended.

    Raises:
        ConnectionLost, …: what `Board.call_many` raises. Nothing came of the block then.
    """
    for block in _blocks(entries, board.block_bytes):
        timed = {index for index, entry in enumerate(block) if entry.timed}
        each_s = [entry.timeout_s for entry in block]
        values, failure = board.call_many(
            [entry.code for entry in block], timed=timed, timeout_s=timeout_s, each_s=each_s
        )
        for entry, value in zip(block, values, strict=False):
            if entry.record:
                board.record(entry.code)
            yield Outcome(None, value) if isinstance(value, BaseException) else Outcome(value)
        if failure is not None:
            if block[len(values)].record and isinstance(failure, BoardException):
                board.record(block[len(values)].code, ignore_errors=True)
            yield Outcome(None, failure)
            return


def _blocks(entries: Iterable[Entry], limit_bytes: int) -> Iterator[list[Entry]]:
    block: list[Entry] = []
    size = 0
    for entry in entries:
        code = entry.code
        entry_size = _ENTRY_OVERHEAD_BYTES + (len(code) if code.isascii() else len(code.encode()))
        entry_size += _TIMED_OVERHEAD_BYTES * entry.timed
        if block and (size + entry_size > limit_bytes or len(block) == _BLOCK_ENTRIES):
            yield block
            block, size = [], 0
        block.append(entry)
        size += entry_size
    if block:
        yield block
