from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from importlib import import_module, metadata
from typing import TYPE_CHECKING

import pytest
import typer.main

from belay_cli.app import COMMANDS, MOUNTED, run
from belay_pm.command_line.group import ListedCommand
from belay_pm.commands import COMMANDS as PM_COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from belay_pm.command_line.table import Command

HELP = """\
Usage: belay [OPTIONS] COMMAND [ARGS]...

  Run, inspect and deploy to MicroPython and CircuitPython boards

Options:
  -v, --version         Show the version and stop
  --install-completion  Install completion for the current shell.
  --show-completion     Show completion for the current shell, to copy it or
                        customize the installation.
  -h, --help            Show this message and exit.

Commands:
  run         Run a script on a board
  exec        Run code on a board
  eval        Evaluate an expression on a board and print its value
  terminal    Be at a board's own prompt
  mount       Have a board see a folder of this computer
  info        Print what runs on a board
  install     Bring the project to a board
  fs          Files of a board: list, copy, remove and more
  edit        Change files of a board in your editor
  sync        Make a folder of a board what a folder here is
  mip         Packages on a board: install, list, remove
  rtc         Show or set the clock of a board
  reset       Start a board anew
  soft-reset  Start the interpreter of a board anew
  bootloader  Have a board wait for new firmware
  latency     Measure how long a call of a board takes
  devices     List the boards plugged in
  select      Choose one of the boards plugged in
  doctor      Look at what keeps boards from working
  bundle      Write what a board gets as a folder, zip or ROMFS
  romfs       ROM partitions of a board: look, build, deploy
  remote      Speak to a board in mpremote's words
  sleep       Wait some seconds
  sim         Keep a simulated board running for other tools
  new         Make a project
  init        Make a folder a project
  add         Add a dependency to the project, and get it
  remove      Remove a dependency from the project
  update      Get the packages of the project
  lock        Bring the lock of the packages up to date
  verify      Compare the packages with their lock
  clean       Remove packages that nothing asks for any more
  list        List the packages of the project
  tree        Show which package needs which
  why         Show through whom a package came
  outdated    List the packages that are not the newest
  search      Find a package by words
  manifest    Show, check or write a `manifest.py`
  cache       Show or clear what is kept of downloads

  `belay COMMAND --help` tells more about a command
"""

EXEC_HELP = """\
Usage: belay exec [OPTIONS] [PORT] CODE

  Run code on a board

Arguments:
  [PORT] CODE  Python for the board, one line or several  [required]

Options:
  -p, --port PORT    The board's address or alias; several times for several
                     boards
  --all              Every board plugged in, at once
  --usb WHAT         With `--all`: whose USB identity fits, `2e8a:0005`,
                     `product=Pico` or JSON; repeatable
  --id ID            With `--all`: whose `machine.unique_id()` this is, in
                     hex; repeatable
  --password TEXT    For boards that ask for one
  --timeout SECONDS  Interrupt the code when it takes longer
  -h, --help         Show this message and exit.

  One word is CODE, two are PORT and CODE. What the code prints goes to stdout
  as it comes. These names are there, as far as the board has them: `os`,
  `time`, `machine`, `sleep`, `const`, `ADC`, `I2C`, `Pin`, `PWM`, `SPI`,
  `Timer`. Ctrl-C interrupts the code. The exit code is 1 when it raises, and
  its own with `sys.exit`.

  An address is a serial port (`/dev/ttyACM0`, `COM3`), `sim:` for a simulated
  board, or a URL. Without one, the board is what `BELAY_DEVICE` says, else
  `device` under `[tool.belay]` in the `pyproject.toml` of the project that
  you are in, else the only board plugged in.

  With several `--port`, or with `--all`, the same is done on many boards at
  once: each line that a board prints has its name in front, a table tells
  what came of it, and the exit code is 1 if any failed.
"""


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_lists_the_commands(command: Callable[..., object], word: str) -> None:
    """`belay --help` is data: it goes to stdout, and the exit code is 0."""
    assert command(word) == (0, HELP, "")


def test_without_a_command_the_help_goes_to_stderr(command: Callable[..., object]) -> None:
    """`belay` alone is misuse."""
    assert command() == (2, "", HELP)


@pytest.mark.parametrize("name", ["fs", "mip", "romfs", "cache", "manifest"])
def test_a_group_without_a_command_is_as_belay_alone(command: Callable[..., object], name: str) -> None:
    """Its help goes to stderr, and is no error with a label; a command that is none names the nearest."""
    exit_code, stdout, stderr = command(name)  # type: ignore[misc] # a `Result`

    assert (exit_code, stdout) == (2, "")
    assert stderr.startswith(f"Usage: belay {name} [OPTIONS] COMMAND [ARGS]...\n")
    assert "--install-completion" not in stderr
    assert command(name, "xyz") == (
        2,
        "",
        f"error: `xyz` is not a command of `belay {name}`\n\nhint: `belay {name} --help` lists what there is\n",
    )


def test_a_mistyped_command_of_a_group_names_the_nearest(command: Callable[..., object]) -> None:
    """As one of the program itself does."""
    assert command("mip", "lst", "x") == (
        2,
        "",
        "error: `lst` is not a command of `belay mip`\n\nhint: did you mean `belay mip list`?\n",
    )


@pytest.mark.parametrize("word", ["-v", "--version"])
def test_version(command: Callable[..., object], word: str) -> None:
    """`belay --version` prints the version that was installed."""
    assert command(word) == (0, f"belay {metadata.version('belay-cli')}\n", "")


def test_a_command_has_help_of_its_own(command: Callable[..., object]) -> None:
    """`belay exec --help` tells usage, words, options and what else is good to know."""
    assert command("exec", "--help") == (0, EXEC_HELP, "")


@pytest.mark.parametrize("name", [entry.name for entry in COMMANDS if entry.name != "remote"])
def test_every_command_has_help(command: Callable[..., tuple[int, str, str]], name: str) -> None:
    """`--help` and `-h` work behind each command, and fit a screen of 80 columns."""
    exit_code, stdout, stderr = command(name, "--help")

    assert (exit_code, stderr) == (0, "")
    assert command(name, "-h") == (0, stdout, "")
    assert stdout.startswith(f"Usage: belay {name} [OPTIONS]")
    assert max(map(len, stdout.splitlines())) <= 80


def test_whoever_takes_a_board_says_what_names_one() -> None:
    """The help of each command with `--port` says what an address is, and which board is meant without."""
    for entry in COMMANDS:
        if entry.name == "remote":
            continue
        loaded = ListedCommand(entry)._loaded()
        for command in getattr(loaded, "commands", {"": loaded}).values():
            takes_port = any("--port" in each.opts for each in command.params)
            assert ("An address is" in command.epilog) == takes_port, (entry.name, command.name)


_OF_ITS_OWN = {
    "--all": "boards, or elements of the cache",
    "--force": "what is replaced or removed",
    "--group": "to add to, or that has it",
    "--json": "what is printed",
    "--main": "where it goes",
    "--mpy": "compiled here, or as the index has it",
    "--output": "what is written",
    "--overwrite-edits": "what becomes of them",
    "--port": "one board or several",
    "--trust-manifest": "one of several, or the one that is named",
    "--verbose": "what else is told",
    "--watch": "a script, or files",
}
"""Options whose meaning is that of their command, and what differs."""


def test_an_option_of_one_name_has_one_text() -> None:
    """Whoever knows an option from one command reads the same of it in the help of another."""
    texts: dict[str, set[tuple[str | None, str | None]]] = {}
    for entry in COMMANDS:
        if entry.name == "remote":
            continue
        loaded = ListedCommand(entry)._loaded()
        for command in getattr(loaded, "commands", {"": loaded}).values():
            for option in command.params:
                if option.param_type_name == "option":
                    name = max(option.opts, key=len)
                    texts.setdefault(name, set()).add((option.metavar, option.help))

    assert {name for name, each in texts.items() if len(each) > 1} == set(_OF_ITS_OWN)
    assert len(texts["--port"]) == 2


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("rum", "error: `rum` is not a command of `belay`\n\nhint: did you mean `belay run`?\n"),
        (
            "frobnicate",
            "error: `frobnicate` is not a command of `belay`\n\nhint: `belay --help` lists what there is\n",
        ),
        (
            "--versoin",
            (
                "error: No such option: --versoin (Possible options: --version)\n\n"
                "hint: write it as in `belay [OPTIONS] COMMAND [ARGS]...`\n"
            ),
        ),
    ],
)
def test_an_unknown_command_is_misuse(command: Callable[..., object], word: str, message: str) -> None:
    """What is no command is named, with the nearest one."""
    assert command(word) == (2, "", message)


GROUPS = ["fs", "mip", "romfs", "manifest", "cache"]


@pytest.mark.parametrize("name", GROUPS)
def test_a_command_of_commands_alone_tells_them(
    command: Callable[..., tuple[int, str, str]], name: str
) -> None:
    """As `belay` alone does: the help goes to stderr, whole, and the exit code is 2; a line is never cut."""
    exit_code, stdout, stderr = command(name)

    assert (exit_code, stdout) == (2, "")
    assert stderr == command(name, "--help")[1]
    assert "-completion" not in stderr
    assert "..." not in stderr.partition("Commands:")[2]
    assert max(map(len, stderr.splitlines())) <= 80


def test_a_command_of_commands_knows_what_was_meant(command: Callable[..., object]) -> None:
    """As `belay rnu` does, also where two letters have changed places in a short word."""
    assert command("fs", "sl") == (
        2,
        "",
        "error: `sl` is not a command of `belay fs`\n\nhint: did you mean `belay fs ls`?\n",
    )
    assert command("cache", "frobnicate") == (
        2,
        "",
        (
            "error: `frobnicate` is not a command of `belay cache`\n\n"
            "hint: `belay cache --help` lists what there is\n"
        ),
    )


FS_HELP = """\
Commands:
  ls         List files and folders, with the bytes of each file
  tree       Show a folder and all that is in it
  cat        Print files, byte for byte
  cp         Copy files to the board, from it, or on it; a PATH of the board
             begins with `:`
  mv         Rename or move a file or folder on the board
  rm         Remove files, empty folders, or with `-r` folders and all that is
             in them
  mkdir      Make folders
  rmdir      Remove empty folders
  touch      Make empty files where there are none
  sha256sum  Print the SHA-256 of files, computed on the board
  df         Print the room of the file systems that hold these paths
  du         Print what folders hold: bytes, files and folders, all levels
             together; or the bytes of files
"""


def test_lines_of_commands_of_a_command_are_whole(command: Callable[..., tuple[int, str, str]]) -> None:
    """Each is one sentence without a full stop, as the lines of `belay --help` are, however long it is."""
    assert command("fs", "--help")[1].partition("Commands:\n")[2] == FS_HELP.partition("Commands:\n")[2]
    assert command("mip", "remove", "--help")[1].splitlines()[2:5] == [
        "  Remove packages from a board",
        "",
        "  Their files go as they were installed, and no others.",
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("fs", "cp", ":main.py", ""), "`TARGET` is empty"),
        (("mip", "list", "--target", ""), "`--target` is empty"),
        (("mip", "install", "--target", "", "one"), "`--target` is empty"),
        (("new", ""), "`PATH` is empty"),
        (("new", "x", "--name", ""), "Invalid value for '--name': it is empty"),
        (("init", ""), "`PATH` is empty"),
        (("init", "--name", ""), "Invalid value for '--name': it is empty"),
        (("bundle", "out", "--main", ""), "Invalid value for '--main': it is empty"),
        (("install", "--main", ""), "`--main` is empty"),
        (("sim", ""), "`NAME` is empty"),
        (("mount", ".", "--exec", ""), "Invalid value for '-e' / '--exec': it is empty"),
        (("edit", ""), "`PATH` is empty"),
    ],
)
def test_an_empty_word_is_misuse(
    command: Callable[..., tuple[int, str, str]], folder: Path, words: tuple[str, ...], message: str
) -> None:
    """A variable of a shell that is not set stands for nothing, and nothing is done."""
    exit_code, stdout, stderr = command(*words)

    assert (exit_code, stdout) == (2, "")
    assert stderr.startswith(f"error: {message}\n\nhint: ")
    assert list(folder.iterdir()) == []


def test_missing_words_show_how_the_command_is_written(command: Callable[..., object]) -> None:
    """The hint is the usage line."""
    assert command("exec") == (
        2,
        "",
        "error: Missing argument '[PORT] CODE'\n\nhint: write it as in `belay exec [OPTIONS] [PORT] CODE`\n",
    )


def test_no_command_stands_twice() -> None:
    """What is mounted from the package manager exists there, and no name is taken twice."""
    names = [entry.name for entry in COMMANDS]

    assert len(names) == len(set(names))
    assert set(MOUNTED) <= {entry.name for entry in PM_COMMANDS}
    assert set(MOUNTED) <= set(names)


@pytest.mark.parametrize(
    "entry", list(dict.fromkeys([*COMMANDS, *PM_COMMANDS])), ids=lambda entry: entry.module
)
def test_every_line_of_the_table_holds(entry: Command) -> None:
    """Each command's module is there and can be run by its syntax; its help is one short sentence."""
    module = import_module(entry.module)

    if hasattr(module, "SYNTAX"):
        parameters = inspect.signature(module.run).parameters.values()
        targets = {option.target for option in module.SYNTAX.options}
        argument = module.SYNTAX.argument
        taken = {each.name for each in parameters if each.kind is not each.VAR_KEYWORD}
        takes_any = any(each.kind is each.VAR_KEYWORD for each in parameters)
        given = targets | ({argument.target} if argument else set())
        assert given >= taken if takes_any else given == taken
    else:
        made = typer.main.get_command(module.app)
        assert getattr(made, "commands", None) or callable(made.callback)
    assert len(entry.help) <= 60
    assert not entry.help.endswith(".")


def test_reading_the_table_loads_nothing_heavy() -> None:
    """Other tools may import the table: no link, no library for packages, commands, colours or models."""
    heavy = {
        "serial",
        "git",
        "websocket",
        "rich",
        "pydantic",
        "typer",
        "belay",
        "belay_transport",
        "tomllib",
        "watchdog",
    }

    loaded = _loaded("")

    assert heavy & {name.partition(".")[0] for name in loaded} == set()


def test_listing_the_commands_loads_none_of_them() -> None:
    """`belay --help` needs typer and the table."""
    heavy = {
        "serial",
        "git",
        "websocket",
        "rich",
        "pydantic",
        "belay",
        "belay_transport",
        "tomllib",
        "watchdog",
    }

    loaded = _loaded(
        "import belay_cli.app, sys; belay_cli.app.run(['--help']); print(*sys.modules, file=sys.stderr)"
    )

    assert [name for name in loaded if name.startswith("belay_cli.commands.")] == []
    assert heavy & {name.partition(".")[0] for name in loaded} == set()


def test_a_plain_command_needs_no_typer() -> None:
    """Words that are plainly right are read without typer, which is a third of a short command's time."""
    loaded = _loaded("belay_cli.app.run(['exec', 'sim:', 'pass'])")

    assert "belay.scripts" in loaded
    assert {"typer", "inspect", "pathlib"} & set(loaded) == set()


@pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows")
def test_a_board_boots_while_the_library_is_loaded() -> None:
    """The link is opened first: what a board needs to boot passes with something useful."""
    loaded = _loaded("belay_cli.app.run(['exec', 'sim:', 'pass'])")

    assert loaded.index("belay_transport.sim.link") < loaded.index("belay.device")


def test_a_command_loads_no_other() -> None:
    """`belay exec --help` loads the module of `exec`."""
    loaded = _loaded("belay_cli.app.run(['exec', '--help'])")

    assert [name for name in loaded if name.startswith("belay_cli.commands.")] == ["belay_cli.commands.exec"]


def _loaded(code: str) -> list[str]:
    """What a fresh interpreter has loaded after this code."""
    done = subprocess.run(
        [sys.executable, "-c", f"import belay_cli.app, sys\n{code}\nprint(*sys.modules, file=sys.stderr)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stderr.split()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell", "pwsh"])
def test_completion_has_a_script_for_each_shell(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    """What `belay --show-completion` prints asks `belay` itself, with the line as it was typed."""
    monkeypatch.setattr("shellingham.detect_shell", lambda: (shell, f"/bin/{shell}"))

    with pytest.raises(SystemExit) as ended:
        run(["--show-completion"])
    script, errors = capsys.readouterr()

    assert (ended.value.code, errors) == (0, "")
    assert "_BELAY_COMPLETE_LINE" in script


@pytest.mark.skipif(os.name == "nt", reason="PowerShell's completion is written elsewhere")
def test_completion_that_cannot_be_installed_is_a_failure(
    command: Callable[..., tuple[int, str, str]], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The path that cannot be written is named."""
    (folder / "home").touch()
    monkeypatch.setenv("HOME", str(folder / "home"))
    monkeypatch.setattr("shellingham.detect_shell", lambda: ("bash", "/bin/bash"))

    exit_code, stdout, stderr = command("--install-completion")

    assert (exit_code, stdout) == (1, "")
    assert re.fullmatch(
        rf"error: Writing `{re.escape(str(folder))}/home\S*` failed: .*\n\nhint: .*\n", stderr
    )


def test_it_runs_as_a_module() -> None:
    """`python -m belay_cli` is `belay`."""
    done = subprocess.run(
        [sys.executable, "-m", "belay_cli", "--help"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, HELP, "")
