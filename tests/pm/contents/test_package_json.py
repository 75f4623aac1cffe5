from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belay_pm.contents.package_json import read_package_json
from belay_pm.errors import ManifestError, PackageError, UnsafePathError
from belay_pm.hosts import DEFAULT_HOSTS
from belay_pm.requirements import Entry, GitSource, IndexSource, Requirement, Source, UrlSource
from belay_pm.sources.folder import MemoryTree
from belay_pm.trees import Place

if TYPE_CHECKING:
    from belay_pm.contents.values import Contents

INDEX = "https://index.example/pi/v2"
TREE = MemoryTree({"p/package.json": b"{}"}, label="tree")
WEB = UrlSource("https://files.example/p/package.json")
REPOSITORY = GitSource("https://github.com/o/r.git", ref="v1", path="p")

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=10)
    | st.sampled_from(["../x", "a.py", "github:o/r"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


def read(told: object, *, base: Source = REPOSITORY, in_tree: bool = True) -> Contents:
    """Return what such a file says, of a tree or of the web."""
    return read_package_json(
        told if isinstance(told, bytes) else json.dumps(told).encode(),
        label="package.json",
        base=base,
        here=Place(TREE, "p/package.json") if in_tree else None,
        hosts=DEFAULT_HOSTS,
        index=INDEX,
    )


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("src/x.py", Place(TREE, "p/src/x.py")),
        ("../x.py", Place(TREE, "x.py")),
        ("https://files.example/x.py", UrlSource("https://files.example/x.py")),
        ("github:o/r/src/x.py", Place(TREE, "src/x.py")),
        ("github:o/r/src/x.py@v1", Place(TREE, "src/x.py")),
        ("github:o/r/x.py@v2", GitSource("https://github.com/o/r.git", ref="v2", path="x.py")),
        ("github:o/other/x.py", GitSource("https://github.com/o/other.git", ref=None, path="x.py")),
    ],
)
def test_a_source_is_found(text: str, where: Place | Source) -> None:
    """Relative ones and the own repository's are in the tree; another repository never gets the ref."""
    contents = read({"urls": [["x.py", text]]})

    assert [(file.path, file.where) for file in contents.files] == [("x.py", where)]


def test_relative_sources_of_the_web_start_at_the_file() -> None:
    """A `package.json` at an address has its files beside it."""
    contents = read({"urls": [["x.py", "src/x.py"]]}, base=WEB, in_tree=False)

    assert [file.where for file in contents.files] == [UrlSource("https://files.example/p/src/x.py")]


def test_hashes_name_files_of_the_index() -> None:
    """The start of the hash is where the index has the file, and what it has to be."""
    contents = read({"hashes": [["a/b.py", "0123abcd"]]})

    assert [(file.path, file.where, file.sha256_start) for file in contents.files] == [
        ("a/b.py", UrlSource(f"{INDEX}/file/01/0123abcd"), "0123abcd")
    ]


def test_dependencies_are_asked_for_in_their_order() -> None:
    """Names are the index's, links are repositories', each with its own version."""
    contents = read({"deps": [["umqtt.simple", "1.2"], ["github:o/lib", "main"], ["ssl", "latest"]]})

    assert contents.requires[0] == Requirement(
        "umqtt.simple", (Entry(IndexSource("umqtt.simple", "1.2"), "umqtt.simple@1.2"),)
    )
    assert contents.requires[1].entries[0].source == GitSource("https://github.com/o/lib.git", ref="main")
    assert [requirement.name for requirement in contents.requires] == ["umqtt.simple", "lib", "ssl"]


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (b"{", "`package.json` is not JSON"),
        (b"\xff", "`package.json` is not JSON"),
        (b"[" * 100_000, "`package.json` is not JSON"),
        ([], "is not a table at its top"),
        ({"urls": 3}, "`urls`: it is not a list"),
        ({"urls": [["a"]]}, r"`urls\[0\]`: it is not a list of two"),
        ({"urls": [[3, "a"]]}, "destination 3 is not a text"),
        ({"urls": [["a", None]]}, "None names no source"),
        ({"urls": [["a", "/etc/passwd"]]}, "is of this computer"),
        ({"urls": [["a", "file:///etc/passwd"]]}, "is of this computer"),
        ({"urls": [["a", "../../x"]]}, "`../../x` is not in tree"),
        ({"urls": [["a", "x"], ["a", "y"]]}, r"`urls\[1\]`: `a` was said to come from somewhere else"),
        ({"urls": [["a", "mip:ssl"]]}, "is a package, and a file is wanted"),
        ({"hashes": [["a", "xyz"]]}, "is not the start of a SHA-256"),
        ({"deps": [["ssl", 3]]}, "a name and a version are wanted"),
        ({"deps": [["./x", ""]]}, "is of this computer"),
        ({"version": 3}, "`version`: 3 is not a text"),
        ({"urls": [["a", "b"]] * 5001}, "it has 5001 items"),
    ],
)
def test_what_cannot_be_understood_is_named(told: object, says: str) -> None:
    """The error says which file and which key, and what is wrong with it."""
    with pytest.raises(ManifestError, match=says):
        read(told)


@pytest.mark.parametrize("path", ["../x.py", "/x.py", "a/../../x.py", "C:x.py", "a\\x.py", "con"])
def test_a_destination_that_leaves_is_refused(path: str) -> None:
    """No `package.json` writes outside of the folder of the packages."""
    with pytest.raises(UnsafePathError):
        read({"urls": [[path, "x.py"]]})


@given(st.dictionaries(st.sampled_from(["urls", "hashes", "deps", "version", "x"]), VALUES))
def test_whatever_a_stranger_wrote_is_understood_or_refused(told: dict[str, object]) -> None:
    """No JSON ends in anything but contents or our errors."""
    try:
        contents = read(told)
    except PackageError:
        return

    assert all(not file.path.startswith(("/", "..")) for file in contents.files)
