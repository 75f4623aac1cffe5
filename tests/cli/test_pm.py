from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from types import ModuleType
from typing import TYPE_CHECKING

import typer

from belay_pm.app import PROGRAM, run
from belay_pm.command_line.program import run_program
from belay_pm.command_line.table import Command
from belay_pm.errors import PackageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

HELP = """\
Usage: belay-pm [OPTIONS] COMMAND [ARGS]...

  Manage the packages of a MicroPython project

Options:
  -v, --version         Show the version and stop
  --install-completion  Install completion for the current shell.
  --show-completion     Show completion for the current shell, to copy it or
                        customize the installation.
  -h, --help            Show this message and exit.

Commands:
  new       Make a project
  init      Make a folder a project
  add       Add a dependency to the project, and get it
  remove    Remove a dependency from the project
  update    Get the packages of the project
  lock      Bring the lock of the packages up to date
  verify    Compare the packages with their lock
  clean     Remove packages that nothing asks for any more
  list      List the packages of the project
  tree      Show which package needs which
  why       Show through whom a package came
  outdated  List the packages that are not the newest
  search    Find a package by words
  manifest  Show, check or write a `manifest.py`
  bundle    Write what a board gets as a folder, zip or ROMFS
  run       Run a program that finds the packages of the project
  cache     Show or clear what is kept of downloads

  `belay-pm COMMAND --help` tells more about a command
"""


def test_help_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """`belay-pm --help` names what there is, a line each."""
    exit_code = run(["--help"])

    assert (exit_code, *capsys.readouterr()) == (0, HELP, "")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """`belay-pm --version` prints the version that was installed."""
    exit_code = run(["-v"])

    assert (exit_code, *capsys.readouterr()) == (0, f"belay-pm {metadata.version('belay-pm')}\n", "")


def test_an_unknown_command_is_misuse(capsys: pytest.CaptureFixture[str]) -> None:
    """There is no command to be near to."""
    exit_code = run(["install"])

    assert (exit_code, *capsys.readouterr()) == (
        2,
        "",
        "error: `install` is not a command of `belay-pm`\n\nhint: `belay-pm --help` lists what there is\n",
    )


def test_the_package_managers_errors_are_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A `PackageError` becomes message, hint and exit code 1."""
    module = ModuleType("failing_command")
    module.app = typer.Typer()
    module.app.command()(_fail)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    program = PROGRAM._replace(commands=(Command("fail", module.__name__, "Fail"),))

    exit_code = run_program(program, ["fail"])

    assert (exit_code, *capsys.readouterr()) == (1, "", "error: `ulogging` 1.2 is broken\n\nhint: take 1.3\n")


def _fail() -> None:
    """A command that fails."""
    raise PackageError("`ulogging` 1.2 is broken", hint="take 1.3")


def test_it_runs_as_a_module() -> None:
    """`python -m belay_pm` is `belay-pm`."""
    done = subprocess.run(
        [sys.executable, "-m", "belay_pm", "--help"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, HELP, "")


def test_a_bundle_is_minified(command: Callable[..., object], folder: Path) -> None:
    """`belay bundle` passes the minifier in, unless it shall not."""
    (folder / "pyproject.toml").write_text('[tool.belay]\nname = "app"\n')
    (folder / "app").mkdir()
    (folder / "app" / "__init__.py").write_text("x = 1  # one\n")

    assert command("bundle", "short") == (0, "", "1 file, 3 bytes: `short`\n")
    assert command("bundle", "long", "--no-minify") == (0, "", "1 file, 13 bytes: `long`\n")

    assert (folder / "short" / "app" / "__init__.py").read_text() == "x=1"
