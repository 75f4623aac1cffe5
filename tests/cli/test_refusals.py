"""What this computer refuses: told in a sentence, with what helps, by whichever command comes upon it."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from belay.exceptions import HostFileError, board_exception
from belay_cli.failures import RULES
from belay_pm.command_line.failures import failure_for
from belay_pm.command_line.table import Failure

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows")

LONG = "x" * 300

REFUSED = "File name too long\n\nhint: give it a shorter name\n"


@pytest.mark.parametrize(
    ("command_line", "exit_code", "told"),
    [
        ("romfs build LONG", 1, f"`LONG` cannot be used: {REFUSED}"),
        ("romfs build src -o LONG", 1, f"Writing `LONG` failed: {REFUSED}"),
        ("romfs deploy sim: LONG", 1, f"`LONG` cannot be used: {REFUSED}"),
        ("fs cp -p sim: LONG :", 1, f"`LONG` cannot be used: {REFUSED}"),
        ("fs cp -p sim: src/a.py :LONG", 1, "`/LONG` has a name of 300 bytes; a board has at most 255"),
        ("fs cp -p sim: -r :/ LONG", 1, f"`LONG` cannot be used: {REFUSED}"),
        ("edit -p sim: LONG", 1, "`/LONG` has a name of 300 bytes; a board has at most 255"),
        ("run sim: LONG.py", 2, "`LONG.py` cannot be run: "),
        ("run -p sim: -p sim: LONG.py", 2, "`LONG.py` cannot be run: "),
        ("install sim: --run LONG", 2, "`LONG` cannot be read: File name too long\n\nhint: "),
        ("install -p sim: -p sim: --run LONG", 2, "`LONG` cannot be read: File name too long\n\nhint: "),
        ("install sim: --main LONG", 1, f"The main script `LONG` cannot be read: {REFUSED}"),
        ("install -p sim: -p sim: --main LONG", 1, f"The main script `LONG` cannot be read: {REFUSED}"),
        ("sync sim: LONG", 1, "`LONG` cannot be read: File name too long\n\nhint: "),
        ("sync -p sim: -p sim: LONG", 1, "`LONG` cannot be read: File name too long\n\nhint: "),
        ("sync sim: src --mpy-cross-binary LONG", 2, "`--mpy-cross-binary LONG` is neither"),
        (
            "mount sim: LONG -e 1",
            2,
            "`LONG` cannot be mounted: it cannot be read: File name too long\n\nhint: ",
        ),
        ("latency sim: -o LONG", 2, "`LONG` cannot be written: File name too long\n\nhint: "),
        ("mip install -p sim: ./LONG.py", 1, "cannot be used: File name too long"),
        ("manifest show LONG", 1, f"`LONG` cannot be used: {REFUSED}"),
        ("bundle LONG", 1, f"Writing `LONG` failed: {REFUSED}"),
        ("init LONG", 1, REFUSED),
        ("sim --disk LONG", 1, "cannot be opened: File name too long"),
    ],
)
def test_a_name_that_no_file_can_have(
    command: Callable[..., Any], folder: Path, command_line: str, exit_code: int, told: str
) -> None:
    """An error that says what was refused and what helps; never a traceback, and nothing on stdout."""
    (folder / "src").mkdir()
    (folder / "src" / "a.py").touch()
    (folder / "app").mkdir()
    (folder / "pyproject.toml").write_text("[tool.belay]\nname = 'app'\n")

    ended = command(*command_line.replace("LONG", LONG).split())

    assert (ended.exit_code, ended.stdout) == (exit_code, "")
    assert told.replace("LONG", LONG) in ended.stderr
    assert "hint: " in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_refusal_that_is_the_cause_tells_what_helps() -> None:
    """An error of ours without a hint of its own has one by what this computer said."""
    error = HostFileError("`a.py` cannot be read")
    error.__cause__ = PermissionError(errno.EACCES, "Permission denied", "a.py")

    assert failure_for(RULES, error) == Failure(
        1, "`a.py` cannot be read", "`ls -ld` with the path shows who may"
    )


def test_a_refusal_of_a_board_is_not_this_computers() -> None:
    """What `ls` lists here is no help for what is missing there."""
    error = HostFileError("copying failed")
    error.__cause__ = board_exception("Traceback (most recent call last):\nOSError: [Errno 2] ENOENT\n")

    assert failure_for(RULES, error) == Failure(1, "copying failed", None)


def test_a_disk_that_is_full_has_no_name() -> None:
    """The system names no file then, and it is no defect of ours."""
    error = OSError(errno.ENOSPC, "No space left on device")

    assert failure_for(RULES, error) == Failure(
        1, "This computer cannot go on: No space left on device", "`df -h` shows which disk is full"
    )


def test_another_error_of_no_file_is_a_defect() -> None:
    """Its traceback is wanted."""
    assert failure_for(RULES, OSError(errno.EIO, "Input/output error")) is None
