"""What a piece of code for a board is: statements, an expression, or an expression that only reads.

This room knows Python's syntax as CPython reads it; what a board's own syntax adds are statements here.
"""

from __future__ import annotations

import _ast  # what `ast` is made of, without its 6 ms
import sys
import threading
import warnings
from contextlib import suppress
from typing import Literal, TypeAlias

from belay.exceptions import ArgumentValueError
from belay.literals import BrokenCodeError, string_end, string_prefix

__all__ = ["Kind", "kind_of"]

Kind: TypeAlias = Literal["statements", "expression", "reading"]

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


def kind_of(code: str) -> Kind:
    """Return what code is.

    Returns:
        "reading" for an expression of names, attributes, items, literals and operators, and so no more;
        "expression" for any other; "statements" for all else, syntax of the board's alone included.

    Raises:
        ArgumentValueError: it nests too deep to tell.
    """
    try:
        tree = _parsed(code)
    except _TooDeepError:
        return _kind_of_deep(code)
    if tree is None:
        return "statements"
    waiting: list[object] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, _ast.AST):
            if not isinstance(node, _READING):
                return "expression"
            waiting += (getattr(node, field, None) for field in node._fields)
    return "reading"


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


def _kind_of_deep(code: str) -> Kind:
    """Return the kind of code that nests deeper than CPython reads; boards may read more."""
    try:
        return "statements" if _parsed(_without_depths(code)) is None else "expression"
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
