"""A board's traceback text: what it says, and the same with the host's files and lines.

This room works on texts alone: no board, no exception class, and no text, however garbled, makes it fail.
Where a piece of code came from it asks `belay.origins`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from belay.origins import CallOrigin, CodeOrigin, CodeRegistry, Location, SourceOrigin

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "HEADER",
    "CallOrigin",
    "CodeOrigin",
    "CodeRegistry",
    "Location",
    "SourceOrigin",
    "host_lines",
    "raised",
    "remap",
]

HEADER = "Traceback (most recent call last)"
"""How the first line of a traceback begins."""

_CHAIN_MARKERS = (
    "During handling of the above exception",
    "The above exception was the direct cause",
)
"""CircuitPython prints a chain as CPython does, the raised exception last; MicroPython prints no chain."""

_OWN_PREFIX = "_belay"  # our board code: its file names and its functions' names
_LEADING_FILES = ("<stdin>", "<string>")
# The raw REPL's name for what we send, and that of what it executes; below them runs what the user wrote.


def remap(board_text: str, origin_of: Callable[[str], CodeOrigin | None]) -> str:
    r"""Rewrite a board's traceback with the host's files and lines, a line of source below each.

    Frames of our own board code are left out, unless a registered origin claims them.
    All other text stays, with "\r\n" as "\n": the message too, whatever its lines look like.

    Args:
        board_text: the traceback as the board printed it.
        origin_of: finds the origin of a file name, or None: a `CodeRegistry`'s `get`.
    """
    lines: list[str] = []
    in_frames = False  # between a header and its exception's line
    leading = False  # no frame of the user's yet
    in_message = False  # behind an exception's line
    for line in board_text.replace("\r\n", "\n").split("\n"):
        frame = None if in_message else _parse_frame(line)
        if frame is None:
            in_message = (in_message or in_frames) and not line.startswith(_CHAIN_MARKERS)
            in_frames = leading = not in_message and line.startswith(HEADER)
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


def host_lines(line: str, origin_of: Callable[[str], CodeOrigin | None]) -> list[str] | None:
    """Return a frame with the host's file and line, below it the line of source; None if it is none of ours.

    Args:
        line: a line that a board printed.
        origin_of: as for `remap`.
    """
    frame = _parse_frame(line)
    origin = None if frame is None else origin_of(frame.file)
    return None if frame is None or origin is None else _host_frame(frame, origin.locate(frame.line))


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
        return leading and self.file in _LEADING_FILES


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


def _exception_line(lines: list[str], start: int) -> int:
    """The number of the first line after the frames of the traceback that begins at or after `start`."""
    headers = (number for number in range(start, len(lines)) if lines[number].startswith(HEADER))
    header = next(headers, None)
    if header is None:
        return start
    after = (number for number in range(header + 1, len(lines)) if not lines[number].startswith("  "))
    return next(after, len(lines) - 1)
