"""What every test gets: no settings of the person who runs it, and no colour."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None)  # no timed asserts: the machine may be busy
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No board of the person's, no colour."""
    monkeypatch.delenv("BELAY_DEVICE", raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
