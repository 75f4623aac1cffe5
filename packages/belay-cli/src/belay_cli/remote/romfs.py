"""mpremote's `romfs`: its words for images of read-only file systems."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from belay_cli.console import data
from belay_pm.errors import PackageError
from belay_pm.imaging import (
    folder_image,
    image_files,
    image_path,
    is_image_name,
    listed_image,
    read_image,
    save_image,
)

from .errors import FAILED, RemoteError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from belay import Device
    from belay.rom import RomPartition
    from belay_pm.imaging import Image, ImageFile

    from .board import Board
    from .grammar import Step

__all__ = ["run_romfs"]

_DISABLED = "ROMFS is not enabled on this device"


def run_romfs(board: Board, step: Step) -> int:
    """Do one command of `romfs`; return the exit code.

    Raises:
        RemoteError: the board has no such partition; an image cannot be made, or is none.
    """
    from belay.files.errors import CompileError, CompilerError, MpyMismatchError  # noqa: PLC0415 - as below

    command, *words = step.words
    if command == "query":
        _query(board.device)
        return 0
    try:
        if command == "build":
            _build(step, words[0])
            return 0
        return _deploy(board, step, words[0])
    except (CompileError, CompilerError, MpyMismatchError, PackageError) as error:
        raise RemoteError(f"romfs {command}: {error}") from error


def _query(device: Device) -> None:
    partitions = _partitions(device)
    if not partitions:
        data(_DISABLED)
    for each in partitions:
        data(_described(each))
        data(f"  Raw contents: {each.head.hex(':')} ...")
        size = each.payload_bytes
        data("  Not a valid ROMFS" if size is None else f"  ROMFS image size: {size}")


def _partitions(device: Device) -> list[RomPartition]:
    from belay.exceptions import FeatureUnavailableError  # noqa: PLC0415 - loads with the device
    from belay.rom import rom_partitions  # noqa: PLC0415 - as above

    try:
        return rom_partitions(device)
    except FeatureUnavailableError:
        return []


def _described(partition: RomPartition) -> str:
    size = partition.size_bytes
    block = partition.block_bytes or size
    count = size // block if block else 0
    return f"ROMFS{partition.number} partition has size {size} bytes ({count} blocks of {block} bytes each)"


def _build(step: Step, folder: str) -> None:
    from belay_pm.compiler import find_compiler  # noqa: PLC0415 - only this command needs it

    output = step.text("output")
    place = image_path(folder) if output is None else Path(output)
    files = image_files(Path(folder), output=place)
    compiles = step.is_set("mpy") and any(file.target.endswith(".py") for file in files)
    image = folder_image(files, compiler=find_compiler() if compiles else None)
    _show_tree(folder, image)
    data(f"Writing {len(image.content)} bytes to output file {place}")
    save_image(image.content, place)


def _deploy(board: Board, step: Step, source: str) -> int:
    from belay_cli.actions.romfs import deploy_image, image_for  # noqa: PLC0415 - as above
    from belay_cli.console import words  # noqa: PLC0415 - as above
    from belay_cli.progress import Progress  # noqa: PLC0415 - as above

    number = int(step.text("partition") or 0)
    if is_image_name(source) and not Path(source).is_dir():
        image = listed_image(*read_image(Path(source)))
    else:
        files = image_files(Path(source))
        image = image_for(board.device, files, mpy=step.is_set("mpy"))
        _show_tree(source, image)
    size = len(image.content)
    data(f"Image size is {size} bytes")
    partitions = _partitions(board.device)
    if not partitions:
        raise RemoteError(_DISABLED)
    if not 0 <= number < len(partitions):
        raise RemoteError(f"ROMFS{number} partition not found on device")
    data(_described(partitions[number]))
    if size > partitions[number].size_bytes:
        data("ROMFS image is too big for the target partition")
        return FAILED
    with Progress() as update:
        deploy_image(
            board.device,
            image.content,
            partition=number,
            update=update,
            warn=lambda text: words(f"note: {text}"),
        )
    data("ROMFS image deployed")
    board.soft_reset()
    return 0


def _show_tree(folder: str, image: Image) -> None:
    data(f"Building romfs filesystem, source directory: {folder.rstrip('/')}/")
    data("/")
    for line in _drawn(image.files, ""):
        data(line)


def _drawn(files: Sequence[ImageFile], before: str, depth: int = 0) -> Iterator[str]:
    """Yield a line for each entry of a folder, in the order of the names as they are in the source."""
    below: dict[str, list[ImageFile]] = {}
    for file in files:
        below.setdefault(file.source.split("/")[depth], []).append(file)
    for number, (name, inside) in enumerate(sorted(below.items()), 1):
        is_last = number == len(below)
        is_folder = inside[0].source.count("/") > depth
        mark = "/" if is_folder else " -> .mpy" if inside[0].source != inside[0].path else ""
        yield f"{before}{chr(92) if is_last else '|'}-- {name}{mark}"
        if is_folder:
            yield from _drawn(inside, before + ("    " if is_last else "|   "), depth + 1)
