from __future__ import annotations

import pytest

from belay_pm.contents import Contents, read_contents
from belay_pm.errors import ManifestError, NotFoundError, UnsafePathError
from belay_pm.hosts import DEFAULT_HOSTS
from belay_pm.requirements import Entry, IndexSource, PathSource, Requirement
from belay_pm.sources.folder import MemoryTree
from belay_pm.trees import Place

INDEX = "https://index.example/pi/v2"


def read(
    files: dict[str, bytes], path: str = "", *, name: str = "thing", entry: Entry | None = None
) -> Contents:
    """Return what a place in a tree with such files gives."""
    return read_contents(
        Place(MemoryTree(files, label="tree"), path),
        name=name,
        entry=entry or Entry(PathSource("./x"), "./x"),
        hosts=DEFAULT_HOSTS,
        index=INDEX,
    )


def places(contents: Contents) -> dict[str, str]:
    """Return from where in the tree each file comes."""
    found = {}
    for file in contents.files:
        assert isinstance(file.where, Place)
        found[file.path] = file.where.path
    return found


@pytest.mark.parametrize(
    ("module", "path"), [("a/m.py", "thing/__init__.py"), ("a/m.mpy", "thing/__init__.mpy")]
)
def test_a_lone_module_becomes_the_package(module: str, path: str) -> None:
    """One file is the `__init__` of the folder that the package's name gives."""
    assert places(read({module: b""}, module)) == {path: module}


def test_a_lone_module_keeps_its_name_when_asked_to() -> None:
    """Without `rename_to_init` a module lies in the package's folder as it is called."""
    entry = Entry(PathSource("./x"), "./x", rename_to_init=False, opt=3)

    contents = read({"a/m.py": b""}, "a/m.py", entry=entry)

    assert places(contents) == {"thing/m.py": "a/m.py"}
    assert contents.files[0].opt == 3


def test_a_file_that_is_no_module_keeps_its_name() -> None:
    """Data is never an `__init__`."""
    assert places(read({"font.bin": b""}, "font.bin")) == {"thing/font.bin": "font.bin"}


def test_a_folder_lies_below_the_name() -> None:
    """All its files come along, without what other programs leave behind."""
    files = dict.fromkeys(
        [
            "p/__init__.py",
            "p/in/x.py",
            "p/data.txt",
            "p/__pycache__/x.py",
            "p/y.pyc",
            "p/.git/HEAD",
            "other.py",
        ],
        b"",
    )

    assert places(read(files, "p")) == {
        "thing/__init__.py": "p/__init__.py",
        "thing/data.txt": "p/data.txt",
        "thing/in/x.py": "p/in/x.py",
    }


def test_a_repository_gives_the_module_of_the_name() -> None:
    """A folder that is no package gives the module in it that has the package's name."""
    assert places(read({"thing.py": b"", "setup.py": b"", "README.md": b""})) == {
        "thing/__init__.py": "thing.py"
    }


def test_a_repository_gives_the_package_of_the_name() -> None:
    """A folder that is no package gives the package in it that has the name."""
    files = dict.fromkeys(["r/thing/__init__.py", "r/thing/x.py", "r/tests/y.py"], b"")

    assert places(read(files, "r")) == {
        "thing/__init__.py": "r/thing/__init__.py",
        "thing/x.py": "r/thing/x.py",
    }


def test_a_package_json_comes_first() -> None:
    """A folder with a `package.json` gives what that says, at the destinations that it says."""
    files = {
        "p/package.json": b'{"urls": [["other/x.py", "src/x.py"]], "version": "1.2"}',
        "p/manifest.py": b"1/0",
    }

    contents = read(files, "p")

    assert places(contents) == {"other/x.py": "p/src/x.py"}
    assert contents.version == "1.2"


def test_a_manifest_is_followed() -> None:
    """A folder with a `manifest.py` gives what a firmware would freeze, and asks for what it requires."""
    text = b'metadata(version="0.3")\nrequire("ssl")\npackage("p", opt=3)\nmodule("m.py")\n'
    files = {"lib/manifest.py": text, "lib/p/__init__.py": b"", "lib/m.py": b"", "lib/unused.py": b""}

    contents = read(files, "lib", entry=Entry(PathSource("./x"), "./x", opt=1))

    assert [(file.path, file.opt) for file in contents.files] == [("m.py", 1), ("p/__init__.py", 3)]
    assert contents.requires == (Requirement("ssl", (Entry(IndexSource("ssl"), "ssl"),)),)
    assert contents.version == "0.3"


def test_a_manifest_that_cannot_be_followed_is_an_error() -> None:
    """Nothing of a manifest is run."""
    with pytest.raises(ManifestError, match=r"manifest\.py"):
        read({"manifest.py": b"import os\nos.remove('/x')\n"})


def test_what_is_not_there_is_told_with_what_is() -> None:
    """The hint lists the nearest folder that is there."""
    with pytest.raises(NotFoundError, match=r"There is no `lib/thin\.py` in `tree`") as caught:
        read({"lib/thing.py": b"", "lib/more.py": b""}, "lib/thin.py")

    assert caught.value.hint == "`lib` has `more.py`, `thing.py`"


def test_a_place_without_files_is_an_error() -> None:
    """A folder of leftovers only is nothing for a board."""
    with pytest.raises(NotFoundError, match="nothing for a board in `p in tree`"):
        read({"p/__pycache__/x.pyc": b""}, "p")


def test_names_that_are_one_name_elsewhere_are_refused() -> None:
    """Two files that differ by case only cannot both be laid."""
    with pytest.raises(UnsafePathError, match="one name on Windows and macOS"):
        read({"p/x.py": b"", "p/X.py": b""}, "p")
