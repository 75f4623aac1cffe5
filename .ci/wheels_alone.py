"""Install each wheel alone in a fresh virtual environment; import it, ask it for help, see what it brought.

python .ci/wheels_alone.py UV WHEELS_FOLDER
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

# distribution -> (what to import, its command, distributions of ours that it may bring along)
EXPECTED: dict[str, tuple[str, str | None, set[str]]] = {
    "belay-transport": ("belay_transport", None, set()),
    "belay-device": ("belay", None, {"belay-transport"}),
    "belay-pm": ("belay_pm", "belay-pm", set()),
    "belay-cli": ("belay_cli", "belay", {"belay-transport", "belay-device", "belay-pm"}),
}


def main() -> None:
    """Try all four; the first that fails ends it."""
    uv, wheels = sys.argv[1], Path(sys.argv[2]).resolve()
    for distribution, (module, command, siblings) in EXPECTED.items():
        with tempfile.TemporaryDirectory() as folder:
            python = install(uv, wheels, Path(folder), distribution)
            run(str(python), "-c", f"import {module}; {module}.__doc__")
            if command is not None:
                run(str(python.parent / command), "--help")
            listed = run(uv, "pip", "list", "--python", str(python), "--format", "freeze")
            ours = {line.split("==")[0] for line in listed.splitlines() if line.startswith("belay")}
            if ours != siblings | {distribution}:
                raise SystemExit(f"{distribution} brought {sorted(ours)}, not {sorted(siblings)} and itself")
        print(f"{distribution}: alone, with {', '.join(sorted(siblings)) or 'none of the others'}")


def install(uv: str, wheels: Path, folder: Path, distribution: str) -> Path:
    """Install one wheel into a new environment in `folder`; return its Python."""
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    run(uv, "venv", "--quiet", "--python", sys.executable, str(folder))
    run(uv, "pip", "install", "--quiet", "--python", str(python), "--find-links", str(wheels), distribution)
    return python


def run(*command: str) -> str:
    """Run a command outside of the checkout, so that nothing of it is imported by accident."""
    with tempfile.TemporaryDirectory() as elsewhere:
        done = subprocess.run(command, cwd=elsewhere, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
