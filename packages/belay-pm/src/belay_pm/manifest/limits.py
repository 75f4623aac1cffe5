"""How much a manifest may say: far more than any of micropython's, and little enough for any computer."""

from __future__ import annotations

__all__ = [
    "MOST_CALLS",
    "MOST_FILES",
    "MOST_ITEMS",
    "MOST_LEVELS",
    "MOST_LIBRARIES",
    "MOST_MANIFESTS",
    "MOST_OPERATORS",
    "MOST_PROBLEMS",
    "MOST_STEPS",
    "MOST_TAKEN",
    "MOST_TEXT",
    "MOST_WORK",
]

MOST_TEXT = 256 << 10
"""Bytes of one manifest: the longest in micropython-lib has 3000."""

MOST_OPERATORS = 500
"""Operators in one statement; Python's own parser descends once for each, on the computer's stack."""

MOST_ITEMS = 10_000
"""Values, and characters divided by 16, in one value: a list may name every file of a large package."""

MOST_LEVELS = 50
"""Expressions in expressions, statements in statements, manifests in manifests."""

MOST_STEPS = 20_000
"""Statements that one manifest runs, each turn of a loop counted."""

MOST_CALLS = 5_000
"""Calls that one manifest makes."""

MOST_MANIFESTS = 500
"""Manifests that include or require each other: micropython-lib has 161."""

MOST_FILES = 5_000
"""Files of one manifest and all that it includes."""

MOST_PROBLEMS = 50
"""Problems that are told before the rest is not looked for."""

MOST_TAKEN = 20_000
"""How often files are given, one file many times or not: looking at each costs a computer some time."""

MOST_LIBRARIES = 50
"""Folders that are searched for packages: micropython-lib has 4."""

MOST_WORK = 1_000_000
"""Values, counted as in `MOST_ITEMS`, that all expressions of one manifest have together."""
