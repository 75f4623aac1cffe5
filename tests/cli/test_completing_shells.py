"""Completion in the shells themselves: the script as it is installed, keys typed at a terminal."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from belay import Device
from belay_transport.opening import serve_simulated

if os.name != "nt":
    import fcntl
    import pty
    import termios

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows"),
    pytest.mark.once,
]

_WAIT_S = 30  # for an answer that should come at once; only a failure takes so long

_SHELLS = {
    "bash": ("bash", "--noprofile", "-i"),
    "zsh": ("zsh", "-d", "-i"),
    "fish": ("fish", "-i"),
}

_SHOW = f"""#!{sys.executable}
import json, sys
print(f"<<{{json.dumps(sys.argv[1:])}}>>")
"""

_NAMES = ("my file.txt", "it's.py", 'a"b.py', "$HOME.py", "plain.py", "naïve.txt")


def _environment(home: Path) -> dict[str, str]:
    """Nothing of the person's who runs the tests, and our `belay` on the PATH."""
    return {
        "HOME": str(home),
        "PATH": os.pathsep.join([str(home), str(Path(sys.executable).parent), os.environ["PATH"]]),
        "TERM": "xterm",
        "LANG": "C.UTF-8",
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / "data"),
    }


class Shell:
    """A shell at a terminal of its own, whose user has installed completion."""

    def __init__(self, words: tuple[str, ...], home: Path) -> None:
        self._outer, inner = pty.openpty()

        def take_terminal() -> None:
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            words,
            stdin=inner,
            stdout=inner,
            stderr=inner,
            cwd=home,
            env=_environment(home),
            preexec_fn=take_terminal,  # noqa: PLW1509 - nothing of this process runs beside it
        )
        os.close(inner)

    def completes(self, line: str) -> list[str]:
        """Type a line and TAB; return the words that the line has then, as the shell would pass them on."""
        # Ctrl-A: the line becomes the arguments of a program that shows them.
        os.write(self._outer, f"{line}\t\x01show \r".encode())
        return json.loads(self._until(rb"<<(.*?)>>"))

    def wait_for_prompt(self) -> None:
        """Wait until it reads what is typed."""
        os.write(self._outer, b"show ready\r")
        self._until(rb"<<(.*?)>>")

    def _until(self, pattern: bytes) -> bytes:
        shown = b""
        while (match := re.search(pattern, shown, re.DOTALL)) is None:
            ready, _, _ = select.select([self._outer], [], [], _WAIT_S)
            assert ready, f"{pattern!r} did not come, but {shown!r}"
            shown += os.read(self._outer, 10000)
        return match[1]

    def end(self) -> None:
        """Leave nothing behind."""
        self.process.kill()
        self.process.wait()
        os.close(self._outer)


@pytest.fixture(scope="module")
def port() -> Iterator[str]:
    """A board with names that shells find difficult."""
    with serve_simulated() as served:
        with Device(served.path, startup="") as device:
            device.fs.mkdir("/lib")
            device.fs.mkdir("/only")
            device.fs.write_bytes("/only/inner.py", b"")
            for name in _NAMES:
                device.fs.write_bytes(f"/lib/{name}", b"")
        yield served.path


@pytest.fixture(scope="module", params=list(_SHELLS))
def shell(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A shell in which `belay --install-completion` was typed before."""
    words = _SHELLS[request.param]
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not on PATH")
    home = tmp_path_factory.mktemp("home")
    (home / "script one.py").touch()
    (home / "show").write_text(_SHOW)
    (home / "show").chmod(0o755)
    (home / ".config" / "fish").mkdir(parents=True)
    # fish suggests what was typed before, and keys that move the cursor accept that.
    (home / ".config" / "fish" / "config.fish").write_text("set -g fish_autosuggestion_enabled 0\n")
    subprocess.run(
        # What comes behind keeps the shell there, which `belay` asks the system about.
        [words[0], "-c", "belay --install-completion; true"],
        cwd=home,
        env=_environment(home),
        stdin=subprocess.DEVNULL,
        check=True,
    )
    shell = Shell(words, home)
    try:
        shell.wait_for_prompt()
        yield shell
    finally:
        shell.end()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("belay ex", ["exec"]),
        ("belay exec --ti", ["exec", "--timeout"]),
        ("belay fs sha", ["fs", "sha256sum"]),
        ("belay info -p si", ["info", "-p", "sim:"]),
        ("belay info --port=si", ["info", "--port=sim:"]),
        ("belay run scr", ["run", "script one.py"]),
        ("belay run 'scr", ["run", "script one.py"]),
        ("belay run nothing", ["run", "nothing"]),
    ],
)
def test_what_this_computer_knows(shell: Shell, typed: str, words: list[str]) -> None:
    """A beginning that only one thing has becomes that thing, quoted where the shell wants that."""
    assert shell.completes(typed) == ["belay", *words]


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("/on", "/only/"),
        (":/on", ":/only/"),
        (":on", ":only/"),
        ("':/on\tin", ":/only/inner.py"),
        ("/only/in", "/only/inner.py"),
        ("/on'ly'/in", "/only/inner.py"),
        (":'/only'/in", ":/only/inner.py"),
        (":/lib/pl", ":/lib/plain.py"),
        (":/lib/my", ":/lib/my file.txt"),
        (r":/lib/my\ f", ":/lib/my file.txt"),
        ("':/lib/my", ":/lib/my file.txt"),
        ('":/lib/my f', ":/lib/my file.txt"),
        (":/lib/it", ":/lib/it's.py"),
        (":/lib/a", ':/lib/a"b.py'),
        (r":/lib/\$", ":/lib/$HOME.py"),
        (":/lib/na", ":/lib/naïve.txt"),
        (":/nowhere/x", ":/nowhere/x"),
    ],
)
def test_what_the_board_knows(shell: Shell, port: str, typed: str, path: str) -> None:
    """A path of the board arrives as it is, whatever is in it and however it was begun."""
    assert shell.completes(f"belay fs cat -p {port} {typed}") == ["belay", "fs", "cat", "-p", port, path]
