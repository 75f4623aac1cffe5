"""`belay run`: run a script on a board."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from belay_cli.targets import ABOUT_PORT, Password, Port, Timeout, is_board
from belay_pm.command_line.errors import CommandError, MisuseError

__all__ = ["app", "run"]

app = typer.Typer(add_completion=False, rich_markup_mode=None)

_DETAILS = f"""\
The first word is PORT if it is an address, or an alias and no file; `--port` leaves no doubt.
Options stand in front of these words; everything behind SCRIPT belongs to it, options too.

The script runs in the board's globals and finds what it would find as `main.py`: no names are
brought in for it. Nothing is written to the board's files, and the board is not reset.
What it prints goes to stdout as it comes; a traceback names the script's own lines.
Ctrl-C interrupts it. The exit code is 1 when it raises, and its own with `sys.exit`.

{ABOUT_PORT}"""


@app.command(epilog=_DETAILS, context_settings={"allow_interspersed_args": False})
def run(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[PORT] SCRIPT [ARGUMENT]...",
            help="A `.py` file on this computer, and what its `sys.argv[1:]` shall be",
        ),
    ],
    *,
    port: Port = None,
    password: Password = None,
    timeout_s: Timeout = None,
    no_minify: Annotated[
        bool, typer.Option("--no-minify", help="Send the script as it is, comments and all")
    ] = False,
) -> None:
    """Run the script, and pass on what it prints."""
    named, script, arguments = _split(words, port)
    if not (script.endswith(".py") and Path(script).is_file()):
        _refuse(script)

    from belay import run_file
    from belay_cli.boards import connected
    from belay_cli.console import board_stdout

    with connected(named, password=password, startup="") as device, board_stdout() as output:
        run_file(
            device,
            script,
            arguments,
            minify=not no_minify,
            stream_out=output,
            record=False,
            timeout_s=timeout_s,
        )


def _split(words: list[str], port: str | None) -> tuple[str | None, str, list[str]]:
    """Return what names the board, the script, and what belongs to that."""
    first, *rest = words
    if not is_board(first):
        return port, first, rest
    if port is not None:
        raise MisuseError(
            f"The board is named twice: `--port {port}` and `{first}`", hint="leave one of them out"
        )
    if not rest:
        raise MisuseError("`SCRIPT` is missing", hint=f"write it as in `belay run {first} main.py`")
    script, *arguments = rest
    if script.startswith("-"):
        raise MisuseError(
            f"`{script}` stands where the script should be",
            hint=f"options stand in front: `belay run {script} {first} main.py`",
        )
    return first, script, arguments


def _refuse(word: str) -> NoReturn:
    """Say what was tried to make sense of a word that is no script."""
    import shutil

    program = shutil.which(word)
    if program is not None:
        raise CommandError(
            f"`{word}` is a program of this computer (`{program}`), and running those is not there yet",
            hint="it comes with the package manager; a script for the board is a `.py` file",
        )
    if Path(word).is_dir():
        what = "is a folder"
    elif os.path.lexists(word):
        what = "is a file, but no `.py` file"
    else:
        what = "is not there"
    raise MisuseError(
        f"`{word}` cannot be run: as a script it {what}, as a program it is not on the `PATH`, "
        "and it is no address of a board",
        hint="give the path of a `.py` file; name the board with `--port` if that was meant",
    )
