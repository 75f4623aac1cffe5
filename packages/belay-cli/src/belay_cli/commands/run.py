"""`belay run`: run a script on a board."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NoReturn

from belay_cli.targets import ABOUT_PORT, BOARD_OPTIONS, PORT, TIMEOUT, is_board, split_port
from belay_pm.command_line.errors import CommandError, MisuseError
from belay_pm.command_line.grammar import Argument, Grammar, Option

if TYPE_CHECKING:
    from belay_pm.command_line.grammar import Given

__all__ = ["GRAMMAR", "run"]


def _script_is_there(given: Given) -> bool:
    """Tell whether the last word is the script, so that everything behind it is the script's."""
    return len(given.words) > 1 or given.text("--port") is not None or not is_board(given.words[0])


GRAMMAR = Grammar(
    arguments=(
        PORT,
        Argument("SCRIPT", "A `.py` file on this computer"),
        Argument(
            "ARGUMENT", "For the script, options too: its `sys.argv[1:]`", required=False, repeated=True
        ),
    ),
    options=(*BOARD_OPTIONS, TIMEOUT, Option("--no-minify", "Send the script as it is, comments and all")),
    details=f"""\
The first word is PORT if it is an address, or an alias and no file; `--port` leaves no doubt.
The script runs in the board's globals and finds what it would find as `main.py`: no names are
brought in for it. Nothing is written to the board's files, and the board is not reset.
What it prints goes to stdout as it comes; a traceback names the script's own lines.
Ctrl-C interrupts it. The exit code is 1 when it raises, and its own with `sys.exit`.

{ABOUT_PORT}""",
    takes_rest=_script_is_there,
)


def run(given: Given) -> int:
    """Run the script, and pass on what it prints."""
    named, words = split_port(given, others=1)
    script = words[0] if words else ""
    if is_board(script):
        raise _no_script(named, script)
    if not (script.endswith(".py") and os.path.isfile(script)):  # noqa: PTH113 - a word; pathlib costs 3 ms
        _refuse(script)

    from belay import run_file
    from belay_cli.boards import connected
    from belay_cli.console import board_stdout

    with connected(given, named, startup="") as device, board_stdout() as output:
        run_file(
            device,
            script,
            given.rest,
            minify=not given.flag("--no-minify"),
            stream_out=output,
            record=False,
            timeout_s=given.number("--timeout"),
        )
    return 0


def _no_script(named: str | None, word: str) -> MisuseError:
    if named is None:
        return MisuseError("`SCRIPT` is missing", hint=f"write it as in `belay run {word} main.py`")
    return MisuseError(
        f"The board is named twice: `--port {named}` and `{word}`", hint="leave one of them out"
    )


def _refuse(word: str) -> NoReturn:
    """Say what was tried to make sense of a word that is no script."""
    import shutil

    program = shutil.which(word)
    if program is not None:
        raise CommandError(
            f"`{word}` is a program of this computer (`{program}`), and running those is not there yet",
            hint="it comes with the package manager; a script for the board is a `.py` file",
        )
    if os.path.isdir(word):  # noqa: PTH112 - as above
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
