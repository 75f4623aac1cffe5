from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Result = tuple[int, str, str]


def test_the_clock_is_set_and_shown(command: Callable[..., Result], board: str) -> None:
    """`--set --utc` makes it UTC, and the next command still sees that."""
    before = datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)

    exit_code, stdout, stderr = command("rtc", "--set", "--utc", board)
    shown = datetime.fromisoformat(json.loads(command("rtc", board, "--json")[1]))

    assert (exit_code, stderr) == (0, "")
    assert before <= datetime.fromisoformat(stdout.strip()) <= shown < before + timedelta(minutes=5)


@pytest.mark.parametrize("words", [("rtc",), ("rtc", "--set")])
def test_a_board_without_such_a_clock(command: Callable[..., Result], words: tuple[str, ...]) -> None:
    """It is told in a sentence, with what shows the time there."""
    assert command(*words, "sim:?personality=circuitpython") == (
        1,
        "",
        (
            "error: The board's circuitpython has no clock in `machine`: "
            "ImportError: no module named 'machine'\n\n"
            "hint: `belay exec 'import time; print(time.localtime())'` prints what a board knows of the time\n"
        ),
    )


def test_utc_is_for_setting(command: Callable[..., Result]) -> None:
    """A clock that is only shown has no time zone that could be asked for."""
    assert command("rtc", "--utc", "COM99") == (
        2,
        "",
        "error: `--utc` is given without `--set`\n\nhint: `belay rtc --set --utc` sets the clock to UTC\n",
    )


def test_latency_in_every_form(command: Callable[..., Result], board: str, folder: Path) -> None:
    """Five figures, as many calls as asked for, in a file as well."""
    lines = command("latency", "-t", board)[1].splitlines()
    exit_code, stdout, stderr = command("latency", board, "-c", "3", "-v", "-o", "calls.csv", "--json")
    facts = json.loads(stdout)

    assert [line.split()[0] for line in lines] == ["min", "max", "average", "median", "stdev"]
    assert (exit_code, len(stderr.splitlines())) == (0, 3)
    header, *calls = (folder / "calls.csv").read_text().splitlines()
    assert (header, list(map(float, calls))) == ("latency_ms", facts["latency_ms"])
    assert facts["min"] == min(facts["latency_ms"])


@pytest.mark.parametrize("words", [("-c", "0"), ("-c", "x"), ("COM98", "-p", "COM99")])
def test_what_latency_cannot_measure(command: Callable[..., Result], words: tuple[str, ...]) -> None:
    """It is misuse, and no board is opened."""
    exit_code, stdout, stderr = command("latency", *words)

    assert (exit_code, stdout) == (2, "")
    assert stderr.startswith("error: ")


def test_a_file_of_something_else_stays(command: Callable[..., Result], folder: Path) -> None:
    """Only a CSV of an earlier measurement, or an empty file, is replaced."""
    (folder / "notes.txt").write_text("important\n")
    (folder / "old.csv").write_text("latency_ms\n1.0\n")

    assert command("latency", "COM99", "-o", "notes.txt") == (
        2,
        "",
        (
            "error: `notes.txt` is there already, and is no CSV of `belay latency`\n\n"
            "hint: give `-o` another name, or remove that file\n"
        ),
    )
    assert (folder / "notes.txt").read_text() == "important\n"
    assert command("latency", "sim:", "-c", "1", "-o", "old.csv")[0] == 0
    assert (folder / "old.csv").read_text() != "latency_ms\n1.0\n"


@pytest.mark.parametrize(
    ("path", "trouble"),
    [
        ("none/calls.csv", "cannot be written: `none` is not there"),
        (".", "is a folder"),
        ("", "is empty"),
        ("calls.txt/calls.csv", "cannot be written: `calls.txt` is no folder"),
    ],
)
def test_a_file_for_calls_that_cannot_be_written(
    command: Callable[..., Result], folder: Path, path: str, trouble: str
) -> None:
    """It is told before a board is opened: what was measured would be lost."""
    (folder / "calls.txt").touch()

    assert command("latency", "COM99", "-o", path) == (
        2,
        "",
        f"error: `{path or '-o'}` {trouble}\n\nhint: give `-o` a file, as in `-o latency.csv`\n",
    )
