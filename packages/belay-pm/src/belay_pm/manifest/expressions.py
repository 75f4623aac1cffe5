"""What an expression of a manifest is worth: literals, names, `+`, `%`, f-strings, comparisons, options.

Nothing is run: what is not in the list is refused by name. Pure.
"""

from __future__ import annotations

import ast
import operator
import re
from typing import TYPE_CHECKING, Any

from belay_pm.manifest.limits import MOST_ITEMS, MOST_LEVELS, MOST_WORK

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Expressions", "RefusedError", "construct", "require_bounded"]


class RefusedError(Exception):
    """Something is not evaluated, or makes no sense.

    Attributes:
        node: where.
        unknown: it is a construct that manifests may not have, and not merely a mistake.
    """

    def __init__(self, node: ast.AST, text: str, *, unknown: bool = False) -> None:
        super().__init__(text)
        self.node = node
        self.unknown = unknown


_PLAIN = (str, int, float, bool, type(None))

_PERCENT = re.compile(r"%(\(\w+\))?[-+ 0#]*\d{0,2}(\.\d{1,2})?[sdrixXf%]")
"""What `%` may ask for: a width of two digits at most, so that no text grows beyond reason."""

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}

_NAMES: dict[type[ast.AST], str] = {
    ast.Attribute: "an attribute",
    ast.Await: "`await`",
    ast.Call: "the value of a call",
    ast.DictComp: "a comprehension",
    ast.GeneratorExp: "a comprehension",
    ast.IfExp: "`… if … else …`",
    ast.Lambda: "`lambda`",
    ast.ListComp: "a comprehension",
    ast.NamedExpr: "`:=`",
    ast.SetComp: "a comprehension",
    ast.Set: "a set",
    ast.Starred: "`*`",
    ast.Subscript: "an index or a slice",
    ast.Import: "`import`",
    ast.ImportFrom: "`import`",
    ast.FunctionDef: "`def`",
    ast.ClassDef: "`class`",
    ast.AugAssign: "an assignment such as `+=`",
    ast.AnnAssign: "an annotated assignment",
}


def construct(node: ast.AST) -> str:
    """Return what a piece of Python is called, in a sentence."""
    return _NAMES.get(type(node), f"`{type(node).__name__.lower()}`")


class Expressions:
    """The expressions of one manifest.

    Args:
        options: what whoever included it said.

    Attributes:
        names: what was assigned.
        defaults: of options.
    """

    def __init__(self, options: Mapping[str, object]) -> None:
        self.names: dict[str, object] = {}
        self.defaults: dict[str, object] = {}
        self._options = options
        self._work = 0

    def value(self, node: ast.expr, level: int = 0) -> Any:  # Any: text, a number, a list…
        """Return what an expression is worth.

        Raises:
            RefusedError: it is more than a manifest may say.
        """
        if level > MOST_LEVELS:
            raise RefusedError(node, f"there are more than {MOST_LEVELS} expressions in each other")
        if type(node) not in _METHODS:
            raise RefusedError(node, f"{construct(node)} is not evaluated", unknown=True)
        try:
            value = getattr(self, _METHODS[type(node)])(node, level + 1)
        except (TypeError, ValueError, KeyError, OverflowError) as error:
            raise RefusedError(node, f"it makes no sense: {error}") from error
        try:
            self._work += require_bounded(value)
        except ValueError as error:
            raise RefusedError(node, str(error)) from error
        if self._work > MOST_WORK:
            raise RefusedError(node, f"all before it have more than {MOST_WORK} values together")
        return value

    def option(self, name: str) -> object:
        """Return the value of `options.NAME`: None when nobody says one."""
        return self._options.get(name, self.defaults.get(name))

    def _constant(self, node: ast.Constant, _: int) -> object:
        if not isinstance(node.value, _PLAIN):
            raise RefusedError(node, f"{type(node.value).__name__} is not evaluated", unknown=True)
        return node.value

    def _name(self, node: ast.Name, _: int) -> object:
        if node.id not in self.names:
            raise RefusedError(node, f"the name `{node.id}` was not assigned", unknown=True)
        return self.names[node.id]

    def _attribute(self, node: ast.Attribute, _: int) -> object:
        if not (isinstance(node.value, ast.Name) and node.value.id == "options") or "options" in self.names:
            raise RefusedError(node, f"the attribute `.{node.attr}` is not evaluated", unknown=True)
        return self.option(node.attr)

    def _list(self, node: ast.List, level: int) -> object:
        return [self.value(item, level) for item in node.elts]

    def _tuple(self, node: ast.Tuple, level: int) -> object:
        return tuple(self.value(item, level) for item in node.elts)

    def _dict(self, node: ast.Dict, level: int) -> object:
        made = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                raise RefusedError(node, "`**` in a dict is not evaluated", unknown=True)
            made[self.value(key, level)] = self.value(value, level)
        return made

    def _joined(self, node: ast.JoinedStr, level: int) -> object:
        return "".join(str(self.value(part, level)) for part in node.values)

    def _formatted(self, node: ast.FormattedValue, level: int) -> object:
        if node.format_spec is not None:
            raise RefusedError(node, "a format in an f-string is not evaluated", unknown=True)
        value = self.value(node.value, level)
        if not isinstance(value, _PLAIN):
            raise RefusedError(node, f"an f-string takes no {type(value).__name__} here", unknown=True)
        return repr(value) if node.conversion in (ord("r"), ord("a")) else str(value)

    def _binary(self, node: ast.BinOp, level: int) -> object:
        left, right = self.value(node.left, level), self.value(node.right, level)
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Mod) and isinstance(left, str):
            return _formatted(node, left, right)
        if isinstance(node.op, ast.Mod) and isinstance(left, int) and isinstance(right, int) and right:
            return left % right
        raise RefusedError(node, f"the operator {construct(node.op)} is not evaluated", unknown=True)

    def _unary(self, node: ast.UnaryOp, level: int) -> object:
        value = self.value(node.operand, level)
        if isinstance(node.op, ast.Not):
            return not value
        if isinstance(node.op, ast.USub):
            return -value
        raise RefusedError(node, f"the operator {construct(node.op)} is not evaluated", unknown=True)

    def _boolean(self, node: ast.BoolOp, level: int) -> object:
        stops = isinstance(node.op, ast.Or)
        value: object = None
        for part in node.values:
            value = self.value(part, level)
            if bool(value) is stops:
                break
        return value

    def _compare(self, node: ast.Compare, level: int) -> object:
        left = self.value(node.left, level)
        for op, part in zip(node.ops, node.comparators, strict=True):
            right = self.value(part, level)
            if not _COMPARISONS[type(op)](left, right):
                return False
            left = right
        return True


_METHODS: dict[type[ast.AST], str] = {
    ast.Constant: "_constant",
    ast.Name: "_name",
    ast.Attribute: "_attribute",
    ast.List: "_list",
    ast.Tuple: "_tuple",
    ast.Dict: "_dict",
    ast.JoinedStr: "_joined",
    ast.FormattedValue: "_formatted",
    ast.BinOp: "_binary",
    ast.UnaryOp: "_unary",
    ast.BoolOp: "_boolean",
    ast.Compare: "_compare",
}


def _formatted(node: ast.AST, template: str, value: object) -> str:
    parts = (
        value if isinstance(value, tuple) else tuple(value.values()) if isinstance(value, dict) else (value,)
    )
    if "%" in _PERCENT.sub("", template) or not all(isinstance(part, _PLAIN) for part in parts):
        raise RefusedError(node, f"{template!r} % … is not evaluated", unknown=True)
    # A dict's values may stand in the text any number of times.
    if template.count("%") * max((len(str(part)) for part in parts), default=0) > MOST_ITEMS * 16:
        raise RefusedError(node, "its text would be too long")
    return template % value


def require_bounded(value: object) -> int:
    """Return how many values a value has: lists of lists of lists grow fast, and comparing them takes ages.

    Raises:
        ValueError: it is too large, or too deep.
    """
    left = MOST_ITEMS
    todo: list[tuple[object, int]] = [(value, 0)]
    while todo:
        item, level = todo.pop()
        left -= 1
        if isinstance(item, str):
            left -= len(item) // 16
        elif isinstance(item, int):
            left -= item.bit_length() // 256 * MOST_ITEMS  # Python refuses to print the longest ones
        elif isinstance(item, (list, tuple)):
            todo.extend((inner, level + 1) for inner in item[: MOST_ITEMS + 1])
        elif isinstance(item, dict):
            todo.extend((inner, level + 1) for pair in item.items() for inner in pair)
        if left < 0 or level > MOST_LEVELS or len(todo) > 2 * MOST_ITEMS:
            raise ValueError(f"it has more than {MOST_ITEMS} values, or is too deep")
    return MOST_ITEMS - left
