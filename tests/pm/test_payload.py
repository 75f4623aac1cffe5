"""What a board gets of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from belay_pm.errors import EditedError, LockError, ProjectError, UnsafePathError
from belay_pm.payload import edited_files, installed_groups, project_files
from belay_pm.project import read_project
from belay_pm.store import Store
from belay_pm.updating import update

if TYPE_CHECKING:
    from pathlib import Path

    from belay_pm.payload import PayloadFile

PROJECT = """\
[tool.belay]
name = "app"
ignore = ["*.txt", "!keep.txt", "/app/private/"]
[tool.belay.dependencies]
one = "libs/one.py"
frozen = { uri = "libs/frozen", opt = 2 }
near = { uri = "libs/near", develop = true }
[tool.belay.group.dev]
optional = true
[tool.belay.group.dev.dependencies]
two = "libs/two.py"
[tool.belay.group.extra.dependencies]
one = "libs/one.py"
"""

FILES = {
    "pyproject.toml": PROJECT,
    "libs/one.py": "x = 1\n",
    "libs/two.py": "x = 2\n",
    "libs/frozen/manifest.py": 'metadata(version="3.1")\nmodule("frozen.py", opt=3)\n',
    "libs/frozen/frozen.py": "x = 3\n",
    "libs/near/__init__.py": "x = 4\n",
    "libs/near/deep/inner.py": "x = 5\n",
    "app/__init__.py": "x = 6\n",
    "app/data/keep.txt": "data\n",
    "app/data/notes.txt": "notes\n",
    "app/private/key.py": "secret\n",
    "app/__pycache__/x.pyc": "",
    "main.py": "import app\n",
}


@pytest.fixture
def app(folder: Path) -> Path:
    """A project that was updated."""
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    update(read_project(folder))
    return folder


def files(folder: Path, **options: object) -> dict[str, PayloadFile]:
    """Return what a board gets."""
    found = project_files(read_project(folder), Store(), **options)  # type: ignore[arg-type] # of the caller
    assert [file.target for file in found] == sorted(file.target for file in found)
    return {file.target: file for file in found}


def test_what_lies_where(app: Path) -> None:
    """Packages are below `lib`, the project's own below its name, without what is ignored."""
    found = files(app)

    assert {target: file.content.decode() for target, file in found.items()} == {
        "app/__init__.py": "x = 6\n",
        "app/data/keep.txt": "data\n",
        "lib/frozen.py": "x = 3\n\n\n__version__ = '3.1'\n",
        "lib/near/__init__.py": "x = 4\n",
        "lib/near/deep/inner.py": "x = 5\n",
        "lib/one/__init__.py": "x = 1\n",
    }
    assert {file.package for file in found.values()} == {None, "frozen", "near", "one"}
    assert found["lib/frozen.py"].opt == 3


def test_where_it_comes_from(app: Path) -> None:
    """Each file names the one of this computer: a copy, or in development the file itself."""
    sources = {target: file.source.relative_to(app).as_posix() for target, file in files(app).items()}

    assert sources["lib/one/__init__.py"] == ".belay/dependencies/extra/one/__init__.py"
    assert sources["lib/near/deep/inner.py"] == "libs/near/deep/inner.py"
    assert sources["app/__init__.py"] == "app/__init__.py"


def test_development_is_what_it_is_now(app: Path) -> None:
    """A change of a package in development needs no update."""
    (app / "libs/near/__init__.py").write_text("x = 44\n")

    assert files(app)["lib/near/__init__.py"].content == b"x = 44\n"


def test_groups_and_main(app: Path) -> None:
    """An optional group comes when it is asked for, a script as `main.py`."""
    found = files(app, groups=["dev"], main=app / "main.py")

    assert found["lib/two/__init__.py"].content == b"x = 2\n"
    assert found["main.py"].source == app / "main.py"
    assert installed_groups(read_project(app)) == ("main", "extra")
    with pytest.raises(ProjectError, match="no group `dve`") as caught:
        files(app, groups=["dve"])
    assert caught.value.hint == "did you mean `dev`?"


def test_edits_are_not_sent(app: Path) -> None:
    """What is not as the lock says is named, and stops everything."""
    (app / ".belay/dependencies/main/one/__init__.py").write_text("x = 0\n")

    with pytest.raises(EditedError, match=r"1 of 3 files .* the first is `main/one/__init__\.py`"):
        files(app)


def test_without_what_it_needs(app: Path) -> None:
    """A lock that does not fit, a script and a package that are not there, are told."""
    with pytest.raises(ProjectError, match=r"none\.py` cannot be read: No such file"):
        files(app, main=app / "none.py")
    (app / "pyproject.toml").write_text(PROJECT.replace('"app"', '"other"'))
    with pytest.raises(ProjectError, match="the folder `other`, is not in"):
        files(app)
    (app / "pyproject.toml").write_text(PROJECT.replace("libs/one.py", "libs/two.py"))
    with pytest.raises(LockError, match="made before the last change"):
        files(app)


def test_a_project_without_packages(folder: Path) -> None:
    """It needs no lock."""
    (folder / "pyproject.toml").write_text('[tool.belay]\nname = "app"\n')
    (folder / "app").mkdir()
    (folder / "app/__init__.py").touch()

    assert list(files(folder)) == ["app/__init__.py"]


def test_clashes(app: Path) -> None:
    """Two names that are one on some computers or boards are refused."""
    (app / "app/Data").mkdir(exist_ok=True)
    if len(list((app / "app").iterdir())) == 4:
        pytest.skip("names have no case here")
    (app / "app/Data/x.py").touch()

    with pytest.raises(UnsafePathError, match="one name on Windows"):
        files(app)


def test_two_contents_of_one_place(app: Path) -> None:
    """A project called `lib` whose own file is where a package's is does not lose either in silence."""
    (app / "pyproject.toml").write_text(PROJECT.replace('name = "app"', 'name = "lib"'))
    update(read_project(app))
    (app / "lib/one").mkdir(parents=True)
    (app / "lib/one/__init__.py").write_text("x = 99\n")

    with pytest.raises(UnsafePathError, match=r"both belong at `lib/one/__init__\.py`"):
        files(app)


def test_what_people_edit(app: Path) -> None:
    """The project's own files and those in development, and where more may appear; nothing that was fetched."""
    edited = edited_files(read_project(app), Store())

    assert sorted(path.relative_to(app).as_posix() for path in edited.files) == [
        "app/__init__.py",
        "app/data/keep.txt",
        "belay.lock",
        "libs/near/__init__.py",
        "libs/near/deep/inner.py",
        "pyproject.toml",
    ]
    assert [path.relative_to(app).as_posix() for path in edited.folders] == ["libs/near", "app"]


def test_what_people_edit_of_a_project_without_packages(folder: Path) -> None:
    """A project needs neither a lock nor a package of its own; a group that is not there is an error."""
    (folder / "pyproject.toml").write_text("[tool.belay]\n")
    project = read_project(folder)

    edited = edited_files(project, Store())

    assert [path.name for path in edited.files] == ["pyproject.toml", "belay.lock"]
    assert edited.folders == ()
    with pytest.raises(ProjectError, match="no group `dev`"):
        edited_files(project, Store(), groups=("dev",))
