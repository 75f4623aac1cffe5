"""Make Python code shorter for the wire, without moving a line or renaming anything.

Knows the little of Python's lexical grammar that blanks and docstrings depend on: strings, comments, line
ends, brackets, and which characters grow together. All else passes through as it is, so that the result does
not depend on the Python of the host, and syntax that only the board knows is no obstacle. (The standard
library's `tokenize` splits f-strings differently from version to version, and is several times slower.)
Must not know boards, links or files.
"""

from __future__ import annotations

import re

from belay.blanks import BLANKS, without_loose_blanks
from belay.literals import BrokenCodeError, string_end, string_prefix

__all__ = ["minify"]


def minify(code: str, *, is_file: bool = False) -> str:
    r"""Return `code` without comments, docstrings and needless blanks.

    What stands on line n still stands on line n, names are kept, and the program means the same.
    A docstring is a string (or several) with which a module, class or function begins. Other strings stay.
    A function or class that is nothing but a docstring gets `0` for a body.
    Line ends become `\n`; empty lines at the very end go.

    Code whose lexical structure is broken (a bracket or string that never closes, an indentation that fits no
    outer one, a stray backslash) comes back as it is. Other mistakes stay what they are, on the same line.

    Args:
        code: a program, a function, a statement or an expression.
        is_file: whether `code` is a file's text, whose value no one asks for. By default, code that is
            nothing but strings comes back as it is, since `'hello'` may stand there for its value.

    Raises:
        ArgumentTypeError: `code` is no text.

    >>> minify("def double(x):\n    'Twice.'\n    return x * 2  # easy\n")
    'def double(x):\n\n return x*2'
    """
    if not isinstance(code, str):
        from belay.arguments import check_text  # noqa: PLC0415 - has no part in what comes out, see `preparing`

        check_text("code", code)
    # Both CPython and MicroPython read every line end as `\n`, even inside a string.
    rewriter = _Rewriter(code.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    try:
        shorter = rewriter.rewrite()
    except BrokenCodeError:
        return code
    return code if rewriter.is_only_strings and not is_file else shorter


# A stretch of plain code (maybe empty), and what ended it.
_PIECE = re.compile(
    r"""(?P<stretch>[^\n'"\#\\;]*)
    (?:(?P<newline>\n)|(?P<comment>\#[^\n]*)|(?P<continuation>\\\n)|(?P<semicolon>;)
    |(?P<quote>['"])|(?P<end>\Z))""",
    re.VERBOSE,
)

_HEADER = re.compile(r"(?:async[ \t\f]+)?def\b|class\b")
_HEADER_MARK = re.compile(r"[()\[\]{}:]")


class _Rewriter:
    """One pass over one program: pieces of code in, pieces of shorter code out."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._out: list[str] = []
        self._depth = 0  # of brackets
        self._columns = [0]  # what the open suites are indented to
        self._fresh = True  # the next word begins a logical line
        self._line_start = 0  # where in `_out` that line's indentation stands
        self._statement_start = 0  # where in `_out` the statement begins
        self._suite_follows = False  # the last line ended with a colon
        self._in_header = False  # between `def` or `class` and its colon
        self._inline = False  # behind that colon, on the same line
        self._documentable = True  # a string here would be a docstring
        self._plain = True  # this statement is string literals only, so far
        # A suite of which nothing is left so far: where in `_out` a body would go, its column, its text.
        self._filler: tuple[int, int, str] | None = None
        self._any_kept = False  # of the statements
        self._any_dropped = False

    @property
    def is_only_strings(self) -> bool:
        """Whether the program is made of strings that count as docstrings, and of nothing else."""
        return self._any_dropped and not self._any_kept

    def rewrite(self) -> str:
        """Return the shorter program.

        Raises:
            BrokenCodeError: the lexical structure is broken.
        """
        position, kind = 0, ""
        while kind != "end":
            piece = _PIECE.match(self._code, position)
            if piece is None:
                raise BrokenCodeError("a backslash that ends no line")
            stretch, kind, position = piece["stretch"], piece.lastgroup or "", piece.end()
            if self._fresh:
                if kind != "quote" and not stretch.strip(BLANKS):
                    self._blank_line(kind)
                    continue
                stretch = self._begin_line(stretch)
            if kind == "quote":
                position = self._string(stretch, piece.start("quote"))
            else:
                self._plain_code(stretch)
                self._end_piece(kind)
        self._end_suites(-1)
        return "".join(self._out).rstrip("\n")

    def _blank_line(self, kind: str) -> None:
        if kind == "newline":
            self._out.append("\n")
        elif kind in {"continuation", "semicolon"}:
            # CPython and MicroPython disagree about the indentation of a line that begins with a backslash.
            raise BrokenCodeError("a line that begins with a backslash or a semicolon")

    def _begin_line(self, stretch: str) -> str:
        """Write the indentation of a logical line, and return the code behind it."""
        body = stretch.lstrip(BLANKS)
        # A form feed sets CPython's column back to 0. (MicroPython counts it, and finds the line indented.)
        indent = stretch[: len(stretch) - len(body)].rpartition("\f")[2]
        column = len(indent.expandtabs())
        if (column > self._columns[-1]) != self._suite_follows:
            raise BrokenCodeError("an indentation that no colon calls for, or a colon without indentation")
        if self._suite_follows:
            self._columns.append(column)
        while column < self._columns[-1]:
            self._columns.pop()
        if column != self._columns[-1]:
            raise BrokenCodeError("an indentation that fits no outer one")
        self._end_suites(column)
        self._fresh = False
        self._in_header = _HEADER.match(body) is not None
        self._line_start = len(self._out)
        self._out.append(" " * (len(self._columns) - 1))
        self._begin_statement()
        return body

    def _end_suites(self, column: int) -> None:
        """Give the suite whose docstrings were all it had a body, if the line at `column` is outside it."""
        if self._filler is not None and column < self._filler[1]:
            index, _, self._out[index] = self._filler
            self._filler = None
            self._documentable = False

    def _begin_statement(self) -> None:
        self._statement_start = len(self._out)
        self._plain = True

    def _plain_code(self, stretch: str) -> None:
        text = self._squeeze(stretch)
        if text:
            self._plain = False
            self._out.append(text)

    def _squeeze(self, stretch: str) -> str:
        """Count the brackets of a stretch of code, and return it without loose blanks."""
        if self._in_header:
            stretch = self._header(stretch)
        self._depth += sum(map(stretch.count, "([{")) - sum(map(stretch.count, ")]}"))
        if self._depth < 0:
            raise BrokenCodeError("a bracket that was never opened")
        return without_loose_blanks(stretch)

    def _header(self, stretch: str) -> str:
        """Write a header up to the colon that ends it, and return the code behind that."""
        depth = self._depth
        for mark in _HEADER_MARK.finditer(stretch):
            if mark[0] in "([{":
                depth += 1
            elif mark[0] in ")]}":
                depth -= 1
            elif depth == 0:
                self._in_header = False
                self._plain_code(stretch[: mark.end()])
                self._keep_statement()
                self._inline = self._documentable = True
                self._begin_statement()
                return stretch[mark.end() :]
        return stretch

    def _string(self, stretch: str, start: int) -> int:
        """Write a stretch of code and the string behind it, whose opening quote is at `start`.

        Returns:
            the position behind the string.
        """
        text = self._squeeze(stretch)
        prefix = string_prefix(self._code, start)
        if text and (prefix not in {"r", "u"} or len(text) > 1):
            self._plain = False
        if not prefix and string_prefix(text, len(text)):
            text += " "  # `f "x"` is a mistake, and must stay one
        elif not text and self._out[-1] in {"''", '""'}:
            text = " "  # `"" "x"` without its blank would begin a long string
        end = string_end(self._code, start, prefix)
        self._out += [text, self._code[start:end]]
        return end

    def _end_piece(self, kind: str) -> None:
        if kind == "comment":
            return
        if self._depth:
            if kind in {"semicolon", "end"}:
                raise BrokenCodeError("a bracket that never closes")
            self._out.append("\n")
        elif kind == "continuation":
            self._out.append("\\\n")
        elif kind == "semicolon":
            self._end_statement(before_semicolon=True)
        else:
            self._end_line(is_last=kind == "end")

    def _end_line(self, *, is_last: bool) -> None:
        if is_last and self._out[-1] == "\\\n":
            raise BrokenCodeError("a backslash that continues nothing")
        line_ends = "\n"
        while self._out[-1] in {"\\\n", ";"}:  # behind the last statement
            line_ends += self._out.pop()[1:]
        if not self._is_empty:
            self._end_statement(before_semicolon=False)
        self._suite_follows = self._out[-1].endswith(":")
        if len(self._out) == self._line_start + 1:
            self._out.pop()  # an indentation with nothing behind it
        self._out.append(line_ends)
        self._documentable = self._suite_follows if self._inline else self._documentable
        self._inline = False
        self._fresh = True

    @property
    def _is_empty(self) -> bool:
        return len(self._out) <= self._statement_start

    def _end_statement(self, *, before_semicolon: bool) -> None:
        if self._is_empty:
            raise BrokenCodeError("a semicolon that ends no statement")
        line_ends = "\n" * "".join(self._out[self._statement_start :]).count("\n")
        if not (self._documentable and self._plain):
            self._keep_statement()
        elif not self._inline:
            self._drop_docstring(line_ends)
        elif before_semicolon and line_ends:
            self._keep_statement()  # what follows can move neither to this line nor away from it
        else:
            self._out[self._statement_start :] = ["0", line_ends]
        if before_semicolon and self._out[-1].endswith(":"):
            raise BrokenCodeError("a semicolon that ends no statement")
        if before_semicolon and len(self._out) > self._line_start + 1:
            self._out.append(";")
        self._begin_statement()

    def _keep_statement(self) -> None:
        self._any_kept = True
        self._documentable = False
        self._filler = None

    def _drop_docstring(self, line_ends: str) -> None:
        """Replace the line so far by its line ends, and begin it again."""
        indent = self._out[self._line_start]
        self._out[self._line_start :] = ["", line_ends, indent]
        if self._filler is None and len(self._columns) > 1:
            self._filler = self._line_start, self._columns[-1], indent + "0"
        self._line_start = len(self._out) - 1
        self._any_dropped = True
