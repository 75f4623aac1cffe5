"""`belay-pm search`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.pm.conftest import WebServer

    from .conftest import Result

PACKAGES = [
    {
        "name": "aioble",
        "description": "Bluetooth for\nasyncio",
        "versions": {"py": ["0.5", "0.6"], "6": ["0.6"]},
    },
    {"name": "umqtt.simple", "description": "MQTT client", "versions": {"py": ["1.3.4"]}},
    {"name": "compiled", "description": "Only bluetooth", "versions": {"6": ["1.0"]}},
    {"name": "mqtt-tools", "versions": {"py": ["0.1"]}},
]


@pytest.fixture
def index(server: WebServer, folder: Path) -> WebServer:
    """A project with an index of its own."""
    server.pages["/pi/index.json"] = json.dumps({"v": 2, "packages": PACKAGES}).encode()
    (folder / "pyproject.toml").write_text(f'[tool.belay]\npackage_indices = ["{server.url}/pi"]\n')
    return server


@pytest.mark.usefixtures("index")
def test_words_in_names_and_descriptions(typed: Callable[..., Result]) -> None:
    """Those with a word in their name come first; only packages with files of the wanted kind are told."""
    assert typed("search", "MQTT") == (0, "mqtt-tools 0.1\numqtt.simple 1.3.4  MQTT client\n", "")
    assert typed("search", "bluetooth") == (0, "aioble 0.6  Bluetooth for asyncio\n", "")
    assert typed("search", "mqtt", "client") == (0, "umqtt.simple 1.3.4  MQTT client\n", "")
    assert json.loads(typed("search", "aio", "--json").stdout) == [
        {"name": "aioble", "version": "0.6", "description": "Bluetooth for asyncio"}
    ]


@pytest.mark.usefixtures("index")
def test_nothing(typed: Callable[..., Result]) -> None:
    """It is a failure, with the nearest name; for programs, an empty list."""
    assert typed("search", "aiobel") == (
        1,
        "",
        "error: No package has `aiobel` in its name or description\n\nhint: did you mean `aioble`?\n",
    )
    assert typed("search", "aiobel", "--json") == (0, "[]\n", "")


@pytest.mark.parametrize(
    ("key", "words"), [("package_indices", ()), ("circuitpython_bundles", ("--circuitpython",))]
)
def test_nowhere(folder: Path, typed: Callable[..., Result], key: str, words: tuple[str, ...]) -> None:
    """A project that names no index cannot search one."""
    (folder / "pyproject.toml").write_text(f"[tool.belay]\n{key} = []\n")

    assert typed("search", "x", *words) == (
        1,
        "",
        f"error: There is nothing to search: `{key}` is empty\n\nhint: name one there, or leave `{key}` out\n",
    )


def test_what_a_stranger_wrote(index: WebServer, typed: Callable[..., Result]) -> None:
    """A description cannot command the screen that it is shown on."""
    package = {"name": "loud", "description": "\x1b]0;title\x07loud", "versions": {"py": ["1.0"]}}
    index.pages["/pi/index.json"] = json.dumps({"v": 2, "packages": [package]}).encode()

    assert typed("search", "loud").stdout == "loud 1.0  ?]0;title?loud\n"


def test_an_index_without_a_list(index: WebServer, folder: Path, typed: Callable[..., Result]) -> None:
    """Indexes are searched in order; one that nobody can search is named."""
    indexes = [f"{index.url}/fork", f"{index.url}/own", f"{index.url}/pi"]
    own = {"name": "aioble", "versions": {"py": ["9.0"]}}
    index.pages["/own/index.json"] = json.dumps({"v": 2, "packages": [own]}).encode()
    (folder / "pyproject.toml").write_text(f"[tool.belay]\npackage_indices = {json.dumps(indexes)}\n")

    assert typed("search", "aioble") == (
        0,
        "aioble 9.0\n",
        f"note: `{indexes[0]}` has no list of its packages, and cannot be searched\n",
    )


def test_offline(index: WebServer, typed: Callable[..., Result]) -> None:
    """The list is that of the last time; without one it is said."""
    before = typed("search", "mqtt", "--offline")
    typed("search", "mqtt")
    index.pages.clear()
    after = typed("search", "mqtt", "--offline")

    assert before.exit_code == 1
    assert "is not in the cache" in before.stderr
    assert after.exit_code == 0


def test_bundles(server: WebServer, folder: Path, typed: Callable[..., Result]) -> None:
    """`--circuitpython` searches the libraries of bundles."""
    server.pages |= {
        "/b/releases/latest": server.reply(b"", 302, {"Location": f"{server.url}/b/releases/tag/7"}),
        "/b/releases/tag/7": b"",
        "/b/releases/download/7/b-7.json": json.dumps(
            {"neopixel": {"package": False, "version": "6.3", "pypi_description": "LEDs"}}
        ).encode(),
    }
    (folder / "pyproject.toml").write_text(f'[tool.belay]\ncircuitpython_bundles = ["{server.url}/b"]\n')

    assert typed("search", "--circuitpython", "led") == (0, "neopixel 6.3  LEDs\n", "")
