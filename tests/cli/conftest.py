"""A command as typed, in this process or in one of its own, sealed off from whoever runs the tests."""

from __future__ import annotations

import hashlib
import json
import os
import select
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

import pytest

from belay_cli.app import run
from belay_transport.opening import serve_simulated

if os.name != "nt":
    import pty
    import termios

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_WAIT_S = 30  # for a process that should end by itself; only a failure takes so long

_LOOK_S = 0.02  # between two looks whether a process has ended

_MAIN = """
import signal
# A job in the background has the one ignored, `nohup` the other.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
from belay_cli.app import main
main()
"""


class Result(NamedTuple):
    """All that a command leaves."""

    exit_code: int
    stdout: str
    stderr: str


class Running:
    """A `belay` in a process of its own."""

    def __init__(self, words: tuple[str, ...], folder: Path, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _MAIN, *words],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def read_line(self) -> str:
        """Wait for a line on stdout."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().decode()

    def read_words(self, end: str) -> str:
        """Wait for a line on stderr that ends so; return it with the lines before."""
        assert self.process.stderr is not None
        shown = ""
        while not shown.endswith(f"{end}\n"):
            line = self.process.stderr.readline().decode()
            assert line, f"{end!r} did not come, but {shown!r}"
            shown += line
        return shown

    def finish(self) -> Result:
        """Wait for the end."""
        stdout, stderr = self.process.communicate(timeout=_WAIT_S)
        return Result(self.process.returncode, stdout.decode(), stderr.decode())

    def end(self) -> None:
        """Whatever happened, leave nothing behind."""
        with self.process:
            if self.process.poll() is None:
                self.process.kill()


# A Ctrl-C is a signal only for those whose terminal it is.
_AT_A_TERMINAL = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
"""
_OURS = """
from belay_cli.app import main
main()
"""
_OTHER = """
os.execv("{0}", ["{0}", *sys.argv[1:]])
"""


class Person:
    """Somebody who sits at a terminal and has typed `belay`, or another program, with these words."""

    def __init__(self, *words: str, program: Path | None = None) -> None:
        self._outer, self._inner = pty.openpty()
        self.before = termios.tcgetattr(self._inner)
        self.shown = b""
        self._seen = 0
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                _AT_A_TERMINAL + (_OURS if program is None else _OTHER.format(program)),
                *words,
            ],
            stdin=self._inner,
            stdout=self._inner,
            stderr=self._inner,
        )

    def types(self, keys: bytes) -> None:
        """Type, or paste."""
        while keys:
            keys = keys[os.write(self._outer, keys) :]

    def sees(self, text: bytes) -> None:
        """Wait for a text behind all that was waited for before."""
        while (place := self.shown.find(text, self._seen)) < 0:
            ready, _, _ = select.select([self._outer], [], [], _WAIT_S)
            assert ready, f"{text!r} did not come, but {self.shown[self._seen :]!r}"
            self.shown += os.read(self._outer, 1000)
        self._seen = place + len(text)

    def sees_all(self) -> bytes:
        """Wait for the end; return all that was shown."""
        ended = False
        while not ended or select.select([self._outer], [], [], 0)[0]:
            ended = self.process.poll() is not None  # what it has shown is there then
            if select.select([self._outer], [], [], 0.05)[0]:
                self.shown += os.read(self._outer, 10000)
        return self.shown

    def leaves(self) -> int:
        """Look at the screen until the end, without which a program may wait for ever; return the exit code."""
        until_s = time.monotonic() + _WAIT_S
        while self.process.poll() is None and time.monotonic() < until_s:
            if select.select([self._outer], [], [], _LOOK_S)[0]:
                self.shown += os.read(self._outer, 65536)
        return self.process.wait(0)

    @property
    def after(self) -> list[object]:
        """How the terminal is set now."""
        return termios.tcgetattr(self._inner)

    def end(self) -> None:
        """Whatever happened, leave nothing behind."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._outer)
        os.close(self._inner)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The empty folder that each test is in; its settings are empty too."""
    home = tmp_path / "home"
    work = tmp_path / "work"
    home.mkdir()
    work.mkdir()
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.delenv("BELAY_DEVICE", raising=False)
    monkeypatch.setenv("COLUMNS", "80")  # help is as wide as the screen
    monkeypatch.chdir(work)
    return work


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Type `belay` and these words."""

    def typed(*words: str) -> Result:
        capsys.readouterr()
        exit_code = run(words)
        stdout, stderr = capsys.readouterr()
        return Result(exit_code, stdout, stderr)

    return typed


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., Running]]:
    """Start `belay` with these words in a process of its own."""
    running: list[Running] = []

    def started(*words: str, **environment: str) -> Running:
        running.append(Running(words, folder, os.environ | environment))
        return running[-1]

    yield started
    for each in running:
        each.end()


@pytest.fixture
def board() -> Iterator[str]:
    """The path of a simulated board that stays while commands come and go."""
    with serve_simulated() as served:
        yield served.path


@pytest.fixture(scope="module")
def shared_board() -> Iterator[str]:
    """One board for all tests of a file."""
    with serve_simulated() as served:
        yield served.path


@pytest.fixture
def mpremote() -> Callable[..., Result]:
    """Run mpremote with these words; what a board prints is read as text, so that its lines end with LF."""

    def typed(*words: str) -> Result:
        program = Path(sys.executable).with_name("mpremote")
        done = subprocess.run(
            [program, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )
        return Result(done.returncode, done.stdout, done.stderr)

    return typed


@pytest.fixture
def no_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    """No serial port at all."""
    monkeypatch.setattr("serial.tools.list_ports.comports", list)


@pytest.fixture
def aliases(folder: Path) -> Callable[[str], Path]:
    """Write the user's settings."""

    def write(text: str) -> Path:
        path = folder.parent / "home" / "config" / "belay" / "config.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def person() -> Iterator[Callable[..., Person]]:
    """Seat somebody at a terminal."""
    seated: list[Person] = []

    def seat(*words: str, program: Path | None = None) -> Person:
        seated.append(Person(*words, program=program))
        return seated[-1]

    yield seat
    for each in seated:
        each.end()


class Index:
    """An index of packages on loopback, and whatever else a web server has.

    Attributes:
        url: of the server.
        pages: by path: a content, or a function that makes it.
        asked: the paths that were asked for.
    """

    def __init__(self) -> None:
        self.url = ""
        self.pages: dict[str, bytes | Callable[[], bytes]] = {}
        self.asked: list[str] = []
        self._versions: dict[str, dict[str, list[str]]] = {}

    @property
    def index(self) -> str:
        """What `--index` takes."""
        return f"{self.url}/pi"

    def add(
        self,
        name: str,
        version: str,
        files: dict[str, bytes],
        *,
        needs: dict[str, str] | None = None,
        kinds: tuple[str, ...] = ("6", "py"),
    ) -> None:
        """Have a version of a package, the latest one."""
        hashes = []
        for path, content in files.items():
            start = hashlib.sha256(content).hexdigest()[:8]
            self.pages[f"/pi/file/{start[:2]}/{start}"] = content
            hashes.append([path, start])
        told = {"v": 1, "version": version, "hashes": hashes, "deps": list((needs or {}).items())}
        for kind in kinds:
            for each in (version, "latest"):
                self.pages[f"/pi/package/{kind}/{name}/{each}.json"] = json.dumps(told).encode()
            self._versions.setdefault(name, {}).setdefault(kind, []).append(version)
        listed = [{"name": each, "versions": kinds} for each, kinds in self._versions.items()]
        self.pages["/pi/index.json"] = json.dumps({"v": 2, "packages": listed}).encode()


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Index]:
    """An index with nothing in it; the cache is empty too."""
    monkeypatch.setenv("BELAY_CACHE_DIR", str(tmp_path / "cache"))
    for name in ("http_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    state = Index()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.path)
            page = state.pages.get(self.path)
            content = page() if callable(page) else page
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield state
        server.shutdown()
        thread.join()
