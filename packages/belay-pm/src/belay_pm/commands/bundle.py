"""`belay-pm bundle`: everything that a board gets of a project, in one piece."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from belay_pm.command_line.syntax import Argument, Option, Syntax, not_empty
from belay_pm.commands.options import ARCH, BINARY, LEVEL, MPY, WITH

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["SYNTAX", "bundle_project", "run"]

_DETAILS = """\
What `belay install` puts on a board: the packages below `lib`, the project's own package, `main.py`.
OUTPUT is a zip or a ROMFS image by its ending (`.zip`, `.romfs`, `.img`), else a folder; the same project
gives the same bytes.
"""

SYNTAX = Syntax(
    Argument("output", "OUTPUT", "The file, or the folder, to write", required=True),
    options=(
        WITH,
        Option(
            "main",
            ("--main",),
            "FILE",
            "The script that is `main.py`",
            parse=lambda text: Path(not_empty(text)),
        ),
        MPY,
        LEVEL,
        ARCH,
        BINARY,
        Option("kind", ("--format",), "KIND", "`folder`, `zip` or `romfs`, whatever OUTPUT says"),
        Option("force", ("--force",), "", "Replace what is there"),
    ),
    details=_DETAILS,
)


def run(output: str, **options: Any) -> None:  # Any: those of the syntax
    """Write everything that a board gets of the project."""
    bundle_project(output, **options)


def bundle_project(
    output: str,
    *,
    groups: Sequence[str],
    main: Path | None,
    mpy: bool,
    opt: int | None,
    arch: str | None,
    binary: str | None,
    kind: str | None,
    force: bool,
    minify: Callable[[str], str] | None = None,
) -> None:
    """Write the bundle of the project that the current folder is in, and say what it is.

    Args:
        output: the file, or the folder.
        groups: optional groups that come too.
        main: the script that is `main.py`.
        mpy: whether to compile; a compiler that is named says so too.
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

    from belay_pm.bundling import KINDS, apart, kind_of, prepared, write_bundle
    from belay_pm.command_line.console import coloured, words
    from belay_pm.command_line.counting import counted
    from belay_pm.command_line.errors import MisuseError
    from belay_pm.commands.getting import is_compiled, project_here, require_main
    from belay_pm.compiler import find_compiler
    from belay_pm.payload import project_files
    from belay_pm.store import Store

    if not output:  # a variable of a shell that is not set would be the current folder
        raise MisuseError("`OUTPUT` is empty", hint="as in `belay bundle app.zip`")
    place = Path(output)
    wanted = kind_of(place) if kind is None else next((each for each in KINDS if each == kind), None)
    if wanted is None:
        raise MisuseError(f"`--format {kind}` is none", hint="`folder`, `zip` and `romfs` are there")
    compiles = is_compiled(mpy=mpy, opt=opt, arch=arch, binary=binary)
    require_main(main)
    project = project_here()
    version = None if project.mpy_version == "py" else int(project.mpy_version)
    compiler = find_compiler(binary, arch=arch, version=version) if compiles else None
    files = project_files(project, Store(), groups=groups, main=main)
    own = None if project.name is None else project.folder / project.name
    contents = prepared(apart(files, place, wanted, own=own), minify=minify, compiler=compiler, opt=opt)
    size = write_bundle(contents, place, wanted, force=force)
    words(
        coloured(
            f"{counted(len(contents), 'file')}, {counted(size, 'byte')}: `{output}`", "green", sys.stderr
        )
    )
