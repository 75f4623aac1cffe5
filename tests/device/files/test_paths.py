"""Paths on a board: what they are made of, and their verbs on a real MicroPython."""

from __future__ import annotations

import gc
import io
from contextlib import suppress
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
    assert path.full_match("/lib/**/*.gz")
    assert not path.full_match("*.gz")
    assert path.suffixes == [".tar", ".gz"]
    assert path.with_stem("x").name == "x.gz"
    assert path.is_relative_to("/lib")
    assert not path.is_relative_to("/li")
    assert path.as_posix() == str(path)
    assert (path.root, path.anchor, fs.path("x").root) == ("/", "/", "")
    assert "/lib" / fs.path("x") == fs.path("/lib/x")
    assert path >= path.parent <= path > path.parent
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


def test_open(fs: FileSystem) -> None:
    """Files open as Python's do: text or bytes, read, written, made, appended to."""
    file = fs.path("/opened")

    with file.open("w") as stream:
        stream.write("one\r\n")
        assert not file.exists()
    with file.open("ab") as stream:
        stream.write(b"two\n")
    with file.open() as stream:
        assert list(stream) == ["one\r\n", "two\n"]
    with file.open("rb") as stream:
        assert stream.read(3) == b"one"
    with pytest.raises(FileExistsError):
        file.open("x")
    with fs.path("/new").open("xt", encoding="latin-1") as stream:
        stream.write("ä")

    assert fs.read_bytes("/new") == b"\xe4"


@pytest.mark.parametrize("mode", ["w", "wb"])
def test_what_is_not_complete_is_not_written(fs: FileSystem, mode: str) -> None:
    """A block that raises, and a stream that nobody closed, leave the older file."""
    file = fs.path("/kept")
    file.write_text("older")
    content = "newer" if mode == "w" else b"newer"

    with suppress(KeyError), file.open(mode) as stream:
        stream.write(content)
        raise KeyError
    file.open(mode).write(content)
    gc.collect()

    assert file.read_text() == "older"


@pytest.mark.parametrize("content", ["text", b"bytes"])
def test_an_opened_file_does_what_its_mode_says(fs: FileSystem, content: str | bytes) -> None:
    """As with Python's own: what is opened to read is not written, and the other way round; nothing is lost."""
    file = fs.path("/mode")
    file.write_text("old")
    binary = "" if isinstance(content, str) else "b"

    with file.open(f"r{binary}") as reader:
        assert not reader.writable()
        for change in (
            reader.write,
            lambda content: reader.writelines([content]),
            lambda _: reader.truncate(0),
        ):
            with pytest.raises(io.UnsupportedOperation, match="not writable"):
                change(content)  # type: ignore[arg-type] # as the mode says
        assert len(reader.read()) == len("old")
    for mode in "wa":
        writer = file.open(f"{mode}{binary}")
        assert not writer.readable()
        for read in (writer.read, writer.readline, writer.readlines, writer.__next__):
            with pytest.raises(io.UnsupportedOperation, match="not readable"):
                read()
        del writer, read  # and so it is dropped, not closed

    assert file.read_text() == "old"


@pytest.mark.parametrize("mode", ["", "r+", "rw", "wb+", "U", "rbt"])
def test_other_modes_are_refused(fs: FileSystem, mode: str) -> None:
    """What cannot be is said before anything is sent."""
    with pytest.raises(ValueError, match="one of `r`, `w`, `a`, `x`"):
        fs.path("/opened").open(mode)


def test_where_it_is(device: belay.Device, fs: FileSystem) -> None:
    """A relative path is told from the board's current folder."""
    fs.path("/there").mkdir()
    fs.path("/there/x").touch(exist_ok=False)
    with pytest.raises(FileExistsError):
        fs.path("/there/x").touch(exist_ok=False)
    fs.path("/there/x").touch()
    device("import os\nos.chdir('/there')")

    try:
        assert fs.path("x").absolute() == fs.path("/there/x")
        assert fs.path("../there/x").resolve() == fs.path("/there/x")
        assert fs.path("x").samefile("/there/x")
        assert not fs.path("x").samefile("/there")
        with pytest.raises(FileNotFoundError):
            fs.path("x").samefile("/nowhere")
    finally:
        device("os.chdir('/')")


def test_walk(fs: FileSystem) -> None:
    """A walk has each folder with what is in it, from above or from below."""
    fs.mkdir("/top/a/b", parents=True)
    fs.write_text("/top/a/file", "")
    top = fs.path("/top")

    walked = list(top.walk())

    assert walked == [(top, ["a"], []), (top / "a", ["b"], ["file"]), (top / "a/b", [], [])]
    assert list(top.walk(top_down=False)) == walked[::-1]
