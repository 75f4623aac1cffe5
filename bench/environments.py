"""The tools that are measured, each in a virtual environment of its own under `.bench/`.

Knows what to install and where it is then. Must not know what is measured.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

__all__ = ["PEERS", "TOP", "Environment", "clean_variables", "make_environments"]

TOP = Path(__file__).resolve().parent.parent
"""The root of the checkout."""

_FOLDER = TOP / ".bench"
_MEMBERS = ("belay-transport[sim]", "belay-device[sim]", "belay-pm", "belay-cli[sim]")
_INSTALL_TIMEOUT_S = 600.0

PEERS = {"incumbent": "belay==0.30.1", "mpremote": "mpremote==1.29.0", "mpytool": "mpytool==2.6"}
"""What the peers are, as pip takes it."""


class Environment(NamedTuple):
    """Where a tool is installed.

    Attributes:
        python: its interpreter.
    """

    python: Path

    def program(self, name: str) -> str:
        """Return the path of a command that is installed there."""
        return str(self.python.with_name(name))

    def version(self, distribution: str) -> str:
        """Return the version of a distribution that is installed there."""
        code = f"import importlib.metadata; print(importlib.metadata.version({distribution!r}))"
        command = [str(self.python), "-c", code]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout.strip()


def make_environments(tools: list[str], *, is_here: bool) -> dict[str, Environment]:
    """Return an environment for each tool, made when it is missing or no longer what the checkout holds.

    Args:
        tools: "ours" and names of `PEERS`.
        is_here: take the interpreter that runs this for ours, as it is.
    """
    # The interpreter below this one's own environment, so that all stand on the same.
    base = getattr(sys, "_base_executable", sys.executable)
    made: dict[str, Environment] = {}
    for tool in tools:
        if tool == "ours" and is_here:
            made[tool] = Environment(Path(sys.executable))
            continue
        packages = [PEERS[tool]] if tool in PEERS else [str(TOP / "packages" / member) for member in _MEMBERS]
        wanted = f"{sys.version}\n{packages}\n{_digest() if tool == 'ours' else ''}"
        made[tool] = _make(_FOLDER / tool, base, packages, wanted)
    return made


def _make(folder: Path, base: str, packages: list[str], wanted: str) -> Environment:
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    label = folder / "belay-bench.txt"
    if label.exists() and label.read_text() == wanted:
        return Environment(python)
    print(f"installing into {folder.relative_to(TOP)}", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    # pip compiles what it installs only where Python may write byte code.
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for command in (
        [base, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "-qq", *packages],
    ):
        subprocess.run(command, env=variables, timeout=_INSTALL_TIMEOUT_S, check=True)
    label.write_text(wanted)
    return Environment(python)


def _digest() -> str:
    """Return what tells whether ours has changed since it was installed."""
    digest = hashlib.sha256()
    for path in sorted((TOP / "packages").rglob("*")):
        if path.is_file() and path.suffix in {".py", ".toml"}:
            digest.update(str(path.relative_to(TOP)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def clean_variables() -> dict[str, str]:
    """Return the environment variables for what is measured: none that changes how Python starts."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT", "TMPDIR") if name in os.environ}
    home = _FOLDER / "home"
    home.mkdir(parents=True, exist_ok=True)
    return kept | {"HOME": str(home), "NO_COLOR": "1", "TERM": "dumb"}
