"""A build pipeline without any board: belay-pm alone, from a new project to an image, and again offline.

python .ci/pipeline.py UV WHEELS_FOLDER

A project asks for a dependency of every kind, served on this computer; it is updated, verified and bundled;
then all that served it goes away, and the lock and the cache give the same bytes once more.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from wheels_alone import install

STRANGERS = ("serial", "websocket", "belay", "belay_transport", "belay_cli")
"""What a pipeline without boards does not have."""

NAMES = (
    "local",
    "folder",
    "near",
    "listed",
    "needed",
    "single",
    "packed",
    "described",
    "frozen",
    "cloned",
    "linked",
    "bundled",
)


def main() -> None:
    """Run it; whatever is not as it should be ends it."""
    uv, wheels = sys.argv[1], Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as top:
        python = install(uv, wheels, Path(top, "venv"), "belay-pm")
        pipeline = Pipeline(python, Path(top))
        pipeline.require_nothing_else()
        with serving(web_pages()) as url:
            repository = make_repository(Path(top, "repository"))
            first = pipeline.make_project(url, repository)
            pipeline.run(first, "update")
            pipeline.run(first, "verify")
            pipeline.run(first, "bundle", "demo.romfs", "--main", "main.py")
        shutil.rmtree(repository)
        second = pipeline.copy_project(first)
        pipeline.run(second, "update", "--frozen", "--offline")
        pipeline.run(second, "verify")
        pipeline.run(second, "bundle", "demo.romfs", "--main", "main.py")
        require_same(first, second)
    print(f"belay-pm alone: {len(NAMES)} packages, and the same bytes again without the web")


class Pipeline:
    """Commands in one environment, with a home and a cache of their own.

    Args:
        python: of the environment.
        top: a folder for all that there is.
    """

    def __init__(self, python: Path, top: Path) -> None:
        self._python = python
        self._top = top
        home = top / "home"
        home.mkdir()
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TEMP") if name in os.environ}
        self._environment = {
            **kept,
            "HOME": str(home),
            "USERPROFILE": str(home),
            "BELAY_CACHE_DIR": str(top / "cache"),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{(top / 'repository').as_uri()}.insteadOf",
            "GIT_CONFIG_VALUE_0": "https://github.com/owner/linked.git",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
        }

    def require_nothing_else(self) -> None:
        """Make sure that nothing is there that belay-pm does not bring."""
        code = f"import importlib.util as u; print([n for n in {STRANGERS} if u.find_spec(n)])"
        done = subprocess.run(
            [self._python, "-I", "-c", code], capture_output=True, text=True, check=True, cwd=self._top
        )
        if done.stdout.strip() != "[]":
            raise SystemExit(f"belay-pm alone is not alone: {done.stdout}")

    def run(self, folder: Path, *words: str) -> None:
        """Type `belay-pm` and these words in a folder."""
        command = [str(self._python.parent / "belay-pm"), *words]
        done = subprocess.run(
            command, cwd=folder, env=self._environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(
                f"belay-pm {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
            )

    def make_project(self, url: str, repository: Path) -> Path:
        """Make a project that asks for one of each kind, and return its folder."""
        self.run(self._top, "new", "demo")
        folder = self._top / "demo"
        for path, text in {
            "libs/local.py": code("local"),
            "libs/folder/__init__.py": "from .inner import name\n",
            "libs/folder/inner.py": code("folder"),
            "libs/near/__init__.py": code("near"),
            "libs/frozen/manifest.py": 'metadata(version="3.1")\nmodule("frozen.py", opt=3)\n',
            "libs/frozen/frozen.py": code("frozen"),
        }.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        project = folder / "pyproject.toml"
        text = project.read_text(encoding="utf-8")
        indices = f'[tool.belay]\npackage_indices = ["{url}/pi"]\ncircuitpython_bundles = ["{url}/bundle"]\n'
        project.write_text(text.replace("[tool.belay]\n", indices, 1), encoding="utf-8")
        for words in (
            ["local", "./libs/local.py"],
            ["folder", "./libs/folder"],
            ["near", "./libs/near", "--develop"],
            ["frozen", "./libs/frozen"],
            ["listed", "^0.1"],
            ["single", f"{url}/single.py"],
            ["bundled", "circuitpython:bundled"],
            ["packed", f"{url}/packed-1.0.zip"],
            ["described", f"{url}/described/package.json"],
            ["cloned", f"git+{repository.as_uri()}@main#lib/cloned"],
            ["linked", "https://github.com/owner/linked/blob/main/lib/linked.py"],
        ):
            self.run(folder, "add", "--no-update", *words)
        return folder

    def copy_project(self, first: Path) -> Path:
        """Return a copy of the project as a repository would have it, without its packages."""
        second = self._top / "copy" / "demo"
        shutil.copytree(first, second, ignore=shutil.ignore_patterns("dependencies", "*.romfs"))
        return second


def code(name: str) -> str:
    """Return a module that says its name."""
    return f"name = {name!r}\n"


def web_pages() -> dict[str, bytes]:
    """Return an index, a file, an archive and a `package.json`."""
    pages = {"/single.py": code("single").encode(), "/described/src/described.py": code("described").encode()}
    names = {"listed": "0.1.9", "needed": "1.0"}
    packages = [{"name": name, "versions": {"py": [version]}} for name, version in names.items()]
    pages["/pi/index.json"] = json.dumps({"v": 2, "packages": packages}).encode()
    for name, version in names.items():
        content = code(name).encode()
        start = sha256(content).hexdigest()[:8]
        told = {"v": 1, "hashes": [[f"{name}/__init__.py", start]], "version": version}
        pages[f"/pi/package/py/{name}/{version}.json"] = json.dumps(told).encode()
        pages[f"/pi/file/{start[:2]}/{start}"] = content
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("packed-1.0/packed/__init__.py", code("packed"))
    pages["/packed-1.0.zip"] = packed.getvalue()
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr("bundle-py-7/lib/bundled.py", code("bundled"))
    pages["/bundle/releases/tag/7"] = b"the release that `latest` leads to"
    pages["/bundle/releases/download/7/bundle-py-7.zip"] = bundle.getvalue()
    pages["/bundle/releases/download/7/bundle-7.json"] = json.dumps(
        {"bundled": {"package": False, "version": "1.0", "dependencies": []}}
    ).encode()
    described = {"urls": [["described.py", "src/described.py"]], "deps": [["needed", "latest"]]}
    pages["/described/package.json"] = json.dumps(described).encode()
    return pages


class serving:  # noqa: N801 - read as a statement
    """Serve pages on this computer for the block, and give their address."""

    def __init__(self, pages: dict[str, bytes]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = pages.get(self.path)
                is_latest = self.path.endswith("/releases/latest")
                self.send_response(302 if is_latest else 404 if content is None else 200)
                if is_latest:
                    self.send_header("Location", self.path.replace("/latest", "/tag/7"))
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                self.wfile.write(content or b"")

            do_HEAD = do_GET  # noqa: N815 - the name that http.server looks for

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def make_repository(folder: Path) -> Path:
    """Make a repository with two modules."""
    for name in ("cloned/__init__.py", "linked.py"):
        path = folder / "lib" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code(name.partition("/")[0].removesuffix(".py")), encoding="utf-8")
    identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"]
    for words in (
        ["init", "--quiet", "--initial-branch", "main"],
        ["add", "."],
        ["commit", "--quiet", "-m", "x"],
    ):
        subprocess.run(["git", *identity, *words], cwd=folder, check=True)
    return folder


def require_same(first: Path, second: Path) -> None:
    """Compare the lock, the packages and the image of two projects, byte by byte."""
    packages = Path(".belay", "dependencies")
    found = []
    for folder in (first, second):
        paths = [path for path in (folder / packages).rglob("*") if path.is_file()]
        paths += [folder / "belay.lock", folder / "demo.romfs"]
        found.append({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})
    if found[0] != found[1]:
        differing = sorted(path for path in found[0] | found[1] if found[0].get(path) != found[1].get(path))
        raise SystemExit(f"not the same bytes again: {', '.join(differing)}")
    laid = " ".join(found[0])
    missing = [name for name in NAMES if name != "near" and f"/{name}" not in laid]
    if missing or b"near" not in found[0]["demo.romfs"]:
        raise SystemExit(f"packages did not come: {', '.join(missing) or 'near'}")


if __name__ == "__main__":
    main()
