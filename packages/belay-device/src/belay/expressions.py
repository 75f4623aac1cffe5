"""Source for the board as one-line expressions that run it under a file name of its own.

That name is how a traceback's frame finds back to the host's file and line. This room sends nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from belay.code_kinds import kind_of
from belay.exceptions import ArgumentValueError
from belay.minify import minify as shorten
from belay.tracebacks import CodeRegistry
from belay.values import encode

if TYPE_CHECKING:
    from belay.code_kinds import Kind
    from belay.tracebacks import CodeOrigin

__all__ = ["ExpressionWriter"]

_NO_ORIGIN_NAME = "_belay_0"
# The file name of code that no host line stands for: our own, and `startup` texts.

_LEAVES_CODE = re.compile(r"\b(?:def|lambda|class|for|async)\b")
# Code with one of these words may leave a function behind, whose frames name the code's file later.

_NO_EXPRESSION = ("\r", "\n", "#", "\f")
# What may stand before an expression.

_NUL = "\0"


class ExpressionWriter:
    """Writes the expressions for one board, and remembers where their code came from.

    Attributes:
        origins: which host lines each of the board's file names stands for.
    """

    def __init__(self) -> None:
        self.origins = CodeRegistry()

    def text(
        self, code: str, origin: CodeOrigin | None, *, minify: bool = True, kind: Kind | None = None
    ) -> str:
        """Return the expression that evaluates an expression or runs statements in the board's globals.

        Args:
            code: Python for the board, at the left margin; its lines are those of `origin`.
            origin: where the code stands on the host; None if nowhere.
            minify: whether to shorten it on its way.
            kind: what it is, if that is known already.
        """
        mode = "exec" if (kind or kind_of(code)) == "statements" else "eval"
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
