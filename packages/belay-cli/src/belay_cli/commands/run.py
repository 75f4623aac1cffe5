"""`belay run`: run a script on a board."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NoReturn

from belay_cli.fleet.choice import ABOUT_FLEETS, FLEET, Choice
from belay_cli.targets import ABOUT_PORT, PASSWORD, TIMEOUT, is_board, named_once
from belay_pm.command_line.errors import CommandError, MisuseError
from belay_pm.command_line.syntax import Argument, Option, Syntax
from belay_pm.commands.options import NO_MINIFY
from belay_transport.address import looks_like_address

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SYNTAX", "run"]

_DETAILS = f"""\
The first word is PORT if it is an address, or an alias and no file; `--port` leaves no doubt.
Options stand in front of these words; everything behind SCRIPT belongs to it, options too.

The script runs in the board's globals and finds what it would find as `main.py`: no names are
brought in for it. Nothing is written to the board's files, and the board is not reset.
What it prints goes to stdout as it comes; a traceback names the script's own lines.
Nothing is passed on from stdin: `input()` waits until Ctrl-C or `--timeout`.
Ctrl-C interrupts it. The exit code is 1 when it raises, and its own with `sys.exit`.

With `--watch` it is interrupted and started again, on a board that was soft-reset, whenever it is saved.

A program in the place of SCRIPT, such as `micropython`, runs on this computer and finds the packages of
the project, as with `belay-pm run`.

{ABOUT_PORT}

{ABOUT_FLEETS}"""


SYNTAX = Syntax(
    Argument(
        "words",
        "[PORT] SCRIPT [ARGUMENT]...",
        "A `.py` file on this computer, or a program of it, and what belongs to it",
        several=True,
    ),
    options=(
        *FLEET,
        PASSWORD,
        TIMEOUT,
        NO_MINIFY,
        Option("watch", ("--watch",), "", "Run it again whenever it is saved, until Ctrl-C"),
    ),
    details=_DETAILS,
    options_first=True,
)


def run(
    words: Sequence[str],
    *,
    password: str | None,
    timeout_s: float | None,
    no_minify: bool,
    watch: bool,
    **boards: Any,  # Any: the fields of `Choice`
) -> None:
    """Run the script, and pass on what it prints."""
    choice = Choice(**boards)
    named, script, arguments = _split(words, choice.port)
    if not _is_script(script, named):
        given = (named, password, timeout_s, no_minify, watch)
        if choice.is_many or given != (None, None, None, False, False):
            raise MisuseError(
                f"`{script}` is a program of this computer, and board and options are for scripts",
                hint=f"leave them out: `belay run {script}`",
            )
        from belay_pm.commands.run import run as run_program

        run_program([script, *arguments])
        return

    if watch:
        from belay_cli.watching.running import run_watched
        from belay_cli.watching.words import refuse_beside_watch

        refuse_beside_watch(is_many=choice.is_many)
        run_watched(named, script, arguments, password=password, minify=not no_minify, timeout_s=timeout_s)
        return
    if choice.is_many:
        from belay_cli.fleet.jobs import script_job
        from belay_cli.fleet.muster import muster

        choice.check(named)
        job = script_job(script, arguments, minify=not no_minify, timeout_s=timeout_s)
        muster(choice, job, password=password)
        return

    from belay_cli.boards import connected
    from belay_cli.console import board_stdout

    with board_stdout() as output, connected(named, password=password, startup="") as device:
        from belay import run_file  # once the board boots, see `connected`

        run_file(
            device,
            script,
            arguments,
            minify=not no_minify,
            stream_out=output,
            record=False,
            timeout_s=timeout_s,
        )


def _split(words: Sequence[str], port: str | None) -> tuple[str | None, str, list[str]]:
    """Return what names the board, the script, and what belongs to that."""
    first, *rest = words
    if not is_board(first):
        return port, first, rest
    named = named_once(first, port)
    if rest[:1] == ["--"]:
        del rest[0]  # what follows is no option, which is so without it
    if not rest:
        raise MisuseError("`SCRIPT` is missing", hint=f"write it as in `belay run {first} main.py`")
    script, *arguments = rest
    if script.startswith("-") and script != "-":
        is_ours = any(script.partition("=")[0] in option.names for option in SYNTAX.options)
        raise MisuseError(
            f"`{script}` stands where the script should be",
            hint=f"options stand in front: `belay run {script} {first} main.py`"
            if is_ours
            else f"give the path of a `.py` file: `belay run {first} main.py`; `belay exec` runs code",
        )
    return named, script, arguments


def _is_script(word: str, named: str | None) -> bool:
    """Tell whether a word is a script for the board, or else a program of this computer.

    Raises:
        CommandError: it cannot be read.
        MisuseError: it is neither; the error says what was tried to make sense of it.
    """
    if word.endswith(".py") and os.path.isfile(word):  # noqa: PTH113 - `pathlib` costs each command 4 ms
        try:
            with open(word, "rb") as file:  # noqa: PTH123 - as above
                file.read(1)
        except OSError as error:
            raise CommandError(f"`{word}` cannot be read: {error.strerror}") from error
        return True
    if not word:
        raise MisuseError("`SCRIPT` is empty", hint="give the path of a `.py` file")
    if word == "-":
        raise MisuseError(
            "`-` cannot be run: a script is a file, and stdin is none",
            hint="write it to a `.py` file first, or try `belay exec`",
        )
    if named is not None and looks_like_address(word):
        raise MisuseError(f"The board is named twice: `{named}` and `{word}`", hint="leave one of them out")
    import shutil

    if shutil.which(word) is None:
        _refuse(word)
    return False


def _refuse(word: str) -> NoReturn:
    if os.path.isdir(word):  # noqa: PTH112 - as above
        what = "is a folder"
    elif os.path.exists(word):  # noqa: PTH110 - as above
        what = "is a file, but no `.py` file"
    elif os.path.lexists(word):
        what = "is a link to nothing"
    else:
        what = "is not there"
    raise MisuseError(
        f"`{word}` cannot be run: as a script it {what}, as a program it is not on the `PATH`, "
        "and it is no address of a board",
        hint="give the path of a `.py` file; name the board with `--port` if that was meant",
    )
