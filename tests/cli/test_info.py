from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest


def test_it_prints_one_line(command: Callable[..., tuple[int, str, str]]) -> None:
    """Name, version and platform, as people write them."""
    exit_code, stdout, stderr = command("info", "sim:")

    assert (exit_code, stderr) == (0, "")
    assert re.fullmatch(r"micropython v\d+\.\d+\.\d+ - \w+\n", stdout)


def test_json_has_all_facts(command: Callable[..., tuple[int, str, str]]) -> None:
    """`--json` is an object with everything that the library knows of the board."""
    exit_code, stdout, stderr = command("info", "--port", "sim:", "--json")

    assert (exit_code, stderr) == (0, "")
    facts = json.loads(stdout)
    assert list(facts) == ["name", "version", "platform", "arch", "emitters"]
    assert facts["name"] == "micropython"
    assert len(facts["version"]) == 3


def test_the_board_may_come_from_the_environment(
    command: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`BELAY_DEVICE` names the board when nothing else does."""
    monkeypatch.setenv("BELAY_DEVICE", "sim:")

    assert command("info")[0] == 0


def test_a_board_named_twice_is_misuse(command: Callable[..., object]) -> None:
    """PORT and `--port` together contradict each other."""
    assert command("info", "sim:", "--port", "COM1") == (
        2,
        "",
        "error: The board is named twice: `sim:` and `--port COM1`\n\nhint: leave one of them out\n",
    )


def test_a_port_that_is_not_there(command: Callable[..., tuple[int, str, str]], folder: Path) -> None:
    """A board that cannot be opened is a failure that names it."""
    exit_code, stdout, stderr = command("info", f"{folder}/ttyACM0")

    assert (exit_code, stdout) == (1, "")
    assert stderr.startswith("error: ")
    assert f"{folder}/ttyACM0" in stderr
    assert "\n\nhint: " in stderr
