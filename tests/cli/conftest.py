"""A command as typed, in this process or in one of its own, sealed off from whoever runs the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from belay_cli.app import run
from belay_transport.opening import serve_simulated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_WAIT_S = 30  # for a process that should end by itself; only a failure takes so long

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

    def finish(self) -> Result:
        """Wait for the end."""
        stdout, stderr = self.process.communicate(timeout=_WAIT_S)
        return Result(self.process.returncode, stdout.decode(), stderr.decode())

    def end(self) -> None:
        """Whatever happened, leave nothing behind."""
        with self.process:
            if self.process.poll() is None:
                self.process.kill()


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
