"""Websites of a house whose certificates only that house knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from belay_pm.errors import SourceError
from belay_pm.sources.http import Web
from belay_pm.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    import trustme

    from conftest import WebServer


def test_a_certificate_that_nobody_knows_is_refused(secure_server: WebServer) -> None:
    """Nothing is asked, and the error says what the house has to do."""
    secure_server.pages["/a"] = b"hello"

    with Web(Store()) as web, pytest.raises(SourceError, match=r"/a` cannot be trusted: ") as caught:
        web.get(f"{secure_server.url}/a")

    assert caught.value.hint == (
        "`REQUESTS_CA_BUNDLE` names a file with the certificates of a house of its own"
    )
    assert secure_server.asked == []


def test_the_certificates_of_a_house_are_taken(
    secure_server: WebServer, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of them, named as the HTTP client has it named, is enough."""
    secure_server.pages["/a"] = b"hello"
    known = tmp_path / "house.pem"
    authority.cert_pem.write_to_path(str(known))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(known))

    with Web(Store()) as web:
        content = web.get(f"{secure_server.url}/a")

    assert content == b"hello"
