"""From the text of a manifest to the calls that it makes, without running it.

Assignments, `if`, `for` and calls of the manifest's own functions are followed; anything else is refused.
What the calls do is known elsewhere. Pure.
"""

from __future__ import annotations

import ast
import io
import threading
import tokenize
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

from belay_pm.manifest.expressions import Expressions, RefusedError, construct
from belay_pm.manifest.limits import (
    MOST_CALLS,
    MOST_LEVELS,
    MOST_OPERATORS,
    MOST_PROBLEMS,
    MOST_STEPS,
    MOST_TEXT,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

__all__ = ["Call", "Problem", "Script", "interpret"]

_DEEP = {"not", "and", "or", "if", "else", "elif", "lambda", "await", "in", "is", "for", "yield"}

_FLAT = {",", ":", "=", ")", "]", "}", ";"}

_PARSING = threading.Lock()  # what is warned of is a setting of the whole process


class Call(NamedTuple):
    """A call of one of a manifest's functions.

    Attributes:
        line: from 1.
        function: its name.
        arguments: those by position.
        keywords: those by name.
    """

    line: int
    function: str
    arguments: tuple[Any, ...]  # Any: literals, as the manifest has them
    keywords: dict[str, Any]  # Any: as above


class Problem(NamedTuple):
    """Something in a manifest that cannot be followed.

    Attributes:
        line: from 1; 0 for the whole of it.
        text: what.
        unknown: a construct that running it would follow.
    """

    line: int
    text: str
    unknown: bool = False


class Script(NamedTuple):
    """What a manifest does.

    Attributes:
        calls: in order.
        problems: in order; the calls around them are there nevertheless.
    """

    calls: Sequence[Call]
    problems: Sequence[Problem]


def interpret(content: bytes, *, functions: Collection[str], options: Mapping[str, object]) -> Script:
    """Return the calls that a manifest makes.

    Args:
        content: of the file.
        functions: the names that may be called.
        options: what whoever includes it says.
    """
    try:
        module = _parsed(content)
    except (RecursionError, MemoryError):  # Python's parser says so with either
        return Script([], [Problem(0, "it is nested too deeply")])
    except tokenize.TokenError as error:
        message, (line, _) = error.args
        return Script([], [Problem(line, f"it is not Python: {message}")])
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 0
        return Script([], [Problem(line, f"it is not Python: {getattr(error, 'msg', None) or error}")])
    follower = _Follower(functions, Expressions(options))
    try:
        follower.block(module.body, 0)
    except _EnoughError as enough:
        follower.problems.append(Problem(enough.line, str(enough)))
    return Script(follower.calls, follower.problems)


class _EnoughError(Exception):
    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


class _Follower:
    def __init__(self, functions: Collection[str], expressions: Expressions) -> None:
        self.calls: list[Call] = []
        self.problems: list[Problem] = []
        self._functions = functions
        self._expressions = expressions
        self._steps = 0

    def block(self, statements: Sequence[ast.stmt], level: int) -> None:
        for statement in statements:
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise _EnoughError(statement.lineno, f"it takes more than {MOST_STEPS} steps")
            if level > MOST_LEVELS:
                raise _EnoughError(statement.lineno, f"more than {MOST_LEVELS} statements are in each other")
            try:
                self._statement(statement, level + 1)
            except RefusedError as refused:
                line = getattr(refused.node, "lineno", statement.lineno)
                self.problems.append(Problem(line, str(refused), refused.unknown))
                if len(self.problems) >= MOST_PROBLEMS:
                    raise _EnoughError(line, f"more than {MOST_PROBLEMS} problems are not told") from refused

    def _statement(self, node: ast.stmt, level: int) -> None:
        if isinstance(node, ast.Expr):
            self._expression(node.value)
        elif isinstance(node, ast.Assign):
            self._assign(node)
        elif isinstance(node, ast.If):
            self.block(node.body if self._expressions.value(node.test) else node.orelse, level)
        elif isinstance(node, ast.For):
            self._loop(node, level)
        elif not isinstance(node, ast.Pass):
            raise RefusedError(node, f"{construct(node)} is not evaluated", unknown=True)

    def _expression(self, node: ast.expr) -> None:
        if isinstance(node, ast.Call):
            self._call(node)
        else:
            self._expressions.value(node)

    def _assign(self, node: ast.Assign) -> None:
        value = self._expressions.value(node.value)
        for target in node.targets:
            self._bind(target, value)

    def _bind(self, target: ast.expr, value: object) -> None:
        if isinstance(target, ast.Name):
            if target.id in self._functions or target.id == "options":
                raise RefusedError(target, f"`{target.id}` is a function of manifests, and no other name")
            self._expressions.names[target.id] = value
            return
        if isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (list, tuple)):
            if len(target.elts) != len(value):
                raise RefusedError(target, f"{len(value)} values are not {len(target.elts)}")
            for inner, part in zip(target.elts, value, strict=True):
                self._bind(inner, part)
            return
        raise RefusedError(target, f"an assignment to {construct(target)} is not evaluated", unknown=True)

    def _loop(self, node: ast.For, level: int) -> None:
        items = self._expressions.value(node.iter)
        if not isinstance(items, (list, tuple, dict)):
            raise RefusedError(node.iter, "`for` goes through a list, a tuple or a dict only", unknown=True)
        for item in list(items):
            self._bind(node.target, item)
            self._steps += 1
            self.block(node.body, level)
        self.block(node.orelse, level)

    def _call(self, node: ast.Call) -> None:
        name = self._called(node.func)
        for part in node.args:
            if isinstance(part, ast.Starred):
                raise RefusedError(part, "`*` in a call is not evaluated", unknown=True)
        arguments = tuple(self._expressions.value(part) for part in node.args)
        keywords: dict[str, Any] = {}  # Any: literals
        for keyword in node.keywords:
            if keyword.arg is None:
                raise RefusedError(keyword.value, "`**` in a call is not evaluated", unknown=True)
            keywords[keyword.arg] = self._expressions.value(keyword.value)
        if name == "options.defaults":
            if arguments:
                raise RefusedError(node, "`options.defaults` takes names with values only")
            self._expressions.defaults.update(keywords)
            return
        if len(self.calls) >= MOST_CALLS:
            raise _EnoughError(node.lineno, f"it makes more than {MOST_CALLS} calls")
        self.calls.append(Call(node.lineno, name, arguments, keywords))

    def _called(self, node: ast.expr) -> str:
        if isinstance(node, ast.Name):
            if node.id in self._functions and node.id not in self._expressions.names:
                return node.id
            raise RefusedError(node, f"`{node.id}(…)` is not a function of manifests", unknown=True)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            name = f"{node.value.id}.{node.attr}"
            if name == "options.defaults":
                return name
            raise RefusedError(node, f"`{name}(…)` is not a function of manifests", unknown=True)
        raise RefusedError(node, f"a call of {construct(node)} is not evaluated", unknown=True)


def _parsed(content: bytes) -> ast.Module:
    if len(content) > MOST_TEXT:
        raise ValueError(f"it has {len(content)} bytes, and {MOST_TEXT} are the most")
    text = content.decode("utf-8-sig")
    _refuse_depth(text)
    with _PARSING, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what stands in somebody's texts
        return ast.parse(text)


def _refuse_depth(text: str) -> None:
    """Refuse what Python's parser would descend into on the computer's stack, which 3.10 does not watch."""
    operators = alternatives = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NEWLINE:
            operators = 0
        elif token.type == tokenize.OP:
            operators += token.string not in _FLAT
        elif token.type == tokenize.NAME and token.string in _DEEP:
            operators += 1
            alternatives += token.string == "elif"
        elif token.type == tokenize.STRING and "f" in token.string[:3].lower().partition(token.string[-1])[0]:
            operators += sum(map(token.string.count, "+-~.([{%"))  # an f-string is one token before 3.12
        if operators > MOST_OPERATORS or alternatives > MOST_OPERATORS:
            raise ValueError(f"a statement of line {token.start[0]} has more than {MOST_OPERATORS} operators")
