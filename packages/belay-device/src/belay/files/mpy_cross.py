"""One run of mpy-cross: its options, and what its complaints mean.

It runs in a private folder under a fixed name, with the board's name for the source: nothing is written
beside the user's files, and no path of the host's gets into a traceback of the board.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from belay.files.errors import CompileError, CompilerError

if TYPE_CHECKING:
    from belay.files.mpy_format import MpyTarget

__all__ = ["run_mpy_cross"]

_TIMEOUT_S = 60.0
"""mpy-cross needs milliseconds for a large file; one that waits for input would wait for ever."""

_SUB_VERSIONS_FROM = 6
"""Since this format native code has a version of its own; before, bytecode had features."""

_ARCHITECTURES_FROM = 5
"""Compilers for older formats know no `-march`, or other names; and those boards do not tell theirs."""

_CACHED_LOOKUPS = 1
_UNICODE = 2

_LINE = re.compile(r"line (\d+)")
_MESSAGE = re.compile(r"^\w*(?:Error|Exception|Interrupt)\b.*$", re.MULTILINE)


def run_mpy_cross(
    binary: str, source: bytes, target: MpyTarget, *, name: str, opt: int = 0, origin: str
) -> bytes:
    """Return what a compiler makes of a source; whether the board loads that is not looked at.

    Args:
        binary: the compiler's path.
        source: a Python file.
        target: what the board loads.
        name: what the board's tracebacks call the file.
        opt: 0 to 3.
        origin: the file on the host, for messages.

    Raises:
        CompileError: it refused the source.
        CompilerError: it could not be run, or is no mpy-cross.
    """
    with tempfile.TemporaryDirectory(prefix="belay-") as folder:
        Path(folder, "source.py").write_bytes(source)
        command = [binary, *_options(target, opt), "-s", name, "-o", "compiled.mpy", "source.py"]
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


def _complaint(binary: str, origin: str, code: int, text: str) -> CompileError | CompilerError:
    messages = _MESSAGE.findall(text)
    if not messages:
        last = text.strip().rpartition("\n")[2] or "it printed nothing"
        return CompilerError(f"`{binary}` ended with {code} on `{origin}`: {last}")
    lines = _LINE.findall(text)
    line = int(lines[-1]) if lines else None
    where = origin if line is None else f"{origin}:{line}"
    hint = "mend it, or leave out `mpy=True`"
    if "invalid arch" in messages[-1]:
        hint = "the file has native code, and the board's architecture is not known to this compiler"
    return CompileError(
        f"`{where}` does not compile: {messages[-1]}", path=origin, line=line, compiler_text=text, hint=hint
    )
