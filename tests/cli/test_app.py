from __future__ import annotations

import subprocess
import sys
from importlib import import_module, metadata
from typing import TYPE_CHECKING

import pytest

from belay_cli.app import COMMANDS, MOUNTED
from belay_pm.commands import COMMANDS as PM_COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay_pm.command_line.table import Command

HELP = """\
Usage: belay COMMAND ...

Run, inspect and deploy to MicroPython and CircuitPython boards

Commands:
  run      Run a script on a board
  exec     Run code on a board
  eval     Evaluate an expression on a board and print its value
  info     Print what runs on a board
  devices  List the boards plugged in
  sim      Keep a simulated board running for other tools

Options:
  -v, --version  Show the version and stop
  -h, --help     Show this help and stop

`belay COMMAND --help` tells more about a command
"""

EXEC_HELP = """\
Usage: belay exec [OPTIONS] [PORT] CODE

Run code on a board

Arguments:
  PORT  The board's address or alias; see below
  CODE  Python for the board, one line or several

Options:
  -p, --port PORT        The board's address or alias, in the place of PORT
      --password TEXT    For boards that ask for one
      --timeout SECONDS  Interrupt the code when it takes longer
  -h, --help             Show this help and stop

One word is CODE, two are PORT and CODE. What the code prints goes to stdout as it comes.
These names are there, as far as the board has them:
`os`, `time`, `machine`, `sleep`, `const`, `ADC`, `I2C`, `Pin`, `PWM`, `SPI`, `Timer`.
Ctrl-C interrupts the code. The exit code is 1 when it raises, and its own with `sys.exit`.

An address is a serial port (`/dev/ttyACM0`, `COM3`), `sim:` for a simulated board, or a URL.
Without one, the board is what `BELAY_DEVICE` says, else `device` under `[tool.belay]` in
`./pyproject.toml`, else the only board plugged in.
"""


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_lists_the_commands(command: Callable[..., object], word: str) -> None:
    """`belay --help` is data: it goes to stdout, and the exit code is 0."""
    assert command(word) == (0, HELP, "")


def test_without_a_command_the_help_goes_to_stderr(command: Callable[..., object]) -> None:
    """`belay` alone is misuse."""
    assert command() == (2, "", HELP)


@pytest.mark.parametrize("word", ["-v", "--version"])
def test_version(command: Callable[..., object], word: str) -> None:
    """`belay --version` prints the version that was installed."""
    assert command(word) == (0, f"belay {metadata.version('belay-cli')}\n", "")


def test_a_command_has_help_of_its_own(command: Callable[..., object]) -> None:
    """`belay exec --help` tells usage, words, options and what else is good to know."""
    assert command("exec", "--help") == (0, EXEC_HELP, "")


@pytest.mark.parametrize("name", [entry.name for entry in COMMANDS])
def test_every_command_has_help(command: Callable[..., tuple[int, str, str]], name: str) -> None:
    """`--help` and `-h` work behind each command, and fit a screen of 110 columns."""
    exit_code, stdout, stderr = command(name, "--help")

    assert (exit_code, stderr) == (0, "")
    assert command(name, "-h") == (0, stdout, "")
    assert stdout.startswith(f"Usage: belay {name} [OPTIONS]")
    assert max(map(len, stdout.splitlines())) <= 110


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("rum", "error: `rum` is not a command of `belay`\n\nhint: did you mean `belay run`?\n"),
        (
            "frobnicate",
            "error: `frobnicate` is not a command of `belay`\n\nhint: `belay --help` lists what there is\n",
        ),
        (
            "--json",
            "error: `--json` is not an option of `belay`\n\nhint: `belay --help` lists what there is\n",
        ),
    ],
)
def test_an_unknown_command_is_misuse(command: Callable[..., object], word: str, message: str) -> None:
    """What is no command is named, with the nearest one."""
    assert command(word) == (2, "", message)


def test_missing_words_show_how_the_command_is_written(command: Callable[..., object]) -> None:
    """The hint is the usage line."""
    assert command("exec") == (
        2,
        "",
        "error: `CODE` is missing\n\nhint: write it as in `belay exec [OPTIONS] [PORT] CODE`\n",
    )


def test_no_command_stands_twice() -> None:
    """What is mounted from the package manager exists there, and no name is taken twice."""
    names = [entry.name for entry in COMMANDS]

    assert len(names) == len(set(names))
    assert set(MOUNTED) <= {entry.name for entry in PM_COMMANDS}
    assert set(MOUNTED) <= set(names)


@pytest.mark.parametrize("entry", [*COMMANDS, *PM_COMMANDS], ids=lambda entry: entry.name)
def test_every_line_of_the_table_holds(entry: Command) -> None:
    """Each command's module is there, with a grammar and a way to run; its help is one sentence."""
    module = import_module(entry.module)

    assert module.GRAMMAR.arguments is not None
    assert callable(module.run)
    assert len(entry.help) <= 70
    assert not entry.help.endswith(".")


def test_the_table_loads_nothing_heavy() -> None:
    """Listing the commands loads no link, no package manager's library, nothing for colours or models."""
    heavy = {"serial", "git", "websocket", "rich", "pydantic", "typer", "belay", "belay_transport", "tomllib"}

    done = subprocess.run(
        [sys.executable, "-c", "import belay_cli.app, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert heavy & {name.partition(".")[0] for name in done.stdout.split()} == set()


def test_it_runs_as_a_module() -> None:
    """`python -m belay_cli` is `belay`."""
    done = subprocess.run(
        [sys.executable, "-m", "belay_cli", "--help"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, HELP, "")
