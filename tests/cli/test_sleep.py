"""Waiting between two commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def test_it_waits_and_ends(command: Callable[..., object]) -> None:
    """Nothing is said; no time at all is a time too."""
    assert command("sleep", "0") == command("sleep", "0.01") == (0, "", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("soon",), "it is `soon`"),
        (("nan",), "it is `nan`"),
        (("1e99",), "it is `1e99`"),
        (("--", "-1"), "it is `-1`"),
    ],
)
def test_what_is_no_time(command: Callable[..., Any], words: tuple[str, ...], said: str) -> None:
    """It is misuse, and nothing is waited for."""
    told = command("sleep", *words)

    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr.startswith("error: SECONDS is a number from 0 to ")
    assert f", and {said}\n\nhint: " in told.stderr
