"""Where a bundle is to lie, what it is by its name, and what of a project is an older one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

from belay_pm.errors import PackageError
from belay_pm.romfs import ROMFS_MARK

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from belay_pm.payload import PayloadFile

__all__ = ["KINDS", "Kind", "apart", "is_below", "kind_of"]

Kind = Literal["folder", "zip", "romfs"]

KINDS: tuple[Kind, ...] = ("folder", "zip", "romfs")

_MARKS = (b"PK", ROMFS_MARK)
"""What a zip and a ROMFS start with."""


def kind_of(output: Path) -> Kind:
    """Return what a bundle is by its name: `.zip`, `.romfs` or `.img` (a ROMFS too), else a folder."""
    suffix = output.suffix.lower()
    return "zip" if suffix == ".zip" else "romfs" if suffix in (".romfs", ".img") else "folder"


def apart(
    files: Iterable[PayloadFile], output: Path, kind: Kind, *, own: Path | None = None
) -> list[PayloadFile]:
    """Return the files without an older bundle, where that lies among them.

    Args:
        files: what a board gets.
        output: where the bundle will be.
        kind: of the bundle.
        own: the folder of the project's own package.

    Raises:
        PackageError: the bundle would replace what it is made of, or be written between it.
    """
    place = os.path.realpath(output)
    kept = []
    for file in files:
        source = os.path.realpath(file.source)
        if kind == "folder" and is_below(source, place):
            raise _between(output, file.source)
        if source != place:
            kept.append(file)
        elif not file.content.startswith(_MARKS):
            raise PackageError(
                f"`{output}` is a file of the project, and no bundle", hint="write the bundle elsewhere"
            )
    if kind == "folder" and own is not None and is_below(place, os.path.realpath(own)):
        raise _between(output, own)
    return kept


def is_below(path: str, folder: str) -> bool:
    """Return whether an absolute path is a folder, or below it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _between(output: Path, source: Path) -> PackageError:
    return PackageError(
        f"The folder `{output}` cannot hold the bundle: `{source}`, which is bundled, is in it or around it",
        hint="write the bundle elsewhere",
    )
