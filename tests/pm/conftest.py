"""Each test has a home, a cache and a git of its own, and is in an empty folder; a web server for who asks."""

from __future__ import annotations

import os
import ssl
import subprocess
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import pytest
import trustme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path


class Asked(NamedTuple):
    """A request."""

    method: str
    path: str
    headers: Mapping[str, str]


class Answer(NamedTuple):
    """An answer; `length` is what it claims to be long, None for its length."""

    content: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = {}
    length: int | None = None


class WebServer:
    """What was asked, and what is answered.

    Attributes:
        asked: the requests so far.
        pages: by path: a content, a `reply(…)`, a list of such in turn, or a function of the request.
        url: where it is.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.pages: dict[str, bytes | Answer | list[Answer] | Callable[[Asked], Answer]] = {}
        self.url = ""
        self.reply = Answer

    def serve_git(self, asked: Asked, body: bytes) -> Answer | None:
        """Return the answer to a request of git's, or None when it is none."""

    def paths(self) -> list[str]:
        """Return the paths that were asked for."""
        return [asked.path for asked in self.asked]

    def answer(self, asked: Asked) -> Answer:
        """Return the answer to a request."""
        self.asked.append(asked)
        page = self.pages.get(asked.path, Answer(b"not here", 404))
        if isinstance(page, list):
            page = page.pop(0) if len(page) > 1 else page[0]
        if isinstance(page, bytes):
            return Answer(page)
        return page if isinstance(page, Answer) else page(asked)


Served = TypeVar("Served", bound=WebServer)


@contextmanager
def web_server(state: Served, context: ssl.SSLContext | None = None) -> Iterator[Served]:
    """Serve for the block, with a context over TLS."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()})
            body = self.rfile.read(int(asked.headers.get("content-length", 0)))
            answer = state.serve_git(asked, body) or state.answer(asked)
            self.send_response(answer.status)
            length = len(answer.content) if answer.length is None else answer.length
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.content)
            self.close_connection = self.close_connection or length != len(answer.content)

        do_HEAD = do_POST = do_GET  # noqa: N815 - the names that http.server looks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            """Say nothing: clients of tests break off."""

    with Server(("127.0.0.1", 0), Handler) as server:
        state.url = f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}"
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The empty folder that each test is in; its home is beside it, and empty too."""
    home = tmp_path / "home"
    work = tmp_path / "work"
    home.mkdir()
    work.mkdir()
    for name in [name for name in os.environ if name.startswith(("GIT_", "BELAY_"))]:
        monkeypatch.delenv(name)
    for name in ("GITHUB_TOKEN", "GH_TOKEN", "NETRC", "http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
    for name, below in (("CONFIG", ".config"), ("DATA", ".data"), ("CACHE", ".cache")):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / below))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.chdir(work)
    return work


@pytest.fixture
def server() -> Iterator[WebServer]:
    """A web server on loopback, with nothing in it."""
    with web_server(WebServer()) as served:
        yield served


@pytest.fixture
def authority() -> trustme.CA:
    """Who signs the certificates of a house, and is known to nobody else."""
    return trustme.CA()


@pytest.fixture
def secure_server(authority: trustme.CA) -> Iterator[WebServer]:
    """A web server on loopback, over TLS, with a certificate of that house."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with web_server(WebServer(), context) as served:
        yield served


class Repository:
    """A repository with a working tree, made by the real git.

    Attributes:
        folder: of the working tree.
        url: of it, `file://…`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = folder.as_uri()
        folder.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")
        # What a website for code allows.
        self.git("config", "uploadpack.allowFilter", "true")
        self.git("config", "uploadpack.allowAnySHA1InWant", "true")

    def git(self, *arguments: str) -> str:
        """Run git in it, and return what it prints."""
        who = {
            f"GIT_{role}_{what}": "t@example.com"
            for role in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env={**os.environ, **who},
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def commit(self, files: Mapping[str, bytes | str | None]) -> str:
        """Write files (a text is where a link leads, None removes), and return the commit with them."""
        for path, content in files.items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            if file.is_symlink() or file.exists():
                file.unlink()
            if isinstance(content, str):
                file.symlink_to(content)
            elif content is not None:
                file.write_bytes(content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message=x")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Callable[..., Repository]:
    """A function that makes a repository, by a name."""
    return lambda name="repository": Repository(tmp_path / "remote" / name)


class GitServer(WebServer):
    """Smart HTTP for the repositories below a folder, as websites for code have it.

    Attributes:
        folder: of the repositories.
        hidden: what paths begin with that are none of git's.
        accepted: the `Authorization` headers of which one is needed; empty for none.
        environment: for `git http-backend`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder: Path | None = None
        self.hidden = "\n"
        self.accepted: set[str] = set()
        self.environment: dict[str, str] = {}

    def serve_git(self, asked: Asked, body: bytes) -> Answer | None:
        """Return what git's own program answers, or None for what is none of git's business."""
        path, _, query = asked.path.partition("?")
        if (
            self.folder is None
            or path.startswith(self.hidden)
            or not path.endswith(("/info/refs", "/git-upload-pack"))
        ):
            return None
        self.asked.append(asked)
        if self.accepted and asked.headers.get("authorization") not in self.accepted:
            return Answer(b"who are you?", 401, {"WWW-Authenticate": 'Basic realm="git"'})
        environment = {
            **os.environ,
            "GIT_PROJECT_ROOT": str(self.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": asked.method,
            "CONTENT_TYPE": asked.headers.get("content-type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": asked.headers.get("content-encoding", ""),
            "GIT_PROTOCOL": asked.headers.get("git-protocol", ""),
            "REMOTE_ADDR": "127.0.0.1",
            **self.environment,
        }
        done = subprocess.run(
            ["git", "http-backend"], input=body, env=environment, capture_output=True, check=True
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        status = int(headers.pop("Status", "200 OK").split()[0])
        return Answer(content, status, headers)


@pytest.fixture
def git_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitServer]:
    """A server with smart HTTP on loopback, for the repositories that `repository` makes; http is allowed."""
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "https:ssh:file:http")
    with web_server(GitServer()) as served:
        served.folder = tmp_path / "remote"
        yield served
