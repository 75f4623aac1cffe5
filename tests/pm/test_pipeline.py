from __future__ import annotations

import io
import json
import shutil
import threading
import zipfile
from hashlib import sha256
from typing import TYPE_CHECKING

import belay
from belay_pm.app import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from .conftest import Answer, Asked, GitServer, Repository, WebServer

PROJECT = """\
[tool.belay]
name = "app"
package_indices = ["{url}/pi"]

[tool.belay.dependencies]
local = "./libs/local.py"
folder = "./libs/folder"
listed = "^0.1"
single = "{url}/single.py"
packed = "{url}/packed-1.0.zip"
described = "{url}/described/package.json"
frozen = "./libs/frozen"
cloned = "git+{repository}@main#lib/cloned"
"""


def code(name: str) -> bytes:
    """Return a module that says its name."""
    return f"name = {name!r}\n".encode()


def serve(server: WebServer) -> None:
    """Put an index, a file, an archive and a `package.json` on the web."""
    versions = ["0.1.2", "0.1.9", "0.2.0"]
    names = {"listed": versions, "needed": ["1.0"]}
    packages = [{"name": name, "versions": {"py": each}} for name, each in names.items()]
    server.pages["/pi/index.json"] = json.dumps({"v": 2, "packages": packages}).encode()
    for name, version in (("listed", "0.1.9"), ("needed", "1.0")):
        start = sha256(code(name)).hexdigest()[:8]
        told = {"v": 1, "hashes": [[f"{name}/__init__.py", start]], "version": version}
        server.pages[f"/pi/package/py/{name}/{version}.json"] = json.dumps(told).encode()
        server.pages[f"/pi/file/{start[:2]}/{start}"] = code(name)
    server.pages["/single.py"] = code("single")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("packed-1.0/packed/__init__.py", code("packed"))
    server.pages["/packed-1.0.zip"] = packed.getvalue()
    described = {"urls": [["described.py", "src/described.py"]], "deps": [["needed", "latest"]]}
    server.pages["/described/package.json"] = json.dumps(described).encode()
    server.pages["/described/src/described.py"] = code("described")


def write(folder: Path, url: str, repository: str) -> Path:
    """Write a project."""
    for path, content in {
        "pyproject.toml": PROJECT.format(url=url, repository=repository).encode(),
        "libs/local.py": code("local"),
        "libs/folder/__init__.py": b"from .inner import name\n",
        "libs/folder/inner.py": code("folder"),
        "libs/frozen/manifest.py": b'metadata(version="3.1")\nmodule("frozen.py", opt=3)\n',
        "libs/frozen/frozen.py": code("frozen"),
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def laid(folder: Path) -> dict[str, bytes]:
    """Return the lock and all that lies in the folder of the packages."""
    packages = folder / ".belay" / "dependencies"
    found = {str(path.relative_to(folder)): path.read_bytes() for path in packages.rglob("*.py")}
    return {**found, "belay.lock": (folder / "belay.lock").read_bytes()}


def test_a_project_is_fetched_locked_and_repeated(
    server: WebServer,
    repository: Callable[..., Repository],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every kind of source that can be fetched comes, a board imports all of it, and the lock gives it again without the web."""
    serve(server)
    cloned = repository()
    cloned.commit({"lib/cloned/__init__.py": code("cloned")})
    first = write(tmp_path / "first", server.url, cloned.url)
    monkeypatch.chdir(first)

    assert run(["update"]) == 0
    assert run(["verify"]) == 0
    with belay.Device("sim:") as board:
        board.sync(first / ".belay" / "dependencies" / "main", "/lib")
        names = ["local", "folder", "listed", "single", "packed", "described", "frozen", "needed", "cloned"]
        for name in names:
            board(f"import {name}")
        said = [board(f"{name}.name") for name in names]

    second = write(tmp_path / "second", server.url, cloned.url)
    shutil.copy(first / "belay.lock", second / "belay.lock")
    server.pages.clear()
    shutil.rmtree(cloned.folder)
    monkeypatch.chdir(second)
    exit_code = run(["update", "--frozen", "--offline"])

    assert said == names
    assert exit_code == 0
    assert laid(second) == laid(first)


def test_a_destination_that_leaves_writes_nothing(
    server: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A `package.json` that names a path above its folder is refused, and everything is as it was."""
    server.pages |= {
        "/evil/package.json": json.dumps({"urls": [["../../../evil.py", "x.py"]]}).encode(),
        "/evil/x.py": b"",
    }
    folder = tmp_path / "project"
    folder.mkdir()
    text = f'[tool.belay]\nname = "app"\n[tool.belay.dependencies]\nevil = "{server.url}/evil/package.json"\n'
    (folder / "pyproject.toml").write_text(text)
    monkeypatch.chdir(folder)

    exit_code = run(["update"])

    assert exit_code == 1
    assert "`..` leaves the folder of the package" in capsys.readouterr().err
    assert not list(tmp_path.rglob("evil.py"))
    assert not (folder / "belay.lock").exists()


def test_several_are_got_at_once(server: WebServer, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A server that answers nobody before four have asked is no obstacle."""
    together = threading.Barrier(4, timeout=20)

    def answer(asked: Asked) -> Answer:
        together.wait()
        return server.reply(code(asked.path.strip("/").removesuffix(".py")))

    names = ["a", "b", "c", "d"]
    server.pages |= {f"/{name}.py": answer for name in names}
    wanted = "".join(f'{name} = "{server.url}/{name}.py"\n' for name in names)
    (folder / "pyproject.toml").write_text(f"[tool.belay]\n[tool.belay.dependencies]\n{wanted}")

    assert run(["update"]) == 0, capsys.readouterr().err
    assert (folder / ".belay/dependencies/main/d/__init__.py").read_bytes() == code("d")


def test_a_second_update_asks_only_what_may_have_changed(
    git_server: GitServer, repository: Callable[..., Repository], folder: Path
) -> None:
    """Lists of indexes, branches and files are asked whether they changed; nothing that came is sent again."""
    serve(git_server)
    repository("cloned").commit({"lib/cloned/__init__.py": code("cloned")})
    for path, content in list(git_server.pages.items()):
        assert isinstance(content, bytes)
        git_server.pages[path] = _unless_known(git_server, content)
    write(folder, git_server.url, f"{git_server.url}/cloned")
    assert run(["update"]) == 0
    git_server.asked.clear()

    assert run(["update"]) == 0

    assert sorted(git_server.paths()) == [
        "/cloned/git-upload-pack",
        "/cloned/info/refs?service=git-upload-pack",
        "/described/package.json",
        "/described/src/described.py",
        "/packed-1.0.zip",
        "/pi/index.json",
        "/single.py",
    ]


def _unless_known(server: WebServer, content: bytes) -> Callable[[Asked], Answer]:
    """A page that is sent to those who do not have it."""
    mark = f'"{sha256(content).hexdigest()}"'

    def answer(asked: Asked) -> Answer:
        if asked.headers.get("if-none-match") == mark:
            return server.reply(b"", 304, {"ETag": mark})
        return server.reply(content, 200, {"ETag": mark})

    return answer
