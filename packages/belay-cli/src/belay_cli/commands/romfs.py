"""`belay romfs`: images of read-only file systems, and the ROM partitions of boards that hold them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from belay_cli.commands.options import Binary, Json, Level, Password, Port, Word  # noqa: TC001 - typer reads them
from belay_cli.targets import ABOUT_PORT, is_board, named_once
from belay_pm.command_line.counting import counted
from belay_pm.command_line.errors import MisuseError
from belay_pm.command_line.group import command_group

if TYPE_CHECKING:
    from collections.abc import Iterable

    from belay.rom import RomPartition
    from belay_pm.imaging import Image
    from belay_pm.payload import PayloadFile

__all__ = ["app"]

app = command_group()

NoMpy = Annotated[bool, typer.Option("--no-mpy", help="Leave `.py` files as they are")]


@app.command(epilog=ABOUT_PORT)
def query(word: Word = None, *, port: Port = None, password: Password = None, as_json: Json = False) -> None:
    """Show the ROM partitions of a board, and what is in them."""
    from belay.rom import rom_partitions
    from belay_cli.boards import connected
    from belay_cli.console import data, print_json, words

    with connected(named_once(word, port), password=password, startup="") as device:
        partitions = rom_partitions(device)
    if as_json:
        print_json([_partition_facts(each) for each in partitions])
        return
    for each in partitions:
        address = "" if each.address is None else f" at 0x{each.address:08x}"
        erased = f", erased {each.block_bytes} bytes at a time" if each.block_bytes else ""
        data(f"partition {each.number}: {each.size_bytes} bytes{address}{erased}: {_content(each)[1]}")
    if not partitions:
        words("The firmware of this board knows ROM partitions, and it has none")


def _content(partition: RomPartition) -> tuple[str, str]:
    """Return what is in a partition, as a word and as words."""
    size = partition.image_bytes
    if partition.is_blank:
        return "empty", "empty"
    if size is None:
        return "unknown", f"no ROMFS image; it begins with `{partition.head.hex(' ')}`"
    if size > partition.size_bytes:
        return "damaged", f"a damaged ROMFS image, which says that it has {size} bytes"
    return "romfs", f"a ROMFS image, {size} bytes"


def _partition_facts(partition: RomPartition) -> dict[str, object]:
    return {
        "partition": partition.number,
        "size_bytes": partition.size_bytes,
        "address": partition.address,
        "block_bytes": partition.block_bytes,
        "head": partition.head.hex(),
        "content": _content(partition)[0],
        "image_bytes": partition.image_bytes,
    }


@app.command()
def build(
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="With all that is in it")],
    *,
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="FILE", help="The image; else FOLDER.romfs"),
    ] = None,
    no_mpy: NoMpy = False,
    opt: Level = None,
    arch: Annotated[
        str | None, typer.Option("--march", metavar="ARCH", help="The architecture for native code")
    ] = None,
    binary: Binary = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is no image, too")] = False,
    as_json: Json = False,
) -> None:
    """Make an image of a folder; no board is needed."""
    from pathlib import Path

    from belay_pm.compiler import find_compiler
    from belay_pm.imaging import folder_image, image_files, image_path, save_image

    _require_mpy(no_mpy=no_mpy, opt=opt, binary=binary, arch=arch)
    _require_source(folder, "FOLDER")
    if output is not None and (not output or os.path.isdir(output)):  # noqa: PTH112 - a text, as typed
        what = "is a folder" if output else "is empty"
        raise MisuseError(f"`{output or '-o'}` {what}", hint="give `-o` a file, as in `-o app.romfs`")
    _require_folder(folder)
    compiler = None if binary is None and arch is None else find_compiler(binary, arch=arch)
    place = image_path(folder) if output is None else Path(output)
    files = image_files(Path(folder), output=place)
    if compiler is None and not no_mpy and _has_python(files):
        compiler = find_compiler()
    image = folder_image(files, compiler=compiler, opt=opt)
    save_image(image.content, place, force=force)
    if as_json:
        from belay_cli.console import print_json

        print_json({"output": str(place), **_image_facts(image)})
    else:
        _tell(f"{counted(len(image.files), 'file')}, {counted(len(image.content), 'byte')}: `{place}`")


@app.command(epilog=ABOUT_PORT)
def deploy(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[PORT] SOURCE", help="One word is SOURCE, a folder or an image", show_default=False
        ),
    ],
    *,
    port: Port = None,
    password: Password = None,
    partition: Annotated[
        int,
        typer.Option("--partition", metavar="NUMBER", min=0, help="Which ROM partition; `query` lists them"),
    ] = 0,
    no_mpy: NoMpy = False,
    opt: Level = None,
    binary: Binary = None,
    as_json: Json = False,
) -> None:
    """Write a folder, or an image, into a ROM partition, and start the board's interpreter anew."""
    import time
    from pathlib import Path

    from belay.rom import find_partition
    from belay_cli.actions.romfs import deploy_image, image_for
    from belay_cli.actions.starting import soft_reset
    from belay_cli.boards import connected
    from belay_cli.commands.compiling import require_compiler
    from belay_cli.console import print_json
    from belay_cli.console import words as tell
    from belay_cli.host_paths import source_trouble
    from belay_cli.progress import Progress
    from belay_pm.imaging import Image, image_files, listed_image, read_image

    named, source = _split(words, port)
    _require_mpy(no_mpy=no_mpy, opt=opt, binary=binary)
    _require_source(source, "SOURCE")
    if trouble := source_trouble(source):
        raise MisuseError(f"`{source}` {trouble}", hint="give the path of a folder, or of an image")
    if binary is not None:
        require_compiler(binary)
    path = Path(source)
    files: list[PayloadFile] | None = None
    image = Image(b"", ())
    if path.is_dir():
        files = image_files(path)
    else:
        if path.exists() and not path.is_file():  # a pipe would be waited for
            raise MisuseError(
                f"`{source}` is neither a file nor a folder", hint="write what it gives into a file first"
            )
        if no_mpy or opt is not None or binary is not None:
            raise MisuseError(
                f"`{source}` is no folder, and `--no-mpy`, `--opt` and `--mpy-cross-binary` are for one",
                hint="an image is written as it is: leave them out",
            )
        image = listed_image(*read_image(path))
    with connected(named, password=password, startup="") as device:
        find_partition(device, partition, size_bytes=len(image.content))
        if files is not None:
            image = image_for(device, files, mpy=not no_mpy, mpy_cross_binary=binary, opt=opt)
        began = time.monotonic()
        with Progress() as update:
            deploy_image(
                device,
                image.content,
                partition=partition,
                update=update,
                warn=lambda text: tell(f"note: {text}"),
            )
        seconds = time.monotonic() - began
        soft_reset(device)
    if as_json:
        print_json({"partition": partition, "seconds": round(seconds, 3), **_image_facts(image)})
        return
    size = len(image.content)
    _tell(
        f"{counted(len(image.files), 'file')}, {counted(size, 'byte')}, in ROM partition {partition}, "
        f"verified, in {seconds:.2f} s"
    )


def _split(words: list[str], port: str | None) -> tuple[str | None, str]:
    if words[2:]:
        raise MisuseError(
            f"{len(words)} words are given, and the command takes at most 2",
            hint="put quotes around a word that has blanks in it",
        )
    if words[1:]:
        return named_once(words[0], port), words[1]
    if port is None and is_board(words[0]):
        raise MisuseError("`SOURCE` is missing", hint=f"write it as in `belay romfs deploy {words[0]} src`")
    return port, words[0]


def _require_source(text: str, name: str) -> None:
    if not text:  # a variable of a shell that is not set would be the current folder
        raise MisuseError(f"`{name}` is empty", hint="`.` is the current folder")


def _require_folder(folder: str) -> None:
    from pathlib import Path

    from belay_cli.host_paths import source_trouble

    trouble = source_trouble(folder)
    if trouble is None and Path(folder).is_file():
        trouble = "is no folder"
    if trouble is not None:
        raise MisuseError(f"`{folder}` {trouble}", hint="an image is made of a folder with all that is in it")


def _require_mpy(*, no_mpy: bool, opt: int | None, binary: str | None, arch: str | None = None) -> None:
    if no_mpy and (opt, binary, arch) != (None, None, None):
        raise MisuseError(
            "`--opt`, `--march` and `--mpy-cross-binary` are for compiling, and `--no-mpy` wants none",
            hint="leave one or the other out",
        )


def _has_python(files: Iterable[PayloadFile]) -> bool:
    return any(file.target.endswith(".py") for file in files)


def _image_facts(image: Image) -> dict[str, object]:
    files = [{"path": file.path, "size_bytes": file.size_bytes} for file in image.files]
    return {"size_bytes": len(image.content), "files": files}


def _tell(text: str) -> None:
    import sys

    from belay_cli.console import coloured, words

    words(coloured(text, "green", sys.stderr))
