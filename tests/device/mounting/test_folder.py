"""The fence around a mounted folder."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING

import pytest

from belay.mounting.folder import HostFolder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder that no board may see."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret").write_text("secret")
    return folder


@pytest.fixture
def inside(tmp_path: Path, outside: Path) -> Path:
    """A folder with a file, a folder, and links: two that stay inside, and some that lead out."""
    folder = tmp_path / "inside"
    (folder / "sub").mkdir(parents=True)
    (folder / "file").write_text("content")
    (folder / "near").symlink_to("file")
    (folder / "sub" / "up").symlink_to("../file")
    (folder / "far").symlink_to(outside / "secret")
    (folder / "away").symlink_to(outside)
    (folder / "nowhere").symlink_to("none")
    return folder


@pytest.mark.parametrize(
    "path", ["../outside/secret", "/../../outside/secret", "sub/../../outside/secret", "//etc/passwd", "a\0b"]
)
def test_a_path_stays_inside(inside: Path, path: str) -> None:
    """`..` ends at the root, and a leading slash is the root: so nothing of the kind is there."""
    with pytest.raises(FileNotFoundError):
        HostFolder(inside).facts(path)


@pytest.mark.parametrize("path", ["far", "away/secret", "away", "sub/../away/secret"])
def test_a_link_that_leads_out(inside: Path, path: str) -> None:
    """It is refused for every use, unless links may lead out."""
    folder = HostFolder(inside)

    with pytest.raises(PermissionError):
        folder.facts(path)
    with pytest.raises(PermissionError):
        folder.open(path, "r")
    assert HostFolder(inside, unsafe_links=True).facts(path)


@pytest.mark.parametrize("mode", ["w", "a", "x", "r+"])
def test_nothing_is_written_outside(inside: Path, outside: Path, mode: str) -> None:
    """Neither into a file that a link leads to, nor beside it."""
    folder = HostFolder(inside)

    for path in ("far", "away/new", "away/secret"):
        with pytest.raises(PermissionError):
            folder.open(path, mode)
    for work in (folder.remove, folder.mkdir, folder.rmdir):
        with pytest.raises(PermissionError):
            work("away/secret")
    with pytest.raises(PermissionError):
        folder.rename("file", "away/file")
    with pytest.raises(PermissionError):
        folder.rename("away/secret", "mine")

    assert {path.name: path.read_text() for path in outside.iterdir()} == {"secret": "secret"}


def test_a_link_itself_may_be_removed_and_renamed(inside: Path, outside: Path) -> None:
    """What it leads to stays."""
    folder = HostFolder(inside)

    folder.remove("far")
    folder.rename("away", "gone")

    assert not (inside / "far").is_symlink()
    assert (inside / "gone").is_symlink()
    assert (outside / "secret").exists()


@pytest.mark.parametrize("path", ["", "/", ".", "sub/.."])
def test_the_folder_itself_stays(inside: Path, path: str) -> None:
    """It can be neither removed nor renamed."""
    folder = HostFolder(inside)

    with pytest.raises(PermissionError):
        folder.rmdir(path)
    with pytest.raises(PermissionError):
        folder.rename(path, "other")


def test_links_that_stay_inside(inside: Path) -> None:
    """They are what they lead to."""
    folder = HostFolder(inside)

    with folder.open("near", "r") as near, folder.open("sub/up", "r") as up:
        assert near.read() == up.read() == b"content"


def test_a_listing_leaves_out_what_cannot_be_reached(inside: Path) -> None:
    """Links that lead out or nowhere are not told, in order of the names."""
    names = [name for name, _ in HostFolder(inside).listing("/")]

    assert names == ["file", "near", "sub"]


@pytest.mark.skipif(sys.platform != "linux", reason="file systems elsewhere have texts for names")
def test_a_name_that_is_no_text(inside: Path) -> None:
    """It is left out, and costs no other name."""
    (inside / os.fsdecode(b"bad\xff")).touch()

    names = [name for name, _ in HostFolder(inside).listing("/")]

    assert names == ["file", "near", "sub"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_not_there(inside: Path) -> None:
    """Nobody waits for a pipe that a board opens."""
    os.mkfifo(inside / "pipe")
    folder = HostFolder(inside)

    with pytest.raises(OSError, match="not a file"):
        folder.open("pipe", "r")
    assert "pipe" not in [name for name, _ in folder.listing("/")]


def test_read_only(inside: Path) -> None:
    """Nothing changes, and reading goes on."""
    folder = HostFolder(inside, read_only=True)
    before = sorted(inside.rglob("*"))

    for work in (
        lambda: folder.open("file", "w"),
        lambda: folder.open("new", "a"),
        lambda: folder.remove("file"),
        lambda: folder.mkdir("new"),
        lambda: folder.rmdir("sub"),
        lambda: folder.rename("file", "new"),
    ):
        with pytest.raises(OSError, match="read-only"):
            work()

    assert sorted(inside.rglob("*")) == before
    with folder.open("file", "r") as file:
        assert file.read() == b"content"


@pytest.mark.parametrize("mode", ["", "q", "rw", "r++", "wa", "+"])
def test_a_mode_that_is_none(inside: Path, mode: str) -> None:
    """It is refused before anything is opened."""
    with pytest.raises(OSError, match="no such mode"):
        HostFolder(inside).open("file", mode)
    assert stat.S_ISREG((inside / "file").stat().st_mode)
    assert (inside / "file").read_text() == "content"
