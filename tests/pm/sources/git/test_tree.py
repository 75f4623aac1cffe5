from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from belay_pm.errors import NotFoundError, SourceError, UnsafePathError
from belay_pm.sources.folder import FolderTree
from belay_pm.sources.git import CommitTree, GitMirrors
from belay_pm.sources.git.mirror import Mirror
from belay_pm.sources.linked import MOST_BYTES
from belay_pm.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.pm.conftest import Repository

FILES: dict[str, bytes | str | None] = {
    "a.py": b"a",
    "a/b/c.py": b"c",
    "a/ü ×.py": b"u",
    "z.py": "a/b/c.py",
    "a/up.py": "../a.py",
    "a/b/way": "../../linked/b/c.py",
    "linked": "a",
    "a/b/circle": "../../a",
    "self": "self",
    "one": "two",
    "two": "one",
    "out": "../outside.py",
    "absolute": "/etc/passwd",
    "lost": "nothing.py",
    "empty/x": b"",
}


def tree_of(remote: Repository) -> CommitTree:
    """The tree of what a repository shows."""
    mirrors = GitMirrors(Store())
    return mirrors.tree(remote.url, remote.git("rev-parse", "HEAD"))


def test_a_commit_is_as_its_checked_out_folder(repository: Callable[..., Repository]) -> None:
    """Kinds, names, files and contents, through all kinds of links, are those of the same folder on disk."""
    remote = repository()
    remote.commit(FILES)
    (remote.folder / ".git").rename(remote.folder.parent / "repository.git")
    remote.url = (remote.folder.parent / "repository.git").as_uri()
    folder = FolderTree(remote.folder)
    remote.folder = remote.folder.parent / "repository.git"

    tree = tree_of(remote)

    assert tree.files("") == folder.files("")
    for path in [
        "",
        "a",
        "a/b",
        "linked",
        "linked/b",
        "a/b/circle",
        "a.py",
        "nothing",
        "out",
        "self",
        "lost",
        "a/..",
    ]:
        assert tree.kind(path) == folder.kind(path), path
        assert tree.names(path) == folder.names(path), path
        assert tree.files(path) == folder.files(path), path
    for path in folder.files(""):
        assert tree.read(path) == folder.read(path), path


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("nothing.py", NotFoundError),
        ("a", NotFoundError),
        ("lost", UnsafePathError),
        ("out", UnsafePathError),
        ("absolute", UnsafePathError),
        ("one", UnsafePathError),
        ("../a.py", NotFoundError),
        ("/a.py", NotFoundError),
        ("a\0b", NotFoundError),
    ],
)
def test_what_is_not_in_the_tree_cannot_be_read(
    repository: Callable[..., Repository], path: str, error: type[Exception]
) -> None:
    """No path and no link leads out of the commit."""
    remote = repository()
    remote.commit(FILES)

    with pytest.raises(error):
        tree_of(remote).read(path)


def test_a_name_that_leaves_its_folder_is_not_there(repository: Callable[..., Repository]) -> None:
    """A commit that was made by hand, with names that no git would write to disk, shows what is sound in it."""
    remote = repository()
    remote.commit({"good.py": b"good"})
    blob = remote.git("rev-parse", "HEAD:good.py")

    def tree(*lines: str) -> str:
        import subprocess  # noqa: PLC0415 - here alone

        text = "".join(f"{line}\n" for line in lines).encode()
        done = subprocess.run(
            ["git", "mktree"], cwd=remote.folder, input=text, capture_output=True, check=True
        )
        return done.stdout.decode().strip()

    inner = tree(f"100644 blob {blob}\tevil.py")
    top = tree(
        f"040000 tree {inner}\t..",
        f"040000 tree {inner}\t.git",
        f"100644 blob {blob}\tgood.py",
        f"100644 blob {blob}\t-x.py",
    )
    remote.git("update-ref", "HEAD", remote.git("commit-tree", "-m", "x", top))

    assert tree_of(remote).files("") == ["-x.py", ".git/evil.py", "good.py"]


def test_a_submodule_is_named_and_not_followed(repository: Callable[..., Repository]) -> None:
    """Where another repository should be put there is nothing, and the tree can say so."""
    remote = repository()
    commit = remote.commit(
        {"a.py": b"a", ".gitmodules": b'[submodule "x"]\n\tpath = lib/x\n\turl = ext::sh\n'}
    )
    remote.git("update-index", "--add", "--cacheinfo", f"160000,{commit},lib/x")
    remote.git("commit", "--quiet", "--message=x")

    tree = tree_of(remote)

    assert tree.submodules("") == tree.submodules("lib") == tree.submodules("lib/x") == ["lib/x"]
    assert tree.submodules("li") == []
    assert tree.kind("lib/x") is None
    assert tree.files("") == [".gitmodules", "a.py"]


def test_a_pointer_of_lfs_is_no_content(repository: Callable[..., Repository]) -> None:
    """A file that lies elsewhere is an error, and not three lines of text on somebody's board."""
    remote = repository()
    remote.commit({"big.bin": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n"})

    with pytest.raises(SourceError, match=r"`big.bin` in .* is kept by git LFS"):
        tree_of(remote).read("big.bin")


def test_a_file_that_is_too_large_is_named(repository: Callable[..., Repository]) -> None:
    """A file larger than anything for a board is an error that names it, read alone or ahead."""
    remote = repository()
    remote.commit({"big.bin": bytes(MOST_BYTES + 1), "fits.bin": bytes(MOST_BYTES)})
    tree = tree_of(remote)

    tree.read_ahead(["big.bin", "fits.bin"])

    assert tree.read("fits.bin") == bytes(MOST_BYTES)
    with pytest.raises(SourceError, match=r"`big.bin` in `.*` has more than"):
        tree.read("big.bin")


def test_too_many_files_are_refused(repository: Callable[..., Repository]) -> None:
    """A folder with more files than any package is an error that says what to name instead."""
    remote = repository()
    commit = remote.commit({f"{number}.py": b"" for number in range(4)})
    mirror = Mirror(remote.url, Store(), transports=("file",))
    mirror.ensure(commit)

    with pytest.raises(SourceError, match=r"more than 3 files below `\.`") as error:
        CommitTree(mirror, commit, most_files=3).files("")

    assert error.value.hint == "name the folder of the package itself"
