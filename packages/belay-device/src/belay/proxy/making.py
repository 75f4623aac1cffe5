"""How the first proxy is made: from a name, an expression or an import statement.

This room knows the text that the user gives.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from belay.code_kinds import kind_of
from belay.exceptions import InternalError, ProxyUseError
from belay.proxy.kept import Kept
from belay.proxy.proxy_object import wrap

if TYPE_CHECKING:
    from belay.output import OutputWriter
    from belay.proxy.kept import Objects
    from belay.proxy.operators import Remote
    from belay.tracebacks import CodeOrigin

__all__ = ["make_proxy"]

_IMPORT = re.compile(r"\s*(?:import|from)\b")


def make_proxy(
    objects: Objects,
    code: str,
    origin: CodeOrigin,
    *,
    timeout_s: float | None = None,
    output: OutputWriter | None = None,
) -> Remote:
    """Return what an expression gives on the board, or the names that an import statement binds there.

    Args:
        objects: those of the board.
        code: at the left margin.
        origin: where the code stands on the host, for tracebacks.
        timeout_s: seconds that it may run; None for ever.
        output: gets what it prints; None for the device's own.

    Raises:
        ProxyUseError: it is neither.
    """
    names = _imported_names(code) if _IMPORT.match(code) else []
    if not names and kind_of(code) == "statements":
        raise ProxyUseError(
            f"`{code.strip()}` is no expression and no import, so there is nothing for a proxy to stand for",
            hint='run statements with `device("…")`, and give `proxy` the name that they bind',
        )
    expression = objects.board.text_expression(code, origin)
    if names:
        return _import(objects, expression, names, timeout_s=timeout_s, output=output)
    return wrap(objects.ask(expression, timeout_s=timeout_s, output=output))


def _import(
    objects: Objects,
    expression: str,
    names: list[str],
    *,
    timeout_s: float | None,
    output: OutputWriter | None,
) -> Remote:
    owned = [Kept(objects) for _ in names]
    asked = ",".join(f"_belay_op({kept.number},{name})" for kept, name in zip(owned, names, strict=True))
    replies = objects.call(f"({expression},[{asked}])[1]", timeout_s=timeout_s, output=output)
    if not isinstance(replies, list) or len(replies) != len(names):
        raise InternalError(f"the board answered {replies!r} for {len(names)} imported names")
    # What was imported stays a global, which board code may rely on.
    objects.board.record(expression)
    found = tuple(wrap(objects.take(reply, kept)) for reply, kept in zip(replies, owned, strict=True))
    return found[0] if len(found) == 1 else found


def _imported_names(code: str) -> list[str]:
    """Return the names that import statements bind, in order; none if it is something else as well."""
    import ast  # noqa: PLC0415 - 6 ms that `import belay` does not pay

    try:
        statements = ast.parse(code.strip()).body
    except (SyntaxError, ValueError):
        return []
    names: list[str] = []
    for statement in statements:
        if isinstance(statement, ast.Import):
            # `import a.b` binds `a`
            names += [alias.asname or alias.name.partition(".")[0] for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom):
            names += [alias.asname or alias.name for alias in statement.names]
        else:
            return []
    return [] if "*" in names else names
