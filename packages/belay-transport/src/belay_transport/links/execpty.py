"""`execpty:COMMAND`: a board behind a pty that a program offers, as emulators do.

Knows how a program says which pty: its path stands in the first line of stderr. `program` starts,
watches and ends the program, `serial` opens the pty.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from belay_transport.errors import ConnectionFailedError
from belay_transport.links.program import Program
from belay_transport.links.serial import SerialLink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay_transport.errors import ConnectionLost

__all__ = ["ExecPtyLink"]

_PTY = re.compile(r"/dev/(?:pts/\d+|tty\w+)")
"""How Linux and macOS name ptys; nothing else that a program says is opened."""


class ExecPtyLink(SerialLink):
    """A link to the pty that a program names in the first line of its stderr; see `Link`.

    The program's stderr goes line by line to the logger "belay.process", its stdout nowhere.

    Args:
        command: the program and its arguments; looked up on PATH.
        baudrate: bits per second; most programs ignore it.
        exclusive: whether the pty is locked against other programs.
        timeout_s: seconds that the program may take to name its pty.

    Raises:
        ConnectionFailedError: the program cannot be started, names no pty, or one that cannot be opened.
    """

    survives_reset = False  # as for `exec:`: a program may end there; a new one is fresh

    def __init__(
        self,
        command: Sequence[str],
        *,
        baudrate: int = 115200,
        exclusive: bool = True,
        timeout_s: float = 10.0,
    ) -> None:
        self._program = Program(command, reads_stdout=False)
        try:
            super().__init__(_wait_for_pty(self._program, timeout_s), baudrate=baudrate, exclusive=exclusive)
        except BaseException:
            self._program.end()
            raise

    def _describe(self, port: str) -> str:
        return f"{self._program.name} at {port}"

    def _lost(self, attempt: str, error: Exception | None) -> ConnectionLost:
        return self._program.lost(attempt, error or "it closed its pty")

    def _release(self) -> None:
        try:
            super()._release()
        finally:
            self._program.end()


def _wait_for_pty(program: Program, timeout_s: float) -> str:
    """Return the path of the pty that a program names.

    Raises:
        ConnectionFailedError: it names none.
    """
    line = program.wait_for_first_line(timeout_s)
    pty = _PTY.search(line or "")
    if pty is not None:
        return pty[0]
    attempt = f"Starting {program.name} failed"
    hint = "the first line that it writes to stderr must name its pty, `/dev/pts/…`"
    if line is not None:
        raise ConnectionFailedError(
            f"{attempt}: no pty is in the first line of its stderr: {line!r}", hint=hint
        )
    silent = f"it wrote no line to stderr in {timeout_s} s"
    raise ConnectionFailedError(f"{attempt}: {program.ending(silent)}", hint=hint)
