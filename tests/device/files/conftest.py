"""What the tests of files share: a cache that is nobody's."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing is kept in the folder of the person who runs the tests."""
    monkeypatch.setenv("BELAY_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
