"""The options of a sync: what cannot mean anything is refused before the board is spoken to."""

from __future__ import annotations

from typing import Any

import pytest

from belay.exceptions import BelayException
from belay.files.checking import check_sync_options
from belay.files.keeping import kept


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("minify", "yes", TypeError),
        ("mpy", "no", TypeError),
        ("dry_run", None, TypeError),
        ("minfy", True, TypeError),
        ("dst", 3, TypeError),
        ("ignore", 3, TypeError),
        ("ignore", b"*.py", TypeError),
        ("mpy_cross_binary", 3, TypeError),
        ("progress_update", 3, TypeError),
        ("opt", "x", TypeError),
        ("opt", True, TypeError),
        ("opt", 4, ValueError),
        ("opt", 2, ValueError),
        ("keep", 3, TypeError),
        ("keep", [3], TypeError),
        ("keep", "", ValueError),
        ("keep", ["data", "*.py"], ValueError),
        ("keep", "lib/?.py", ValueError),
    ],
)
def test_an_option_that_means_nothing_is_named(name: str, value: object, error: type[Exception]) -> None:
    """The error is Belay's and Python's own at once, and names the option."""
    options: dict[str, Any] = {"dst": "/", "ignore": None, name: value}

    with pytest.raises(error, match=f"^`{name}`") as caught:
        check_sync_options(**options)

    assert isinstance(caught.value, BelayException)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"minify": 0, "keep": True, "ignore": "*.txt", "opt": 0},
        {"mpy": True, "opt": 3, "keep": ("lib", "/data")},
        {"mpy_cross_binary": "mpy-cross", "opt": {"lib/*": 3}},
        {"mpy": 1, "opt": len, "progress_update": print},
    ],
)
def test_options_that_mean_something_pass(options: dict[str, Any]) -> None:
    """Nothing that the documentation shows is refused."""
    check_sync_options(**{"dst": "/", "ignore": None, **options})


def test_brackets_are_a_name() -> None:
    """`a[1].txt` is a name that computers make, so it can be kept."""
    assert kept("a[1].txt").paths == ("/a[1].txt",)
