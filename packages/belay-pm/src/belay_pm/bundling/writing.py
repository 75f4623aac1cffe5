"""A bundle, written as a folder, a zip or a ROMFS image."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from belay_pm.bundling.places import is_below
from belay_pm.bundling.whole import umask, write_whole
from belay_pm.errors import IntegrityError, PackageError, UnsafePathError
from belay_pm.romfs import build_romfs, read_romfs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from belay_pm.bundling.places import Kind

__all__ = ["built_image", "write_bundle"]

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""The first that a zip knows: the same files give the same bytes."""

_ZIP_MODE = 0o100644 << 16

_ZIP_SYSTEM = 3
"""Unix, whose mode that is: else it would be another number on Windows."""

_FORCE = "`--force` replaces it"


def write_bundle(contents: Mapping[str, bytes], output: Path, kind: Kind, *, force: bool = False) -> int:
    """Write a bundle.

    A zip and an image replace an older one whole, and the same contents give the same bytes. A new folder
    is there whole or not at all; into one that is there the files are written one by one, others stay.

    Args:
        contents: target -> content.
        output: the file, or the folder.
        kind: which.
        force: replace what is there.

    Returns:
        How many bytes were written.

    Raises:
        PackageError: something is there, or writing failed.
    """
    try:
        if kind == "folder":
            return _write_folder(contents, output, force=force)
        return _write_file(contents, output, kind, force=force)
    except OSError as error:
        raise PackageError(f"Writing `{output}` failed: {error.strerror}") from error


def _write_file(contents: Mapping[str, bytes], output: Path, kind: Kind, *, force: bool) -> int:
    if os.path.lexists(output):
        is_replaceable = not output.is_dir() and (output.is_symlink() or output.is_file())
        if not (force and is_replaceable):
            raise PackageError(f"`{output}` is there already", hint=_FORCE if is_replaceable else None)
    data = _zip(contents) if kind == "zip" else built_image(contents)
    write_whole(output, data)
    return len(data)


def _write_folder(contents: Mapping[str, bytes], output: Path, *, force: bool) -> int:
    if os.path.lexists(output) and not output.is_dir():
        raise PackageError(
            f"`{output}` is there already, and is no folder",
            hint="name a folder, or a file that ends in `.zip` or `.romfs`",
        )
    if not force and output.is_dir() and any(output.iterdir()):
        raise PackageError(
            f"`{output}` is there already, and is not empty",
            hint="`--force` writes into it; files of other names stay there",
        )
    if output.is_dir():
        _write_into(output, contents)
    else:
        _write_new(output, contents)
    return sum(map(len, contents.values()))


def _write_new(output: Path, contents: Mapping[str, bytes]) -> None:
    """Write a folder that was not there: beside it first, so that it is whole when it appears."""
    output.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=output.parent, prefix=".belay-"))
    try:
        _write_into(folder, contents)
        folder.chmod(0o777 & ~umask())
        folder.rename(output)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _write_into(folder: Path, contents: Mapping[str, bytes]) -> None:
    for target, content in contents.items():
        write_whole(_inside(folder, target), content)


def _inside(output: Path, target: str) -> Path:
    """Return where a file goes; links that lead out of the folder are not followed."""
    path = output / target
    if not is_below(os.path.realpath(path.parent), os.path.realpath(output)):
        raise UnsafePathError(f"`{path.parent}` is a link that leads out of `{output}`")
    return path


def _zip(contents: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for target in sorted(contents):
            entry = zipfile.ZipInfo(target, _ZIP_TIME)
            entry.create_system = _ZIP_SYSTEM
            entry.external_attr = _ZIP_MODE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, contents[target])
    return buffer.getvalue()


def built_image(contents: Mapping[str, bytes]) -> bytes:
    """Return a ROMFS image that our own reader has read back.

    Raises:
        IntegrityError: it did not find in it what it was built from.
    """
    image = build_romfs(contents)
    if read_romfs(image) != dict(contents):
        raise IntegrityError("The image that was built does not hold what it was built from")
    return image
