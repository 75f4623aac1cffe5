from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HELLO = "import sys\nprint('hello from', sys.argv)\n"

NO_BOARD = (
    1,
    "",
    (
        "error: No board is plugged in: this machine has no serial port\n\n"
        "hint: plug a board in, name its port (`/dev/ttyACM0`, `COM3`), or use the simulated board `sim:`\n"
    ),
)


@pytest.fixture
def script(folder: Path) -> Callable[..., Path]:
    """Write a script into the folder."""

    def write(text: str, name: str = "main.py") -> Path:
        path = folder / name
        path.write_text(text, encoding="utf-8", newline="")
        return path

    return write


def test_it_prints_what_the_script_prints(
    command: Callable[..., object], script: Callable[..., Path]
) -> None:
    """The script's prints go to stdout, and its own name is in `sys.argv`."""
    script(HELLO)

    assert command("run", "sim:", "main.py") == (0, "hello from ['main.py']\n", "")


def test_everything_behind_the_script_is_the_scripts(
    command: Callable[..., object], script: Callable[..., Path]
) -> None:
    """Options, `--help` and `--` included, reach the script as they were typed."""
    script(HELLO)

    assert command("run", "sim:", "main.py", "--flag", "-p", "3", "--help", "--", "it's ä\n") == (
        0,
        "hello from ['main.py', '--flag', '-p', '3', '--help', '--', \"it's \\xe4\\n\"]\n",
        "",
    )


def test_options_in_front_of_the_script_are_ours(
    command: Callable[..., object], script: Callable[..., Path]
) -> None:
    """`--port` may stand before the script, and the word after it is the script then."""
    script(HELLO)

    assert command("run", "--port", "sim:", "main.py", "sim:") == (0, "hello from ['main.py', 'sim:']\n", "")
    assert command("run", "--no-minify", "sim:", "main.py") == (0, "hello from ['main.py']\n", "")


def test_the_board_may_be_left_out(
    command: Callable[..., object], script: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment names it then."""
    script(HELLO)
    monkeypatch.setenv("BELAY_DEVICE", "sim:")

    assert command("run", "main.py", "a") == (0, "hello from ['main.py', 'a']\n", "")


@pytest.mark.usefixtures("no_ports")
def test_without_any_board_it_fails(command: Callable[..., object], script: Callable[..., Path]) -> None:
    """A script alone is for the only board, and there is none."""
    script(HELLO)

    assert command("run", "main.py") == NO_BOARD


def test_an_alias_is_a_board(
    command: Callable[..., object], script: Callable[..., Path], aliases: Callable[[str], Path]
) -> None:
    """A name from the user's settings stands for its address."""
    script(HELLO)
    aliases("[aliases]\ngarden = 'sim:'\n")

    assert command("run", "garden", "main.py") == (0, "hello from ['main.py']\n", "")


@pytest.mark.usefixtures("no_ports")
def test_a_file_wins_over_an_alias(
    command: Callable[..., object], script: Callable[..., Path], aliases: Callable[[str], Path]
) -> None:
    """A script whose name is an alias too is run, on the board that is meant without a name."""
    script(HELLO, "garden.py")
    aliases("[aliases]\n'garden.py' = 'sim:'\n")

    assert command("run", "garden.py") == NO_BOARD


def test_a_traceback_names_the_scripts_lines(
    command: Callable[..., object], script: Callable[..., Path]
) -> None:
    """File, line and source are the host's, however much the script was shortened on its way."""
    script(
        '"""A docstring\nof two lines."""\n\n# a comment\n'
        'def f(x):\n    return 1 / x  # why not\n\n\nprint("go")\nf(0)\n'
    )

    assert command("run", "sim:", "main.py") == (
        1,
        "go\n",
        (
            "Traceback (most recent call last):\n"
            '  File "main.py", line 10, in <module>\n'
            "    f(0)\n"
            '  File "main.py", line 6, in f\n'
            "    return 1 / x  # why not\n"
            "ZeroDivisionError: divide by zero\n"
        ),
    )


def test_line_ends_of_other_systems_count_once(
    command: Callable[..., tuple[int, str, str]], script: Callable[..., Path]
) -> None:
    """A script written on Windows has the line numbers that its editor shows."""
    script("\ufeffa = 1\r\n\r\nb = a.c\r\n")

    _, _, stderr = command("run", "sim:", "main.py")

    assert '  File "main.py", line 3, in <module>\n    b = a.c\n' in stderr


def test_a_script_finds_what_it_would_find_as_main(
    command: Callable[..., tuple[int, str, str]], script: Callable[..., Path]
) -> None:
    """No convenience names are brought in, and `__name__` is what it is in `main.py`."""
    script("print(__name__)\nPin\n")

    exit_code, stdout, stderr = command("run", "sim:", "main.py")

    assert (exit_code, stdout) == (1, "__main__\n")
    assert stderr.endswith("NameError: name 'Pin' isn't defined\n")


@pytest.mark.parametrize(
    ("argument", "exit_code", "stderr"),
    [
        ("3", 3, ""),
        ("", 0, ""),
        ("None", 0, ""),
        ("True", 1, ""),
        ("'no sensor'", 1, "no sensor\n"),
        ("[1, 2]", 1, "[1, 2]\n"),
    ],
)
def test_sys_exit_is_the_exit_code(
    command: Callable[..., object],
    script: Callable[..., Path],
    argument: str,
    exit_code: int,
    stderr: str,
) -> None:
    """The script decides how the command ends."""
    script(f"import sys\nprint('working')\nsys.exit({argument})\n")

    assert command("run", "sim:", "main.py") == (exit_code, "working\n", stderr)


def test_a_deadline_interrupts_the_script(
    command: Callable[..., tuple[int, str, str]], script: Callable[..., Path]
) -> None:
    """`--timeout` is a failure that says how to give more time."""
    script("while True:\n    pass\n")

    exit_code, stdout, stderr = command("run", "--timeout", "0.05", "sim:", "main.py")

    assert (exit_code, stdout) == (1, "")
    assert stderr.endswith("\n\nhint: give it more time with `--timeout SECONDS`\n")


def test_input_waits_until_the_deadline(
    command: Callable[..., tuple[int, str, str]], script: Callable[..., Path]
) -> None:
    """Nothing comes from stdin; the deadline ends the waiting."""
    script("print('asking')\ninput()\n")

    exit_code, stdout, stderr = command("run", "--timeout", "0.05", "sim:", "main.py")

    assert (exit_code, stdout) == (1, "asking\n")
    assert stderr.endswith("\n\nhint: give it more time with `--timeout SECONDS`\n")


def test_a_script_that_is_no_utf8(command: Callable[..., object], folder: Path) -> None:
    """The byte is named, with its place."""
    (folder / "main.py").write_bytes(b"print('\xe4')\n")

    assert command("run", "sim:", "main.py") == (
        1,
        "",
        (
            "error: `main.py` is not UTF-8: byte 0xe4 at offset 7\n\n"
            "hint: save it as UTF-8, the only encoding that a board reads\n"
        ),
    )


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["sim:"], "`SCRIPT` is missing", "write it as in `belay run sim: main.py`"),
        (
            ["--port", "sim:", "COM3", "main.py"],
            "The board is named twice: `COM3` and `--port sim:`",
            "leave one of them out",
        ),
        (
            [],
            "Missing argument '[PORT] SCRIPT [ARGUMENT]...'",
            "write it as in `belay run [OPTIONS] [PORT] SCRIPT [ARGUMENT]...`",
        ),
        (
            ["sim:", "--no-minify", "main.py"],
            "`--no-minify` stands where the script should be",
            "options stand in front: `belay run --no-minify sim: main.py`",
        ),
        (
            ["--timeout", "1", "sim:", "-c"],
            "`-c` stands where the script should be",
            "give the path of a `.py` file: `belay run sim: main.py`; `belay exec` runs code",
        ),
        (["sim:", ""], "`SCRIPT` is empty", "give the path of a `.py` file"),
        (["sim:", "--"], "`SCRIPT` is missing", "write it as in `belay run sim: main.py`"),
        (["sim:", "COM3", "main.py"], "The board is named twice: `sim:` and `COM3`", "leave one of them out"),
        (
            ["sim:", "-"],
            "`-` cannot be run: a script is a file, and stdin is none",
            "write it to a `.py` file first, or try `belay exec`",
        ),
        (
            ["missing.py"],
            (
                "`missing.py` cannot be run: as a script it is not there, "
                "as a program it is not on the `PATH`, and it is no address of a board"
            ),
            "give the path of a `.py` file; name the board with `--port` if that was meant",
        ),
        (
            ["notes.txt"],
            (
                "`notes.txt` cannot be run: as a script it is a file, but no `.py` file, "
                "as a program it is not on the `PATH`, and it is no address of a board"
            ),
            "give the path of a `.py` file; name the board with `--port` if that was meant",
        ),
        (
            ["sim:", "package.py"],
            (
                "`package.py` cannot be run: as a script it is a folder, "
                "as a program it is not on the `PATH`, and it is no address of a board"
            ),
            "give the path of a `.py` file; name the board with `--port` if that was meant",
        ),
    ],
)
def test_what_cannot_be_run_is_misuse(
    command: Callable[..., object], folder: Path, words: list[str], message: str, hint: str
) -> None:
    """The message says what was tried."""
    (folder / "notes.txt").touch()
    (folder / "package.py").mkdir()

    assert command("run", *words) == (2, "", f"error: {message}\n\nhint: {hint}\n")


@pytest.mark.skipif(os.name == "nt", reason="making a symbolic link needs a privilege on Windows")
def test_a_link_to_nothing_is_misuse(command: Callable[..., tuple[int, str, str]], folder: Path) -> None:
    """It is there, and is no file."""
    (folder / "main.py").symlink_to("gone.py")

    exit_code, stdout, stderr = command("run", "sim:", "main.py")

    assert (exit_code, stdout) == (2, "")
    assert stderr.startswith("error: `main.py` cannot be run: as a script it is a link to nothing, ")


@pytest.mark.skipif(not os.path.exists("/proc/self/mem"), reason="a file that cannot be read is Linux's")  # noqa: PTH110
def test_a_script_that_cannot_be_read_is_a_failure(command: Callable[..., object], folder: Path) -> None:
    """The computer's reason is told, before any board is opened."""
    (folder / "main.py").symlink_to("/proc/self/mem")

    assert command("run", "COM99", "main.py") == (
        1,
        "",
        "error: `main.py` cannot be read: Input/output error\n",
    )


def test_dashes_in_front_of_the_script_say_nothing(
    command: Callable[..., object], script: Callable[..., Path]
) -> None:
    """`--` ends our options, which a PORT does as well."""
    script(HELLO)

    assert command("run", "--", "sim:", "main.py", "--") == (0, "hello from ['main.py', '--']\n", "")
    assert command("run", "sim:", "--", "main.py", "--") == (0, "hello from ['main.py', '--']\n", "")


@pytest.fixture
def program(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program on the `PATH`, in a project's folder, which writes where it finds modules."""
    (folder / "pyproject.toml").write_text('[tool.belay]\nname = "app"\n')
    path = folder / "bin" / "measure.exe"
    path.parent.mkdir()
    path.write_text('#!/bin/sh\necho "$MICROPYPATH $@" > told\nexit 7\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(path.parent), prepend=os.pathsep)
    return path


def test_a_program_of_this_computer_runs(command: Callable[..., object], folder: Path, program: Path) -> None:
    """It gets all words behind it, finds the packages, and its exit code is ours."""
    assert command("run", program.name, "--fast", "-p", "x") == (7, "", "")

    path, words = (folder / "told").read_text().rstrip("\n").split(" ", 1)
    assert path.split(os.pathsep) == [".", ".frozen", str(folder / ".belay" / "dependencies" / "main")]
    assert words == "--fast -p x"


@pytest.mark.parametrize("words", [["sim:"], ["--port", "sim:"], ["--timeout", "1"], ["--no-minify"]])
def test_a_program_takes_no_board(command: Callable[..., object], program: Path, words: list[str]) -> None:
    """Board and options make no sense for it."""
    assert command("run", *words, program.name) == (
        2,
        "",
        (
            "error: `measure.exe` is a program of this computer, and board and options are for scripts\n\n"
            "hint: leave them out: `belay run measure.exe`\n"
        ),
    )
