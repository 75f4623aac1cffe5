"""CircuitPython bundles: lists, libraries, what they need, and strangers' mistakes."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

import belay
from belay_pm.app import run
from belay_pm.errors import ManifestError, NotFoundError, SourceError
from belay_pm.project import read_project
from belay_pm.sources.bundles import Bundles
from belay_pm.sources.http import Web
from belay_pm.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.pm.conftest import WebServer

TAG = "20261101"
NAME = "adafruit-circuitpython-bundle"


def library(version: str, *needs: str, is_package: bool = False, **more: object) -> dict[str, object]:
    """Return what a bundle's list says of a library."""
    return {"package": is_package, "version": version, "dependencies": list(needs), "path": "lib/x", **more}


def zipped(files: dict[str, bytes], flavour: str = "py") -> bytes:
    """Return a bundle's zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in files.items():
            archive.writestr(f"{NAME}-{flavour}-{TAG}/{path}", content)
    return buffer.getvalue()


def serve(
    server: WebServer,
    libraries: dict[str, Any],  # Any: whatever a stranger says
    files: dict[str, bytes],
    *,
    flavour: str = "py",
    owner: str = "me",
) -> str:
    """Put a bundle on the web, and return its address."""
    base = f"/{owner}/Adafruit_CircuitPython_Bundle"
    releases = f"{base}/releases"
    headers = {"Location": f"{server.url}{releases}/tag/{TAG}"}
    server.pages |= {
        f"{releases}/latest": server.reply(b"", 302, headers),
        f"{releases}/tag/{TAG}": b"a page for people",
        f"{releases}/download/{TAG}/{NAME}-{TAG}.json": json.dumps(libraries).encode(),
        f"{releases}/download/{TAG}/{NAME}-{flavour}-{TAG}.zip": zipped(files, flavour),
    }
    return server.url + base


LIBRARIES = {
    "adafruit_bme280": library(
        "2.6.20", "adafruit_bus_device", is_package=True, pypi_description="A\n sensor"
    ),
    "adafruit_bus_device": library("5.2.9", is_package=True),
    "neopixel": library("6.3.1", "adafruit_bus_device"),
}
FILES = {
    "lib/adafruit_bme280/__init__.py": b"",
    "lib/adafruit_bme280/basic.py": b"import adafruit_bus_device\nname = 'bme280'\n",
    "lib/adafruit_bus_device/__init__.py": b"name = 'bus'\n",
    "lib/neopixel.py": b"name = 'neopixel'\n",
    "examples/neopixel_simpletest.py": b"",
    "requirements/neopixel/requirements.txt": b"",
}


@pytest.fixture
def web() -> Iterator[Web]:
    """Ask the web, once each time."""
    with Web(Store(), attempts=1) as web:
        yield web


def test_a_library_is_its_files_and_what_it_needs(web: Web, server: WebServer) -> None:
    """A package is a folder, a module a file; each names the libraries that it needs."""
    bundles = Bundles(web, [serve(server, LIBRARIES, FILES)], mpy="py")

    assert bundles.versions("adafruit_bme280") == ("2.6.20",)
    found = bundles.library("adafruit_bme280", "2.6.20")
    told = json.loads(found.place.tree.read(found.place.path))
    assert told == {
        "urls": [
            ["adafruit_bme280/__init__.py", "lib/adafruit_bme280/__init__.py"],
            ["adafruit_bme280/basic.py", "lib/adafruit_bme280/basic.py"],
        ],
        "deps": [["circuitpython:adafruit_bus_device", "*"]],
        "version": "2.6.20",
    }
    assert found.resolved.version == "2.6.20"
    assert found.resolved.url.endswith(f"{NAME}-py-{TAG}.zip")
    module = bundles.library("neopixel", "6.3.1").place.tree
    assert [path for path in module.files("") if path != "package.json"] == ["lib/neopixel.py"]
    assert len([path for path in server.paths() if path.endswith(".zip")]) == 1


def test_the_first_bundle_that_has_it(web: Web, server: WebServer) -> None:
    """The order of the project decides."""
    own = serve(server, {"neopixel": library("9.0")}, {}, owner="own")
    bundles = Bundles(web, [own, serve(server, LIBRARIES, FILES)], mpy="py")

    assert bundles.versions("neopixel") == ("9.0",)
    assert bundles.versions("adafruit_bus_device") == ("5.2.9",)
    assert [each.name for each in bundles.libraries()] == [
        "neopixel",
        "adafruit_bme280",
        "adafruit_bus_device",
    ]


def test_compiled_files(web: Web, server: WebServer) -> None:
    """The number of the format chooses the zip; an older release of CircuitPython with the same will do."""
    url = serve(server, LIBRARIES, {"lib/neopixel.mpy": b"C\x06"}, flavour="9.x-mpy")

    found = Bundles(web, [url], mpy="6").library("neopixel", "6.3.1")

    assert found.place.tree.read("lib/neopixel.mpy") == b"C\x06"
    with pytest.raises(NotFoundError, match=r"no zip for `8\.x-mpy`, `7\.x-mpy`"):
        Bundles(web, [url], mpy="5").library("neopixel", "6.3.1")


def test_what_is_not_there(web: Web, server: WebServer) -> None:
    """A name, a version, files and a release that are missing are told apart."""
    url = serve(server, LIBRARIES | {"empty": library("1.0")}, FILES)
    bundles = Bundles(web, [url], mpy="py")

    with pytest.raises(NotFoundError, match="no library `neo_pixel`") as caught:
        bundles.versions("neo_pixel")
    assert caught.value.hint == "did you mean `neopixel`?"
    with pytest.raises(NotFoundError, match=r"has 6\.3\.1 of `neopixel`, and 1\.0 is asked for"):
        bundles.library("neopixel", "1.0")
    with pytest.raises(NotFoundError, match="has no files of `empty`"):
        bundles.library("empty", "1.0")
    with pytest.raises(NotFoundError, match="bundles"):
        Bundles(web, [], mpy="py").versions("x")
    server.pages["/none/releases/latest"] = b"no release"
    with pytest.raises(NotFoundError, match="has no release"):
        Bundles(web, [f"{server.url}/none"], mpy="py").versions("x")


@pytest.mark.parametrize(
    ("libraries", "known"),
    [
        ({"../evil": library("1.0"), "good": library("1.0")}, ["good"]),
        ({"bad": {"package": "yes", "version": 1}, "good": library("1.0")}, ["good"]),
        ({"bad": [], "good": {**library("1.0"), "dependencies": {"x": 1}}}, ["good"]),
    ],
)
def test_a_list_with_nonsense(
    web: Web, server: WebServer, libraries: dict[str, Any], known: list[str]
) -> None:
    """What cannot be understood is left out."""
    bundles = Bundles(web, [serve(server, libraries, {})], mpy="py")

    assert [each.name for each in bundles.libraries()] == known


@pytest.mark.parametrize("content", [b"[]", b"{", b"\xff"])
def test_a_list_that_is_none(web: Web, server: WebServer, content: bytes) -> None:
    """It is an error of ours."""
    url = serve(server, {}, {})
    server.pages[f"/me/Adafruit_CircuitPython_Bundle/releases/download/{TAG}/{NAME}-{TAG}.json"] = content

    with pytest.raises(ManifestError):
        Bundles(web, [url], mpy="py").libraries()


def test_a_zip_that_is_none(web: Web, server: WebServer) -> None:
    """It is an error of ours, too."""
    url = serve(server, LIBRARIES, FILES)
    server.pages[f"/me/Adafruit_CircuitPython_Bundle/releases/download/{TAG}/{NAME}-py-{TAG}.zip"] = b"PK no"

    with pytest.raises(SourceError):
        Bundles(web, [url], mpy="py").library("neopixel", "6.3.1")


PROJECT = """\
[tool.belay]
name = "app"
circuitpython_bundles = ["{url}"]
[tool.belay.dependencies]
adafruit_bme280 = "circuitpython:adafruit_bme280"
neopixel = "circuitpython:neopixel@^6"
"""


def test_a_project_with_libraries(
    server: WebServer, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are fetched with what they need, imported on a board, and come again offline, byte for byte."""
    url = serve(server, LIBRARIES, FILES)
    (folder / "pyproject.toml").write_text(PROJECT.format(url=url))

    assert run(["update"]) == 0
    assert run(["tree"]) == 0
    assert "adafruit_bus_device" in capsys.readouterr().out
    with belay.Device("sim:") as board:
        board.sync(folder / ".belay/dependencies/main", "/lib")
        assert board("__import__('adafruit_bme280.basic').basic.name") == "bme280"
        assert board("__import__('neopixel').name") == "neopixel"

    again = folder.parent / "again"
    again.mkdir()
    for name in ("pyproject.toml", "belay.lock"):
        (again / name).write_bytes((folder / name).read_bytes())
    server.pages.clear()
    monkeypatch.chdir(again)
    assert run(["update", "--frozen", "--offline"]) == 0
    laid = [
        {path.relative_to(top).as_posix(): path.read_bytes() for path in top.rglob("*.py")}
        for top in (folder, again)
    ]
    assert laid[0] == laid[1]
    assert len(laid[0]) == 4


def test_frozen_without_a_cache(
    server: WebServer, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the lock names is got from the release that it names, though the bundle has moved on."""
    url = serve(server, LIBRARIES, FILES)
    (folder / "pyproject.toml").write_text(PROJECT.format(url=url))
    assert run(["update"]) == 0
    before = (folder / ".belay/dependencies/main/neopixel.py").read_bytes()
    (folder / ".belay/dependencies/main/neopixel.py").unlink()
    monkeypatch.setenv("BELAY_CACHE_DIR", str(tmp_path / "empty"))
    server.pages[f"/me/Adafruit_CircuitPython_Bundle/releases/download/{TAG}/{NAME}-{TAG}.json"] = b"{}"

    assert run(["update", "--frozen"]) == 0

    assert (folder / ".belay/dependencies/main/neopixel.py").read_bytes() == before
    assert read_project(folder).circuitpython_bundles == (url,)
