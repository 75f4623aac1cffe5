"""Paths as a board has them."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest

from belay.exceptions import BelayException
from belay.files.board_paths import (
    absolute_path,
    check_name,
    fat_key,
    folders_above,
    is_below,
    is_leftover,
    is_ours,
    join,
    leftover_path,
    name_of,
    parent_of,
)


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("/", "/"),
        ("//", "/"),
        ("/lib/", "/lib"),
        ("/a/./b//c", "/a/b/c"),
        ("/with space/é'\"", "/with space/é'\""),
        (PurePosixPath("/lib"), "/lib"),
        (PureWindowsPath("/lib/x"), "/lib/x"),
    ],
)
def test_a_path_on_a_board_loses_what_it_does_not_need(written: str | PurePosixPath, path: str) -> None:
    """Double slashes, dots and slashes at the end go; names stay as they are."""
    assert absolute_path(written) == path


@pytest.mark.parametrize(
    "written", ["", "lib", "./lib", "C:/lib", "/..", "/a/../b", "/a\0b", "/a\nb", "/" + "é" * 125]
)
def test_what_no_board_has_is_refused(written: str) -> None:
    """A relative path, one above the root, a NUL, a newline, a name too long: a ValueError, and one of ours."""
    with pytest.raises(ValueError, match=r"path|NUL|newline|at most 248|resolved") as caught:
        absolute_path(written)

    assert isinstance(caught.value, BelayException)


def test_the_message_for_a_relative_dst_says_what_to_write() -> None:
    """Who forgot the slash is told where it goes."""
    with pytest.raises(ValueError, match=r"dst is `lib`") as caught:
        absolute_path("lib", what="dst")

    assert caught.value.hint == "write `/lib`"  # type: ignore[attr-defined] # ours


@pytest.mark.parametrize("name", ["a?b", "a:b", "tab\t", "end.", "end ", 'quo"te', "back\\slash"])
def test_fat_allows_less(name: str) -> None:
    """What FAT cannot store is refused for FAT only."""
    check_name(name, name)
    with pytest.raises(ValueError, match="FAT"):
        check_name(name, name, is_fat=True)


def test_a_name_that_is_no_unicode_is_refused() -> None:
    """Linux has file names that are bytes without meaning; a board has none."""
    with pytest.raises(ValueError, match="Unicode"):
        check_name("bad\udcff", "folder/bad\udcff")


def test_parts_of_paths() -> None:
    """The root is in no folder but itself, and nothing is below itself."""
    assert [parent_of(path) for path in ("/", "/a", "/a/b")] == ["/", "/", "/a"]
    assert [name_of(path) for path in ("/", "/a", "/a/b")] == ["", "a", "b"]
    assert [folders_above(path) for path in ("/", "/a", "/a/b/c")] == [[], [], ["/a", "/a/b"]]
    assert [join("/", "a"), join("/lib", "a/b")] == ["/a", "/lib/a/b"]
    assert [is_below("/a/b", "/a"), is_below("/ab", "/a"), is_below("/a", "/a"), is_below("/", "/")] == [
        True,
        False,
        False,
        False,
    ]


def test_fat_compares_character_by_character() -> None:
    """Upper and lower case are one, "ß" and "ss" are two."""
    assert fat_key("/Lib/É.py") == fat_key("/lIB/é.PY")
    assert fat_key("ß") != fat_key("ss")


def test_a_leftover_stands_beside_its_target() -> None:
    """Its name is ours and tells the target's; two interruptions leave one."""
    half = leftover_path("/lib/a b.py")

    assert half == "/lib/.belay-a b.py"
    assert is_leftover(half)
    assert is_ours(half)
    assert not is_leftover("/.belayignore")
    assert is_ours("/x/.belay/y")
    assert not is_ours("/belay/x.belay")
