"""Source for the board as one-line expressions that run it under a file name of its own.

That name is how a traceback's frame finds back to the host's file and line. This room sends nothing.
"""

from __future__ import annotations

import _ast  # what `ast` is made of, without its 6 ms
import re
import sys
import threading
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING

from belay.exceptions import ArgumentValueError
from belay.literals import BrokenCodeError, string_end, string_prefix
from belay.minify import minify as shorten
from belay.tracebacks import CodeRegistry
from belay.values import encode

if TYPE_CHECKING:
    from belay.tracebacks import CodeOrigin

__all__ = ["ExpressionWriter", "is_expression", "only_reads"]

_NO_ORIGIN_NAME = "_belay_0"
# The file name of code that no host line stands for: our own, and `startup` texts.

_LEAVES_CODE = re.compile(r"\b(?:def|lambda|class|for|async)\b")
# Code with one of these words may leave a function behind, whose frames name the code's file later.

_NO_EXPRESSION = ("\r", "\n", "#", "\f")
# What may stand before an expression.

_NUL = "\0"

_TOO_DEEP = "too many nested parentheses"
_KEPT_DEPTH = 30
# CPython reads 200 of them, 3.10 some 90.

_HARMLESS_BYTES = 10_000
# Shorter code cannot nest so deep that it is a danger.

_PARSE_ONLY = 0x400  # ast.PyCF_ONLY_AST, without loading `ast`

_READING = (
    *(_ast.Expression, _ast.expr_context, _ast.operator, _ast.unaryop, _ast.boolop, _ast.cmpop),
    *(_ast.Name, _ast.Attribute, _ast.Subscript, _ast.Slice, _ast.Constant),
    *(_ast.JoinedStr, _ast.FormattedValue, _ast.Tuple, _ast.List, _ast.Set, _ast.Dict, _ast.Starred),
    *(_ast.BinOp, _ast.UnaryOp, _ast.BoolOp, _ast.Compare, _ast.IfExp),
)
# Neither a call nor what else runs code: `await`, `yield`, `:=`, comprehensions.

_quiet = threading.Lock()  # `catch_warnings` changes the filters of the whole process


class ExpressionWriter:
    """Writes the expressions for one board, and remembers where their code came from.

    Attributes:
        origins: which host lines each of the board's file names stands for.
    """

    def __init__(self) -> None:
        self.origins = CodeRegistry()

    def text(self, code: str, origin: CodeOrigin | None, *, minify: bool = True) -> str:
        """Return the expression that evaluates an expression or runs statements in the board's globals.

        Args:
            code: Python for the board, at the left margin; its lines are those of `origin`.
            origin: where the code stands on the host; None if nowhere.
            minify: whether to shorten it on its way.
        """
        mode = _mode(code)
        if mode == "eval" and code.lstrip(" \t\f")[:1] in {"\n", "#"}:
            # A board reads an expression only from the first line on; CPython skips empty ones.
            code = f"({code}\n)"
        return self._write(code, origin, minify=minify, mode=mode)

    def statements(self, code: str, origin: CodeOrigin | None, *, minify: bool = False) -> str:
        """Return the expression that runs statements in the board's globals."""
        return self._write(code, origin, minify=minify, mode="exec")

    def _write(self, code: str, origin: CodeOrigin | None, *, minify: bool, mode: str) -> str:
        if _NUL in code:
            raise ArgumentValueError(
                f"the code holds the control byte 0x00 at index {code.index(_NUL)},"
                " which a board changes; write it as an escape in a string"
            )
        if minify:
            code = shorten(code)
        if mode == "eval" and code[:1] in _NO_EXPRESSION:
            # A board, unlike the host, takes no empty line before an expression; line numbers stay.
            code = f"({code}\n)"
        name = _NO_ORIGIN_NAME
        if origin is not None:
            name = self.origins.add(origin, transient=_LEAVES_CODE.search(code) is None)
        suffix = "" if mode == "exec" else f',"{mode}"'
        return f'_belay_x({encode(code)},"{name}"{suffix})'


def is_expression(code: str) -> bool:
    """Whether code is an expression and has a value."""
    return _mode(code) == "eval"


def only_reads(code: str) -> bool:
    """Whether code is an expression of names, attributes, items, literals and operators, and so no more."""
    try:
        tree = _parsed(code)
    except _TooDeepError:
        return False
    if tree is None:
        return False
    waiting: list[object] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, _ast.AST):
            if not isinstance(node, _READING):
                return False
            waiting += (getattr(node, field, None) for field in node._fields)
    return True


def _mode(code: str) -> str:
    """Return "eval" for an expression, "exec" for anything else, syntax of the board's alone included."""
    try:
        return "exec" if _parsed(code) is None else "eval"
    except _TooDeepError:
        return _mode_of_deep(code)


class _TooDeepError(Exception):
    """Code nests deeper than CPython reads."""


def _parsed(code: str) -> _ast.Expression | None:
    """Return the tree of an expression; None for anything else.

    Raises:
        _TooDeepError: it nests too deep to tell.
    """
    with _quiet, warnings.catch_warnings():
        # Whether an escape is wise is for the board's user to know; here it is only parsed.
        warnings.simplefilter("ignore")
        try:
            _refuse_to_crash(code)
            tree: _ast.Expression = compile(code, "<board>", "eval", _PARSE_ONLY, dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            if isinstance(error, RecursionError | MemoryError) or _TOO_DEEP in str(error):
                raise _TooDeepError from None
            return None
    return tree


def _refuse_to_crash(code: str) -> None:
    """Have CPython 3.10 raise a RecursionError for what nests so deep that making its tree would crash it.

    Its compiler counts how deep it goes, and what makes the tree does not; from 3.11 on both do.
    """
    if sys.version_info < (3, 11) and len(code) > _HARMLESS_BYTES:
        with suppress(SyntaxError, ValueError):  # of which the parser alone may know better
            compile(code, "<board>", "eval", dont_inherit=True)


def _mode_of_deep(code: str) -> str:
    """Return the mode of code that nests deeper than CPython reads; boards may read more."""
    try:
        return "exec" if _parsed(_without_depths(code)) is None else "eval"
    except _TooDeepError:
        raise ArgumentValueError(
            f"the code, {len(code)} characters, nests so deep that Python cannot tell here whether it is an"
            " expression or statements",
            hint='give its parts names: `device("total = …")`, `device("total += …")`',
        ) from None


def _without_depths(code: str) -> str:
    """Return code with a 0 for what stands in brackets of the `_KEPT_DEPTH`th level."""
    kept: list[str] = []
    position = depth = 0
    while position < len(code):
        start = position
        sign = code[start]
        position += 1
        with suppress(BrokenCodeError):
            if sign in "'\"":
                position = string_end(code, start, string_prefix(code, start))
        if sign == "#":
            position = (code + "\n").find("\n", start)
        depth -= sign in ")]}"
        if depth < _KEPT_DEPTH:
            kept.append(code[start:position])
        if sign in "([{":
            depth += 1
            kept.append("0" * (depth == _KEPT_DEPTH))
    return "".join(kept)
