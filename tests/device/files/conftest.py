"""What the tests of files share: boards that lack something, and a cache that is nobody's."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from belay.output import OutputWriter
from belay.runtime import Runtime
from belay_transport.opening import open_link
from belay_transport.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

WITHOUT = """
import builtins
def without(*names):
    real = builtins.__import__
    def import_(name, *args):
        if name in names:
            raise ImportError("no module named '" + name + "'")
        return real(name, *args)
    builtins.__import__ = import_
"""
# A module that is built in cannot be removed, but not to be imported is as good.


@contextmanager
def _board_after(before: str = "", *, address: str = "sim:", timeout_s: float = 10.0) -> Iterator[Runtime]:
    session = Session(open_link(address), timeout_s=timeout_s)
    try:
        session.enter()
        assert session.run(WITHOUT + before) == ""
        runtime = Runtime(session, OutputWriter(None), description="the board")
        runtime.connect("")
        yield runtime
    finally:
        session.close()


@pytest.fixture(scope="session")
def board_after() -> Callable[..., AbstractContextManager[Runtime]]:
    """Connects to a board on which some code has run before; `without("name", …)` takes modules away there."""
    return _board_after


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing is kept in the folder of the person who runs the tests."""
    monkeypatch.setenv("BELAY_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
