"""A board's traceback text: what it says, and the same with the host's files and lines.

Each piece of code is compiled on the board under a file name of its own, such as `_b7`.
A `CodeRegistry` remembers which host lines that was; `remap` rewrites the frames.
This room works on texts alone: no board, no exception class, and no text, however garbled, makes it fail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CallOrigin", "CodeOrigin", "CodeRegistry", "Location", "SourceOrigin", "raised", "remap"]

_HEADER = "Traceback (most recent call last)"

_CHAIN_MARKERS = (
    "During handling of the above exception",
    "The above exception was the direct cause",
)
"""CircuitPython prints a chain as CPython does, the raised exception last; MicroPython prints no chain."""

_OWN_PREFIX = "_belay"  # our board code: its file names and its functions' names
_LEADING_FILE = "<stdin>"  # the raw REPL's name for what we send; below it runs what the user wrote

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
    Code that leaves no function behind shares one name, whose origin is that of the latest call.

    Args:
        limit: how many origins to keep. A board's heap holds far fewer functions; the oldest go first,
            and frames of a forgotten one stay as the board printed them.
    """

    TRANSIENT_NAME = "_b0"

    def __init__(self, *, limit: int = 4096) -> None:
        self._limit = limit
        self._origins: dict[str, CodeOrigin] = {}
        self._names: dict[CodeOrigin, str] = {}
        self._count = 0

    def add(self, origin: CodeOrigin, *, transient: bool = False) -> str:
        """Remember where code came from.

        Args:
            origin: the place; hashable.
            transient: whether no frame of the code can outlive the call (it defines no function).

        Returns:
            The file name to compile it with: "_b" and a number.
        """
        if transient:
            self._origins[self.TRANSIENT_NAME] = origin
            return self.TRANSIENT_NAME
        name = self._names.get(origin)
        if name is None:
            self._count += 1
            name = f"_b{self._count}"
            self._origins[name] = origin
            self._names[origin] = name
            if len(self._names) > self._limit:
                oldest, oldest_name = next(iter(self._names.items()))
                del self._names[oldest], self._origins[oldest_name]
        return name

    def get(self, name: str) -> CodeOrigin | None:
        """Return the origin of the code compiled as `name`, or None."""
        return self._origins.get(name)

    def clear(self) -> None:
        """Forget all, as the board did: it was reset. Names are not used again."""
        self._origins.clear()
        self._names.clear()


def remap(board_text: str, origin_of: Callable[[str], CodeOrigin | None]) -> str:
    r"""Rewrite a board's traceback with the host's files and lines, a line of source below each.

    Frames of our own board code are left out, unless a registered origin claims them.
    All other text stays, with "\r\n" as "\n".

    Args:
        board_text: the traceback as the board printed it.
        origin_of: finds the origin of a file name, or None: a `CodeRegistry`'s `get`.
    """
    lines: list[str] = []
    in_frames = False  # between a header and its exception's line
    leading = False  # no frame of the user's yet
    for line in board_text.replace("\r\n", "\n").split("\n"):
        frame = _parse_frame(line)
        if frame is None:
            in_frames = leading = line.startswith(_HEADER)
            lines.append(line)
            continue
        origin = origin_of(frame.file)
        if origin is not None:
            lines += _host_frame(frame, origin.locate(frame.line))
        elif in_frames and frame.is_ours(leading=leading):
            continue
        else:
            lines.append(line)
        leading = False
    return "\n".join(lines)


def raised(board_text: str) -> tuple[str, str]:
    """Read which exception a traceback text ends with.

    Returns:
        The class's name and the message, which may be empty or have several lines;
        ("Exception", all of the text) when it is no traceback.
    """
    lines = board_text.replace("\r\n", "\n").rstrip("\n").split("\n")
    start = _exception_line(lines, 0)
    for number in range(start + 1, len(lines)):
        if lines[number].startswith(_CHAIN_MARKERS):
            start = _exception_line(lines, number)
    type_name, colon, first = lines[start].partition(":")
    if not all(part.isidentifier() for part in type_name.split(".")):
        return "Exception", "\n".join(lines[start:])  # garbled: keep every word of it
    rest = [first.removeprefix(" ") if colon else "", *lines[start + 1 :]]
    return type_name, "\n".join(rest)


class _Frame(NamedTuple):
    file: str
    line: int
    function: str | None  # None in the frame that places a SyntaxError

    def is_ours(self, *, leading: bool) -> bool:
        if self.function is None:
            return False
        if self.file.startswith(_OWN_PREFIX) or self.function.startswith(_OWN_PREFIX):
            return True
        return leading and self.file == _LEADING_FILE


def _parse_frame(line: str) -> _Frame | None:
    opening = '  File "'
    if not line.startswith(opening):
        return None
    file, found, rest = line[len(opening) :].rpartition('", line ')
    number, comma, function = rest.partition(", in ")
    if not found or not (number.isascii() and number.isdecimal()) or len(number) > _LINE_DIGITS:
        return None
    return _Frame(file, int(number), function if comma else None)


_LINE_DIGITS = 9  # a longer "line number" is noise


def _host_frame(frame: _Frame, place: Location) -> list[str]:
    function = frame.function
    if function == "<module>" and place.module_name:
        function = place.module_name
    tail = "" if function is None else f", in {function}"
    host_line = f'  File "{place.file}", line {place.line}{tail}'
    source = place.source.strip()
    return [host_line, f"    {source}"] if source else [host_line]


def _line_of(lines: list[str], number: int) -> str:
    return lines[number - 1] if 1 <= number <= len(lines) else ""


def _exception_line(lines: list[str], start: int) -> int:
    """The number of the first line after the frames of the traceback that begins at or after `start`."""
    headers = (number for number in range(start, len(lines)) if lines[number].startswith(_HEADER))
    header = next(headers, None)
    if header is None:
        return start
    after = (number for number in range(header + 1, len(lines)) if not lines[number].startswith("  "))
    return next(after, len(lines) - 1)


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
