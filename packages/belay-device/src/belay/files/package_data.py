"""Folders of data inside an installed package: board code that a host program brings along.

Knows packages, also those in a zip file, and the paths that they name; no board.
"""

from __future__ import annotations

import importlib
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import TYPE_CHECKING

from belay.exceptions import ArgumentTypeError
from belay.files.errors import SyncSourceError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from importlib.abc import Traversable

__all__ = ["package_folders"]


@contextmanager
def package_folders(
    package: ModuleType | str, *subfolders: str | os.PathLike[str]
) -> Iterator[tuple[Path, ...]]:
    """Give folders of a package as folders of the file system, while the context lasts.

    Where the package lies in the file system, these are its own folders; else (in a zip file) copies.

    Args:
        package: an imported package, or the name of one, which is imported.
        subfolders: relative to the package, such as "dependencies/main".

    Raises:
        ArgumentTypeError: `package` is neither.
        SyncSourceError: there is no such package or folder, or no folder was named.

    Example:
        >>> with package_folders("mypackage", "dependencies/main") as (main,):
        ...     tree = host_tree(main, dst="/lib")
    """
    module = _module(package)
    if not subfolders:
        raise _whole(module.__name__)
    from importlib.resources import files  # noqa: PLC0415 - 10 ms that only this needs

    top = files(module.__name__)
    with ExitStack() as stack:
        yield tuple(_folder(top, str(subfolder), module.__name__, stack) for subfolder in subfolders)


def _module(package: ModuleType | str) -> ModuleType:
    if isinstance(package, ModuleType):
        module = package
    elif not isinstance(package, str):
        raise ArgumentTypeError(f"`package` must be a package or the name of one, not {package!r}")
    else:
        try:
            module = importlib.import_module(package)
        except (ImportError, ValueError, TypeError) as error:
            raise SyncSourceError(f"package `{package}` cannot be imported: {error}") from error
    if not hasattr(module, "__path__"):
        raise SyncSourceError(f"`{module.__name__}` is a module, not a package: it has no folders")
    return module


def _folder(top: Traversable, subfolder: str, package: str, stack: ExitStack) -> Path:
    names = PurePosixPath(subfolder.replace("\\", "/"))
    if names.is_absolute() or ".." in names.parts or ":" in names.parts[:1]:
        raise SyncSourceError(f"`{subfolder}` is not inside of package `{package}`")
    if not names.parts:
        raise _whole(package)
    found = top
    for name in names.parts:
        found = found.joinpath(name)
        if not found.is_dir():
            raise SyncSourceError(f"package `{package}` has no folder `{subfolder}`: no `{name}` in it")
    if isinstance(found, Path):
        return found
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - only for packages in a zip file

    copy = Path(stack.enter_context(TemporaryDirectory(prefix="belay-")))
    _copy(found, copy)
    return copy


def _whole(package: str) -> SyncSourceError:
    return SyncSourceError(
        f"no folder of `{package}` was named: the whole package is code for the host",
        hint=f'name a folder: `sync_dependencies("{package}", "dependencies/main")`',
    )


def _copy(source: Traversable, target: Path) -> None:
    for entry in source.iterdir():
        inner = target / entry.name
        if entry.is_dir():
            inner.mkdir()
            _copy(entry, inner)
        else:
            inner.write_bytes(entry.read_bytes())
