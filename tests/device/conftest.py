"""Devices for the tests of the device runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import belay

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def device() -> Iterator[belay.Device]:
    """A fresh simulated board."""
    with belay.Device("sim:") as connected:
        yield connected
