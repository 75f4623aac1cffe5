"""Paths on a board: what they are made of, and their verbs on a real MicroPython."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

import belay
from belay.exceptions import BoardPathError
from belay.files.paths import board_path, matches, pattern_parts, writable_path

if TYPE_CHECKING:
    from belay.files.filesystem import FileSystem


@pytest.fixture
def fs(device: belay.Device) -> FileSystem:
    """The files of a fresh board."""
    return device.fs


@pytest.mark.parametrize(
    ("given", "short"),
    [
        ("/", "/"),
        ("//", "/"),
        ("//lib//x.py", "/lib/x.py"),
        ("/lib/", "/lib"),
        ("/lib/../x", "/x"),
        ("/../x", "/x"),
        ("./x", "x"),
        (".", "."),
        (PurePosixPath("/a/b"), "/a/b"),
    ],
)
def test_the_shortest_form(given: str | PurePosixPath, short: str) -> None:
    """A path has one form on the wire."""
    assert board_path(given) == short


@pytest.mark.parametrize(
    ("path", "pattern", "fits"),
    [
        ("x.py", "*.py", True),
        ("x.txt", "*.py", False),
        ("X.PY", "*.py", False),
        ("a/x.py", "*.py", False),
        ("a/x.py", "*/*.py", True),
        ("x.py", "**/*.py", True),
        ("a/b/x.py", "**/*.py", True),
        ("a/b/x.py", "a/**/x.py", True),
        ("a/b/c", "a/**", True),
        ("a/[x]", "a/[[]x]", True),
    ],
)
def test_patterns(path: str, pattern: str, *, fits: bool) -> None:
    """A pattern is matched part by part; two stars stand for any number of folders."""
    assert matches(tuple(path.split("/")), pattern_parts(pattern)) is fits


@pytest.mark.parametrize("pattern", ["", "/lib/*"])
def test_patterns_that_are_none(fs: FileSystem, pattern: str) -> None:
    """A pattern is relative, and not empty."""
    with pytest.raises(belay.BoardPathError):
        fs.path("/").glob(pattern)


def test_the_parts_of_a_path(fs: FileSystem) -> None:
    """What `PurePosixPath` knows of a path, this one knows as well."""
    path = fs.path("/lib/net/http.tar.gz")

    assert (path.name, path.stem, path.suffix) == ("http.tar.gz", "http.tar", ".gz")
    assert path.parts == ("/", "lib", "net", "http.tar.gz")
    assert path.parent == fs.path("/lib/net") == fs.path("/lib") / "net"
    assert path.parents[-1] == fs.path("/")
    assert path.with_name("x") == path.parent.joinpath("x") == path.parent / PurePosixPath("x")
    assert path.with_suffix(".py").name == "http.tar.py"
    assert path.relative_to("/lib") == PurePosixPath("net/http.tar.gz")
    assert path.match("*.gz")
    assert path.is_absolute()
    assert not fs.path("x").is_absolute()
    assert str(path) == "/lib/net/http.tar.gz"
    assert repr(path) == "BoardPath('/lib/net/http.tar.gz')"
    assert len({path, fs.path(str(path)), path.parent}) == 2
    assert path.parent < path
    assert path != str(path)


def test_it_is_no_path_of_the_host(fs: FileSystem) -> None:
    """A function of the host does not take a board's path for one of its own."""
    with pytest.raises(TypeError):
        open(fs.path("/etc"))  # type: ignore[call-overload] # noqa: PTH123, SIM115 - the point
    with pytest.raises(TypeError):
        fs.path("/etc") / 7


def test_the_verbs(fs: FileSystem) -> None:
    """The verbs of `pathlib` do on the board what they do elsewhere."""
    folder = fs.path("/folder")
    folder.mkdir()
    folder.mkdir(exist_ok=True)
    (folder / "deep" / "er").mkdir(parents=True)
    file = folder / "file.py"

    assert file.write_text("text") == 4
    assert file.read_text() == "text"
    assert file.write_bytes(b"\xff") == 1
    assert file.read_bytes() == b"\xff"
    assert file.exists()
    assert file.is_file()
    assert not file.is_dir()
    assert file.stat().size_bytes == 1
    assert list(folder.iterdir()) == [folder / "deep", file]
    assert fs.read_bytes(file) == b"\xff"

    (folder / "other").touch()
    with pytest.raises(FileExistsError):
        file.rename(folder / "other")
    assert file.replace(folder / "other") == folder / "other"
    assert (folder / "other").rename("/folder/deep/x.py") == folder / "deep" / "x.py"
    assert list(fs.path("/").glob("*/*/*.py")) == [folder / "deep" / "x.py"]
    assert list(fs.path("/").rglob("*.py")) == [folder / "deep" / "x.py"]
    assert list(folder.glob("*.py")) == []

    (folder / "deep" / "x.py").unlink()
    (folder / "deep" / "x.py").unlink(missing_ok=True)
    with pytest.raises(FileNotFoundError):
        (folder / "deep" / "x.py").unlink()
    (folder / "deep" / "er").rmdir()
    with pytest.raises(OSError, match="removing"):
        folder.rmdir()


def test_a_name_fits_the_board_or_is_refused_here() -> None:
    """A written file needs room for the name beside it; a folder, and a new name, only for itself.

    The limit counts bytes, not letters.
    """
    assert writable_path("/" + "n" * 248) == "/" + "n" * 248
    assert writable_path("/" + "n" * 255, is_written=False) == "/" + "n" * 255
    assert writable_path("/" + "n" * 255 + "/x") == "/" + "n" * 255 + "/x"
    with pytest.raises(BoardPathError, match="a name of 249 bytes; a file that is written may have 248"):
        writable_path("/lib/" + "n" * 249)
    with pytest.raises(BoardPathError, match="a name of 256 bytes; a board has at most 255"):
        writable_path("/" + "n" * 256 + "/x")
    with pytest.raises(BoardPathError, match="a name of 250 bytes"):
        writable_path("/" + "ä" * 125)
