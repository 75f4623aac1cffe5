"""What an import from a mounted folder gets in the place of a source: its `.mpy` file, made once and kept.

Nothing is written into the user's folder.
What cannot be compiled is told once; then the board gets the source.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from belay.exceptions import BelayException
from belay.files.cache import Cache, cache_folder
from belay.files.compiler import find_compiler
from belay.files.errors import CompileError
from belay.files.mpy_format import mpy_target

if TYPE_CHECKING:
    import os
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
    ) -> None:
        self._opt = opt
        self._warn = warn
        self._tell = tell
        self._warned: set[str] = set()
        self._cache = Cache(
            Path(kept_in or cache_folder() / "imports"), limit_bytes=_LIMIT_BYTES, renews=True
        )
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
        key = Cache.key("import", self._identity, path, str(self._opt), source)
        made = self._cache.get(key)
        if made is None:
            try:
                made = self._compiler.compile(source, name=path, opt=self._opt)
            except CompileError as error:
                self._warn_once(f"`{path}` is imported as it is: {error}")
                return None
            except BelayException as error:
                self._compiler = None
                self._warn_once(f"imports are not compiled: {error}")
                return None
            self._cache.put(key, made)
            if self._tell is not None:
                self._tell(f"compiled `{path}`: {len(source)} to {len(made)} bytes")
        return made

    def _warn_once(self, sentence: str) -> None:
        if sentence not in self._warned:
            self._warned.add(sentence)
            self._warn(sentence)
