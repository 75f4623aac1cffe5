"""`belay fs cp`: copy files to a board, from it, or on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from belay_cli.commands.fs.words import Recursive, board_path
from belay_cli.commands.options import (  # noqa: TC001 - typer reads them
    Binary,
    DryRun,
    Json,
    Level,
    Mpy,
    Password,
    Port,
)
from belay_pm.command_line.errors import MisuseError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay import Device
    from belay_cli.actions.copies import Copied
    from belay_cli.actions.sending import Form

__all__ = ["cp"]


def cp(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE... TARGET", help="`:PATH` is on the board", show_default=False),
    ],
    *,
    port: Port = None,
    password: Password = None,
    recursive: Recursive = False,
    minify: Annotated[
        bool, typer.Option("--minify/--no-minify", help="Shorten `.py` files; else each byte is copied")
    ] = False,
    mpy: Mpy = False,
    binary: Binary = None,
    opt: Level = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Copy files to the board, from it, or on it; a PATH of the board begins with `:`."""
    from belay_cli.actions.sending import Form
    from belay_cli.boards import connected

    *sources, target = paths
    if not sources:
        raise MisuseError("`TARGET` is missing", hint=f"write it behind the source: `belay fs cp {target} :`")
    if not target:
        raise MisuseError("`TARGET` is empty", hint="`.` is the current folder, `:` the root of the board")
    if not target.startswith(":") and not all(source.startswith(":") for source in sources):
        raise MisuseError(
            "Neither source nor target is on the board",
            hint=f"a path of the board begins with `:`, as `:{target}`",
        )
    form = Form(minify, mpy, binary, opt or 0)
    _check_form(form, opt, sources)
    if sources[1:]:
        _refuse_namesakes(sources, form)
        if not target.endswith(("/", ":")):
            target += "/"  # several sources go into a folder
    _require_sources(sources, recursive=recursive)
    with connected(port, password=password, startup="") as device:
        results = [
            _copy(device, source, target, recursive=recursive, dry_run=dry_run, form=form)
            for source in sources
        ]
    _show_copied(results, dry_run=dry_run, as_json=as_json)


def _check_form(form: Form, opt: int | None, sources: Sequence[str]) -> None:
    """Refuse to make something of files that only a board has: this computer reads none of them."""
    from belay_cli.commands.compiling import check_compiling

    check_compiling(mpy=form.mpy, binary=form.mpy_cross_binary, opt=opt)
    name = "--mpy" if form.compiles else "--minify"
    from_board = [source for source in sources if source.startswith(":")]
    if (form.minify or form.compiles) and from_board:
        raise MisuseError(
            f"`{name}` is for files that go to the board, and `{from_board[0]}` is there already",
            hint=f"leave out `{name}`",
        )


def _refuse_namesakes(sources: Sequence[str], form: Form) -> None:
    """Refuse sources with one name: in a folder, the last would take the place of the others."""
    from pathlib import PurePosixPath

    from belay_cli.actions.sending import host_name

    seen: dict[str, str] = {}
    for source in sources:
        is_here = not source.startswith(":")
        name = host_name(source) if is_here else PurePosixPath(board_path(source)).name
        place = f"{name[:-3]}.mpy" if form.compiles and name.endswith(".py") else name
        if place and place in seen:
            raise MisuseError(
                f"`{seen[place]}` and `{source}` would both be `{place}` in the folder",
                hint="copy one of them by itself, to a path with another name",
            )
        seen[place] = source


def _require_sources(sources: Sequence[str], *, recursive: bool) -> None:
    """Refuse what is not on this computer, before a board is looked for."""
    import os

    from belay_cli.host_paths import source_trouble

    for source in sources:
        if source.startswith(":"):
            continue
        if not source:
            raise MisuseError("The path of what to copy is empty", hint="`.` is the current folder")
        trouble = source_trouble(source)
        if trouble is not None:
            hint = f"if it is on the board, write `:{source.lstrip('/')}`"
            raise MisuseError(f"`{source}` {trouble}", hint=hint)
        if os.path.isdir(source) and not recursive:  # noqa: PTH112 - see `belay_cli.host_paths`
            raise MisuseError(f"`{source}` is a folder", hint="`-r` copies folders with all that is in them")


def _copy(device: Device, source: str, target: str, *, recursive: bool, dry_run: bool, form: Form) -> Copied:
    from belay_cli.actions.copying import fetch
    from belay_cli.actions.copying_on_board import copy_on_board
    from belay_cli.actions.sending import send
    from belay_cli.progress import Progress

    with Progress() as update:
        if not source.startswith(":"):
            return send(
                device,
                source,
                board_path(target),
                recursive=recursive,
                dry_run=dry_run,
                update=update,
                form=form,
            )
        if not target.startswith(":"):
            return fetch(
                device, board_path(source), target, recursive=recursive, dry_run=dry_run, update=update
            )
        return copy_on_board(
            device, board_path(source), board_path(target), recursive=recursive, dry_run=dry_run
        )


def _show_copied(results: Sequence[Copied], *, dry_run: bool, as_json: bool) -> None:
    from belay_cli.console import data, print_json, words
    from belay_pm.command_line.counting import counted

    copied = [path for result in results for path in result.copied]
    unchanged = [path for result in results for path in result.unchanged]
    removed = [path for result in results for path in result.removed]
    size = sum(result.size_bytes for result in results)
    seconds = sum(result.seconds for result in results)
    if as_json:
        facts = {"copied": copied, "removed": removed, "unchanged": unchanged, "size_bytes": size}
        print_json(facts | {"seconds": round(seconds, 3), "dry_run": dry_run})
        return
    if dry_run:
        for path in copied:
            data(path)
        for path in removed:
            data(f"remove file {path}")
    verb = "Would copy" if dry_run else "Copied"
    words(
        f"{verb} {counted(len(copied), 'file')}, {counted(size, 'byte')}, in {seconds:.2f} s; "
        f"{f'{len(removed)} removed, ' if removed else ''}{len(unchanged)} unchanged"
    )
