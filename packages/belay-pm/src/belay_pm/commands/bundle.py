"""`belay-pm bundle`: everything that a board gets of a project, in one piece."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

__all__ = [
    "DETAILS",
    "Arch",
    "Binary",
    "Force",
    "Format",
    "Main",
    "Minify",
    "Mpy",
    "Opt",
    "Output",
    "With",
    "app",
    "bundle_project",
]

app = typer.Typer(rich_markup_mode=None, add_completion=False)

DETAILS = """\
What `belay install` puts on a board: the packages below `lib`, the project's own package, `main.py`.
OUTPUT is a zip or a ROMFS image by its ending (`.zip`, `.romfs`, `.img`), else a folder; the same project
gives the same bytes.
"""

Minify = Callable[[str], str]

Output = Annotated[str, typer.Argument(metavar="OUTPUT", help="The file, or the folder, to write")]
With = Annotated[
    list[str] | None, typer.Option("--with", metavar="GROUP", help="An optional group that comes too")
]
Main = Annotated[str | None, typer.Option("--main", metavar="FILE", help="The script that is `main.py`")]
Mpy = Annotated[bool, typer.Option("--mpy", help="Compile to `.mpy`")]
Opt = Annotated[
    int | None,
    typer.Option("--opt", metavar="LEVEL", min=0, max=3, help="mpy-cross's level of optimisation"),
]
Arch = Annotated[str | None, typer.Option("--march", metavar="ARCH", help="The architecture for native code")]
Binary = Annotated[
    str | None, typer.Option("--mpy-cross-binary", metavar="PATH", help="The mpy-cross to compile with")
]
Format = Annotated[
    str | None,
    typer.Option("--format", metavar="KIND", help="`folder`, `zip` or `romfs`, whatever OUTPUT says"),
]
Force = Annotated[bool, typer.Option("--force", help="Replace what is there")]


@app.command(epilog=DETAILS)
def bundle(
    output: Output,
    *,
    groups: With = None,
    main: Main = None,
    mpy: Mpy = False,
    opt: Opt = None,
    arch: Arch = None,
    binary: Binary = None,
    kind: Format = None,
    force: Force = False,
) -> None:
    """Write everything that a board gets of the project."""
    bundle_project(
        output, groups=groups, main=main, mpy=mpy, opt=opt, arch=arch, binary=binary, kind=kind, force=force
    )


def bundle_project(
    output: str,
    *,
    groups: list[str] | None,
    main: str | None,
    mpy: bool,
    opt: int | None,
    arch: str | None,
    binary: str | None,
    kind: str | None,
    force: bool,
    minify: Minify | None = None,
) -> None:
    """Write the bundle of the project that the current folder is in, and say what it is.

    Args:
        output: the file, or the folder.
        groups: optional groups that come too.
        main: the script that is `main.py`.
        mpy: whether to compile.
        opt: for files that have no level of their own.
        arch: for native code.
        binary: the compiler.
        kind: see `bundling.KINDS`; None for what the output's name says.
        force: replace what is there.
        minify: makes Python shorter, where it is not compiled.

    Raises:
        MisuseError: the options make no sense.
        PackageError: it cannot be done.
    """
    import sys
    from pathlib import Path

    from belay_pm.bundling import KINDS, apart, kind_of, prepared, write_bundle
    from belay_pm.command_line.console import coloured, words
    from belay_pm.command_line.errors import MisuseError
    from belay_pm.commands.getting import counted, project_here
    from belay_pm.compiler import find_compiler
    from belay_pm.payload import project_files
    from belay_pm.store import Store

    for text, name in ((output, "OUTPUT"), (main, "--main")):
        if text == "":  # a variable of a shell that is not set would be the current folder
            raise MisuseError(f"`{name}` is empty", hint="as in `belay bundle app.zip --main main.py`")
    place = Path(output)
    wanted = kind_of(place) if kind is None else next((each for each in KINDS if each == kind), None)
    if wanted is None:
        raise MisuseError(f"`--format {kind}` is none", hint="`folder`, `zip` and `romfs` are there")
    if not mpy and (opt, arch, binary) != (None, None, None):
        raise MisuseError("`--opt`, `--march` and `--mpy-cross-binary` are for compiling", hint="add `--mpy`")
    project = project_here()
    version = None if project.mpy_version == "py" else int(project.mpy_version)
    compiler = find_compiler(binary, arch=arch, version=version) if mpy else None
    files = project_files(project, Store(), groups=groups or (), main=None if main is None else Path(main))
    own = None if project.name is None else project.folder / project.name
    contents = prepared(apart(files, place, wanted, own=own), minify=minify, compiler=compiler, opt=opt)
    size = write_bundle(contents, place, wanted, force=force)
    words(coloured(f"{counted(len(contents), 'file')}, {size} bytes: `{output}`", "green", sys.stderr))
