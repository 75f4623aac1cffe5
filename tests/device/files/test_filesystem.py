"""The verbs of `device.fs` on a real MicroPython."""

from __future__ import annotations

import hashlib
import os
from binascii import crc32
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

import pytest

import belay
from belay.files.facts import Entry, FileHash, Listing, Stat, Usage
from belay.files.filesystem import FileSystem
from belay.output import OutputWriter
from belay.runtime import Runtime
from belay_transport.opening import open_link
from belay_transport.repl import Note
from belay_transport.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from belay_transport.links import Link

ODD_NAMES = [
    "it's",
    'a "b"',
    "ünïcödé €",
    "two  words ",
    "-x",
    "%s {} \\n",
    "sémi;colon,comma",
    "日本語.py",
    "😀",
]


@pytest.fixture(scope="module")
def device() -> Iterator[belay.Device]:
    """One board for all tests here; each has an empty flash."""
    with belay.Device("sim:") as connected:
        yield connected


@pytest.fixture
def fs(device: belay.Device) -> FileSystem:
    """The files of a board that has none yet."""
    for entry in device.fs.list():
        device.fs.remove(entry.path, recursive=True)
    return device.fs


class CountingLink:
    """A link that counts the writes that go through it."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.writes = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._link, name)

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Count, and write."""
        self.writes += 1
        self._link.write(data, timeout_s)


# Looking


def test_list(fs: FileSystem) -> None:
    """A folder is listed by name, each entry with its path, kind and size."""
    fs.write_bytes("/b.py", b"12345")
    fs.mkdir("/a")
    fs.write_text("/a/inside", "x")

    assert fs.list() == [Entry("/a", is_dir=True, size_bytes=0), Entry("/b.py", is_dir=False, size_bytes=5)]
    assert fs.list("/a") == [Entry("/a/inside", is_dir=False, size_bytes=1)]
    assert [entry.name for entry in fs.list("/")] == ["a", "b.py"]


def test_walk(fs: FileSystem) -> None:
    """A tree is listed with all its levels, in the order of the paths, each folder before what is in it."""
    paths = ["/a", "/a/b", "/a/b/c", "/a/b/c/file", "/a/z", "/b"]
    fs.mkdir("/a/b/c", parents=True)
    for path in ("/b", "/a/z", "/a/b/c/file"):
        fs.touch(path)

    assert [entry.path for entry in fs.walk()] == paths
    assert [entry.path for entry in fs.walk("/a/b")] == ["/a/b/c", "/a/b/c/file"]
    assert [entry.path for entry in fs.entries("/a", levels=1)] == ["/a/b", "/a/z"]


def test_what_is_not_there(fs: FileSystem) -> None:
    """Each verb that needs something that is not there says so, with the path."""
    for verb in (fs.list, fs.walk, fs.stat, fs.read_bytes, fs.remove, fs.hash):
        with pytest.raises(FileNotFoundError, match=r"`/missing` on Device\('sim:'\) failed") as caught:
            verb("/missing")
        assert isinstance(caught.value, belay.BelayException)
        assert caught.value.filename == "/missing"
    fs.touch("/file")
    with pytest.raises(NotADirectoryError):
        fs.list("/file")


def test_a_folder_that_is_missing_can_be_made(fs: FileSystem) -> None:
    """Who writes into a folder that is not there, or makes one in it, is told how to make it."""
    with pytest.raises(FileNotFoundError) as caught:
        fs.write_text("/no/file", "x")
    assert caught.value.hint == "make the folder first: `device.fs.mkdir(PATH, parents=True)`"  # type: ignore[attr-defined] # ours
    with pytest.raises(FileNotFoundError) as caught:
        fs.mkdir("/no/folder")
    assert caught.value.hint == "`parents=True` makes those above it too"  # type: ignore[attr-defined] # ours


def test_a_name_that_fat_does_not_allow(device: belay.Device, fs: FileSystem) -> None:
    """The error says which names FAT takes."""
    device(
        """
        class Disk:
            data = bytearray(512 * 128)
            def readblocks(self, n, buf): buf[:] = self.data[n * 512:n * 512 + len(buf)]
            def writeblocks(self, n, buf): self.data[n * 512:n * 512 + len(buf)] = buf
            def ioctl(self, op, arg): return {4: 128, 5: 512}.get(op, 0)
        import vfs
        disk = Disk()
        vfs.VfsFat.mkfs(disk)
        vfs.mount(disk, "/fat")
        """
    )

    with pytest.raises(OSError, match="EINVAL") as caught:
        fs.write_text("/fat/a?b", "x")

    assert "on a FAT file system no name may have one of" in caught.value.hint  # type: ignore[attr-defined] # ours
    device("vfs.umount('/fat')")


def test_stat(fs: FileSystem) -> None:
    """Kind and size are told, of many paths as well."""
    fs.write_bytes("/file", bytes(123))

    stat = fs.stat("/file")
    assert (stat.is_dir, stat.size_bytes) == (False, 123)
    assert stat.modified_s > 0
    assert fs.stat("/").is_dir
    assert fs.stat_many(["/", "/no", "/file", "/file/no"]) == [fs.stat("/"), None, stat, None]
    assert len(fs.stat_many([f"/a/quite/long/path/{number:05}" for number in range(200)])) == 200
    assert fs.stat_many([]) == []


def test_questions(fs: FileSystem) -> None:
    """Whether there is something, a file, a folder."""
    fs.touch("/file")

    assert [fs.exists(path) for path in ("/", "/file", "/no")] == [True, True, False]
    assert [fs.is_file(path) for path in ("/", "/file", "/no")] == [False, True, False]
    assert [fs.is_dir(path) for path in ("/", "/file", "/no")] == [True, False, False]


def test_hash(fs: FileSystem) -> None:
    """A hash says which it is, and is the one that Python computes."""
    content = os.urandom(3000)
    fs.write_bytes("/file", content)

    assert fs.hash("/file") == FileHash("sha256", hashlib.sha256(content).hexdigest())
    assert fs.hash("/file", "crc32") == FileHash("crc32", f"{crc32(content):08x}")
    with pytest.raises(ValueError, match="sha256 or crc32, not 'md5'"):
        fs.hash("/file", "md5")


def test_usage_and_free(fs: FileSystem) -> None:
    """What a folder holds is added up, and a file takes room in whole blocks."""
    before = fs.free()
    fs.mkdir("/a/b", parents=True)
    fs.write_bytes("/a/b/file", os.urandom(5000))
    fs.write_bytes("/a/file", b"x")

    assert fs.usage("/a") == Usage(files=2, folders=1, size_bytes=5001)
    after = fs.free("/a")
    assert after.total_bytes == before.total_bytes == 2 * 1024 * 1024
    assert before.free_bytes - after.free_bytes >= 5001
    assert after.free_bytes % after.block_bytes == 0


# Reading and writing


@pytest.mark.parametrize("size", [0, 1, 511, 4096, 30_000])
def test_bytes_come_back(fs: FileSystem, size: int) -> None:
    """What is written is read, and written over as well."""
    content = os.urandom(size)
    fs.write_bytes("/file", b"something older")
    fs.write_bytes("/file", content)

    assert fs.read_bytes("/file") == content
    assert fs.read_bytes("/file", offset=size // 2, size=100) == content[size // 2 :][:100]
    assert [entry.name for entry in fs.list()] == ["file"]


def test_text_comes_back(fs: FileSystem) -> None:
    """A text comes back with its line ends, in any encoding."""
    fs.write_text("/text", "één\r\ntwo\n")
    fs.append_text("/text", "three")
    assert fs.read_text("/text") == "één\r\ntwo\nthree"

    fs.write_text("/latin", "één", encoding="latin-1")
    assert fs.read_bytes("/latin") == b"\xe9\xe9n"
    assert fs.read_text("/latin", encoding="latin-1") == "één"


def test_append(fs: FileSystem) -> None:
    """What is appended stands behind what is there; a file that is not there is made."""
    fs.append_bytes("/log", b"one")
    fs.append_bytes("/log", bytearray(b"two"))

    assert fs.read_bytes("/log") == b"onetwo"


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_name(fs: FileSystem, name: str) -> None:
    """A name with quotes, spaces or letters of any script is as good as another, for every verb."""
    folder, file = f"/{name}", f"/{name}/{name}"

    fs.mkdir(folder)
    fs.write_text(file, name)
    fs.copy(file, file + ".copy")
    fs.rename(file + ".copy", file + ".new")

    assert [entry.path for entry in fs.walk()] == sorted([folder, file, file + ".new"])
    assert fs.read_text(file + ".new") == name
    fs.remove(folder, recursive=True)
    assert fs.walk() == []


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("", "empty"),
        ("/a\0b", "NUL"),
        ("/a\nb", "a newline"),
        ("/a\rb", "a carriage return"),
        ("/\ud800", "cannot be encoded"),
        (PureWindowsPath("lib\\x.py"), "a path of this computer"),
        (7, "not int"),
    ],
)
def test_what_cannot_be_a_path(fs: FileSystem, path: object, why: str) -> None:
    """What cannot be a path is refused before anything is sent, as a ValueError."""
    with pytest.raises(belay.BoardPathError, match=why) as caught:
        fs.list(path)  # type: ignore[arg-type] # the point

    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("path", ["/.belay-x", "/.belay-folder/x"])
def test_names_of_unfinished_files(fs: FileSystem, path: str) -> None:
    """A name that marks an unfinished file cannot be given to a file, nor to a folder."""
    fs.touch("/file")

    for verb in (
        fs.touch,
        fs.mkdir,
        lambda path: fs.write_text(path, ""),
        lambda path: fs.rename("/file", path),
    ):
        with pytest.raises(belay.BoardPathError, match="unfinished"):
            verb(path)


def test_relative_paths(device: belay.Device, fs: FileSystem) -> None:
    """A relative path is relative to the board's current folder."""
    fs.mkdir("/jobs")
    device("os.chdir('/jobs')")
    try:
        fs.write_text("x", "1")
        assert fs.read_text("/jobs/x") == "1"
        assert [entry.path for entry in fs.list(".")] == ["x"]
        assert fs.stat(PurePosixPath("./x")).size_bytes == 1
    finally:
        device("os.chdir('/')")


# Between the host and the board


def test_put_and_get(fs: FileSystem, tmp_path: Path) -> None:
    """A file of the host crosses and comes back, with progress; a folder as target means the same name."""
    (tmp_path / "file.bin").write_bytes(content := os.urandom(150_000))
    sent: list[int] = []
    received: list[int] = []

    fs.put(tmp_path / "file.bin", "/", progress=sent.append)
    fs.get("/file.bin", tmp_path / "back", progress=received.append)
    (tmp_path / "folder").mkdir()
    fs.get("/file.bin", tmp_path / "folder")

    assert (tmp_path / "back").read_bytes() == (tmp_path / "folder" / "file.bin").read_bytes() == content
    for seen in (sent, received):
        assert seen == sorted(seen)
        assert seen[-1] == len(content)


def test_get_keeps_the_older_file(fs: FileSystem, tmp_path: Path) -> None:
    """A file of the host is as it was when reading fails, or when the progress callback raises."""
    target = tmp_path / "file"
    target.write_text("older")
    target.chmod(0o640)
    fs.write_bytes("/file", os.urandom(20_000))

    def stop(_: int) -> None:
        raise KeyError("enough")

    with pytest.raises(FileNotFoundError):
        fs.get("/missing", target)
    with pytest.raises(KeyError, match="enough"):
        fs.get("/file", target, progress=stop)
    assert target.read_text() == "older"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]

    fs.get("/file", target)
    assert target.stat().st_size == 20_000
    assert target.stat().st_mode & 0o777 == 0o640


def test_host_files_that_cannot_be(fs: FileSystem, tmp_path: Path) -> None:
    """What the host cannot read or write is an error of Belay's that is also Python's."""
    with pytest.raises(FileNotFoundError, match=r"reading `.*missing` on this computer failed") as caught:
        fs.put(tmp_path / "missing", "/file")
    assert isinstance(caught.value, belay.HostFileError)
    assert caught.value.errno == 2
    with pytest.raises(belay.HostFileError, match="is a folder"):
        fs.put(tmp_path, "/file")
    for wrong in (lambda: fs.put(5, "/file"), lambda: fs.get("/file", None)):  # type: ignore[arg-type] # on purpose
        with pytest.raises(belay.ArgumentTypeError, match="must be a path, not"):
            wrong()
    fs.touch("/file")
    with pytest.raises(belay.HostFileNotFoundError, match="writing"):
        fs.get("/file", tmp_path / "no" / "folder" / "file")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a named pipe is a thing of Unix")
def test_a_pipe_is_no_file(fs: FileSystem, tmp_path: Path) -> None:
    """What has no length is refused and not waited for, with what can be done instead."""
    os.mkfifo(tmp_path / "pipe")

    for source in (tmp_path / "pipe", "/dev/zero"):
        with pytest.raises(belay.HostFileError, match="is a pipe or a device") as caught:
            fs.put(source, "/file")
        assert "write_bytes" in str(caught.value.hint)

    assert not fs.exists("/file")


def test_progress_that_raises(fs: FileSystem) -> None:
    """What the progress callback raises ends the transfer; the older file is there, and nothing else."""
    fs.write_bytes("/file", b"older")

    def stop(_: int) -> None:
        raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        fs.write_bytes("/file", os.urandom(50_000), progress=stop)

    assert fs.read_bytes("/file") == b"older"
    assert [entry.name for entry in fs.list()] == ["file"]


# Changing


def test_remove(fs: FileSystem) -> None:
    """A file and an empty folder go; a folder that is not empty goes when that is asked for."""
    fs.mkdir("/folder/below", parents=True)
    fs.touch("/file")
    fs.touch("/folder/file")

    fs.remove("/file")
    with pytest.raises(OSError, match="removing `/folder`") as caught:
        fs.remove("/folder")
    assert isinstance(caught.value, belay.BoardException)
    assert "recursive=True" in str(caught.value.hint)
    fs.remove("/folder/below")
    fs.remove("/folder", recursive=True)

    assert fs.list() == []
    fs.remove("/file", missing_ok=True)
    with pytest.raises(belay.BoardPathError, match="root"):
        fs.remove("/", recursive=True)


@pytest.mark.parametrize("path", [".", "./", "..", "../..", "folder/.."])
def test_the_current_folder_is_not_emptied(fs: FileSystem, path: str) -> None:
    """A relative path to the current folder, or to one above, is refused before anything in it is gone."""
    fs.touch("/file")

    with pytest.raises(belay.BoardPathError, match="current folder"):
        fs.remove(path, recursive=True)

    assert fs.exists("/file")


def test_mkdir(fs: FileSystem) -> None:
    """A folder is made, with those above it where that is asked for."""
    with pytest.raises(FileNotFoundError):
        fs.mkdir("/a/b/c")
    fs.mkdir("/a/b/c", parents=True)
    fs.mkdir("/a/b/c", parents=True, exist_ok=True)
    with pytest.raises(FileExistsError):
        fs.mkdir("/a/b/c", parents=True)
    fs.touch("/file")
    with pytest.raises(FileExistsError):
        fs.mkdir("/file", exist_ok=True)

    assert [entry.path for entry in fs.walk()] == ["/a", "/a/b", "/a/b/c", "/file"]


def test_rename(fs: FileSystem) -> None:
    """A file or a folder moves; what is in its place goes only where that is asked for."""
    fs.mkdir("/folder")
    fs.write_text("/one", "1")
    fs.write_text("/two", "2")

    with pytest.raises(FileExistsError):
        fs.rename("/one", "/two")
    assert fs.read_text("/two") == "2"
    fs.rename("/one", "/two", overwrite=True)
    fs.rename("/two", "/folder/three")
    fs.rename("/folder", "/moved")

    assert fs.read_text("/moved/three") == "1"
    assert [entry.path for entry in fs.walk()] == ["/moved", "/moved/three"]
    with pytest.raises(FileNotFoundError):
        fs.rename("/no", "/moved/three", overwrite=True)
    assert fs.exists("/moved/three")


def test_copy(fs: FileSystem) -> None:
    """A file is copied on the board, over an older one as well."""
    content = os.urandom(3000)
    fs.write_bytes("/one", content)
    fs.write_bytes("/two", b"older")

    fs.copy("/one", "/two")

    assert fs.read_bytes("/two") == fs.read_bytes("/one") == content
    fs.mkdir("/folder")
    with pytest.raises(IsADirectoryError):
        fs.copy("/folder", "/three")
    assert [entry.name for entry in fs.list()] == ["folder", "one", "two"]


def test_touch(fs: FileSystem) -> None:
    """A file that is not there is made, one that is there keeps its content."""
    fs.touch("/file")
    assert fs.read_bytes("/file") == b""
    fs.write_text("/file", "content")
    fs.touch("/file")

    assert fs.read_text("/file") == "content"


# Room


def test_no_room_is_known_before() -> None:
    """A file that does not fit beside the older one is refused first, with all numbers and a way out."""
    with belay.Device("sim:?flash=64k") as device:
        fs = device.fs
        older = os.urandom(30_000)
        fs.write_bytes("/file", older)
        free = fs.free().free_bytes

        with pytest.raises(belay.NoSpaceError, match="writing `/file`") as caught:
            fs.write_bytes("/file", bytes(30_000))
        error = caught.value
        assert (error.path, error.needed_bytes, error.free_bytes) == ("/file", 32768, free)
        assert error.errno == 28
        assert "device.fs.usage" in str(error.hint)
        with pytest.raises(belay.NoSpaceError):
            fs.append_bytes("/file", b"x")
        with pytest.raises(belay.NoSpaceError, match="`/copy`"):
            fs.copy("/file", "/copy")

        assert fs.read_bytes("/file") == older
        assert [entry.name for entry in fs.list()] == ["file"]


def test_no_room_is_found_out_later() -> None:
    """Where the board cannot tell its room, the write that fails says what is needed, and nothing stays."""
    with belay.Device("sim:?flash=64k") as device:
        device("import sys\nclass Fewer:\n pass\nfewer = Fewer()")
        device("for name in dir(os):\n if name != 'statvfs':\n  setattr(fewer, name, getattr(os, name))")
        device("sys.modules['os'] = fewer")

        with pytest.raises(belay.NoSpaceError, match=r"needs 100000 bytes .* is full") as caught:
            device.fs.write_bytes("/file", os.urandom(100_000))

        assert caught.value.free_bytes is None
        assert device.fs.list() == []


# Turnarounds


def test_each_verb_is_one_turnaround() -> None:
    """Once its helpers are there, a verb writes to the board once, whatever the size of the tree."""
    link = CountingLink(open_link("sim:"))
    runtime = Runtime(Session(link), OutputWriter(None), description="the board")  # type: ignore[arg-type] # the rest is passed on
    try:
        runtime.connect("")
        fs = FileSystem(runtime)
        verbs = {
            "mkdir": lambda: fs.mkdir("/a/b/c/d", parents=True, exist_ok=True),
            "walk": fs.walk,
            "list": lambda: fs.list("/a"),
            "stat": lambda: fs.stat_many(["/a", "/b", "/c"]),
            "usage": fs.usage,
            "copy": lambda: fs.copy("/file", "/copy"),
            "hash": lambda: fs.hash("/file"),
            "read": lambda: fs.read_bytes("/file"),
            "mend": fs.mend,
        }
        fs.write_bytes("/file", b"content")
        for number in range(60):
            fs.touch(f"/file {number}")
        for verb in verbs.values():
            verb()

        for name, verb in verbs.items():
            link.writes = 0
            verb()
            assert (name, link.writes) == (name, 1)
        fs.mkdir("/tree/" + "/".join("abcdef"), parents=True)
        fs.remove("/copy")
        link.writes = 0
        fs.remove("/tree", recursive=True)
        assert link.writes == 1
    finally:
        runtime.session.close()


def test_in_a_batch(device: belay.Device) -> None:
    """Inside a batch files are refused: they would come before what stands above them."""
    with device.batch():
        for verb in (
            device.fs.list,
            lambda: device.fs.write_text("/x", ""),
            lambda: device.fs.read_bytes("/x"),
        ):
            with pytest.raises(belay.BatchError, match=r"`device.fs`"):
                verb()


# What a board tells


def test_a_listing_with_a_gap_is_not_whole() -> None:
    """A listing of which a part is lost is known as that."""
    listing = Listing()
    listing(Note(0, "xl", b"(1,'a',False,3),"))
    listing(Note(2, "xl", b"(1,'c',False,3),"))

    assert not listing.is_whole(3)
    assert not listing.is_whole(2)


@pytest.mark.parametrize(
    "told",
    [b"(2,'a',False,3),", b"(1,7,False,3),", b"7,", b"(1,'a'),", b"(0,'a',False,3),", b"(1,'a',False,'x'),"],
)
def test_a_listing_that_is_none(told: bytes) -> None:
    """What cannot be a listing is an error, not a path."""
    listing = Listing()
    listing(Note(0, "xl", told))

    with pytest.raises(belay.NotBelayResponseError):
        listing.entries("")


def test_a_stat_that_is_none() -> None:
    """What cannot be a stat is an error."""
    assert Stat.from_board(None) is None
    with pytest.raises(belay.NotBelayResponseError):
        Stat.from_board((1, "x", 3))


def test_a_folder_is_not_moved_into_itself(device: belay.Device, fs: FileSystem) -> None:
    """Littlefs would do it, and the folder would be gone; also by a relative path."""
    fs.mkdir("/outer/inner", parents=True)
    fs.write_text("/outer/file", "here")
    device("os.chdir('/outer')")
    try:
        for source, target in (
            ("/outer", "/outer/sub"),
            ("/outer", "sub"),
            ("/outer/inner", "/outer/inner/x"),
        ):
            with pytest.raises(OSError, match="renaming") as caught:
                fs.rename(source, target, overwrite=True)
            assert "into itself" in str(caught.value.hint)  # type: ignore[attr-defined] # ours
    finally:
        device("os.chdir('/')")

    assert fs.read_text("/outer/file") == "here"
    fs.rename("/outer", "/outermost")
    assert fs.read_text("/outermost/file") == "here"


def test_paths_remove_what_they_say(fs: FileSystem) -> None:
    """`rmdir` removes no file, and `unlink` no folder."""
    fs.mkdir("/folder")
    fs.write_text("/file", "here")

    with pytest.raises(NotADirectoryError):
        fs.path("/file").rmdir()
    with pytest.raises(IsADirectoryError):
        fs.path("/folder").unlink()
    assert fs.read_text("/file") == "here"
    fs.path("/folder").rmdir()
    fs.path("/file").unlink()
    fs.path("/file").unlink(missing_ok=True)
    assert not fs.exists("/file")
    assert not fs.exists("/folder")


def test_content_of_the_wrong_type(fs: FileSystem) -> None:
    """A number is no content, a text no bytes, one path no list of them; nothing is written."""
    for attempt in (
        lambda: fs.write_bytes("/wrong", 5),  # type: ignore[arg-type] # on purpose, as below
        lambda: fs.write_bytes("/wrong", "text"),  # type: ignore[arg-type]
        lambda: fs.append_bytes("/wrong", [1, 2]),  # type: ignore[arg-type]
        lambda: fs.write_text("/wrong", b"bytes"),  # type: ignore[arg-type]
        lambda: fs.stat_many("/wrong"),
    ):
        with pytest.raises(belay.ArgumentTypeError):
            attempt()
    assert not fs.exists("/wrong")


def test_progress_is_a_function(fs: FileSystem, tmp_path: Path) -> None:
    """Something else is refused by its name, before anything is sent."""
    (tmp_path / "file").write_bytes(b"content")
    for attempt in (
        lambda: fs.write_bytes("/wrong", b"1", progress="x"),  # type: ignore[arg-type] # on purpose, as below
        lambda: fs.put(tmp_path / "file", "/wrong", progress=3),  # type: ignore[arg-type]
        lambda: fs.get("/wrong", tmp_path / "copy", progress=3),  # type: ignore[arg-type]
    ):
        with pytest.raises(belay.ArgumentTypeError, match="`progress` must be a function or None, not"):
            attempt()
    assert not fs.exists("/wrong")


def test_long_names(device: belay.Device) -> None:
    """The longest name that can be written is written and read; one byte more is refused before it is sent."""
    fs = device.fs
    fs.mkdir("/long")
    longest = "/long/" + "n" * 248

    fs.write_text(longest, "a")
    fs.append_text(longest, "b")
    for write in (fs.write_text, fs.append_text):
        with pytest.raises(belay.BelayException, match="a name of 249 bytes"):
            write(longest + "n", "x")
    with pytest.raises(belay.BelayException, match="a name of 249 bytes"):
        fs.copy(longest, longest + "n")
    fs.mkdir("/long/" + "d" * 255)

    assert fs.read_text(longest) == "ab"
    assert [entry.path for entry in fs.list("/long")] == ["/long/" + "d" * 255, longest]
    fs.remove("/long", recursive=True)


def test_an_errno_without_a_name_on_the_board_is_named(device: belay.Device) -> None:
    """MicroPython has names for twenty errnos; that a file is no folder is not among them."""
    device.fs.write_text("/plain", "")

    with pytest.raises(
        OSError, match=r"^listing `/plain` on .* failed: OSError: 20 \(ENOTDIR: not a folder\)$"
    ):
        device.fs.list("/plain")
