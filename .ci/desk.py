"""A developer's desk: commands that are typed there, and what they print compared with what they should.

Knows processes, terminals and patterns, and no command.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shlex
import struct
import subprocess
import termios
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_WAIT_S = 30
"""Only a failure takes so long."""

# A Ctrl-C is a signal only for those whose terminal it is.
_AT_A_TERMINAL = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


class Desk:
    """Somebody's desk, with one environment and a home of its own.

    Args:
        python: of the environment.
        top: a folder for all that there is.

    Attributes:
        folder: where the commands are typed.
    """

    def __init__(self, python: Path, top: Path) -> None:
        self._python = python
        home = top / "home"
        home.mkdir()
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        self.environment = {
            **kept,
            "HOME": str(home),
            "NO_COLOR": "1",
            "COLUMNS": "100",
            "TERM": "xterm",
        }
        self.folder = top

    def types(self, command: str, expected: str, *, exit_code: int = 0) -> None:
        """Type a command; what it prints, stdout before stderr, is as expected, where `…` is anything."""
        done = subprocess.run(
            self._argv(command),
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=_WAIT_S,
            check=False,
        )
        printed = done.stdout + done.stderr
        pattern = ".*?".join(re.escape(part) for part in expected.strip().split("…"))
        if done.returncode != exit_code or not re.fullmatch(pattern, printed.strip(), re.DOTALL):
            raise SystemExit(
                f"$ {command}\nexit code {done.returncode}, expected {exit_code}\n{printed}\n"
                f"expected:\n{expected}"
            )
        print(f"$ {command}\n{printed}", end="")

    def sits_down(self, command: str) -> Terminal:
        """Type a command at a terminal, and stay there."""
        print(f"$ {command}")
        argv = [str(self._python), "-c", _AT_A_TERMINAL, *self._argv(command)]
        return Terminal(argv, self.folder, self.environment)

    def writes(self, path: str, text: str) -> None:
        """Save a file in the folder."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def _argv(self, command: str) -> list[str]:
        name, *words = shlex.split(command)
        return [str(self._python.parent / name), *words]


class Terminal:
    """A real pseudo-terminal with a command in it; leaving the block ends whatever is still there."""

    def __init__(self, argv: list[str], folder: Path, environment: dict[str, str]) -> None:
        self._outer, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
        self._shown = b""
        self._seen = 0
        self._process = subprocess.Popen(
            argv, cwd=folder, env=environment, stdin=inner, stdout=inner, stderr=inner
        )
        os.close(inner)

    def types(self, keys: str) -> None:
        """Press keys."""
        os.write(self._outer, keys.encode())

    def sees(self, text: str) -> None:
        """Wait for a text behind all that was waited for before."""
        wanted = text.encode()
        while (place := self._shown.find(wanted, self._seen)) < 0:
            if not self._read():
                raise SystemExit(f"{text!r} did not come, but {self._shown[self._seen :]!r}")
        self._seen = place + len(wanted)

    def leaves(self, exit_code: int = 0) -> None:
        """Wait for the end of the command."""
        while self._read():
            pass
        found = self._process.wait(_WAIT_S)
        if found != exit_code:
            raise SystemExit(f"exit code {found}, not {exit_code}: {self._shown!r}")
        print(self._shown.decode().replace("\r\n", "\n").rstrip())

    def _read(self) -> bool:
        """Take what is shown next; False at the end, or when nothing comes."""
        ready, _, _ = select.select([self._outer], [], [], _WAIT_S)
        try:
            data = os.read(self._outer, 4096) if ready else b""
        except OSError:  # as Linux tells that nobody is at the other end any more
            data = b""
        self._shown += data
        return bool(data)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        _error_class: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self._outer)
