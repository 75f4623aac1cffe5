"""What the words of `belay` can be, for shells that complete: boards, their files, and what packages have."""

from __future__ import annotations

from belay_cli.completing.board_paths import complete_board_path, complete_copied
from belay_cli.completing.ports import complete_kept, complete_port, complete_profile
from belay_cli.completing.remote import complete_remote
from belay_pm.command_line.completion.files import complete_file
from belay_pm.completing import SOURCES as PM_SOURCES

__all__ = ["SOURCES"]

SOURCES = {
    **PM_SOURCES,
    "PORT": complete_port,
    "SCRIPT": lambda asked: complete_file(asked, endings=(".py",)),
    "edit FILE": complete_board_path,
    "fs PATH": complete_board_path,
    "fs SOURCE": complete_board_path,
    "fs TARGET": complete_board_path,
    "fs cp SOURCE": complete_copied,
    "fs cp TARGET": complete_copied,
    "mip FOLDER": complete_board_path,
    "mount PATH": lambda _: (),
    "remote": complete_remote,
    "romfs SOURCE": complete_file,
    "sim NAME": complete_kept,
    "sim PROFILE": complete_profile,
    "sync FOLDER": complete_file,
    "sync PATH": complete_board_path,
}
"""What the help calls a value -> what it can be."""
