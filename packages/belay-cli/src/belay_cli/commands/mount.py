"""`belay mount`: a folder of this computer on a board."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_cli.targets import ABOUT_PORT, PASSWORD, PORT, is_board, named_once
from belay_pm.command_line.errors import MisuseError
from belay_pm.command_line.syntax import Argument, Option, Syntax, not_empty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay import Device
    from belay.mounting import Mount
    from belay.mounting.server import Compile

__all__ = ["SYNTAX", "run"]

_DETAILS = f"""\
The board sees the folder at `/remote`, reads its files when it opens or imports them, and may write.
A link that leads out of the folder is refused. With a keyboard you are at the board's prompt then, in the
folder, until Ctrl-]; a board that is reset has it again, and one that goes away is waited for.
With `--exec` the code runs there, and that is all.
Imports get compiled files where mpy-cross is installed; nothing is written into the folder for that.

{ABOUT_PORT}"""

SYNTAX = Syntax(
    Argument("words", "[PORT] FOLDER", "What the board gets to see", several=True),
    options=(
        PORT,
        PASSWORD,
        Option("code", ("-e", "--exec"), "CODE", "Run this on the board, and end", parse=not_empty),
        Option("at", ("--at",), "PATH", "Where on the board, a name behind a slash; else `/remote`"),
        Option("read_only", ("--read-only",), "", "The board may change nothing"),
        Option("unsafe_links", ("-l", "--unsafe-links"), "", "Links may lead out of the folder"),
        Option("no_auto_mpy", ("--no-auto-mpy",), "", "Imports get the source"),
        Option("verbose", ("-v", "--verbose"), "", "Say which files are compiled"),
    ),
    details=_DETAILS,
)


def run(
    words: Sequence[str],
    *,
    port: str | None,
    password: str | None,
    code: str | None,
    at: str | None,
    read_only: bool,
    unsafe_links: bool,
    no_auto_mpy: bool,
    verbose: bool,
) -> None:
    """Mount the folder, and do what is to be done there."""
    named, folder = _split(words, port)
    _require_folder(folder)
    if at is not None:
        _require_place(at)
    if code is None:
        _require_person()

    from belay.mounting import mount
    from belay.mounting.mounting import MOUNT_POINT
    from belay_cli.boards import connected
    from belay_cli.targets import find_address
    from belay_cli.terminal.staying import can_come_back

    waits = code is None and can_come_back(find_address(named))
    with connected(named, password=password, reopens=waits) as device:
        compile_source = None if no_auto_mpy else _compiler(device, folder, verbose=verbose)
        with mount(
            device,
            folder,
            at or MOUNT_POINT,
            read_only=read_only,
            unsafe_links=unsafe_links,
            compile_source=compile_source,
        ) as mounted:
            if code is None:
                _be_there(device, mounted, waits=waits)
            else:
                _execute(device, mounted, code)


def _split(words: Sequence[str], port: str | None) -> tuple[str | None, str]:
    if words[2:]:
        raise MisuseError(
            f"{len(words)} words are given, and the command takes at most 2",
            hint="put quotes around a word that has blanks in it; `--exec CODE` runs code in the folder",
        )
    if len(words) == 1:
        (word,) = words
        if is_board(word):
            raise MisuseError("`FOLDER` is missing", hint=f"write it as in `belay mount {word} src`")
        return port, word
    return named_once(words[0], port), words[1]


def _require_folder(folder: str) -> None:
    from belay_cli.host_paths import folder_trouble

    trouble = folder_trouble(folder)
    if trouble is None:
        return
    if not folder:  # a variable of a shell that is not set
        raise MisuseError("`FOLDER` is empty", hint="`.` is the current folder")
    raise MisuseError(
        f"`{folder}` cannot be mounted: it {trouble}", hint="name a folder, as in `belay mount src`"
    )


def _require_place(at: str) -> None:
    from belay.exceptions import ArgumentValueError
    from belay.mounting.mounting import check_mount_point

    try:
        check_mount_point(at)
    except ArgumentValueError as error:
        raise MisuseError(
            f"`--at {at}` is no name behind one slash", hint="write it as in `--at /remote`"
        ) from error


def _require_person() -> None:
    import sys

    if sys.stdin is None or not sys.stdin.isatty():
        raise MisuseError(
            "A prompt needs a keyboard, and stdin is none", hint="`--exec CODE` runs code in the folder"
        )


def _compiler(device: Device, folder: str, *, verbose: bool) -> Compile:
    from belay.mounting.compiling import ImportCompiler
    from belay_cli.console import words

    tell = words if verbose else None
    return ImportCompiler(device, warn=lambda text: words(f"note: {text}"), tell=tell, folder=folder)


def _execute(device: Device, mounted: Mount, code: str) -> None:
    from belay.scripts import run_text
    from belay_cli.console import board_stdout
    from belay_cli.terminal.mounted import go_to_mount

    go_to_mount(device, mounted)
    with board_stdout() as output:
        run_text(device, code, name="<exec>", stream_out=output)


def _be_there(device: Device, mounted: Mount, *, waits: bool) -> None:
    from belay.keyboards import open_keyboard
    from belay_cli.console import words
    from belay_cli.terminal.mounted import be_mounted_at_prompt
    from belay_cli.terminal.prompt import Keys
    from belay_cli.terminal.screen import Screen

    words(f"The folder is at {mounted.at}; Ctrl-] leaves")
    with Screen() as screen, open_keyboard() as keyboard:
        be_mounted_at_prompt(device, mounted, keyboard, screen.write, keys=Keys(), tell=words, waits=waits)
