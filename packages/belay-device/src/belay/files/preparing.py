"""What a file of the host becomes on the board: shortened, compiled, or as it is.

Knows sources, results and the cache between them; no board but for what it loads (an `MpyTarget`).
Nothing is written beside the user's files.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from belay.files.board_paths import name_of, parent_of
from belay.files.cache import Cache
from belay.files.checking import OPT_LIMIT
from belay.files.digests import Algorithm, content_digest, stream_digest
from belay.files.errors import SyncSourceError
from belay.files.host_tree import host_error
from belay.files.mpy_format import check_mpy
from belay.files.trees import FileFacts, WantedTree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from belay.files.compiler import Compiler
    from belay.files.host_tree import HostTree
    from belay.files.mpy_format import MpyTarget

    Optimisation = int | Callable[[str], int] | Mapping[str, int]

__all__ = ["PreparedFile", "prepare", "wanted_tree"]

_WHOLE_BYTES = 1024 * 1024
"""Larger files are hashed and sent in pieces. No board would compile, and hardly hold, so much Python."""

_PIECE_BYTES = 256 * 1024

_COMPILERS_AT_ONCE = min(os.cpu_count() or 1, 8)
"""Compiling a small file is mostly the start of a process; more than this fight for the disk."""

_STARTERS = frozenset({"boot.py", "main.py"})
_STARTING_FOLDERS = frozenset({"/", "/flash", "/sd"})
"""Where a board looks for `boot.py` and `main.py`, which it runs as text: it knows no `main.mpy`."""


class PreparedFile(NamedTuple):
    """What goes to the board.

    Attributes:
        path: absolute, on the board.
        source: the file on the host.
        facts: size and digest of what the board gets.
        data: that itself, or None for a large file, which is to be sent from `source` piece by piece.
    """

    path: str
    source: Path
    facts: FileFacts
    data: bytes | None


def prepare(
    tree: HostTree,
    *,
    minify: bool = True,
    compiler: Compiler | None = None,
    opt: Optimisation = 0,
    target: MpyTarget | None = None,
    cache: Cache | None = None,
    algorithm: Algorithm = "sha256",
) -> dict[str, PreparedFile]:
    """Read the files of a tree, and make of them what the board gets.

    Args:
        tree: what was found on the host.
        minify: shorten `.py` files as `belay.minify` does. What has a syntax that it cannot follow, and what
            is not UTF-8, is sent as it is.
        compiler: makes `.mpy` files of `.py` files, and goes before `minify`. `boot.py` and `main.py` stay
            `.py` where a board looks for them to start.
        opt: of the compiler, 0 to 3; or what gives it for a path on the board; or patterns of `fnmatch` with
            it, of which the first that fits the path (or the name, for one without "/") counts, else 0.
        target: the `.mpy` files that the board loads; those of the tree are checked against it. None for no
            check.
        cache: keeps what was made; None keeps nothing.
        algorithm: of the digests.

    Returns:
        path on the board -> what goes there, in the tree's order.

    Raises:
        HostFileError: a file cannot be read.
        SyncSourceError: two files of the host become the same on the board, or `opt` is none.
        CompileError: a file does not compile; the message names it and the line.
        MpyMismatchError: the board does not load a `.mpy` file of the tree, or what the compiler makes.
    """
    maker = _Maker(minify=minify, compiler=compiler, opt=opt, target=target, cache=cache or Cache(None))
    prepared: dict[str, PreparedFile] = {}
    for source, (made, data) in zip(tree.files.values(), maker.make_all(tree.files), strict=True):
        if made in prepared:
            raise SyncSourceError(
                f"`{prepared[made].source}` and `{source}` are both `{made}` on the board",
                hint=f'add one of them to `ignore`, such as "{name_of(made)}"',
            )
        if data is None:
            facts = _large_file_facts(source, algorithm)
        else:
            facts = FileFacts(len(data), content_digest(data, algorithm))
        prepared[made] = PreparedFile(made, source, facts, data)
    return prepared


def wanted_tree(prepared: Mapping[str, PreparedFile], tree: HostTree) -> WantedTree:
    """Return what shall be on the board."""
    return WantedTree({path: file.facts for path, file in prepared.items()}, tree.folders)


class _Maker:
    """One way of making files for a board."""

    def __init__(
        self,
        *,
        minify: bool,
        compiler: Compiler | None,
        opt: Optimisation,
        target: MpyTarget | None,
        cache: Cache,
    ) -> None:
        self._minify = minify
        self._compiler = compiler
        self._opt = opt
        self._target = target
        self._cache = cache
        self._compiler_identity = "" if compiler is None else compiler.identity
        self._minifier_identity = _minifier_identity() if minify else ""

    def make_all(self, files: Mapping[str, Path]) -> Iterable[tuple[str, bytes | None]]:
        """Make one file after the other, or several at once where each waits for a process of its own.

        The error that leaves is that of the first file, in their order, which has one.
        """
        if self._compiler is None:
            return map(self.make, files, files.values())
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - only compiling needs it

        with ThreadPoolExecutor(_COMPILERS_AT_ONCE) as pool:
            try:
                return list(pool.map(self.make, files, files.values()))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def make(self, path: str, source: Path) -> tuple[str, bytes | None]:
        """Return the path on the board and what stands there; None for what is too large to hold."""
        data = _read(source)
        if data is None:
            return path, None
        if path.endswith(".mpy") and self._target is not None:
            check_mpy(data, self._target, what=f"`{source}`")
        if not path.endswith(".py"):
            return path, data
        if self._compiler is not None and not _starts_the_board(path):
            return path[:-3] + ".mpy", self._compiled(self._compiler, path, source, data)
        return path, self._shortened(data) if self._minify else data

    def _compiled(self, compiler: Compiler, path: str, source: Path, data: bytes) -> bytes:
        opt = _optimisation(self._opt, path)
        key = Cache.key("mpy", self._compiler_identity, path, str(opt), data)
        made = self._cache.get(key)
        if made is None:
            made = compiler.compile(data, name=path, opt=opt, origin=str(source))
            self._cache.put(key, made)
        return made

    def _shortened(self, data: bytes) -> bytes:
        key = Cache.key("minify", self._minifier_identity, data)
        made = self._cache.get(key)
        if made is None:
            from belay.minify import minify  # noqa: PLC0415 - a sync that finds all in the cache needs none

            try:
                made = minify(data.decode("utf-8-sig"), is_file=True).encode()
            except UnicodeDecodeError:
                made = data  # the board may still read it, if the odd bytes are in a comment
            self._cache.put(key, made)
        return made


def _starts_the_board(path: str) -> bool:
    return name_of(path) in _STARTERS and parent_of(path) in _STARTING_FOLDERS


def _optimisation(opt: Optimisation, path: str) -> int:
    """The level for one file."""
    level: object = opt
    if callable(opt):
        level = opt(path)
    elif isinstance(opt, Mapping):
        level = _first_that_fits(opt, path)
    if isinstance(level, bool) or not isinstance(level, int) or not 0 <= level <= OPT_LIMIT:
        raise SyncSourceError(f"opt for `{path}` is {level!r}: 0 to {OPT_LIMIT} is possible")
    return level


def _first_that_fits(patterns: Mapping[str, int], path: str) -> object:
    from fnmatch import fnmatchcase  # noqa: PLC0415 - rarely needed

    for pattern, level in patterns.items():
        candidates = (path, path[1:]) if "/" in pattern else (name_of(path),)
        if any(fnmatchcase(candidate, pattern) for candidate in candidates):
            return level
    return 0


def _minifier_identity() -> str:
    """What stands for the minifier in a key: the digest of its source, so no one counts versions."""
    from pkgutil import get_data  # noqa: PLC0415 - only minifying needs it

    try:
        sources = [get_data("belay", f"{room}.py") or b"" for room in _MINIFIER_ROOMS]
    except OSError:
        sources = [b""]
    # An installation without sources: nobody knows which minifier this is, so nothing is shared with others.
    return content_digest(b"".join(sources) if all(sources) else os.urandom(16))


_MINIFIER_ROOMS = ("blanks", "literals", "minify")


def _read(source: Path) -> bytes | None:
    """The content of a file, or None for a large one."""
    try:
        with open(source, "rb", buffering=0) as file:  # noqa: PTH123 - a third faster, a hundred times per sync
            data = file.read(_WHOLE_BYTES + 1) or b""
            while data and len(data) <= _WHOLE_BYTES and (more := file.read(_WHOLE_BYTES + 1 - len(data))):
                data += more
    except OSError as error:
        raise host_error(error, source) from error
    return data if len(data) <= _WHOLE_BYTES else None


def _large_file_facts(source: Path, algorithm: Algorithm) -> FileFacts:
    size = 0

    def pieces() -> Iterator[bytes]:
        nonlocal size
        with source.open("rb") as file:
            while piece := file.read(_PIECE_BYTES):
                size += len(piece)
                yield piece

    try:
        digest = stream_digest(pieces(), algorithm)
    except OSError as error:
        raise host_error(error, source) from error
    return FileFacts(size, digest)
