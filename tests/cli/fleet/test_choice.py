"""Which words mean many boards, and which make no sense together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from belay_cli.fleet.choice import Choice
from belay_pm.command_line.errors import MisuseError

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("choice", "is_many", "port"),
    [
        (Choice(), False, None),
        (Choice(["sim:"]), False, "sim:"),
        (Choice(["sim:", "sim:"]), True, None),
        (Choice(every=True), True, None),
        (Choice(usb=["2e8a:5"]), True, None),
        (Choice(ids=["ab"]), True, None),
    ],
)
def test_one_board_or_many(choice: Choice, *, is_many: bool, port: str | None) -> None:
    """One `--port` is one board, as it ever was; everything more is a fleet."""
    assert (choice.is_many, choice.port) == (is_many, port)


@pytest.mark.parametrize(
    ("choice", "word", "message", "hint"),
    [
        (
            Choice(["COM1"], every=True),
            None,
            "Boards are named twice: `--all` and `--port COM1`",
            "leave one of them out",
        ),
        (Choice(every=True), "COM1", "Boards are named twice: `COM1` and `--all`", "leave one of them out"),
        (
            Choice(["COM2", "COM3"]),
            "COM1",
            "Boards are named twice: `COM1` and `--port COM2`",
            "leave one of them out",
        ),
        (
            Choice(usb=["2e8a:5"]),
            None,
            "`--usb` chooses among all boards",
            "write `--all` in front of `--usb`",
        ),
        (Choice(ids=["ab"]), "COM1", "`--id` chooses among all boards", "write `--all` in front of `--id`"),
    ],
)
def test_boards_are_named_in_one_way(choice: Choice, word: str | None, message: str, hint: str) -> None:
    """Two ways at once contradict each other."""
    with pytest.raises(MisuseError) as caught:
        choice.check(word)

    assert (str(caught.value), caught.value.hint) == (message, hint)


@pytest.mark.parametrize("command_line", ["exec 1", "run main.py", "sync src", "install", "info"])
def test_every_command_of_a_fleet_refuses_the_same(command: Callable[..., object], command_line: str) -> None:
    """The five commands take the same options, and tell the same before anything is opened."""
    name, *words = command_line.split()
    from pathlib import Path  # noqa: PLC0415 - the script is there only for `run`

    Path("main.py").touch()
    Path("src").mkdir()
    Path("pyproject.toml").write_text("[tool.belay]\nname = 'app'\n")

    assert command(name, "--all", "-p", "COM99", *words) == (
        2,
        "",
        "error: Boards are named twice: `--all` and `--port COM99`\n\nhint: leave one of them out\n",
    )
