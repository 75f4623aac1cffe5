"""The lines of one function definition in a host file, and code at the left margin.

This room reads host files through `linecache`, so notebooks and IPython work too.
It finds where a definition ends and which lines begin inside a string.
What to send of it `belay.source` decides.
`ast`, `linecache` and `tokenize` load with the first function: 6 ms that `import belay` does not pay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, NoReturn

from belay.exceptions import UnsupportedFunctionError

if TYPE_CHECKING:
    import ast
    from types import FunctionType

__all__ = ["Block", "dedent", "refuse"]

_STRINGS = frozenset({"Constant", "JoinedStr", "TemplateStr"})  # the last from 3.14 on
_WAY_OUT = 'write a plain `def` in a file or a notebook cell, or send text: `device("…")`'


class Block(NamedTuple):
    """The lines of one function definition with its decorators; rows count from 1."""

    lines: list[str]
    indent: str
    node: ast.FunctionDef
    inner: frozenset[int]  # rows that begin inside a string
    file: str
    first_line: int

    @classmethod
    def of(cls, function: FunctionType) -> Block:
        """Read a function's definition from its file.

        Raises:
            UnsupportedFunctionError: the file cannot be read, or holds something else there by now.
        """
        import ast  # noqa: PLC0415 - see the module's docstring
        import linecache  # noqa: PLC0415 - see the module's docstring

        code = function.__code__
        linecache.checkcache(code.co_filename)
        host_lines = linecache.getlines(code.co_filename, function.__globals__)
        lines = _block_lines(host_lines[code.co_firstlineno - 1 :])
        indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())] if lines else ""
        shift = 1 if indent else 0
        try:
            tree = ast.parse("if 1:\n" * shift + "\n".join(lines))
        except SyntaxError:
            tree = ast.Module([], [])
        found = tree.body[0] if tree.body else None
        node = found.body[0] if isinstance(found, ast.If) else found
        if not isinstance(node, ast.FunctionDef) or node.name != code.co_name:
            state = (
                "holds something else there; it changed since it was loaded" if lines else "cannot be read"
            )
            refuse(
                function,
                f"its source is not to be had: `{code.co_filename}`, line {code.co_firstlineno}, {state}",
            )
        ast.increment_lineno(tree, -shift)
        return cls(lines, indent, node, _string_rows(node, shift=0), code.co_filename, code.co_firstlineno)

    def dedented(self, indent: str) -> list[str]:
        """Return the lines without `indent`, those inside strings untouched."""
        return _shifted(self.lines, indent, self.inner)


def refuse(function: object, reason: str) -> NoReturn:
    """Raise the error that says why a function cannot run on a board."""
    name = getattr(function, "__qualname__", None) or repr(function)
    raise UnsupportedFunctionError(f"`{name}` cannot run on a board: {reason}", hint=_WAY_OUT)


def dedent(code: str) -> str:
    """Shift code to the left margin, as far as its first line goes, leaving strings of several lines alone.

    Code that this cannot do for stays as it is: the board will say what is wrong with it.
    """
    lines = code.split("\n")
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip())]
    if not indent:
        return code
    import ast  # noqa: PLC0415 - see the module's docstring

    try:
        inner = _string_rows(ast.parse("if 1:\n" + code), shift=1)
    except (SyntaxError, ValueError):  # not the host's dialect, or a NUL
        if not all(line.startswith(indent) for line in lines if line.strip()):
            return code
        inner = frozenset()
    return "\n".join(_shifted(lines, indent, inner))


def _block_lines(lines: list[str]) -> list[str]:
    """The lines, without their newlines, of the definition that `lines` begin with."""
    import tokenize  # noqa: PLC0415 - see the module's docstring

    end = depth = 0
    depth_of_def: int | None = None
    fresh = True  # at the start of a statement
    try:
        for token in tokenize.generate_tokens(iter(lines).__next__):
            if token.type in (tokenize.NL, tokenize.COMMENT):
                continue
            if token.type in (tokenize.INDENT, tokenize.DEDENT):
                depth += 1 if token.type == tokenize.INDENT else -1
                continue
            if fresh and depth_of_def is not None and depth <= depth_of_def:
                break
            if fresh and depth_of_def is None and token.string in ("def", "async"):
                depth_of_def = depth
            fresh = token.type == tokenize.NEWLINE
            if fresh:
                end = token.start[0]
    except (tokenize.TokenError, SyntaxError):
        pass  # what follows the block in the file does not fit the block's indentation: it has ended
    return [line.rstrip("\n") for line in lines[:end]]


def _string_rows(tree: ast.AST, *, shift: int) -> frozenset[int]:
    """The rows that begin inside a string: their leading blanks are its content."""
    import ast  # noqa: PLC0415 - see the module's docstring

    rows: set[int] = set()
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        # Not below an f-string: before 3.12 the positions in there are wrong.
        if isinstance(node, ast.expr) and type(node).__name__ in _STRINGS:
            last = node.end_lineno or node.lineno
            rows.update(range(node.lineno + 1 - shift, last + 1 - shift))
        else:
            waiting.extend(ast.iter_child_nodes(node))
    return frozenset(rows)


def _shifted(lines: list[str], indent: str, inner: frozenset[int]) -> list[str]:
    def shifted(line: str) -> str:
        # A line with less than the indent continues a bracket: any blanks will do there.
        return line[len(indent) :] if line.startswith(indent) else line.lstrip(" \t\f")

    return [line if row in inner else shifted(line) for row, line in enumerate(lines, 1)]
