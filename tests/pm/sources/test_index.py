from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from belay_pm.errors import ManifestError, NotFoundError
from belay_pm.sources.http import Web
from belay_pm.sources.index import Index
from belay_pm.store import Store
from belay_pm.versions import Unlisted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.pm.conftest import WebServer


def listing(**versions: list[str]) -> bytes:
    """Return an `index.json`."""
    packages = [{"name": name, "versions": {"py": each, "6": each[:1]}} for name, each in versions.items()]
    return json.dumps({"v": 2, "packages": packages}).encode()


@pytest.fixture
def web() -> Iterator[Web]:
    """Ask the web, once each time."""
    with Web(Store(), attempts=1) as web:
        yield web


def test_versions_are_newest_first(web: Web, server: WebServer) -> None:
    """They are those of the wanted kind, by number and not by letter; the list is asked for once."""
    server.pages["/pi/index.json"] = listing(ssl=["0.2.0", "0.10.0", "0.9.1"])
    index = Index(web, [f"{server.url}/pi"], mpy="py")

    assert index.versions("ssl") == ("0.10.0", "0.9.1", "0.2.0")
    assert index.versions("ssl")[0] == "0.10.0"
    assert Index(web, [f"{server.url}/pi"], mpy="6").versions("ssl") == ("0.2.0",)
    assert server.paths() == ["/pi/index.json", "/pi/index.json"]


def test_the_first_index_that_knows_a_name_is_asked(web: Web, server: WebServer) -> None:
    """A project's own index comes before that of micropython-lib, where it stands before it."""
    server.pages |= {
        "/own/index.json": listing(ssl=["9.0"]),
        "/pi/index.json": listing(ssl=["0.1"], hmac=["0.2"]),
        "/own/package/py/ssl/9.0.json": b"{}",
        "/pi/package/py/hmac/0.2.json": b"[]",
    }
    index = Index(web, [f"{server.url}/own", f"{server.url}/pi"], mpy="py")

    assert index.versions("ssl") == ("9.0",)
    assert index.versions("hmac") == ("0.2",)
    assert index.package("ssl", "9.0").base == f"{server.url}/own"
    assert index.package("hmac", "0.2") == (
        f"{server.url}/pi",
        f"{server.url}/pi/package/py/hmac/0.2.json",
        b"[]",
    )
    assert "/own/package/py/hmac/0.2.json" not in server.paths()


def test_an_index_without_a_list_has_the_latest(web: Web, server: WebServer) -> None:
    """Files alone are an index too; what is newest says its version itself."""
    server.pages["/pi/package/py/ssl/latest.json"] = b'{"version": "0.3"}'

    assert Index(web, [f"{server.url}/pi"], mpy="py").versions("ssl") == ("0.3",)


@pytest.mark.parametrize(
    ("wanted", "versions"),
    [("0.2", ("0.3", "0.2")), (">=0.1,==0.2", ("0.3", "0.2")), ("==0.1", ("0.3",)), ("^0.2", ("0.3",))],
)
def test_an_index_without_a_list_is_asked_for_a_version(
    web: Web, server: WebServer, wanted: str, versions: tuple[str, ...]
) -> None:
    """One that is wanted exactly is there or not; of all others nobody knows, which is told by the type."""
    server.pages |= {
        "/pi/package/py/ssl/latest.json": b'{"version": "0.3"}',
        "/pi/package/py/ssl/0.2.json": b"{}",
    }

    found = Index(web, [f"{server.url}/pi"], mpy="py").versions("ssl", wanted=wanted)

    assert (found, type(found)) == (versions, Unlisted)


def test_a_name_that_nobody_has_is_told_with_the_nearest(web: Web, server: WebServer) -> None:
    """The error says who was asked."""
    server.pages["/pi/index.json"] = listing(umqtt=["1.0"])
    index = Index(web, [f"{server.url}/pi"], mpy="py")

    with pytest.raises(NotFoundError, match="no package `umqt` in the index `http") as caught:
        index.versions("umqt")

    assert caught.value.hint == "did you mean `umqtt`?"


@pytest.mark.parametrize(
    ("mpy", "shown"), [("py", "`ssl` with its source"), ("6", "`ssl` of `.mpy` format 6")]
)
def test_a_name_that_is_there_in_another_form_alone(
    web: Web, server: WebServer, mpy: str, shown: str
) -> None:
    """The form is told, and the name is no near miss of itself."""
    told = {"name": "ssl", "versions": {"5": ["1.0"]}, "description": ""}
    server.pages["/pi/index.json"] = json.dumps({"packages": [told]}).encode()

    with pytest.raises(NotFoundError, match=rf"There is no package {shown} in the index `") as caught:
        Index(web, [f"{server.url}/pi"], mpy=mpy).versions("ssl")

    assert caught.value.hint is None


def test_no_index_at_all(web: Web) -> None:
    """Whoever empties the list of indexes is told that nobody was asked."""
    with pytest.raises(NotFoundError, match="There is no index to ask for `ssl`: `package_indices` is empty"):
        Index(web, [], mpy="py").versions("ssl")


def test_a_version_that_nobody_has_is_told(web: Web, server: WebServer) -> None:
    """A name with dots and slashes asks for nothing above the index."""
    index = Index(web, [f"{server.url}/pi"], mpy="py")

    with pytest.raises(NotFoundError, match=r"no version 1\.0 of `\.\./x`"):
        index.package("../x", "1.0")

    assert server.paths() == ["/pi/index.json", "/pi/package/py/..%2Fx/1.0.json"]


@pytest.mark.parametrize("content", [b"{", b"[]", b"[" * 100_000])
def test_a_list_that_is_none_is_refused(web: Web, server: WebServer, content: bytes) -> None:
    """An index that sends something else is told."""
    server.pages["/pi/index.json"] = content

    with pytest.raises(ManifestError, match=r"index\.json` is not"):
        Index(web, [f"{server.url}/pi"], mpy="py").versions("ssl")


@pytest.mark.parametrize(
    "package", [3, {}, {"name": 3, "versions": {}}, {"name": "x", "versions": {"py": 3}}]
)
def test_a_damaged_line_of_a_list_harms_no_other(web: Web, server: WebServer, package: object) -> None:
    """What one package says wrong leaves only that one out."""
    told = json.loads(listing(ssl=["1.0"]))
    told["packages"].insert(0, package)
    server.pages["/pi/index.json"] = json.dumps(told).encode()

    assert Index(web, [f"{server.url}/pi"], mpy="py").versions("ssl") == ("1.0",)
