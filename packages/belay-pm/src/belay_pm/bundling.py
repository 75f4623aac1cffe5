"""What a board gets of a project, in one piece: a folder, a zip, or a ROMFS image.

`prepared` makes what lies on the board out of what lies here; `write_bundle` writes it, whole or not at all.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from belay_pm.errors import IntegrityError, PackageError, UnsafePathError
from belay_pm.romfs import ROMFS_MARK, build_romfs, read_romfs
from belay_pm.target_paths import refuse_clashes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from belay_pm.payload import PayloadFile

__all__ = [
    "KINDS",
    "Compiles",
    "Kind",
    "apart",
    "built_image",
    "kind_of",
    "prepared",
    "write_bundle",
    "write_whole",
]

Kind = Literal["folder", "zip", "romfs"]
KINDS: tuple[Kind, ...] = ("folder", "zip", "romfs")

_SOURCE_ONLY = {"boot.py", "main.py"}
"""What a firmware starts by these names, and by no others."""

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""The first that a zip knows: the same files give the same bytes."""

_ZIP_MODE = 0o100644 << 16

_ZIP_SYSTEM = 3
"""Unix, whose mode that is: else it would be another number on Windows."""

_MARKS = (b"PK", ROMFS_MARK)
"""What a zip and a ROMFS start with."""


class Compiles(Protocol):
    """What makes `.mpy` files of Python; `belay_pm.compiler.Compiler` does."""

    def compile(self, source: bytes, /, *, name: str, opt: int | None, origin: str) -> bytes:
        """Return the `.mpy` file of a source."""


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
        if kind == "folder" and _is_below(source, place):
            raise _between(output, file.source)
        if source != place:
            kept.append(file)
        elif not file.content.startswith(_MARKS):
            raise PackageError(
                f"`{output}` is a file of the project, and no bundle", hint="write the bundle elsewhere"
            )
    if kind == "folder" and own is not None and _is_below(place, os.path.realpath(own)):
        raise _between(output, own)
    return kept


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _between(output: Path, source: Path) -> PackageError:
    return PackageError(
        f"The folder `{output}` cannot hold the bundle: `{source}`, which is bundled, is in it or around it",
        hint="write the bundle elsewhere",
    )


def prepared(
    files: Iterable[PayloadFile],
    *,
    minify: Callable[[str], str] | None = None,
    compiler: Compiles | None = None,
    opt: int | None = None,
) -> dict[str, bytes]:
    """Return what lies on the board.

    Args:
        files: what it gets.
        minify: makes a Python text shorter; None leaves it.
        compiler: makes `.mpy` files of Python; None leaves it. `boot.py` and `main.py` stay what they are.
        opt: mpy-cross's level of optimisation for files that have none of their own.

    Returns:
        Target -> content, sorted.

    Raises:
        UnsafePathError: a compiled file has the name of another.
        PackageError: a file does not compile, or is no text.
    """
    made: dict[str, bytes] = {}
    for file in files:
        target, content = file.target, file.content
        if target.endswith(".py"):
            if compiler is not None and target not in _SOURCE_ONLY:
                level = opt if file.opt is None else file.opt
                content = compiler.compile(content, name=f"/{target}", opt=level, origin=str(file.source))
                target = target.removesuffix(".py") + ".mpy"
            elif minify is not None:
                content = minify(_text(file)).encode()
        if target in made:
            raise UnsafePathError(
                f"`{file.source}` would be `{target}`, which is there already",
                hint="a module is there as `.py` or as `.mpy`: take one of them away",
            )
        made[target] = content
    refuse_clashes(made, source="the bundle")
    return dict(sorted(made.items()))


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


_FORCE = "`--force` replaces it"


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
        folder.chmod(0o777 & ~_umask())
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
    if not _is_below(os.path.realpath(path.parent), os.path.realpath(output)):
        raise UnsafePathError(f"`{path.parent}` is a link that leads out of `{output}`")
    return path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".belay-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            Path(name).chmod(0o666 & ~_umask())
            os.replace(name, path)  # noqa: PTH105 - a name and a path
        except BaseException:
            with suppress(OSError):
                os.unlink(name)  # noqa: PTH108 - as above
            raise
    except OSError as error:
        raise PackageError(f"Writing `{path}` failed: {error.strerror}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


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


def _text(file: PayloadFile) -> str:
    try:
        return file.content.decode()
    except UnicodeDecodeError as error:
        raise PackageError(f"`{file.source}` is not text in UTF-8: {error.reason}") from error
