"""Each test has a home, a cache and a git of its own, and is in an empty folder; a web server for who asks."""

from __future__ import annotations

import os
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

import pytest

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


@contextmanager
def web_server() -> Iterator[WebServer]:
    """Serve for the block."""
    state = WebServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = state.answer(
                Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()})
            )
            self.send_response(answer.status)
            length = len(answer.content) if answer.length is None else answer.length
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.content)
            self.close_connection = self.close_connection or length != len(answer.content)

        do_HEAD = do_GET  # noqa: N815 - the name that http.server looks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            """Say nothing: clients of tests break off."""

    with Server(("127.0.0.1", 0), Handler) as server:
        state.url = f"http://127.0.0.1:{server.server_port}"
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
    with web_server() as served:
        yield served
