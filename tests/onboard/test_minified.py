"""The files that run on the board."""

from __future__ import annotations

from importlib.resources import files

import pytest

from belay.onboard import board_code

NAMES = sorted(
    entry.name.removesuffix(".py")
    for entry in files("belay").joinpath("_onboard").iterdir()
    if entry.name.endswith(".py")
)


@pytest.mark.parametrize("name", NAMES)
def test_each_file_is_made_small(name: str) -> None:
    """No comment and no empty line of a board file goes over the wire, and a level is one space."""
    code = board_code(name)

    assert code.endswith("\n")
    assert "\n\n" not in code
    assert "#" not in code
    assert min(len(line) - len(line.lstrip()) for line in code.splitlines() if line.startswith(" ")) == 1
