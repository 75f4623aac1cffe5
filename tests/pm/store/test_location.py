from __future__ import annotations

import sys
from pathlib import Path

import pytest

from belay_pm.store import cache_folder


@pytest.mark.parametrize(
    ("platform", "variable", "value", "folder"),
    [
        ("linux", "XDG_CACHE_HOME", "/var/xdg", "/var/xdg/belay/v1"),
        ("linux", "XDG_CACHE_HOME", "relative", "{home}/.cache/belay/v1"),
        ("linux", "XDG_CACHE_HOME", "", "{home}/.cache/belay/v1"),
        ("darwin", "XDG_CACHE_HOME", "", "{home}/Library/Caches/belay/v1"),
        ("win32", "LOCALAPPDATA", "/users/me/AppData/Local", "/users/me/AppData/Local/belay/v1"),
        ("linux", "BELAY_CACHE_DIR", "/elsewhere", "/elsewhere/v1"),
        ("linux", "BELAY_CACHE_DIR", "here", "{work}/here/v1"),
    ],
)
def test_the_cache_lies_where_the_manual_says(
    platform: str, variable: str, value: str, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each system has its place, `BELAY_CACHE_DIR` wins, and all of ours is in a folder of its own there."""
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv(variable, value)

    found = cache_folder()

    assert found == Path(folder.format(home=Path.home(), work=Path.cwd()))
