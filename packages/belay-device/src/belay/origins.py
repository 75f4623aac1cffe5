"""Where the code on a board came from: which host file, which lines.

Each piece of code is compiled on the board under a file name of its own, such as `_b7`.
A `CodeRegistry` remembers which host lines that was. This room knows neither boards nor tracebacks.
"""

from __future__ import annotations

import threading
from typing import NamedTuple, Protocol

__all__ = ["CallOrigin", "CodeOrigin", "CodeRegistry", "Location", "SourceOrigin"]

_CALL_WINDOW = 4  # lines from the start of a `device(` call within which a one-line text may stand


class Location(NamedTuple):
    """A line of the user's code on the host.

    Attributes:
        file: the host's file name, or what stands for one (a notebook's cell).
        line: the line's number in it, from 1.
        source: the line's text, or "" when unknown.
        module_name: what to call the code where the board says `<module>`; "" to leave that.
    """

    file: str
    line: int
    source: str
    module_name: str = ""


class CodeOrigin(Protocol):
    """Where a piece of board code came from."""

    def locate(self, board_line: int) -> Location:
        """Return the host's place of the code's line `board_line`, counted from 1."""
        ...


class SourceOrigin(NamedTuple):
    """Code cut out of a host file with its lines kept: a task, a thread, the body of a setup.

    Attributes:
        file: the host's file.
        first_line: the number in it of the code's first line.
        text: the code, before it was minified.
        module_name: the name of the function whose body the code is; "" when the code defines it.
    """

    file: str
    first_line: int
    text: str
    module_name: str = ""

    def locate(self, board_line: int) -> Location:
        """Return the host's place of the code's line `board_line`, counted from 1."""
        source = _line_of(self.text.split("\n"), board_line)
        return Location(self.file, self.first_line + board_line - 1, source, self.module_name)


class CallOrigin(NamedTuple):
    """Code handed over as a text: `device("…")`.

    Attributes:
        file: the host's file of the call.
        call_line: the line in it where the call starts.
        text: the code.
    """

    file: str
    call_line: int
    text: str

    def locate(self, board_line: int) -> Location:
        """Return the line itself when the text stands in the file, else the call's line.

        The file is searched only now, when something went wrong: a call pays nothing for it.
        """
        import linecache  # noqa: PLC0415 - only for a traceback; it loads the tokenizer

        code_lines = self.text.split("\n")
        source = _line_of(code_lines, board_line)
        first_line = _place_of(code_lines, linecache.getlines(self.file), self.call_line)
        if first_line is not None:
            return Location(self.file, first_line + board_line - 1, source, "<device call>")
        if len(code_lines) > 1:
            source = f"{source.strip()}  # line {board_line} of the code"
        return Location(self.file, self.call_line, source, "<device call>")


class CodeRegistry:
    """The origin of each piece of code on the board, under the file name it was compiled with.

    A file name is interned on the board for ever, a few bytes each, so the same code keeps its name.
    Code that leaves no function behind has a name for each host thread, which means the thread's latest call.
    Any thread may use it.

    Args:
        limit: how many origins to keep. A board's heap holds far fewer functions; the oldest go first,
            and frames of a forgotten one stay as the board printed them.
    """

    def __init__(self, *, limit: int = 4096) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._origins: dict[str, CodeOrigin] = {}
        self._names: dict[CodeOrigin, str] = {}
        self._count = 0
        self._threads: dict[int, str] = {}

    def add(self, origin: CodeOrigin, *, transient: bool = False) -> str:
        """Remember where code came from.

        Args:
            origin: the place; hashable.
            transient: whether no frame of the code can outlive the call (it defines no function).

        Returns:
            The file name to compile it with: "_b" and a number, or "_t" and a number.
        """
        with self._lock:
            if transient:
                name = self._threads.setdefault(threading.get_ident(), f"_t{len(self._threads)}")
                self._origins[name] = origin
                return name
            if origin not in self._names:
                self._count += 1
                self._names[origin] = f"_b{self._count}"
                self._origins[self._names[origin]] = origin
                if len(self._names) > self._limit:
                    oldest = next(iter(self._names))
                    del self._origins[self._names.pop(oldest)]
            return self._names[origin]

    def get(self, name: str) -> CodeOrigin | None:
        """Return the origin of the code compiled as `name`, or None."""
        return self._origins.get(name)

    def clear(self) -> None:
        """Forget all, as the board did: it was reset. The names of functions are not used again."""
        with self._lock:
            self._origins.clear()
            self._names.clear()


def _line_of(lines: list[str], number: int) -> str:
    return lines[number - 1] if 1 <= number <= len(lines) else ""


def _place_of(code_lines: list[str], host_lines: list[str], call_line: int) -> int | None:
    """The host line on which the code's first line stands, or None.

    A text of one line is looked for where the call is, one of several lines in the whole file
    (it may be a constant), nearest to the call first.
    """
    wanted = [(number, line.strip()) for number, line in enumerate(code_lines) if line.strip()]
    if not wanted:
        return None
    if len(wanted) == 1:
        candidates = range(call_line, call_line + _CALL_WINDOW)
        offset = wanted[0][0]
        return next(
            (line - offset for line in candidates if wanted[0][1] in _line_of(host_lines, line)), None
        )
    last_start = len(host_lines) - wanted[-1][0]
    nearest_first = sorted(range(1, last_start + 1), key=lambda line: abs(line - call_line))
    for first_line in nearest_first:
        if all(text in host_lines[first_line + number - 1] for number, text in wanted):
            return first_line
    return None
