from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from belay_pm.errors import NotFoundError, SourceError, UnsafePathError
from belay_pm.sources.folder import FolderTree, MemoryTree

if TYPE_CHECKING:
    from pathlib import Path

    from belay_pm.trees import Tree

FILES = {"a.py": b"1", "b/c.py": b"2", "b/d/e.txt": b"3"}


def _folder(folder: Path) -> FolderTree:
    for path, content in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return FolderTree(folder)


@pytest.fixture(params=["folder", "memory"])
def tree(request: pytest.FixtureRequest, tmp_path: Path) -> Tree:
    """The same files in both."""
    return _folder(tmp_path / "tree") if request.param == "folder" else MemoryTree(FILES, label="memory")


def test_files_are_found_by_path(tree: Tree) -> None:
    """A tree says what lies where, lists it sorted, and reads it."""
    assert [tree.kind(path) for path in ("", "b", "b/d", "a.py", "b/x", "c")] == [
        "folder", "folder", "folder", "file", None, None,
    ]  # fmt: skip
    assert list(tree.names("")) == ["a.py", "b"]
    assert list(tree.names("b")) == ["c.py", "d"]
    assert list(tree.names("a.py")) == list(tree.names("nowhere")) == []
    assert list(tree.files("")) == ["a.py", "b/c.py", "b/d/e.txt"]
    assert list(tree.files("b")) == ["b/c.py", "b/d/e.txt"]
    assert list(tree.files("b/d/e.txt")) == []
    assert tree.read("b/d/e.txt") == b"3"


@pytest.mark.parametrize("path", ["x", "b", "b/x", "../a.py", "/etc/hostname", "a\0b", "b/../a.py", ""])
def test_what_is_not_there_is_told(tree: Tree, path: str) -> None:
    """What is no file of the tree is not found, whatever its name."""
    with pytest.raises(NotFoundError, match=re.escape(f"`{path}`")):
        tree.read(path)


def test_links_inside_are_followed_and_others_are_not_there(tmp_path: Path) -> None:
    """A link to a file or folder of the tree is one; a link out of it is nothing, and reading it is refused."""
    inside = tmp_path / "inside"
    tree = _folder(inside)
    (tmp_path / "secret").write_text("secret")
    (inside / "l.py").symlink_to("b/c.py")
    (inside / "m").symlink_to("b")
    (inside / "out").symlink_to(tmp_path / "secret")
    (inside / "up").symlink_to("..")
    (inside / "round").symlink_to("round")

    assert list(tree.names("")) == ["a.py", "b", "l.py", "m"]
    assert tree.read("m/c.py") == tree.read("l.py") == b"2"
    assert "m/d/e.txt" in tree.files("")
    for path in ("out", "up/secret", "up"):
        assert tree.kind(path) is None
        with pytest.raises(UnsafePathError, match="leaves it"):
            tree.read(path)
    with pytest.raises(NotFoundError, match="`round`"):
        tree.read("round")


def test_links_in_circles_end(tmp_path: Path) -> None:
    """A link to a folder around it is not walked into again."""
    tree = _folder(tmp_path)
    (tmp_path / "b" / "again").symlink_to("..")

    assert list(tree.files("")) == ["a.py", "b/c.py", "b/d/e.txt"]


def test_a_folder_that_is_itself_a_link(tmp_path: Path) -> None:
    """The folder that was named is followed to where it is."""
    _folder(tmp_path / "real")
    (tmp_path / "link").symlink_to("real")

    assert FolderTree(tmp_path / "link").read("a.py") == b"1"


def test_pipes_are_no_files(tmp_path: Path) -> None:
    """What would block whoever reads it is not there."""
    tree = _folder(tmp_path)
    os.mkfifo(tmp_path / "pipe")

    assert tree.kind("pipe") is None
    assert "pipe" not in tree.files("")
    with pytest.raises(NotFoundError, match="not a file"):
        tree.read("pipe")


def test_limits_say_numbers(tmp_path: Path) -> None:
    """Too many files, too large ones and too deep folders are refused."""
    _folder(tmp_path)
    deep = tmp_path / "/".join(["x"] * 70)
    deep.mkdir(parents=True)
    (deep / "y").write_text("")
    tree = FolderTree(tmp_path, label="it", most_bytes=0, most_files=1)

    with pytest.raises(SourceError, match="`it` has more than 1 files below `b`"):
        tree.files("b")
    with pytest.raises(SourceError, match=r"`a\.py` in `it` has more than 0 bytes"):
        tree.read("a.py")
    with pytest.raises(SourceError, match="more than 64 folders deep"):
        tree.files("x")


def test_a_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    """A tree of nothing has nothing."""
    tree = FolderTree(tmp_path / "nowhere")

    assert tree.kind("") is None
    assert list(tree.files("")) == list(tree.names("")) == []
