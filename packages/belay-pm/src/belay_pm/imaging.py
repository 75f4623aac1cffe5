"""ROMFS images of folders, and images in files; each is read back before anybody gets it.

Knows this computer's folders and files. How an image gets onto a board is for others.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from belay_pm.bundling import apart, built_image, prepared, write_whole
from belay_pm.errors import IntegrityError, NotFoundError, PackageError, UnsafePathError
from belay_pm.ignoring import ALWAYS_IGNORED, Ignored
from belay_pm.payload import PayloadFile
from belay_pm.romfs import ROMFS_MARK, read_romfs
from belay_pm.sources.folder import FolderTree
from belay_pm.target_paths import target_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from belay_pm.bundling import Compiles

__all__ = [
    "Image",
    "ImageFile",
    "folder_image",
    "image_files",
    "image_path",
    "is_image_name",
    "listed_image",
    "read_image",
    "save_image",
]

_LARGEST_BYTES = 64 * 1024 * 1024
"""Of an image: more than any board has flash."""


class ImageFile(NamedTuple):
    """A file in an image.

    Attributes:
        path: in the image.
        size_bytes: of its content.
        source: its path in the folder; another one where it was compiled.
    """

    path: str
    size_bytes: int
    source: str


class Image(NamedTuple):
    """An image that was built.

    Attributes:
        content: its bytes.
        files: what is in it, by path.
    """

    content: bytes
    files: tuple[ImageFile, ...]


def is_image_name(path: str) -> bool:
    """Say whether a name is an image's: `.romfs` or `.img`."""
    return path.lower().endswith((".romfs", ".img"))


def image_path(folder: str) -> Path:
    """Return where the image of a folder is written when nobody says: beside it, `FOLDER.romfs`."""
    path = os.path.normpath(folder)
    is_named = os.path.basename(path) not in {"", os.curdir, os.pardir}  # noqa: PTH119 - a text, as typed
    return Path(f"{path if is_named else Path(folder).resolve().name}.romfs")


def image_files(folder: Path, *, output: Path | None = None) -> list[PayloadFile]:
    """Return what is in a folder, without what programs leave there; links that lead out of it are left out.

    Args:
        folder: which.
        output: where the image will be; an older one is no part of the next.

    Raises:
        PackageError: there is no such folder, or a file cannot be read.
    """
    if not folder.is_dir():
        is_there = os.path.lexists(folder)
        raise NotFoundError(
            f"`{folder}` is no folder" if is_there else f"There is no folder `{folder}`",
            hint="an image is made of a folder with all that is in it",
        )
    tree = FolderTree(folder)
    ignored = Ignored(ALWAYS_IGNORED)
    files = [
        PayloadFile(target_path(path, source=str(folder)), folder / path, tree.read(path))
        for path in tree.files("")
        if path not in ignored
    ]
    return files if output is None else apart(files, output, "romfs")


def folder_image(
    files: Sequence[PayloadFile], *, compiler: Compiles | None = None, opt: int | None = None
) -> Image:
    """Return the image of files; our own reader has read it back.

    Args:
        files: see `image_files`.
        compiler: makes `.mpy` files of Python; None leaves it. `boot.py` and `main.py` stay what they are.
        opt: mpy-cross's level of optimisation.

    Raises:
        PackageError: a file does not compile, or two would have one name.
    """
    contents = prepared(files, compiler=compiler, opt=opt)
    sources = {file.target for file in files}
    return Image(
        built_image(contents),
        tuple(ImageFile(path, len(content), _source(path, sources)) for path, content in contents.items()),
    )


def _source(path: str, sources: set[str]) -> str:
    return path if path in sources else path.removesuffix(".mpy") + ".py"


def read_image(path: Path) -> tuple[bytes, Mapping[str, bytes]]:
    """Return the bytes of an image in a file, and what our own reader finds in it.

    Raises:
        PackageError: it cannot be read.
        IntegrityError: it is no image, or damaged.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_BYTES + 1)
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no file `{path}`") from error
    except OSError as error:
        raise PackageError(f"Reading `{path}` failed: {error.strerror}") from error
    if len(content) > _LARGEST_BYTES:
        raise PackageError(f"`{path}` has more than {_LARGEST_BYTES} bytes, which no board has flash for")
    try:
        return content, read_romfs(content)
    except (IntegrityError, UnsafePathError) as error:
        raise IntegrityError(
            f"`{path}` cannot go onto a board: {error}", hint="`belay romfs build FOLDER` makes an image"
        ) from error


def listed_image(content: bytes, files: Mapping[str, bytes]) -> Image:
    """Return an image that was read, as one that was built."""
    return Image(content, tuple(ImageFile(path, len(inner), path) for path, inner in files.items()))


def save_image(content: bytes, output: Path, *, force: bool = False) -> None:
    """Write an image into a file, whole or not at all.

    Args:
        content: the image.
        output: the file; one that is an image already is replaced.
        force: replace whatever file is there.

    Raises:
        PackageError: something else is there, or writing failed.
    """
    if os.path.lexists(output) and not _is_image(output):
        is_file = output.is_symlink() or output.is_file()
        if output.is_dir() or not (force and is_file):
            raise PackageError(
                f"`{output}` is there already, and is no ROMFS image",
                hint=None if output.is_dir() or not is_file else "`--force` replaces it",
            )
    write_whole(output, content)


def _is_image(path: Path) -> bool:
    if not path.is_file():
        return False  # a pipe would be waited for
    try:
        with path.open("rb") as file:
            return file.read(len(ROMFS_MARK)) == ROMFS_MARK
    except OSError:
        return False
