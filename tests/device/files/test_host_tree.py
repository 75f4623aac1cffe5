"""What is found on the host, and what stays there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from belay.exceptions import BelayException, HostFileError
from belay.files.errors import SyncSourceError
from belay.files.host_tree import HostTree, host_tree, merged
from belay.files.ignoring import IGNORED, ignoring

if TYPE_CHECKING:
    from pathlib import Path

NOT_AS_ROOT = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything"
)


def _make(folder: Path, *paths: str) -> Path:
    for path in paths:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.endswith("/"):
            target.mkdir(exist_ok=True)
        else:
            target.write_text(path, encoding="utf-8")
    return folder


def test_a_folder_is_walked_in_order(tmp_path: Path) -> None:
    """The manual's example: what is in the folder goes to the root, with names of any kind."""
    _make(tmp_path, "foo.py", "bar/baz.py", "bar/a b.txt", "bar/é'\".bin", "empty/", "deep/hollow/")

    tree = host_tree(tmp_path)

    assert list(tree.files) == ["/bar/a b.txt", "/bar/baz.py", "/bar/é'\".bin", "/foo.py"]
    assert tree.files["/bar/baz.py"] == tmp_path / "bar" / "baz.py"
    assert tree.folders == ("/deep/hollow", "/empty")
    assert not tree.is_single_file


def test_a_single_file_goes_into_dst(tmp_path: Path) -> None:
    """A file given by name is sent, ignored or not."""
    _make(tmp_path, "x.pyc")

    tree = host_tree(str(tmp_path / "x.pyc"), dst="/lib/")

    assert tree == HostTree({"/lib/x.pyc": tmp_path / "x.pyc"}, (), "/lib", is_single_file=True)


def test_a_missing_source_is_a_value_error_that_names_it(tmp_path: Path) -> None:
    """As with the first Belay, and one of our errors too."""
    with pytest.raises(ValueError, match="nowhere") as caught:
        host_tree(tmp_path / "nowhere")

    assert isinstance(caught.value, BelayException)


def test_dst_is_absolute(tmp_path: Path) -> None:
    """A relative `dst` is a ValueError before anything is read."""
    with pytest.raises(ValueError, match="dst is `lib`"):
        host_tree(tmp_path, dst="lib")


def test_what_tools_leave_behind_stays_on_the_host(tmp_path: Path) -> None:
    """The default of `ignore`; with an empty list everything goes. Names of ours stay in any case."""
    _make(
        tmp_path,
        "a.py",
        "a.pyc",
        "__pycache__/a.py",
        "x/.DS_Store",
        "x/.pytest_cache/y",
        ".belayignore",
        ".belay/dependencies/z",
    )
    (tmp_path / ".belayignore").write_text("", encoding="utf-8")

    assert list(host_tree(tmp_path).files) == ["/a.py"]
    assert list(host_tree(tmp_path, ignore=[]).files) == [
        "/__pycache__/a.py",
        "/a.py",
        "/a.pyc",
        "/x/.DS_Store",
        "/x/.pytest_cache/y",
    ]
    assert list(host_tree(tmp_path, ignore="*.py").files) == ["/a.pyc", "/x/.DS_Store", "/x/.pytest_cache/y"]


def test_a_folder_of_which_all_is_ignored_is_left_out(tmp_path: Path) -> None:
    """Only a really empty folder is made on the board."""
    _make(tmp_path, "a/__pycache__/x", "b/")

    assert host_tree(tmp_path).folders == ("/b",)


def test_belayignore_counts_for_its_folder_and_below(tmp_path: Path) -> None:
    """Gitignore's rules: inner files override outer ones, `!` calls back, a slash ties a pattern to the folder."""
    _make(
        tmp_path,
        "a.log",
        "keep.log",
        "x/a.log",
        "x/sub/b.log",
        "x/sub/c.txt",
        "top.txt",
        "x/top.txt",
        "data/d",
    )
    (tmp_path / ".belayignore").write_text(
        "*.log\n!keep.log\n/top.txt\ndata/\n# a comment\n\n", encoding="utf-8"
    )
    (tmp_path / "x" / ".belayignore").write_text("!a.log\nsub/c.*\n", encoding="utf-8")

    assert list(host_tree(tmp_path).files) == ["/keep.log", "/x/a.log", "/x/top.txt"]


def test_the_caller_has_the_last_word_and_the_default_the_first(tmp_path: Path) -> None:
    """`ignore=` overrides a `.belayignore`, which overrides what is ignored by default."""
    _make(tmp_path, "a.pyc", "b.txt", "c.txt")
    (tmp_path / ".belayignore").write_text("!*.pyc\n!b.txt\nc.txt\n", encoding="utf-8")

    assert list(host_tree(tmp_path).files) == ["/a.pyc", "/b.txt"]
    assert list(host_tree(tmp_path, ignore=["b.*", "!c.txt"]).files) == ["/a.pyc", "/c.txt"]


def test_a_pattern_that_is_none_is_refused_with_its_line(tmp_path: Path) -> None:
    """The file and the line are named."""
    _make(tmp_path, "a")
    (tmp_path / ".belayignore").write_text("ok\n!\n", encoding="utf-8")

    with pytest.raises(SyncSourceError, match=r"\.belayignore`, line 2: `!`"):
        host_tree(tmp_path)
    with pytest.raises(SyncSourceError, match="ignore has 3"):
        host_tree(tmp_path, ignore=[3])  # type: ignore[list-item] # the point


@settings(deadline=None)  # the first example loads the library
@given(
    st.lists(
        st.sampled_from(["a.pyc", "pyc", "x.pyc.txt", "__pycache__", ".DS_Store", ".DS_Storex", "d"]),
        min_size=1,
    ),
    st.booleans(),
)
def test_the_default_means_what_its_patterns_mean(names: list[str], is_folder: bool) -> None:
    """The default is matched by hand, without the library, and equally."""
    path = "/".join(names)
    rules = ignoring(None)
    if any(rules.ignores("/".join(names[: end + 1]), is_folder=True) for end in range(len(names) - 1)):
        return  # a walk does not come here

    expected = bool(GitIgnoreSpec.from_lines(IGNORED).match_file(path + "/" * is_folder))

    assert rules.ignores(path, is_folder=is_folder) == expected


def test_links_are_followed(tmp_path: Path) -> None:
    """A link to a file or to a folder elsewhere counts as what it leads to, also when two lead there."""
    source, other = _make(tmp_path / "source", "a"), _make(tmp_path / "other", "b")
    (source / "file").symlink_to(other / "b")
    (source / "one").symlink_to(other)
    (source / "two").symlink_to(other, target_is_directory=True)

    assert list(host_tree(source).files) == ["/a", "/file", "/one/b", "/two/b"]


@pytest.mark.parametrize("target", ["..", ".", "../../source"])
def test_a_link_without_end_is_refused(tmp_path: Path, target: str) -> None:
    """A link to a folder that it is in names itself, and says how to leave it out."""
    source = _make(tmp_path / "source", "inner/a")
    (source / "inner" / "loop").symlink_to(target)

    with pytest.raises(SyncSourceError, match="loop") as caught:
        host_tree(source)

    assert caught.value.hint == 'add "inner/loop" to `ignore`'
    assert list(host_tree(source, ignore="inner/loop").files) == ["/inner/a"]


def test_what_is_neither_file_nor_folder_is_refused(tmp_path: Path) -> None:
    """A link to nothing or to itself, a socket: named, and never opened."""
    (tmp_path / "dangling").symlink_to("nowhere")
    with pytest.raises(SyncSourceError, match=r"dangling.*a link to nothing"):
        host_tree(tmp_path)

    (tmp_path / "dangling").unlink()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SyncSourceError, match=r"pipe.*neither"):
        host_tree(tmp_path)
    with pytest.raises(SyncSourceError, match=r"pipe.*neither"):
        host_tree(tmp_path / "pipe")


def test_a_link_to_itself_is_one_of_our_errors(tmp_path: Path) -> None:
    """The operating system's complaint is converted."""
    (tmp_path / "self").symlink_to("self")

    with pytest.raises(BelayException, match="self"):
        host_tree(tmp_path)
    with pytest.raises(BelayException, match="self"):
        host_tree(tmp_path / "self")


@NOT_AS_ROOT
def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Permission denied is an OSError of ours, with `errno`."""
    _make(tmp_path, "shut/a")
    (tmp_path / "shut").chmod(0)
    try:
        with pytest.raises(HostFileError, match="shut") as caught:
            host_tree(tmp_path)
    finally:
        (tmp_path / "shut").chmod(0o700)

    assert isinstance(caught.value, OSError)
    assert caught.value.errno


def test_a_name_that_is_no_unicode_is_named(tmp_path: Path) -> None:
    """Such names exist on Linux; they are found before anything is sent."""
    bad = os.fsencode(tmp_path) + b"/bad\xff"
    try:
        os.close(os.open(bad, os.O_CREAT | os.O_WRONLY))
    except OSError:
        pytest.skip("this file system has Unicode names only")

    with pytest.raises(ValueError, match="Unicode"):
        host_tree(tmp_path)


def test_trees_are_laid_over_one_another(tmp_path: Path) -> None:
    """Of two files for one place the later counts; a folder that is no longer empty is not one."""
    one = _make(tmp_path / "one", "a", "common", "hollow/")
    two = _make(tmp_path / "two", "b", "common", "hollow/x", "void/")

    tree = merged([host_tree(one, dst="/lib"), host_tree(two, dst="/lib")])

    assert tree.files == {
        "/lib/a": one / "a",
        "/lib/b": two / "b",
        "/lib/common": two / "common",
        "/lib/hollow/x": two / "hollow/x",
    }
    assert tree.folders == ("/lib/void",)
    assert tree.dst == "/lib"


@pytest.mark.parametrize("paths", [("x", "x/y"), ("x", "x/")])
def test_a_file_and_a_folder_for_one_place_are_refused(tmp_path: Path, paths: tuple[str, str]) -> None:
    """Which one is meant, nobody can say."""
    trees = [host_tree(_make(tmp_path / str(number), path)) for number, path in enumerate(paths)]

    with pytest.raises(SyncSourceError, match="/x"):
        merged(trees)
