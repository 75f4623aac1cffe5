"""Manifests that do more than can be followed: run when they are trusted, in a process and a folder of their own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from belay_pm.errors import ManifestError, UnsafePathError
from belay_pm.manifest import READ_ONLY, evaluate_manifest
from belay_pm.sources.folder import FolderTree, MemoryTree
from belay_pm.trees import Place

if TYPE_CHECKING:
    from pathlib import Path

    from belay_pm.manifest import Manifest

LISTING = """\
import os
metadata(version="1.2")
for name in sorted(os.listdir(".")):
    if name.endswith(".py") and name != "manifest.py":
        module(name, opt=options.level)
"""


def evaluated(text: str, *, trusted: bool = True, **options: object) -> Manifest:
    """Return what a manifest says that lies beside three files."""
    files = {"top/manifest.py": text.encode(), "top/a.py": b"x = 1\n", "top/b.py": b"", "top/sub/c.py": b""}
    place = Place(MemoryTree({**files, "outside.py": b""}, label="somewhere"), "top/manifest.py")
    return evaluate_manifest(place, options=options, trusted=trusted)


def test_it_is_run_and_that_is_told() -> None:
    """Its calls count as if they had been read."""
    manifest = evaluated(LISTING, level=3)

    assert [(file.target, file.opt) for file in manifest.files] == [("a.py", 3), ("b.py", 3)]
    assert manifest.files[0].place.tree.read("top/a.py") == b"x = 1\n\n\n__version__ = '1.2'\n"
    assert manifest.notes == ("`somewhere/top/manifest.py` was run: it is trusted",)


def test_untrusted_it_is_not() -> None:
    """The error says what cannot be followed."""
    with pytest.raises(ManifestError, match="`import` is not evaluated") as caught:
        evaluated(LISTING, trusted=False)
    assert caught.value.hint == READ_ONLY


def test_what_can_be_read_is_not_run(tmp_path: Path) -> None:
    """Trust changes nothing for a manifest that says all in literals, or is wrong in another way."""
    assert evaluated('module("a.py")').notes == ()
    with pytest.raises(ManifestError, match=r"line 1: the file `somewhere/top/none\.py` is not there"):
        evaluated('module("none.py")')


def test_paths_that_it_computes() -> None:
    """A path into its own folder may be absolute; every other one follows the usual rules."""
    own = 'import os\npackage("sub", base_path=os.getcwd())\nmodule("a.py", base_path=os.path.dirname(__file__))\n'
    assert [file.target for file in evaluated(own).files] == ["a.py", "sub/c.py"]
    for path in ("/etc", "../..", "os.path.dirname(os.getcwd())"):
        told = path if "(" in path else repr(path)
        with pytest.raises((ManifestError, UnsafePathError)):
            evaluated(f'import os\nmodule("passwd.py", base_path={told})\n')


def test_it_has_no_secrets_and_no_folder_of_ours(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the environment nor the folder of whoever runs it is its own; what it writes is gone."""
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    text = (
        "import os\n"
        "assert 'GITHUB_TOKEN' not in os.environ\n"
        f"assert os.getcwd() != {str(folder)!r}\n"
        "open('written', 'w').close()\n"
        "module('a.py')\n"
    )
    (folder / "manifest.py").write_text(text)
    (folder / "a.py").touch()

    manifest = evaluate_manifest(Place(FolderTree(folder), "manifest.py"), trusted=True)

    assert [file.target for file in manifest.files] == ["a.py"]
    assert sorted(os.listdir(folder)) == ["a.py", "manifest.py"]  # noqa: PTH208 - names


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("import os\n1/0\n", "line 2: ZeroDivisionError: division by zero"),
        ("import os\nraise SystemExit(3)\n", "line 2: SystemExit: 3"),
        ("import os\nos._exit(0)\n", "it ended the process that it was run in"),
        ("import os\nmodule(os)\n", "is no text, number, list or dict of such"),
        ("import os\nmodule('a.py', 'b', 3, 4)\n", "line 2: `module` too many positional arguments"),
        ("import os\nprint('noise' * 1000)\nfreeze()\n", "line 3: `freeze` missing a required argument"),
        ("import os\nfor i in range(6000): module('a.py')\n", "it makes more than 5000 calls"),
        ("import nothing_of_the_kind\n", "ModuleNotFoundError"),
        (
            "import os\nx = []\nfor _ in range(200): x = [x]\ninclude(x)\n",
            "line 4: a value for `include` is not taken",
        ),
    ],
)
def test_what_goes_wrong(text: str, problem: str) -> None:
    """It is told with the manifest's own line."""
    with pytest.raises(ManifestError) as caught:
        evaluated(text)

    assert problem in str(caught.value)


FORGED = """\
import os, json
call = {"line": 1, "function": "module", "arguments": ["a.py"], "keywords": {}}
with open("../answer.json", "w") as file:
    file.write(json.dumps({"calls": [call | %s], "problem": None}))
os._exit(0)
"""


@pytest.mark.parametrize(
    "text",
    [
        FORGED % "{'function': []}",
        FORGED % "{'function': 'exec'}",
        FORGED % "{'line': float('inf')}",
        FORGED % "{'arguments': 1}",
        FORGED % "{'keywords': [1]}",
        "import os\nos.mkdir('../answer.json')\nos._exit(0)\n",
        "import os\nos.symlink('manifest/a.py', '../answer.json')\nos._exit(0)\n",
        pytest.param(
            "import os\nos.mkfifo('../answer.json')\nos._exit(0)\n",
            marks=pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes with names"),
        ),
    ],
)
def test_an_answer_that_the_manifest_wrote(text: str) -> None:
    """It is refused, whatever it is, and nothing waits for it."""
    with pytest.raises(ManifestError, match=r"^`somewhere/top/manifest\.py`: it wrote another answer"):
        evaluated(text)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes with names")
def test_what_it_starts_is_not_waited_for(tmp_path: Path) -> None:
    """A program that the manifest leaves running does not hold the evaluation up."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    waiting = f"file = open({str(pipe)!r}); print(flush=True); file.read()"
    writer = os.open(pipe, os.O_RDWR)
    try:
        manifest = evaluated(
            "import subprocess, sys\n"
            f"started = subprocess.Popen([sys.executable, '-c', {waiting!r}], stdout=subprocess.PIPE)\n"
            "started.stdout.readline()\n"
            "module('a.py')\n"
        )
    finally:
        os.close(writer)  # which ends the program

    assert [file.target for file in manifest.files] == ["a.py"]


def test_options_that_no_manifest_can_be_told() -> None:
    """They are an error of ours."""
    with pytest.raises(ManifestError, match="it cannot be run with such options"):
        evaluated("import os\n", level=b"3")


def test_options_and_defaults() -> None:
    """`options` is what it is for a manifest that is read."""
    text = 'import os\noptions.defaults(level=2, other=1)\nmodule("a.py", opt=options.level)\nassert options.none is None\n'

    assert evaluated(text).files[0].opt == 2
    assert evaluated(text, level=1).files[0].opt == 1
