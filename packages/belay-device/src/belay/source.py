"""A function's source as a board can run it: without our decorators, at the left margin, line numbers kept.

This room decides what of a definition a board shall have; it knows no board.
What it takes from the host file it only cuts and shifts to the left: the text stays the user's.
MicroPython never evaluates annotations (seen on 1.29), so they may name what only the host has.
"""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING, NamedTuple, cast

from belay.blocks import Block, dedent, refuse
from belay.origins import SourceOrigin

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

__all__ = ["BoardSource", "body_source", "dedent", "function_source"]

_ROLES = frozenset({"task", "thread", "setup", "teardown"})
_BOARD_ROOTS = frozenset({"micropython", "rp2"})
"""Decorators of these modules are meant for the board, even where ours is hidden behind another name."""
_HOST_ONLY = frozenset({"staticmethod", "classmethod"})
"""These matter to the host's class alone: on the board each function stands by itself."""

_VARARGS, _VARKEYWORDS, _GENERATOR, _ASYNC = 0x04, 0x08, 0x20, 0x80 | 0x100 | 0x200
"""Bits of `co_flags`. Source: Python library reference, `inspect`, "Code Objects Bit Flags"."""


class BoardSource(NamedTuple):
    """A piece of source that a board can run, and what the host knows of it.

    Attributes:
        text: the source, from column 0; its last line has no newline.
        name: the name in the `def` statement.
        file: the host's file, or what stands for one (a notebook's cell).
        first_line: the host's number of the text's first line.
        is_body: whether the text is the function's body (for the board's globals), not its `def`.
        parameters: the names of all parameters but `*args` and `**kwargs`, in order.
        defaults: name and source text of each default, in order; a board or a host can evaluate it.
        is_generator: whether the body yields.
        has_varargs: whether there is a `*args`.
        has_varkeywords: whether there is a `**kwargs`.
    """

    text: str
    name: str
    file: str
    first_line: int
    is_body: bool = False
    parameters: tuple[str, ...] = ()
    defaults: tuple[tuple[str, str], ...] = ()
    is_generator: bool = False
    has_varargs: bool = False
    has_varkeywords: bool = False

    @property
    def line_offset(self) -> int:
        """What to add to a line number of the text to have the host's."""
        return self.first_line - 1

    @property
    def origin(self) -> SourceOrigin:
        """Where the text came from, for `belay.tracebacks`."""
        return SourceOrigin(self.file, self.first_line, self.text, self.name if self.is_body else "")


def function_source(function: object) -> BoardSource:
    """Return a function's definition as the board shall have it.

    The lowest decorator called `task`, `thread`, `setup` or `teardown` is taken for ours: those below it are
    sent (`@micropython.viper`), it and those above it are the host's business.
    Without such a name, only decorators of `micropython` and `rp2` are sent.

    Raises:
        UnsupportedFunctionError: there is no source, or a lambda, a coroutine, or no function at all.
    """
    plain = _plain_function(function)
    block = Block.of(plain)
    rows = _decorator_rows(block)
    kept = _kept_decorators(block.node.decorator_list)
    start = rows[kept[0]] if kept else block.node.lineno
    lines = block.dedented(block.indent)
    for index in range(kept[0] if kept else len(rows), len(rows)):
        if index not in kept:
            after = rows[index + 1] if index + 1 < len(rows) else block.node.lineno
            lines[rows[index] - 1 : after - 1] = [""] * (after - rows[index])
    return _facts(plain, block, "\n".join(lines[start - 1 :]), start, is_body=False)


def body_source(function: object) -> BoardSource:
    """Return a function's body as statements for the board's globals.

    Raises:
        UnsupportedFunctionError: as `function_source`; also for a body with `return`, `yield`, `nonlocal`.
    """
    plain = _plain_function(function)
    block = Block.of(plain)
    _refuse_statements_of_functions(plain, block)
    first = block.node.body[0]
    decorators = getattr(first, "decorator_list", [])
    start = _at_row(block.lines, decorators[0].lineno) if decorators else first.lineno
    line = block.lines[start - 1]
    head = line.encode()[: first.col_offset].decode() if start == first.lineno else ""
    if head.strip():  # the body stands on the line of its `def`
        lines = block.lines[start - 1 :]
        lines[0] = line[len(head) :]
    else:
        lines = block.dedented(line[: len(line) - len(line.lstrip())])[start - 1 :]
    return _facts(plain, block, "\n".join(lines), start, is_body=True)


def _facts(function: FunctionType, block: Block, text: str, start: int, *, is_body: bool) -> BoardSource:
    import ast  # noqa: PLC0415 - see `belay.blocks`

    arguments = block.node.args
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    keyword_only = [argument.arg for argument in arguments.kwonlyargs]
    with_default = positional[len(positional) - len(arguments.defaults) :]
    defaults = [
        *zip(with_default, arguments.defaults, strict=True),
        *zip(keyword_only, arguments.kw_defaults, strict=True),
    ]
    flags = function.__code__.co_flags
    return BoardSource(
        text,
        block.node.name,
        block.file,
        block.first_line + start - 1,
        is_body,
        (*positional, *keyword_only),
        tuple((name, ast.unparse(value)) for name, value in defaults if value is not None),
        bool(flags & _GENERATOR),
        bool(flags & _VARARGS),
        bool(flags & _VARKEYWORDS),
    )


def _plain_function(function: object) -> FunctionType:
    while not isinstance(function, FunctionType):
        inner = getattr(function, "__wrapped__", None) or getattr(function, "__func__", None)
        if inner is None or isinstance(function, type):
            refuse(function, "it is not a function")
        function = inner
    while hasattr(function, "__wrapped__"):
        function = cast("FunctionType", function.__wrapped__)
    if function.__code__.co_name == "<lambda>":
        refuse(function, "it is a lambda, which has no source of its own")
    if function.__code__.co_flags & _ASYNC:
        refuse(function, "it is `async`, and a call waits for its result anyway")
    return function


def _decorator_rows(block: Block) -> list[int]:
    return [_at_row(block.lines, decorator.lineno) for decorator in block.node.decorator_list]


def _at_row(lines: list[str], row: int) -> int:
    """The row of the `@` whose expression begins in `row`: they differ after `@(` and a backslash."""
    return next(above for above in range(row, 0, -1) if lines[above - 1].lstrip().startswith("@"))


def _kept_decorators(decorators: list[ast.expr]) -> list[int]:
    import ast  # noqa: PLC0415 - see `belay.blocks`

    expressions = [item.func if isinstance(item, ast.Call) else item for item in decorators]
    names = [ast.unparse(expression).split(".") for expression in expressions]
    ours = [index for index, name in enumerate(names) if name[-1] in _ROLES]
    below = list(range(ours[-1] + 1, len(names))) if ours else list(range(len(names)))
    if not ours:
        below = [index for index in below if names[index][0] in _BOARD_ROOTS]
    return [index for index in below if names[index][-1] not in _HOST_ONLY]


def _refuse_statements_of_functions(function: FunctionType, block: Block) -> None:
    for statement in _own_statements(block.node):
        word = type(statement).__name__.removesuffix("From").lower()
        if word in ("return", "yield", "nonlocal"):
            line = block.first_line + getattr(statement, "lineno", 1) - 1
            refuse(
                function, f"its body runs in the board's globals, where `{word}` (line {line}) means nothing"
            )


def _own_statements(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """All nodes of the body but those of functions and classes defined in it."""
    import ast  # noqa: PLC0415 - see `belay.blocks`

    waiting: list[ast.AST] = [*function.body]
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting[:0] = ast.iter_child_nodes(node)
