from __future__ import annotations

import json
import shutil
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from .conftest import write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.pm.conftest import Repository, WebServer

    from .conftest import Result

HELP = """\
Usage: belay-pm update [OPTIONS] [PACKAGES]...

  Get the packages of the project

Arguments:
  [PACKAGES]...  Those to get anew: all others stay as `belay.lock` has them

Options:
  --locked               Get exactly what `belay.lock` says, or fail
  --frozen               The same as `--locked`
  --offline              Ask nobody: take what the cache has
  --overwrite-edits      Lose what was changed by hand in the packages
  --var NAME=FOLDER      What `$(NAME)` stands for in a `manifest.py`
  --trust-manifest NAME  Run the `manifest.py` of this package, if it does
                         more than can be read
  -h, --help             Show this message and exit.

  What comes lies below `.belay/dependencies/<group>/`, and `belay.lock` says
  what it was: commit both. Files that were put there before and belong to no
  package any more are removed, and nothing else is.
"""


def test_help(typed: Callable[..., object]) -> None:
    """The options, and what happens to the files."""
    assert typed("update", "--help") == (0, HELP, "")


def test_a_first_update(project: Path, typed: Callable[..., object]) -> None:
    """Each package that is new, and the sum; words go to stderr."""
    assert typed("update") == (
        0,
        "",
        "Added `one` 453e6dbc2d\nAdded `two` 2507ac5aac\n2 packages: 2 files written, 0 removed\n",
    )
    assert (project / ".belay/dependencies/main/one/__init__.py").read_text() == "x = 1\n"
    assert (project / ".belay/dependencies/dev/two/__init__.py").read_text() == "x = 2\n"


def test_an_update_with_nothing_new(project: Path, typed: Callable[..., object]) -> None:
    """It says so."""
    typed("update")

    assert typed("update") == (0, "", "2 packages up to date\n")


def test_one_package(project: Path, typed: Callable[..., object]) -> None:
    """Only what was named is looked at anew."""
    typed("update")
    (project / "lib/one.py").write_text("x = 10\n")
    (project / "lib/two.py").write_text("x = 20\n")

    assert typed("update", "two") == (
        0,
        "",
        "Updated `two` 2507ac5aac → 0033b5114a\n2 packages: 1 file written, 0 removed\n",
    )


def test_a_slip(project: Path, typed: Callable[..., object]) -> None:
    """A name that is none of the project's is an error with a near miss (incumbent's defect)."""
    typed("update")

    assert typed("update", "tow") == (
        1,
        "",
        "error: `tow` is no package of the project\n\nhint: did you mean `two`?\n",
    )


def test_locked_and_offline(project: Path, typed: Callable[..., object]) -> None:
    """The lock and the cache are enough, under both names of the option."""
    typed("update")
    for word in ("--locked", "--frozen"):
        shutil.rmtree(project / ".belay")

        assert typed("update", word, "--offline") == (0, "", "2 packages: 2 files written, 0 removed\n")


def test_locked_that_does_not_fit(project: Path, typed: Callable[..., object]) -> None:
    """A changed `pyproject.toml` is told, with what to type."""
    typed("update")
    path = project / "pyproject.toml"
    path.write_text(path.read_text() + 'three = "lib/one.py"\n')

    assert typed("update", "--locked") == (
        1,
        "",
        (
            "error: `belay.lock` was made before the last change of `pyproject.toml`\n\n"
            "hint: `belay-pm lock` brings it up to date, and `belay-pm update` gets what is new\n"
        ),
    )


@pytest.mark.parametrize("option", ["--locked", "--frozen"])
@pytest.mark.usefixtures("project")
def test_locked_with_packages_is_misuse(typed: Callable[..., object], option: str) -> None:
    """To lock and to get anew exclude each other; the option is named as it was typed."""
    assert typed("update", option, "one") == (
        2,
        "",
        (
            f"error: `{option}` takes all packages as they are locked, and PACKAGES are to be got anew\n\n"
            "hint: give one of them\n"
        ),
    )


def test_an_edit(project: Path, typed: Callable[..., object]) -> None:
    """A change by hand is named, and lost only when asked to."""
    typed("update")
    edited = project / ".belay/dependencies/main/one/__init__.py"
    edited.write_text("mine")

    assert typed("update") == (
        1,
        "",
        (
            "error: Changed since `belay-pm update` put it there, in `.belay/dependencies`: `main/one/__init__.py`\n\n"
            "hint: keep your changes elsewhere, or lose them with `--overwrite-edits`; "
            "a package that you work on can be used where it lies: `develop = true`\n"
        ),
    )
    assert edited.read_text() == "mine"
    assert typed("update", "--overwrite-edits") == (0, "", "2 packages: 1 file written, 0 removed\n")


def test_a_variable_that_names_nothing_is_misuse(project: Path, typed: Callable[..., object]) -> None:
    """`--var` has a name and a folder."""
    assert typed("update", "--var", "MPY_DIR") == (
        2,
        "",
        "error: `--var MPY_DIR` names no folder\n\nhint: write it as in `--var MPY_DIR=../micropython`\n",
    )


def test_a_project_of_the_incumbent(project: Path, typed: Callable[..., object]) -> None:
    """What stays in its folder is told."""
    stray = project / ".belay/dependencies/main/handmade/x.py"
    stray.parent.mkdir(parents=True)
    stray.write_text("mine")

    assert typed("update") == (
        0,
        "",
        (
            "Added `one` 453e6dbc2d\nAdded `two` 2507ac5aac\n"
            "note: 1 file below the packages is of none of them and stays: `main/handmade/x.py`\n"
            "2 packages: 2 files written, 0 removed\n"
        ),
    )


def test_what_left_the_project(project: Path, typed: Callable[..., object]) -> None:
    """Its files go, and it is named."""
    typed("update")
    text = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(text[: text.index("[tool.belay.group")])

    assert typed("update") == (0, "", "Removed `two` 2507ac5aac\n1 package: 0 files written, 1 removed\n")


def test_outside_a_project(folder: Path, typed: Callable[..., object]) -> None:
    """There is nothing to update."""
    result = typed("update")

    assert result[:2] == (1, "")
    assert result[2].startswith("error: there is no `pyproject.toml` with `[tool.belay]` in ")


def test_packages_of_one_repository(
    folder: Path,
    repository: Callable[..., Repository],
    typed: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a manifest of micropython-lib requires comes from the same commit, is told, and locked for good."""
    library = repository()
    ssl = b'metadata(version="0.2")\nmodule("ssl.py")\n'
    commit = library.commit(
        {
            "python-ecosys/http/manifest.py": b'metadata(version="3.1")\nrequire("ssl")\nmodule("http.py")\n',
            "python-ecosys/http/http.py": b"import ssl\n",
            "python-stdlib/ssl/manifest.py": ssl,
            "python-stdlib/ssl/ssl.py": b"x = 1\n",
        }
    )
    source = f"git+{library.url}@main#python-ecosys/http"
    write(folder, "pyproject.toml", f'[tool.belay]\n[tool.belay.dependencies]\nhttp = "{source}"\n')

    first = typed("update")
    tree = typed("tree").stdout
    laid = (folder / ".belay/dependencies/main/ssl.py").read_bytes()
    library.commit({"python-stdlib/ssl/ssl.py": b"x = 2\n"})
    shutil.rmtree(folder / ".belay")
    monkeypatch.setenv("BELAY_CACHE_DIR", str(folder / "empty"))
    again = typed("update", "--frozen")

    assert (first.exit_code, again.exit_code) == (0, 0), first.stderr + again.stderr
    assert tree == "main\n└─ http 3.1\n   └─ ssl 0.2\n"
    assert laid == b"x = 1\n\n\n__version__ = '0.2'\n"
    assert (folder / ".belay/dependencies/main/ssl.py").read_bytes() == laid
    assert commit in (folder / "belay.lock").read_text()

    typed("update")
    assert b"x = 2" in (folder / ".belay/dependencies/main/ssl.py").read_bytes()


def test_files_of_a_variables_folder(
    folder: Path,
    repository: Callable[..., Repository],
    typed: Callable[..., Result],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a manifest takes from the folder of a variable is locked as such, and comes again from there."""
    library = tmp_path / "library"
    write(library, "python-stdlib/ssl/manifest.py", 'metadata(version="0.2")\nmodule("ssl.py")\n')
    write(library, "python-stdlib/ssl/ssl.py", "x = 1\n")
    write(library, "python-stdlib/os/manifest.py", 'module("os.py")\n')
    write(library, "python-stdlib/os/os.py", "y = 1\r\n")
    package = repository()
    manifest = b'metadata(version="3.1")\nrequire("ssl")\nrequire("os")\nmodule("http.py")\n'
    package.commit({"manifest.py": manifest, "http.py": b"import ssl\n"})
    project = f'[tool.belay.dependencies]\nhttp = "git+{package.url}"\n'
    write(folder, "pyproject.toml", project)

    def laid() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (folder / ".belay/dependencies/main").iterdir()}

    first = typed("update", "--var", "MPY_LIB_DIR=../library")
    expected = laid()
    shutil.rmtree(folder / ".belay")
    monkeypatch.setenv("BELAY_CACHE_DIR", str(folder / "empty"))
    unset = typed("update", "--frozen")
    again = typed("update", "--frozen", "--var", "MPY_LIB_DIR=../library")

    assert (first.exit_code, again.exit_code) == (0, 0), first.stderr + again.stderr
    assert laid() == expected
    assert set(expected) == {"http.py", "os.py", "ssl.py"}
    assert expected["ssl.py"] == b"x = 1\n\n\n__version__ = '0.2'\n"
    assert (unset.exit_code, unset.stderr) == (
        1,
        (
            "error: `$(MPY_LIB_DIR)/python-stdlib/os/os.py` needs the variable `MPY_LIB_DIR`, which is not set\n\n"
            "hint: name its folder with `--var MPY_LIB_DIR=FOLDER`, or in `[tool.belay.variables]`\n"
        ),
    )


def test_the_project_has_the_last_word_on_what_a_repository_requires(
    folder: Path, repository: Callable[..., Repository], typed: Callable[..., Result]
) -> None:
    """A package that the project names itself is taken from where the project says."""
    library = repository()
    library.commit(
        {
            "python-ecosys/http/manifest.py": b'require("ssl")\nmodule("http.py")\n',
            "python-ecosys/http/http.py": b"import ssl\n",
            "python-stdlib/ssl/manifest.py": b'module("ssl.py")\n',
            "python-stdlib/ssl/ssl.py": b"x = 1\n",
        }
    )
    write(folder, "ssl.py", "mine = 1\n")
    source = f"git+{library.url}#python-ecosys/http"
    write(
        folder,
        "pyproject.toml",
        f'[tool.belay]\n[tool.belay.dependencies]\nhttp = "{source}"\nssl = "./ssl.py"\n',
    )

    assert typed("update").exit_code == 0
    assert (folder / ".belay/dependencies/main/ssl/__init__.py").read_text() == "mine = 1\n"
    assert not (folder / ".belay/dependencies/main/ssl.py").exists()


def test_an_index_without_a_list(folder: Path, server: WebServer, typed: Callable[..., Result]) -> None:
    """An older version is had by its number; of a range it is told what cannot be known, and what to type."""
    told = {"v": 1, "hashes": [["ssl.py", sha256(b"").hexdigest()[:8]]]}
    for page, version in (("latest", "0.3"), ("0.3", "0.3"), ("0.2", "0.2")):
        content = json.dumps({**told, "version": version}).encode()
        server.pages[f"/pi/package/py/ssl/{page}.json"] = content
    start = sha256(b"").hexdigest()[:8]
    server.pages[f"/pi/file/{start[:2]}/{start}"] = b""
    head = f'[tool.belay]\npackage_indices = ["{server.url}/pi"]\n[tool.belay.dependencies]\n'

    write(folder, "pyproject.toml", f'{head}ssl = "<0.3"\n')
    unknown = typed("update")
    write(folder, "pyproject.toml", f'{head}ssl = "==0.2"\n')
    exact = typed("update")

    assert unknown.exit_code == 1
    assert unknown.stderr == (
        "error: No version of `ssl` suits who asks for it:\n  `<0.3` by `main`\n"
        "there is 0.3, and whether there are others is not known: the index has no list\n\n"
        "hint: ask for one that you know of, exactly: `==1.2.3`\n"
    )
    assert exact == (0, "", "Added `ssl` 0.2\n1 package: 1 file written, 0 removed\n")
