"""`belay manifest`: what a `manifest.py` says, and one that freezes this project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from belay_pm.command_line.group import command_group
from belay_pm.commands.typed_options import Variables  # noqa: TC001 - typer reads it

if TYPE_CHECKING:
    from belay_pm.manifest import Manifest

__all__ = ["app"]

app = command_group()

_Where = Annotated[Path, typer.Argument(metavar="[PATH]", help="The manifest, or its folder")]
_Options = Annotated[
    list[str] | None,
    typer.Option("--option", metavar="NAME=VALUE", help="What the manifest finds in `options`"),
]
_Trust = Annotated[bool, typer.Option("--trust-manifest", help="Run it, if it does more than can be read")]


@app.command()
def show(
    where: _Where = Path(),
    *,
    variables: Variables = None,
    options: _Options = None,
    trusted: _Trust = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object")] = False,
) -> None:
    """Print the files that a manifest gives, and what it requires."""
    from belay_pm.command_line.console import data

    manifest = _read(where, variables, options, trusted=trusted, is_strict=True)
    if as_json:
        import json

        data(json.dumps(_as_json(manifest), indent=2))
    else:
        for file in manifest.files:
            opt = "" if file.opt is None else f", opt={file.opt}"
            data(f"{file.target}  {file.place.path} ({file.kind}{opt})")
        for required in manifest.requires:
            data(f"requires {required.name}{' ' + required.version if required.version else ''}")
    _tell_notes(manifest)


@app.command()
def check(
    where: _Where = Path(),
    *,
    variables: Variables = None,
    options: _Options = None,
    trusted: _Trust = False,
) -> None:
    """Tell everything that is wrong with a manifest; the exit code is 1 when anything is."""
    import sys

    from belay_pm.command_line.console import coloured, data, words
    from belay_pm.command_line.counting import counted
    from belay_pm.command_line.errors import CommandError

    manifest = _read(where, variables, options, trusted=trusted, is_strict=False)
    for problem in manifest.problems:
        data(str(problem))
    _tell_notes(manifest)
    if manifest.problems:
        hint = next((_hint(problem.hint) for problem in manifest.problems if problem.hint), None)
        raise CommandError(f"The manifest has {counted(len(manifest.problems), 'problem')}", hint=hint)
    words(coloured(f"{counted(len(manifest.files), 'file')}, and nothing is wrong", "green", sys.stderr))


@app.command()
def generate(
    output: Annotated[
        Path | None,
        typer.Argument(metavar="[OUTPUT]", help="Where in the project to write it; else it is printed"),
    ] = None,
    *,
    groups: Annotated[
        list[str] | None, typer.Option("--with", metavar="GROUP", help="An optional group that comes too")
    ] = None,
    main: Annotated[
        Path | None, typer.Option("--main", metavar="FILE", help="A `main.py` that is frozen too")
    ] = None,
    of_board: Annotated[
        bool, typer.Option("--board", help="Begin with the board's own manifest, not with the port's")
    ] = False,
    bare: Annotated[bool, typer.Option("--bare", help="Begin with neither")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there")] = False,
) -> None:
    """Write a manifest that freezes this project into a firmware."""
    from belay_pm.command_line.console import data, words
    from belay_pm.command_line.errors import CommandError, MisuseError
    from belay_pm.commands.getting import project_here
    from belay_pm.freezing import BOARD_MANIFEST, PORT_MANIFEST, freezing_manifest
    from belay_pm.local_paths import without_links
    from belay_pm.payload import project_files
    from belay_pm.store import Store

    if of_board and bare:
        raise MisuseError("`--board` and `--bare` are given", hint="give one of them")
    if main is not None and main.name != "main.py":
        raise MisuseError(
            f"`{main}` cannot be frozen as `main.py`",
            hint="a firmware starts a frozen module of that name only",
        )
    project = project_here()
    top = without_links(project.folder)
    path = (top if output is None else without_links(output.parent)) / (output or Path("manifest.py")).name
    if top not in path.parents:
        raise MisuseError(
            f"`{output}` is not in the project",
            hint=f"the manifest names files from where it lies: `{project.folder}`",
        )
    include = None if bare else BOARD_MANIFEST if of_board else PORT_MANIFEST
    files = project_files(project, Store(), groups=groups or (), main=main)
    frozen = freezing_manifest(files, path.parent, include=include, top=top)
    if output is None:
        data(frozen.text.rstrip("\n"))
    else:
        try:
            with path.open("w" if force else "x", encoding="utf-8", newline="\n") as file:
                file.write(frozen.text)
        except FileExistsError as error:
            raise CommandError(f"`{output}` is there already", hint="`--force` replaces it") from error
        except FileNotFoundError as error:
            raise CommandError(
                f"There is no folder `{output.parent}` to write `{output.name}` to", hint="make it first"
            ) from error
        except OSError as error:
            raise CommandError(f"Writing `{output}` failed: {error.strerror}") from error
    for target in frozen.data:
        words(
            f"note: `{target}` is data, which cannot be frozen: it belongs on the file system, or in a ROMFS"
        )
    for target in frozen.elsewhere:
        words(
            f"note: `{target}` is in development under another name or elsewhere, and is not in the "
            "manifest, which cannot rename a file; without `develop = true` it is"
        )
    words(_HOW.format(path=path))


_HOW = """
In a checkout of MicroPython, for a port that is built by make:
  make -C ports/PORT BOARD=BOARD FROZEN_MANIFEST={path}
by CMake:
  make -C ports/PORT BOARD=BOARD FROZEN_MANIFEST={path}
  idf.py -D MICROPY_BOARD=BOARD -D MICROPY_FROZEN_MANIFEST={path} build
For good, in `mpconfigboard.mk` of a board of your own:
  FROZEN_MANIFEST ?= {path}
or in its `mpconfigboard.cmake`:
  set(MICROPY_FROZEN_MANIFEST {path})"""


def _read(
    where: Path,
    variables: list[str] | None,
    options: list[str] | None,
    *,
    trusted: bool,
    is_strict: bool,
) -> Manifest:
    from belay_pm.commands.getting import parse_variables
    from belay_pm.errors import ManifestError, NotFoundError
    from belay_pm.local_paths import without_links
    from belay_pm.manifest import check_manifest, evaluate_manifest
    from belay_pm.sources.folder import FolderTree
    from belay_pm.trees import Place

    path = without_links(where / "manifest.py" if where.is_dir() else where)
    if not path.is_file():
        raise NotFoundError(f"There is no manifest `{path}`", hint="name a `manifest.py`, or its folder")
    top = _top(path)
    read = evaluate_manifest if is_strict else check_manifest
    found = {name: Place(FolderTree(Path(folder)), "") for name, folder in parse_variables(variables).items()}
    place = Place(FolderTree(top, label=str(top)), path.relative_to(top).as_posix())
    try:
        return read(place, variables=found, options=_parse_options(options), trusted=trusted)
    except ManifestError as error:
        raise ManifestError(*error.args, hint=_hint(error.hint)) from error


def _hint(hint: str | None) -> str | None:
    from belay_pm.manifest import READ_ONLY

    return f"{hint}; or have it run, if you trust it: `--trust-manifest`" if hint == READ_ONLY else hint


def _top(path: Path) -> Path:
    """Return the folder that nothing of a manifest may leave: its repository's, its project's, or its own."""
    for sign in (".git", "pyproject.toml"):
        for folder in path.parents:
            if (folder / sign).exists():
                return folder
    return path.parent


def _parse_options(texts: list[str] | None) -> dict[str, object]:
    import ast
    import json

    from belay_pm.command_line.errors import MisuseError

    options: dict[str, object] = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not name.isidentifier() or not equals:
            raise MisuseError(f"`--option {text}` is none", hint="write it as in `--option bluetooth=True`")
        try:
            options[name] = ast.literal_eval(value)
            json.dumps(options[name])  # what a manifest cannot say is text
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            options[name] = value
    return options


def _as_json(manifest: Manifest) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "files": [
            {"target": file.target, "source": file.place.path, "opt": file.opt, "kind": file.kind}
            for file in manifest.files
        ],
        "requires": [asdict(required) for required in manifest.requires],
        "metadata": asdict(manifest.metadata),
        "c_modules": list(manifest.c_modules),
        "notes": list(manifest.notes),
    }


def _tell_notes(manifest: Manifest) -> None:
    from belay_pm.command_line.console import words

    for note in manifest.notes:
        words(f"note: {note}")
