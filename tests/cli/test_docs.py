"""The manual names what the commands take."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from belay_cli.app import COMMANDS
from belay_pm.command_line.group import ListedCommand

DOCS = Path(__file__).parents[2] / "docs"

_FOR_ALL = ("cli.md", "fleets.md")
"""Pages about options that several commands have."""


@pytest.mark.parametrize("name", [entry.name for entry in COMMANDS if entry.name != "remote"])
def test_each_option_is_on_a_page(name: str) -> None:
    """One that speaks of the command, or of all commands; nobody finds it by its help line alone."""
    entry = next(each for each in COMMANDS if each.name == name)
    loaded = ListedCommand(entry)._loaded()
    texts = {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")}
    about = [text for page, text in texts.items() if page in _FOR_ALL or f"belay {name}" in text]
    options = [
        (option.opts, option.secondary_opts)
        for command in getattr(loaded, "commands", {"": loaded}).values()
        for option in command.params
        if option.param_type_name == "option"
    ]

    missing = [
        given
        for given, denied in options
        if not any(re.search(rf"{word}(?![\w-])", text) for word in (*given, *denied) for text in about)
    ]

    assert missing == []
