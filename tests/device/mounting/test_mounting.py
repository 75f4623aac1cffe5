"""A folder of this computer on a real MicroPython: read, written, listed, imported, whatever happens meanwhile."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

import belay
from belay.mounting import mount
from belay.mounting.compiling import ImportCompiler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from belay_transport.links import Link

READ = "(lambda f: f.read())(open({path!r}, {mode!r}))"


@pytest.fixture(scope="module")
def device() -> Iterator[belay.Device]:
    """A board that the tests share."""
    with belay.Device("sim:") as board:
        yield board


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder, empty."""
    path = tmp_path / "folder"
    path.mkdir()
    return path


@pytest.fixture
def mounted(device: belay.Device, folder: Path) -> Iterator[belay.Device]:
    """The board, with the folder at /remote, in which it is."""
    with mount(device, folder):
        device("os.chdir('/remote')")
        yield device


class Counted:
    """Counts the answers that a board gets, and may damage some of them."""

    def __init__(self) -> None:
        self.answers = 0
        self.damage: Callable[[bytes], bytes] = bytes

    def tap(self, link: Link) -> Link:
        """Stand in for the wire."""
        write = link.write

        class Tapped:
            def __getattr__(self, name: str) -> object:
                return getattr(link, name)

        def counted(data: bytes, timeout_s: float | None) -> None:
            if data[:1] == b"\x06":
                self.answers += 1
                data = self.damage(data)
            write(data, timeout_s)

        tapped = Tapped()
        tapped.write = counted  # type: ignore[attr-defined] # an instance's own
        return tapped  # type: ignore[return-value] # it has all that a link has


@pytest.mark.parametrize("size", [0, 1, 255, 8192, 8193, 100_000])
def test_reading(mounted: belay.Device, folder: Path, size: int) -> None:
    """Every byte arrives, whatever the size, whole or in part, from any offset."""
    content = random.Random(size).randbytes(size)
    (folder / "file").write_bytes(content)

    assert mounted(READ.format(path="file", mode="rb")) == content
    mounted("f = open('/remote/file', 'rb')")
    assert mounted("f.read(10)") == content[:10]
    assert mounted(f"f.seek({size // 2}), f.tell(), f.read(100)") == (
        size // 2,
        size // 2,
        content[size // 2 : size // 2 + 100],
    )
    assert mounted("f.seek(-1, 2) and f.read(2)") in (0, content[-1:])
    mounted("f.close()")


TEXT = "grün\n\nöde Zeile\r\nkein Schluss"


def test_text(mounted: belay.Device, folder: Path) -> None:
    """Text comes as characters and lines, as the board's own files give it."""
    (folder / "text").write_bytes(TEXT.encode())
    mounted.fs.path("/text").write_bytes(TEXT.encode())

    for expression in (
        "f.read()",
        "f.read(3) + '|' + f.read(2) + '|' + f.read(100)",
        "list(f)",
        "f.readline(), f.readline(3), f.readlines()",
        "[f.read(1) for _ in range(25)]",
        "(lambda b: (f.readinto(b), b))(bytearray(7))",
    ):
        for mode in ("r", "rb"):
            ask = f"(lambda f: ({expression}))(open({{path!r}}, {mode!r}))"
            assert mounted(ask.format(path="/remote/text")) == mounted(ask.format(path="/text")), expression


def test_writing(mounted: belay.Device, folder: Path) -> None:
    """What the board writes is there once it has closed the file, in all modes, and it reads it back."""
    mounted("with open('new', 'w') as f: print('grün', file=f); f.write('b' * 20000)")
    assert (folder / "new").read_text(encoding="utf-8") == "grün\n" + "b" * 20000
    mounted("with open('new', 'ab') as f: f.write(bytes(range(256)))")
    assert (folder / "new").read_bytes().endswith(b"bb" + bytes(range(256)))
    mounted("f = open('new', 'r+b'); f.seek(1); f.write(b'XY'); f.seek(0)")
    assert mounted("f.read(4), f.tell()") == (b"gXY\xbc", 4)
    mounted("f.close()")
    assert (folder / "new").read_bytes().startswith(b"gXY\xbcn\n")
    mounted("f = open('new', 'w'); f.write('held'); f.flush()")
    assert (folder / "new").read_bytes() == b"held"
    mounted("f.close()")


def test_files_that_are_never_closed(device: belay.Device, folder: Path) -> None:
    """A program may open as many files as it likes, and what it opened first can still be used."""
    (folder / "large").write_bytes(b"x" * 20_000)

    with mount(device, folder):
        device("os.chdir('/remote'); first = open('large', 'rb'); first.read(9000); log = open('log', 'w')")
        device("log.write('a'); log.flush()")
        device("for i in range(100): open('large').read(); open('more', 'a').write('b')")
        assert device("log.write('c'), len(first.read())") == (1, 11_000)
        device("log.close(); del first, log")

    assert (folder / "log").read_text() == "ac"
    assert (folder / "more").read_text() == "b" * 100


def test_what_cannot_be_written(mounted: belay.Device, folder: Path) -> None:
    """A file that is only read, is closed, or would be larger than any takes nothing, and says so at once."""
    (folder / "small").write_text("content")

    for code in (
        "open('small').write('x')",
        "(lambda f: (f.close(), f.write('x')))(open('new', 'w'))",
        "(lambda f: (f.seek(1 << 70), f.read(1)))(open('new', 'w+'))",
    ):
        with pytest.raises(OSError, match=r"EBADF|EINVAL"):
            mounted(code)

    assert (folder / "small").read_text() == "content"


def test_a_program_sees_what_it_has_written(mounted: belay.Device) -> None:
    """Nothing is taken from what was told before a file was written."""
    mounted("def probe():\n    try: os.stat('own')\n    except OSError: pass\n")

    mounted(
        "f = open('own.py', 'w'); f.write('1'); f.flush(); probe(); f.write('2'); f.flush(); g = open('own.py')"
    )

    assert mounted("g.read()") == "12"
    mounted("f.close(); del f, g, probe")


def test_unmounting_tells_what_could_not_be_written(device: belay.Device, folder: Path) -> None:
    """What was written and not closed is written then; a file that is gone is an error, and costs no other file."""
    (folder / "large").write_bytes(b"x" * 20_000)
    mounted = mount(device, folder)
    device("os.chdir('/remote'); a = open('a', 'w'); a.write('lost')")
    device("for i in range(64): open('large').read()")
    device("b = open('b', 'w'); b.write('kept')")
    (folder / "a").unlink()

    with pytest.raises(FileNotFoundError):
        mounted.unmount()

    assert (folder / "b").read_text() == "kept"
    assert device("os.getcwd(), 'remote' in os.listdir('/')") == ("/", False)
    device("del a, b")


def test_the_tree(mounted: belay.Device, folder: Path) -> None:
    """Folders and files are made, listed, renamed and removed, where the board is and from the root."""
    mounted("os.mkdir('sub'); os.chdir('sub')")
    assert mounted("os.getcwd()") == "/remote/sub"
    mounted("with open('a', 'w') as f: f.write('abc')")
    mounted("os.rename('a', '../b'); os.chdir('..'); os.mkdir('/remote/sub/deep')")
    assert mounted("os.listdir()") == ["b", "sub"]
    assert sorted(mounted("list(os.ilistdir('/remote'))")) == [("b", 0x8000, 0, 3), ("sub", 0x4000, 0, 0)]
    assert mounted("os.stat('b')[0], os.stat('b')[6], os.stat('sub')[0]") == (0x8000, 3, 0x4000)
    mounted("os.rmdir('sub/deep'); os.rmdir('sub'); os.remove('b')")
    assert mounted("os.getcwd(), os.listdir()") == ("/remote", [])
    assert mounted("os.statvfs('/remote')[0]") == 4096
    assert list(folder.iterdir()) == []


def test_many_names(mounted: belay.Device, folder: Path) -> None:
    """A listing of any length arrives, with all kinds of names."""
    names = sorted(f"{number} ünd 'mehr'" for number in range(1000))
    for name in names:
        (folder / name).touch()

    assert sorted(mounted("os.listdir()")) == names


@pytest.mark.parametrize(
    ("code", "errno"),
    [
        ("open('none')", 2),
        ("os.stat('none')", 2),
        ("os.listdir('none')", 2),
        ("os.chdir('none')", 2),
        ("os.chdir('file')", 20),
        ("open('folder')", 21),
        ("os.mkdir('file')", 17),
        ("os.rmdir('folder')", 39),
        ("os.remove('none')", 2),
        ("open('out')", 1),
        ("open('out', 'w')", 1),
        ("open('file', 'rx')", 22),
    ],
)
def test_errors(mounted: belay.Device, folder: Path, tmp_path: Path, code: str, errno: int) -> None:
    """They are those that the board's own files bring."""
    (folder / "file").touch()
    (folder / "folder").mkdir()
    (folder / "folder" / "inner").touch()
    (tmp_path / "secret").touch()
    (folder / "out").symlink_to(tmp_path / "secret")

    with pytest.raises(OSError, match=r"\[Errno|ENO|E[A-Z]+|\d") as caught:
        mounted(code)

    assert caught.value.errno == errno


def test_read_only(device: belay.Device, folder: Path) -> None:
    """The board is told that nothing can be written."""
    with mount(device, folder, "/fixed", read_only=True), pytest.raises(OSError, match="30") as caught:
        device("open('/fixed/new', 'w')")

    assert caught.value.errno == 30


def test_importing(mounted: belay.Device, folder: Path) -> None:
    """Modules and packages are imported as from the board's own files, and so are those that are compiled."""
    (folder / "single.py").write_text("value = 'grün'\n")
    package = folder / "plain"
    package.mkdir()
    (package / "__init__.py").write_text("from .inner import value\n")
    (package / "inner.py").write_text(f"text = '{'x' * 10000}'\nvalue = len(text)\n")

    mounted("import single, plain")
    assert mounted("single.value, plain.value, plain.__file__") == ("grün", 10000, "plain/__init__.py")
    with pytest.raises(ImportError):
        mounted("import nothing_of_the_kind")


def test_an_import_takes_few_turnarounds(mounted: belay.Device, folder: Path) -> None:
    """A module in the folder where the board is costs one question, for all that an import asks."""
    (folder / "quick.py").write_text("value = 1\n")
    counted = Counted()
    session = mounted._belay_runtime.session
    session._set_taps([counted.tap, *session._taps])

    mounted("import quick")

    assert mounted("quick.value") == 1
    assert counted.answers == 1


@pytest.mark.parametrize(
    ("code", "answers"),
    [
        ("print(sorted(os.listdir('/remote')))", 1),
        ("print([entry[0] for entry in os.ilistdir('/remote')])", 1),
        ("f = open('/remote/small'); print(len(f.read())); f.close()", 1),
        ("with open('/remote/small') as f: print(len([line for line in f]))", 1),
        ("f = open('/remote/long', 'rb'); print([len(f.read(10)) for _ in range(3000)][-1]); f.close()", 5),
        ("f = open('/remote/new', 'w')\nfor _ in range(300): f.write('x' * 10)\nf.close()", 2),
    ],
)
def test_files_take_few_turnarounds(mounted: belay.Device, folder: Path, code: str, answers: int) -> None:
    """A folder is listed by one question, and a small file read; more is read ahead, and writes are gathered."""
    (folder / "small").write_text("line\n" * 100)
    (folder / "long").write_bytes(bytes(30_000))
    counted = Counted()
    session = mounted._belay_runtime.session
    session._set_taps([counted.tap, *session._taps])

    mounted(code)

    assert counted.answers <= answers


def test_a_compiled_module_stands_in_for_its_source(
    device: belay.Device, folder: Path, tmp_path: Path
) -> None:
    """An import loads what the compiler makes; whoever opens, asks or lists sees the source, and only that."""
    (folder / "fast.py").write_text("value = 1\n")
    (folder / "slow.py").write_text("value = 2 and def\n")
    package = folder / "package"
    package.mkdir()
    (package / "__init__.py").write_text("from .long import text\n")
    (package / "long.py").write_text(f"text = '{'x' * 20000}'\n")
    told: list[str] = []
    warned: list[str] = []
    compiler = ImportCompiler(device, warn=warned.append, tell=told.append, kept_in=tmp_path / "cache")

    with mount(device, folder, compile_source=compiler):
        device("import sys; os.chdir('/remote')")
        device("import fast, package")
        for _ in range(2):
            with pytest.raises(SyntaxError):
                device("import slow")

        device("sys.modules.pop('fast'); import fast; size = os.stat('fast.py')[6]")
        assert device("size") == 10
        assert device("fast.value, fast.__file__, len(package.text)") == (1, "fast.mpy", 20000)
        assert device("open('fast.py').read(), os.stat('fast.py')[6]") == ("value = 1\n", 10)
        assert device("os.listdir()") == ["fast.py", "package", "slow.py"]
        with pytest.raises(OSError, match="ENOENT"):
            device("os.stat('fast.mpy')")
    assert [sentence.partition(":")[0] for sentence in told] == [
        "compiled `fast.py`",
        "compiled `package/__init__.py`",
        "compiled `package/long.py`",
    ]
    assert len(warned) == 1
    assert warned[0].startswith("`slow.py` is imported as it is: ")
    assert sorted(path.name for path in folder.rglob("*")) == [
        "__init__.py",
        "fast.py",
        "long.py",
        "package",
        "slow.py",
    ]


def test_what_was_compiled_once_is_kept(device: belay.Device, folder: Path, tmp_path: Path) -> None:
    """The content decides: the same source is not compiled again, a changed one is, whatever its time."""
    module = folder / "kept.py"
    told: list[str] = []

    for value in (1, 1, 2, 1):
        module.write_text(f"value = {value}\n")
        os.utime(module, (0, 0))
        compiler = ImportCompiler(device, warn=print, tell=told.append, kept_in=tmp_path / "cache")
        with mount(device, folder, compile_source=compiler):
            device("os.chdir('/remote')")
            device("import kept")
            assert device("kept.value") == value
            device("import sys; del sys.modules['kept']")

    assert len(told) == 2


def test_without_a_compiler(device: belay.Device, folder: Path, tmp_path: Path) -> None:
    """It is said once, and the board takes the sources."""
    (folder / "one.py").write_text("value = 1\n")
    (folder / "two.py").write_text("value = 2\n")
    warned: list[str] = []
    compiler = ImportCompiler(device, warn=warned.append, mpy_cross_binary=tmp_path / "none")

    with mount(device, folder, compile_source=compiler):
        device("os.chdir('/remote')")
        device("import one, two")
        assert device("one.value, two.value") == (1, 2)

    assert len(warned) == 1
    assert warned[0].startswith("imports are not compiled: ")


NOISE = """
import sys
def shout():
    for number in range(256):
        sys.stdout.buffer.write(bytes((number,)) * 3 + b'\\2ABCD?00000001')
        with open('/remote/file', 'rb') as f:
            assert f.read(2) == b'ok'
"""


def test_a_program_may_print_anything(mounted: belay.Device, folder: Path) -> None:
    """Files arrive in the middle of every byte that there is, and each of these bytes is passed on."""
    (folder / "file").write_bytes(b"ok")
    heard = bytearray()
    mounted(NOISE)

    mounted._belay_runtime.session.call("lambda: shout()", output=heard.extend)

    assert bytes(heard) == b"".join(bytes((n,)) * 3 + b"\x02ABCD?00000001" for n in range(256))


@pytest.mark.parametrize("address", ["sim:", "sim:?profile=uart&baud=2000000"])
def test_damaged_answers_are_asked_for_again(folder: Path, address: str) -> None:
    """A byte that changes on the way costs a question more; nothing is read wrong, and nothing is done twice."""
    content = random.Random(1).randbytes(3000)
    (folder / "file").write_bytes(content)
    with belay.Device(address) as device:
        counted = Counted()
        device._belay_runtime.session.tap(counted.tap)
        with mount(device, folder):

            def damage(data: bytes) -> bytes:
                at = 1 + counted.answers * 7 % (len(data) - 1)
                is_damaged = counted.answers % 3 == 1
                return data[:at] + bytes((data[at] ^ 0x20,)) + data[at + 1 :] if is_damaged else data

            counted.damage = damage
            assert device(READ.format(path="/remote/file", mode="rb")) == content
            device("with open('/remote/log', 'a') as f: f.write('once')")

    assert (folder / "log").read_text() == "once"


def test_an_interrupted_read_leaves_the_board_usable(mounted: belay.Device, folder: Path) -> None:
    """A call that is interrupted while it reads leaves no bytes that the next one stumbles over."""
    (folder / "file").write_bytes(b"x" * 8000)
    mounted("def for_ever():\n    while True:\n        f = open('/remote/file', 'rb'); f.read(); f.close()\n")

    for _ in range(5):
        with pytest.raises(belay.CallTimeout):
            mounted("for_ever()", timeout_s=0.02)
        assert mounted("open('/remote/file', 'rb').read(3)") == b"xxx"


def test_a_file_is_never_taken_for_keys(device: belay.Device, folder: Path) -> None:
    """Ctrl-C at the prompt while a file is on its way runs nothing of it, and leaves the line empty."""
    (folder / "lines").write_text("print('was' + ' run')\n" * 5)
    session = device._belay_runtime.session

    def tap(link: Link) -> Link:
        class Tapped:
            def __getattr__(self, name: str) -> object:
                return getattr(link, name)

            def read(self, timeout_s: float | None) -> bytes:
                data = link.read(timeout_s)
                if b"/lines\x03" in data:
                    session.link.write(b"\x03", 1.0)
                return data

        return Tapped()  # type: ignore[return-value] # it has all that a link has

    shown = b""

    def work(link: Link) -> None:
        nonlocal shown
        link.write(b"open('/remote/lines')\r", None)
        while not shown.endswith(b"\r\n>>> "):
            shown += link.read(None)
        link.write(b"40 + 2\r", None)
        while not shown.endswith(b"42\r\n>>> "):
            shown += link.read(None)

    session.tap(tap)
    with mount(device, folder):
        session.lend(work)
    session.untap(tap)

    assert b"was run" not in shown
    assert shown.endswith(b"KeyboardInterrupt: \r\n>>> 40 + 2\r\n42\r\n>>> ")


def test_it_stays_through_resets(mounted: belay.Device, folder: Path) -> None:
    """A board that was reset, or has reset itself, has the folder again with the next call."""
    (folder / "file").write_text("content")

    mounted.soft_reset()
    assert mounted("open('/remote/file').read()") == "content"
    with pytest.raises(belay.ConnectionLost):
        mounted("import machine; machine.soft_reset()")
    assert mounted("open('/remote/file').read()") == "content"


def test_it_stays_on_a_board_that_is_found_again(folder: Path) -> None:
    """A reconnected board has the folder again."""
    (folder / "file").write_text("content")
    with belay.Device("sim:", attempts=1) as device, mount(device, folder):
        device.reconnect()

        assert device("open('/remote/file').read()") == "content"


def test_unmounting(device: belay.Device, folder: Path) -> None:
    """Afterwards the folder is gone, the board is at its root, and twice is no error."""
    mounted = mount(device, folder)
    device("os.chdir('/remote')")

    mounted.unmount()
    mounted.unmount()

    assert device("os.getcwd(), 'remote' in os.listdir('/')") == ("/", False)
    device.soft_reset()
    assert device("1 + 1") == 2


@pytest.mark.parametrize("error", [KeyError("mine"), None])
def test_the_error_of_the_block_is_the_one_to_see(
    folder: Path, caplog: pytest.LogCaptureFixture, error: KeyError | None
) -> None:
    """A board that is gone at the end of the block is an error, but hides none of the block's own."""

    def work(device: belay.Device) -> None:
        with mount(device, folder):
            assert device.simulated is not None
            device.simulated.unplug()
            if error is not None:
                raise error

    with belay.Device("sim:") as device, pytest.raises(type(error) if error else belay.ConnectionLost):
        work(device)

    assert ("unmounting `/remote` of Device('sim:') failed too" in caplog.text) is (error is not None)


@pytest.mark.parametrize("at", ["", "/", "remote", "/a/b", "/..", "/."])
def test_a_mount_point_that_is_none(device: belay.Device, folder: Path, at: str) -> None:
    """It is refused before anything is sent."""
    with pytest.raises(belay.ArgumentValueError, match="behind one slash"):
        mount(device, folder, at)


def test_a_folder_that_is_none(device: belay.Device, folder: Path) -> None:
    """What is not there, and what is a file, cannot be mounted."""
    (folder / "file").touch()

    with pytest.raises(belay.ArgumentValueError, match="it is not there"):
        mount(device, folder / "none")
    with pytest.raises(belay.ArgumentValueError, match="it is no folder"):
        mount(device, folder / "file")


def test_a_board_that_cannot(folder: Path) -> None:
    """CircuitPython is refused with what it lacks, and what to do instead."""
    with (
        belay.Device("sim:?personality=circuitpython") as device,
        pytest.raises(belay.FeatureUnavailableError, match="cannot mount a folder") as caught,
    ):
        mount(device, folder)

    assert "device.sync" in str(caught.value.hint)


@pytest.mark.parametrize("path", ["remote", "./remote/sub", "../remote", "."])
def test_a_relative_path_does_not_lead_there_either(mounted: belay.Device, folder: Path, path: str) -> None:
    """What is removed in bulk is looked for from the board's current folder."""
    (folder / "sub").mkdir()
    (folder / "sub" / "file").touch()
    mounted("os.chdir('/')")

    with pytest.raises(belay.BoardPathError):
        mounted.fs.remove(path, recursive=True)

    assert (folder / "sub" / "file").exists()


@pytest.mark.parametrize("path", ["/remote", "/remote/sub", "/"])
def test_files_of_this_computer_are_not_removed_in_bulk(
    mounted: belay.Device, folder: Path, tmp_path: Path, path: str
) -> None:
    """Neither removing a folder with all that is in it nor a sync reaches into what is mounted."""
    (folder / "sub").mkdir()
    (folder / "sub" / "file").touch()
    other = tmp_path / "other"
    other.mkdir()

    with pytest.raises(belay.BoardPathError):
        mounted.fs.remove(path, recursive=True)
    if path != "/":
        with pytest.raises(belay.BoardPathError, match="files of this computer"):
            mounted.sync(other, path)
    else:
        mounted.sync(other, path)

    assert (folder / "sub" / "file").exists()
    mounted.fs.remove("/remote/sub/file")
    assert not (folder / "sub" / "file").exists()
