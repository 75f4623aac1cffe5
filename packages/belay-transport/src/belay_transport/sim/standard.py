"""Keeps the numbers of stdin, stdout and stderr for these, in a process that was started without them.

A descriptor of ours with such a number would be taken for the stream, and lost when a process is started.
"""

from __future__ import annotations

import os

__all__ = ["fill_standard_descriptors", "free"]

_LAST_STANDARD = 2


def fill_standard_descriptors() -> list[int]:
    """Open what is closed of the three, on nothing; return those that were opened."""
    opened = []
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _LAST_STANDARD:
        opened.append(descriptor)
    os.close(descriptor)
    return opened


def free(descriptors: list[int]) -> None:
    """Close what was opened."""
    for descriptor in descriptors:
        os.close(descriptor)
