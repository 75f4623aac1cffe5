from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Result = tuple[int, str, str]


@pytest.mark.parametrize("word", ["0", "0.001"])
def test_it_waits_and_says_nothing(command: Callable[..., Result], word: str) -> None:
    """A number of seconds, whole or not, is waited for."""
    assert command("sleep", word) == (0, "", "")


@pytest.mark.parametrize("word", ["x", "nan", "inf", "3e9"])
def test_what_is_no_number_of_seconds(command: Callable[..., Result], word: str) -> None:
    """It is misuse, and nothing is waited for."""
    assert command("sleep", word) == (
        2,
        "",
        (
            f"error: `{word}` is no number of seconds from 0 to 2000000\n\n"
            "hint: write it as in `belay sleep 0.5`\n"
        ),
    )


def test_a_number_that_is_missing(command: Callable[..., Result]) -> None:
    """It is asked for."""
    assert command("sleep") == (
        2,
        "",
        "error: `SECONDS` is missing\n\nhint: write it as in `belay sleep 0.5`\n",
    )
