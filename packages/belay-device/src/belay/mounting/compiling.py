"""What an import from a mounted folder gets in the place of a source: its `.mpy` file, made once and kept.

Nothing is written into the user's folder.
What cannot be compiled is told once; then the board gets the source.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from belay.exceptions import BelayException
from belay.files.cache import Cache, cache_folder
from belay.files.compiler import find_compiler
from belay.files.errors import CompileError
from belay.files.mpy_format import mpy_target

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay.device import Device
    from belay.files.compiler import Compiler

__all__ = ["ImportCompiler"]

_LIMIT_BYTES = 100_000_000
"""Of compiled files that are kept. Source: mpremote's README, "Auto-MPY Compilation"."""


class ImportCompiler:
    """Compiles what a board imports.

    Args:
        device: the board, which says what it loads.
        opt: 0 to 3, as for mpy-cross.
        mpy_cross_binary: an mpy-cross of the caller's; None finds one.
        warn: gets a sentence when something cannot be compiled, once for each reason.
        tell: gets a sentence for each file that is compiled.
        kept_in: the folder where results are kept; None for the user's for such things.
        limit_bytes: how much is kept there, about; what was not used for longest goes first.
        folder: what the sentences put in front of a file's name: the mounted folder, as its user calls it.
    """

    def __init__(
        self,
        device: Device,
        *,
        opt: int = 0,
        mpy_cross_binary: str | os.PathLike[str] | None = None,
        warn: Callable[[str], None],
        tell: Callable[[str], None] | None = None,
        kept_in: str | os.PathLike[str] | None = None,
        limit_bytes: int = _LIMIT_BYTES,
        folder: str | os.PathLike[str] = "",
    ) -> None:
        self._folder = os.fspath(folder)
        self._opt = opt
        self._warn = warn
        self._tell = tell
        self._warned: set[str] = set()
        self._cache = Cache(Path(kept_in or cache_folder() / "imports"), limit_bytes=limit_bytes, renews=True)
        self._compiler: Compiler | None = None
        self._identity = ""
        implementation = device.implementation
        mpy = device._belay_runtime.mpy  # noqa: SLF001 - this room is a part of the device
        try:
            self._compiler = find_compiler(
                mpy_target(implementation.name, implementation.version, mpy), mpy_cross_binary
            )
            self._identity = self._compiler.identity
        except BelayException as error:
            self._warn_once(f"imports are not compiled: {error}")

    def __call__(self, path: str, source: bytes) -> bytes | None:
        """Return the `.mpy` file of a source, or None for the board to take the source."""
        if self._compiler is None:
            return None
        name = path.lstrip("/")  # as the board calls a source that it finds in its current folder
        shown = os.path.normpath(os.path.join(self._folder, name))  # noqa: PTH118 - `Path` is for files
        key = Cache.key("import", self._identity, name, str(self._opt), source)
        made = self._cache.get(key)
        if made is None:
            try:
                made = self._compiler.compile(source, name=name, opt=self._opt, origin=shown)
            except CompileError as error:
                self._warn_once(f"`{shown}` is imported as it is: {error}")
                return None
            except BelayException as error:
                self._compiler = None
                self._warn_once(f"imports are not compiled: {error}")
                return None
            self._cache.put(key, made)
            if self._tell is not None:
                self._tell(f"compiled `{shown}`: {len(source)} to {len(made)} bytes")
        return made

    def _warn_once(self, sentence: str) -> None:
        if sentence not in self._warned:
            self._warned.add(sentence)
            self._warn(sentence)
