"""Texts that are sent together."""

from __future__ import annotations

import pytest

from belay.portions import portions


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], []),
        (["abcde"], [["abcde"]]),
        (["a", "b", "cd"], [["a", "b", "cd"]]),
        (["a", "b", "cde"], [["a", "b"], ["cde"]]),
        (["a", "abcde", "b"], [["a"], ["abcde"], ["b"]]),
        (["", "abcd", ""], [["", "abcd", ""]]),
    ],
)
def test_portions_are_as_large_as_they_may_be(texts: list[str], expected: list[list[str]]) -> None:
    """The order stays, no portion is longer than it may be but a text alone, and none is empty."""
    assert list(portions(texts, 4)) == expected
