"""`belay edit`: files of a board in your editor."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from belay_cli.targets import ABOUT_PORT, PASSWORD, PORT
from belay_pm.command_line.syntax import Argument, Syntax

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["SYNTAX", "run"]

SYNTAX = Syntax(
    Argument("paths", "FILE", "On the board; `:` in front may be left out", several=True),
    options=(PORT, PASSWORD),
    details=f"""\
The editor is what `VISUAL` says, else `EDITOR`, else `vi` (on Windows `notepad`).
The board's file is written when the editor has ended with exit code 0 and the text is another one.

{ABOUT_PORT}""",
)


def run(paths: Sequence[str], *, port: str | None, password: str | None) -> None:
    """Edit one after another."""
    from belay_cli.actions.editing import edit_file
    from belay_cli.boards import connected
    from belay_cli.console import words
    from belay_pm.command_line.errors import MisuseError

    if "" in paths:
        raise MisuseError("`PATH` is empty", hint="name a file")
    files = [f"/{path.removeprefix(':').lstrip('/')}" for path in paths]
    for path in files:
        if path.endswith("/"):
            raise MisuseError(f"`{path}` is a folder", hint="name a file")
    editor = _editor()
    with connected(port, password=password, startup="") as device:
        for path in files:
            copies: list[Path] = []

            def change(copy: Path, copies: list[Path] = copies) -> None:
                copies.append(copy)
                _edit(editor, copy)

            try:
                changed = edit_file(device, path, change)
            except BaseException:
                for copy in copies:
                    left = copy if copy.is_file() else copy.parent
                    if left.exists():
                        words(f"What you wrote is in `{left}`; `{path}` on the board is as it was")
                raise
            words(f"{path}: {'written' if changed else 'unchanged'}")


def _editor() -> list[str]:
    import shlex

    from belay_pm.command_line.errors import MisuseError

    for name in ("VISUAL", "EDITOR"):
        said = os.environ.get(name, "").strip()
        if said:
            try:
                return shlex.split(said) if os.name != "nt" else [said]
            except ValueError as error:
                raise MisuseError(
                    f"The environment variable `{name}` makes no sense: {error}",
                    hint=f"set it to a program, as in `export {name}=nano`",
                ) from error
    return ["notepad" if os.name == "nt" else "vi"]


def _edit(editor: list[str], copy: Path) -> None:
    import subprocess

    from belay_pm.command_line.errors import CommandError

    try:
        ended = subprocess.run([*editor, str(copy)], check=False).returncode  # noqa: S603 - the user names it
    except OSError as error:
        raise CommandError(
            f"The editor `{editor[0]}` cannot be started: {error.strerror}",
            hint="set the environment variable `EDITOR` to one that is there",
        ) from error
    if ended:
        raise CommandError(
            f"The editor `{editor[0]}` ended with exit code {ended}: nothing is written",
            hint="what it leaves is written when it ends with 0; `export EDITOR=nano` names another",
        )
