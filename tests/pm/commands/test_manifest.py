"""`belay-pm manifest`, and trust on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from belay_pm.manifest import evaluate_manifest
from belay_pm.sources.folder import FolderTree
from belay_pm.trees import Place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Result

MANIFEST = """\
metadata(version="1.0", description="things")
module("a.py", opt=2)
package("p", base_path="$(LIBS)")
require("aioble", "1.2")
c_module("c")
"""

LISTING = 'import os\n[module(name) for name in os.listdir(".") if name == "a.py"]\n'


@pytest.fixture
def libs(folder: Path) -> Path:
    """A manifest in a folder of its own, with a variable."""
    for path, text in {
        "m/manifest.py": MANIFEST,
        "m/a.py": "",
        "libs/p/__init__.py": "",
        "l/manifest.py": LISTING,
        "l/a.py": "x = 1\n",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def test_showing(libs: Path, typed: Callable[..., Result]) -> None:
    """Files and requirements on stdout, notes on stderr; JSON has all of it."""
    shown = typed("manifest", "show", "m", "--var", "LIBS=libs")

    assert shown.exit_code == 0
    assert (
        shown.stdout
        == "a.py  a.py (compile, opt=2)\np/__init__.py  p/__init__.py (compile)\nrequires aioble 1.2\n"
    )
    assert "the C module `c` needs a firmware build" in shown.stderr
    told = json.loads(typed("manifest", "show", "m/manifest.py", "--var", "LIBS=libs", "--json").stdout)
    assert told["files"][0] == {"target": "a.py", "source": "a.py", "opt": 2, "kind": "compile"}
    assert told["metadata"]["version"] == "1.0"
    assert told["c_modules"] == ["c"]


def test_checking(libs: Path, typed: Callable[..., Result]) -> None:
    """All problems at once, and what would mend them."""
    (libs / "m/manifest.py").write_text('module("none.py")\npackage("p", base_path="$(LIBS)")\nimport os\n')

    checked = typed("manifest", "check", "m")

    assert checked.exit_code == 1
    lines = checked.stdout.splitlines()
    assert len(lines) == 3
    assert "line 3: `import` is not evaluated" in lines[0]
    assert "line 1: the file" in lines[1]
    assert "line 2: `$(LIBS)` needs the variable `LIBS`, which is not set" in lines[2]
    assert "error: The manifest has 3 problems\n" in checked.stderr
    assert "`--trust-manifest`" in checked.stderr
    (libs / "m/manifest.py").write_text('module("a.py")\n')
    assert typed("manifest", "check", "m") == (0, "", "1 file, and nothing is wrong\n")


def test_trust(libs: Path, typed: Callable[..., Result]) -> None:
    """A manifest is run when that is asked for, and it is said."""
    refused = typed("manifest", "show", "l")
    run = typed("manifest", "show", "l", "--trust-manifest")

    assert refused.exit_code == 1
    assert "or have it run, if you trust it: `--trust-manifest`" in refused.stderr
    assert run.exit_code == 0
    assert run.stdout == "a.py  a.py (compile)\n"
    assert "manifest.py` was run: it is trusted" in run.stderr
    assert typed("manifest", "show", "l", "--trust-manifest", "--option", "x=b'1'").exit_code == 0


def test_trust_for_a_package(libs: Path, typed: Callable[..., Result]) -> None:
    """An update names the option, runs the manifest of that package alone, and says so; the lock needs no trust."""
    (libs / "pyproject.toml").write_text('[tool.belay]\n[tool.belay.dependencies]\nlisted = "./l"\n')

    refused = typed("update")
    wrong = typed("update", "--trust-manifest", "lister")
    nobody = typed("update", "--trust-manifest", "listed", "--trust-manifest", "other")
    shown = typed("outdated", "--trust-manifest", "listed", "--trust-manifest", "other")
    done = typed("update", "--trust-manifest", "listed")
    again = typed("update", "--locked", "--offline")

    assert refused.exit_code == wrong.exit_code == nobody.exit_code == 1
    assert "`--trust-manifest listed`" in refused.stderr
    assert "`--trust-manifest listed`" in wrong.stderr
    assert "`other`, whose manifest is to be trusted, is no package of the project" in nobody.stderr
    assert shown == nobody
    assert done.exit_code == 0
    assert "was run: it is trusted" in done.stderr
    assert again.exit_code == 0
    assert (libs / ".belay/dependencies/main/a.py").read_text() == "x = 1\n"


@pytest.fixture
def updated(project: Path, typed: Callable[..., Result]) -> Path:
    """A project with its packages, and one of its own."""
    (project / "app").mkdir()
    (project / "app/__init__.py").write_text("import one\n")
    (project / "app/data.txt").write_text("data")
    (project / "main.py").write_text("import app\n")
    assert typed("update").exit_code == 0
    return project


GENERATED = """\
include("$(PORT_DIR)/boards/manifest.py")
package("app", files=["__init__.py"], base_path=".")
module("main.py", base_path=".")
package("two", files=["__init__.py"], base_path=".belay/dependencies/dev")
package("one", files=["__init__.py"], base_path=".belay/dependencies/main")
"""


def test_generating(updated: Path, typed: Callable[..., Result]) -> None:
    """It is printed with the lines for a build, names what cannot be frozen, and reads as what it says."""
    printed = typed("manifest", "generate", "--main", "main.py")
    written = typed("manifest", "generate", "frozen.py", "--main", "main.py")
    again = typed("manifest", "generate", "frozen.py")

    assert printed.exit_code == written.exit_code == 0
    assert printed.stdout == GENERATED
    assert (updated / "frozen.py").read_text() == GENERATED
    assert "note: `app/data.txt` is data, which cannot be frozen" in printed.stderr
    for word in (
        "FROZEN_MANIFEST=",
        "MICROPY_FROZEN_MANIFEST",
        "mpconfigboard.mk",
        "mpconfigboard.cmake",
        "frozen.py",
    ):
        assert word in written.stderr
    assert again.exit_code == 1
    assert "error: `frozen.py` is there already\n\nhint: `--force` replaces it\n" in again.stderr
    assert typed("manifest", "generate", "frozen.py", "--bare", "--force").exit_code == 0
    (updated / "boards").mkdir()
    assert typed("manifest", "generate", "boards/manifest.py", "--bare").exit_code == 0
    assert typed("manifest", "show", "boards").stdout == typed("manifest", "show", "frozen.py").stdout
    manifest = evaluate_manifest(Place(FolderTree(updated), "frozen.py"))
    assert [file.target for file in manifest.files] == [
        "app/__init__.py",
        "one/__init__.py",
        "two/__init__.py",
    ]


def test_generating_with_files_of_elsewhere(updated: Path, typed: Callable[..., Result]) -> None:
    """What is in development under another name, or comes of a variable's folder, is named and not frozen."""
    (updated / "library/python-stdlib/ssl").mkdir(parents=True)
    (updated / "library/python-stdlib/ssl/manifest.py").write_text('module("ssl.py")\n')
    (updated / "library/python-stdlib/ssl/ssl.py").write_text("x = 1\n")
    (updated / "lib/near").mkdir()
    (updated / "lib/near/manifest.py").write_text('require("ssl")\nmodule("near.py")\n')
    (updated / "lib/near/near.py").write_text("import ssl\n")
    with (updated / "pyproject.toml").open("a") as file:
        file.write(
            'near = { uri = "lib/near", develop = true }\nother = { uri = "lib/one.py", develop = true }\n'
            '[tool.belay.variables]\nMPY_LIB_DIR = "library"\n'
        )
    assert typed("update").exit_code == 0

    generated = typed("manifest", "generate", "--bare")

    assert generated.exit_code == 0
    assert 'module("near.py", base_path="lib/near")\n' in generated.stdout
    assert "ssl" not in generated.stdout
    assert "other" not in generated.stdout
    for target in ("ssl.py", "other/__init__.py"):
        assert f"note: `{target}` is in development under another name or elsewhere" in generated.stderr
    assert "without `develop = true` it is" in generated.stderr


@pytest.mark.parametrize(
    ("words", "exit_code", "error"),
    [
        (["generate", "--board", "--bare"], 2, "`--board` and `--bare` are given"),
        (["generate", "--main", "other.py"], 2, "`other.py` cannot be frozen as `main.py`"),
        (["generate", "../frozen.py"], 2, "`../frozen.py` is not in the project"),
        (
            ["generate", "none/frozen.py"],
            1,
            "There is no folder `none` to write `frozen.py` to\n\nhint: make it first",
        ),
        (["generate", "loop/frozen.py"], 1, "Writing `loop/frozen.py` failed: "),
        (["show", "none"], 1, "There is no manifest"),
        (["show", "loop"], 1, "There is no manifest"),
        (["show", "--option", "x"], 2, "`--option x` is none"),
        (["show", "--var", "x"], 2, "`--var x` names no folder"),
    ],
)
def test_what_makes_no_sense(
    updated: Path, typed: Callable[..., Result], words: list[str], exit_code: int, error: str
) -> None:
    """It is told, and nothing is written."""
    (updated / "manifest.py").write_text("")
    (updated / "loop").symlink_to("loop")

    result = typed("manifest", *words)

    assert result.exit_code == exit_code
    assert f"error: {error}" in result.stderr
    assert not (updated.parent / "frozen.py").exists()
