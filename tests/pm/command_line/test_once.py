"""Options that take one value, given several times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from belay_pm.app import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["add", "-g", "dev", "--group", "test", "x"],
            "`--group` is given twice, and the command takes one: `dev` and `test`",
        ),
        (
            ["remove", "x", "--group", "dev", "--group=dev"],
            "`--group` is given twice, and the command takes one: `dev` and `dev`",
        ),
    ],
)
def test_none_of_two_values_is_dropped_silently(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    told: str,
) -> None:
    """A command that reads its words itself, and one that is read by its syntax, refuse both."""
    monkeypatch.chdir(tmp_path)

    exit_code = run(words)

    assert (exit_code, *capsys.readouterr()) == (2, "", f"error: {told}\n\nhint: leave one of them out\n")
