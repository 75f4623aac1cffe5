"""A day of somebody who has just installed Belay: a project, a board, its prompt and files, mpremote's words.

python .ci/day.py UV WHEELS_FOLDER

Everything is typed, in the order of a day, on one simulated board that keeps its files; what each command
prints is compared with what it should.
"""

from __future__ import annotations

import sys
import tempfile
from hashlib import sha256
from pathlib import Path

from desk import Desk
from wheels_alone import install

BOARD = "sim:garden"

CTRL_C = "\x03"
CTRL_D = "\x04"
LEAVE = "\x1d"
"""Ctrl-]."""


def main() -> None:
    """Live through it; whatever is not as it should be ends it."""
    uv, wheels = sys.argv[1], Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as top:
        python = install(uv, wheels, Path(top, "venv"), "belay-cli[sim,mpy]")
        desk = Desk(python, Path(top))
        make_project(desk)
        bring_it_to_a_board(desk)
        run_scripts(desk)
        sit_at_the_prompt(desk)
        look_after_files(desk)
        mount_a_folder(desk)
        save_while_it_is_watched(desk)
        speak_mpremote(desk)
    print("a day with a board: all as it should be")


def make_project(desk: Desk) -> None:
    """Begin a project that needs two packages, one of them for development only."""
    desk.types(
        "belay new my-project",
        """\
Wrote `.gitignore`
Wrote `README.md`
Wrote `main.py`
Wrote `my_project/__init__.py`
Wrote `pyproject.toml`
Wrote `tests/test_my_project.py`
The package of `my-project` is called `my_project`: that can be imported
`…my-project` is a project
""",
    )
    desk.folder /= "my-project"
    desk.writes("libs/lamp.py", "def state():\n    return 'off'\n")
    desk.writes("libs/checks.py", "def check():\n    return 'all is well'\n")
    desk.types(
        "belay add lamp ./libs/lamp.py", "`lamp` is `./libs/lamp.py` in the group `main`\nAdded `lamp` …"
    )
    desk.types(
        "belay add checks ./libs/checks.py --group dev",
        "`checks` is `./libs/checks.py` in the group `dev`\nAdded `checks` …",
    )
    project = desk.folder / "pyproject.toml"
    group = "[tool.belay.group.dev.dependencies]"
    text = project.read_text(encoding="utf-8")
    project.write_text(text.replace(group, f"[tool.belay.group.dev]\noptional = true\n\n{group}"), "utf-8")
    desk.writes("libs/lamp.py", "def state():\n    return 'on'\n")
    desk.types("belay update", "Updated `lamp` … → …\n2 packages: 1 file written, 0 removed")


def bring_it_to_a_board(desk: Desk) -> None:
    """Install it, with the packages for development and without; the board starts with it."""
    desk.types(
        f"belay install --with dev {BOARD} --main main.py",
        "Sent 4 files, … bytes, in … s; 0 removed, 0 unchanged",
    )
    desk.types(f"belay exec {BOARD} 'import checks; print(checks.check())'", "all is well")
    desk.types(f"belay install {BOARD}", "Sent 0 files, 0 bytes, in … s; 1 removed, 2 unchanged")
    desk.types(
        f"belay exec {BOARD} 'import checks'",
        "Traceback (most recent call last):…ImportError: no module named 'checks'",
        exit_code=1,
    )
    desk.types(
        f"belay install --with dev {BOARD} --main main.py --run main.py",
        "Hello, world!\nSent 1 file, … bytes, in … s; 0 removed, 3 unchanged",
    )


def run_scripts(desk: Desk) -> None:
    """Run scripts that are not on the board; one fails, and says where."""
    desk.writes("mean.py", "import sys\n\nnumbers = [int(word) for word in sys.argv[1:]]\n")
    with (desk.folder / "mean.py").open("a", encoding="utf-8") as file:
        file.write("print(sum(numbers) / len(numbers))\n")
    desk.types(f"belay run {BOARD} mean.py 1 2 6", "3.0")
    desk.types(
        f"belay run {BOARD} mean.py",
        """\
Traceback (most recent call last):
  File "mean.py", line 4, in <module>
    print(sum(numbers) / len(numbers))
ZeroDivisionError: divide by zero
""",
        exit_code=1,
    )


def sit_at_the_prompt(desk: Desk) -> None:
    """Type at the board's own prompt; Ctrl-D starts it anew, and its `main.py` greets."""
    with desk.sits_down(f"belay terminal {BOARD}") as terminal:
        terminal.sees("Ctrl-] leaves")
        terminal.sees(">>> ")
        terminal.types("import lamp\r")
        terminal.sees(">>> ")
        terminal.types("lamp.state() * 2\r")
        terminal.sees("'onon'\r\n>>> ")
        terminal.types(CTRL_D)
        terminal.sees("Hello, world!\r\n")
        terminal.sees(">>> ")
        terminal.types("lamp\r")
        terminal.sees("NameError: name 'lamp' isn't defined\r\n>>> ")
        terminal.types(LEAVE)
        terminal.leaves()


def look_after_files(desk: Desk) -> None:
    """Copy a file there, look at it, bring it back, and remove it."""
    desk.writes("note.txt", "water at six\n")
    port = f"--port {BOARD}"
    desk.types(f"belay fs cp {port} note.txt :notes/", "Copied 1 file, 13 bytes, in … s; 0 unchanged")
    desk.types(f"belay fs cp {port} note.txt :notes/", "Copied 0 files, 0 bytes, in … s; 1 unchanged")
    desk.types(f"belay fs cat {port} notes/note.txt", "water at six")
    desk.types(
        f"belay fs tree {port}",
        """\
/
  .belay_installed
  lib/
    checks/
      __init__.py
    lamp/
      __init__.py
  main.py
  my_project/
    __init__.py
  notes/
    note.txt
""",
    )
    desk.types(f"belay fs mv {port} notes/note.txt notes/old.txt", "")
    desk.types(f"belay fs cp {port} :notes/old.txt .", "Copied 1 file, 13 bytes, in … s; 0 unchanged")
    if (desk.folder / "old.txt").read_text(encoding="utf-8") != "water at six\n":
        raise SystemExit("what came back is not what was sent")
    desk.types(f"belay fs rm {port} -r notes", "…")
    desk.types(f"belay fs ls {port} notes", "error: …`/notes`…ENOENT (not there)…", exit_code=1)


def mount_a_folder(desk: Desk) -> None:
    """Import what lies here, changed between two imports; the board writes a file here."""
    desk.writes("src/sensor.py", "LEVEL = 1\n")
    desk.types(f"belay mount {BOARD} src --exec 'import sensor; print(sensor.LEVEL)'", "1")
    with desk.sits_down(f"belay mount {BOARD} src") as terminal:
        terminal.sees("The folder is at /remote; Ctrl-] leaves")
        terminal.sees(">>> ")
        terminal.types("import sensor; sensor.LEVEL + 10\r")
        terminal.sees("11\r\n>>> ")
        desk.writes("src/sensor.py", "LEVEL = 2\n")
        terminal.types(CTRL_D)
        terminal.sees("mounting again at /remote")
        terminal.sees(">>> ")
        terminal.types("import sensor; sensor.LEVEL + 10\r")
        terminal.sees("12\r\n>>> ")
        terminal.types("file = open('log.txt', 'w'); n = file.write('dry'); file.close()\r")
        terminal.sees(">>> ")
        terminal.types(LEAVE)
        terminal.leaves()
    if (desk.folder / "src/log.txt").read_text(encoding="utf-8") != "dry":
        raise SystemExit("the board's file is not in the mounted folder")


def save_while_it_is_watched(desk: Desk) -> None:
    """Have each save sent; what was saved is on the board, and Ctrl-C ends the watching."""
    desk.writes("drivers/pump.py", "LITRES = 1\n")
    with desk.sits_down(f"belay sync --watch {BOARD} drivers --dst /drivers") as terminal:
        terminal.sees("Watching `drivers`; Ctrl-C ends it")
        terminal.sees("0 removed, 0 unchanged")
        desk.writes("drivers/pump.py", "LITRES = 22\n")
        terminal.sees("`drivers/pump.py` changed")
        terminal.sees("Sent 1 file, ")
        terminal.sees("0 removed, 0 unchanged")
        terminal.types(CTRL_C)
        terminal.leaves(130)
    desk.types(f"belay fs cat --port {BOARD} drivers/pump.py", "LITRES=22")


def speak_mpremote(desk: Desk) -> None:
    """Type what mpremote's README has for examples, each as it stands there but for the command's name."""
    desk.environment["BELAY_DEVICE"] = BOARD
    desk.writes("local_script.py", "print('run from here')\n")
    desk.writes("dir/inner.py", "x = 1\n")
    remote = "belay remote"
    desk.types(f"{remote} eval 1/2 eval 3/4", "0.5\n0.75")
    desk.types(
        f'{remote} mount . exec "import local_script"',
        "Local directory . is mounted at /remote\nrun from here",
    )
    desk.types(f'{remote} exec "import micropython; micropython.mem_info()"', "…GC: total: …")
    desk.types(f"{remote} cp main.py :", "cp main.py :")
    desk.types(f"{remote} cp -r dir/ :", "cp dir/ :")
    desk.types(f"{remote} sha256sum :main.py", f"sha256sum :main.py\n{sum_of(desk.folder / 'main.py')}")
    desk.types(f"{remote} cat main.py", (desk.folder / "main.py").read_text(encoding="utf-8"))
    desk.types(f"{remote} ls", "ls :\n…dir/\n…main.py\n…")
    with desk.sits_down(f"{remote} mount .") as terminal:
        terminal.sees("Local directory . is mounted at /remote")
        terminal.sees(">>> ")
        terminal.types("import local_script\r")
        terminal.sees("run from here\r\n>>> ")
        terminal.types("\x18")  # Ctrl-x, which leaves here too
        terminal.leaves()


def sum_of(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    return sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
