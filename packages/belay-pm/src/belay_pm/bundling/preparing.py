"""What lies on the board, made of what lies here: compiled, shorter, or as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from belay_pm.errors import PackageError, UnsafePathError
from belay_pm.target_paths import refuse_clashes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from belay_pm.payload import PayloadFile

__all__ = ["Compiles", "prepared"]

_SOURCE_ONLY = {"boot.py", "main.py"}
"""What a firmware starts by these names, and by no others."""


class Compiles(Protocol):
    """What makes `.mpy` files of Python; `belay_pm.compiler.Compiler` does."""

    def compile(self, source: bytes, /, *, name: str, opt: int | None, origin: str) -> bytes:
        """Return the `.mpy` file of a source."""


def prepared(
    files: Iterable[PayloadFile],
    *,
    minify: Callable[[str], str] | None = None,
    compiler: Compiles | None = None,
    opt: int | None = None,
) -> dict[str, bytes]:
    """Return what lies on the board.

    Args:
        files: what it gets.
        minify: makes a Python text shorter; None leaves it.
        compiler: makes `.mpy` files of Python; None leaves it. `boot.py` and `main.py` stay what they are.
        opt: mpy-cross's level of optimisation for files that have none of their own.

    Returns:
        Target -> content, sorted.

    Raises:
        UnsafePathError: a compiled file has the name of another.
        PackageError: a file does not compile, or is no text.
    """
    made: dict[str, bytes] = {}
    for file in files:
        target, content = file.target, file.content
        if target.endswith(".py"):
            if compiler is not None and target not in _SOURCE_ONLY:
                level = opt if file.opt is None else file.opt
                content = compiler.compile(content, name=f"/{target}", opt=level, origin=str(file.source))
                target = target.removesuffix(".py") + ".mpy"
            elif minify is not None:
                content = minify(_text(file)).encode()
        if target in made:
            raise UnsafePathError(
                f"`{file.source}` would be `{target}`, which is there already",
                hint="a module is there as `.py` or as `.mpy`: take one of them away",
            )
        made[target] = content
    refuse_clashes(made, source="the bundle")
    return dict(sorted(made.items()))


def _text(file: PayloadFile) -> str:
    try:
        return file.content.decode()
    except UnicodeDecodeError as error:
        raise PackageError(f"`{file.source}` is not text in UTF-8: {error.reason}") from error
