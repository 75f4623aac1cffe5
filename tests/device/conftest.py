"""Devices for the tests of the device runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import belay


@pytest.fixture
def device(board: belay.Device) -> belay.Device:
    """A fresh simulated board: the plugin's, by the name that these tests call it."""
    return board
