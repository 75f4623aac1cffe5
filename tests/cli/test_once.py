"""`--port` several times where one board is meant: nothing is done on any."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

COMMANDS = [
    ["eval", "6 * 7"],
    ["terminal"],
    ["mount", "src"],
    ["fs", "ls"],
    ["fs", "tree"],
    ["fs", "cat", "a"],
    ["fs", "cp", "a", ":"],
    ["fs", "mv", "a", "b"],
    ["fs", "rm", "-r", "--everything", "/"],
    ["fs", "mkdir", "a"],
    ["fs", "rmdir", "a"],
    ["fs", "touch", "a"],
    ["fs", "sha256sum", "a"],
    ["fs", "df"],
    ["fs", "du"],
    ["edit", "a"],
    ["mip", "install", "a"],
    ["mip", "list"],
    ["mip", "remove", "a"],
    ["rtc"],
    ["reset"],
    ["soft-reset"],
    ["bootloader"],
    ["latency"],
    ["doctor"],
    ["romfs", "query"],
    ["romfs", "deploy", "a"],
]


def told(times: str, ports: str) -> str:
    """What is said, but for the hint."""
    return f"error: `--port` is given {times}, and the command takes one: {ports}\n\n"


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_two_boards_for_a_command_that_takes_one(
    command: Callable[..., tuple[int, str, str]], words: list[str]
) -> None:
    """Both are named, and none of them is opened."""
    assert command(*words, "-p", "sim:w", "--port", "COM9") == (
        2,
        "",
        f"{told('twice', '`sim:w` and `COM9`')}hint: leave one of them out\n",
    )


def test_three_boards(command: Callable[..., tuple[int, str, str]]) -> None:
    """All of them are named."""
    assert command("rtc", "-pa", "-p", "b", "--port=c") == (
        2,
        "",
        f"{told('3 times', '`a` and `b` and `c`')}hint: leave all but one out\n",
    )


def test_two_passwords_are_not_shown(command: Callable[..., tuple[int, str, str]]) -> None:
    """A screen is no place for a password."""
    assert command("rtc", "sim:", "--password", "one", "--password", "two") == (
        2,
        "",
        "error: `--password` is given twice, and the command takes one\n\nhint: leave one of them out\n",
    )
