"""The files of a board that stays: each test has its own folder on it."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING

import pytest

from belay import Device
from belay_cli.app import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Result = tuple[int, str, str]

SECONDS = r"\d+\.\d\d s"


@pytest.fixture
def fs(
    shared_board: str, command: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Type `belay fs` and these words; the board is new."""
    monkeypatch.setenv("BELAY_DEVICE", shared_board)
    with Device(shared_board, startup="") as device:
        for entry in device.fs.list("/"):
            device.fs.remove(entry.path, recursive=True)
        device.fs.mkdir("/data")
        device.fs.write_bytes("/data/a.bin", b"\r\n\x00\xff")
        device.fs.write_text("/main.py", "print(1)\n")
    return lambda *words: command("fs", *words)


def test_listing(fs: Callable[..., Result]) -> None:
    """Folders have a slash and files their bytes; a colon in front of a path may be there or not."""
    assert fs("ls") == (0, "           data/\n         9 main.py\n", "")
    assert fs("ls", ":data") == fs("ls", "/data/") == fs("ls", "data/a.bin") == (0, "         4 a.bin\n", "")
    assert fs("tree") == (0, "/\n  data/\n    a.bin\n  main.py\n", "")
    facts = {"path": "/data/a.bin", "is_dir": False, "size_bytes": 4}
    assert json.loads(fs("ls", "data", "--json")[1]) == json.loads(fs("tree", "data", "--json")[1]) == [facts]


def test_listing_several(fs: Callable[..., Result]) -> None:
    """As with `ls`: files first, by their paths, then each folder below its name; JSON has the whole paths."""
    fs("mkdir", "empty")

    assert fs("ls", "data", "empty/", "main.py", "data/a.bin") == (
        0,
        "         9 /main.py\n         4 /data/a.bin\n\n/data:\n         4 a.bin\n\n/empty/:\n",
        "",
    )
    assert fs("ls", "data", "/") == (
        0,
        "/data:\n         4 a.bin\n\n/:\n           data/\n           empty/\n         9 main.py\n",
        "",
    )
    assert [each["path"] for each in json.loads(fs("ls", "data", "main.py", "--json")[1])] == [
        "/main.py",
        "/data/a.bin",
    ]


def test_sums_and_sizes(fs: Callable[..., Result]) -> None:
    """Hashes, what folders hold and how much room there is, for people and as JSON."""
    digest = hashlib.sha256(b"print(1)\n").hexdigest()

    assert fs("sha256sum", "main.py") == (0, f"{digest}  /main.py\n", "")
    assert json.loads(fs("sha256sum", "main.py", "--json")[1]) == {"/main.py": digest}
    assert fs("du")[1].split() == ["bytes", "files", "folders", "path", "13", "2", "1", "/"]
    held = {"files": 1, "folders": 0, "size_bytes": 4}
    assert json.loads(fs("du", "data", "--json")[1]) == {"/data": held}
    assert json.loads(fs("du", "data/a.bin", "--json")[1]) == {"/data/a.bin": held}
    room = json.loads(fs("df", "--json")[1])["/"]
    used = room["total_bytes"] - room["free_bytes"]
    assert fs("df")[1].split()[4:] == [str(room["total_bytes"]), str(used), str(room["free_bytes"]), "/"]


def test_cat_is_exact(shared_board: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Each byte of a file reaches stdout as it is, line ends and all."""
    with Device(shared_board, startup="") as device:
        device.fs.write_bytes("/exact.bin", b"\r\n\x00\xff")
    exit_code = run(["fs", "cat", "-p", shared_board, "exact.bin", ":/exact.bin"])

    assert (exit_code, *capfdbinary.readouterr()) == (0, b"\r\n\x00\xff" * 2, b"")


def test_making_moving_and_removing(fs: Callable[..., Result]) -> None:
    """Nothing is printed when all goes well."""
    for words in [
        ("mkdir", "--parents", "x/y", "data"),
        ("touch", "x/y/z", "main.py"),
        ("mv", "main.py", "x"),
        ("mv", "--force", "x/main.py", ":x/y/z"),
        ("rm", "-f", "nothing", "data/a.bin"),
        ("rmdir", "data"),
    ]:
        assert fs(*words) == (0, "", ""), words

    assert fs("tree")[1] == "/\n  x/\n    y/\n      z\n"
    assert fs("cat", "x/y/z")[1] == "print(1)\n"


def test_removing_asks_for_what_is_dangerous(fs: Callable[..., Result]) -> None:
    """The whole board goes with a word of its own only; `--dry-run` tells what would go."""
    before = fs("tree")

    assert fs("rm", "--dry-run", "-r", "data", "main.py") == (0, "/data/a.bin\n/data\n/main.py\n", "")
    for root in ("/", ".", "/../.."):
        assert fs("rm", "-r", root) == (
            1,
            "",
            (
                "error: Removing `/` would remove every file of the board\n\n"
                "hint: `-r --everything` says that it shall\n"
            ),
        )
    assert fs("rm", "data")[0] == fs("rm", "--dry-run", "data")[0] == 1
    assert fs("tree") == before
    assert fs("rm", "-r", "--everything", root) == (0, "", "")
    assert fs("ls") == (0, "", "")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("cat", "no"),
            (
                "reading `/no` on … failed: OSError: [Errno 2] ENOENT (not there)\n\n"
                "hint: `belay fs tree` shows what is on the board"
            ),
        ),
        (
            ("cat", "data"),
            (
                "reading `/data` on … failed: OSError: [Errno 21] EISDIR (a folder)\n\n"
                "hint: it is a folder: `belay fs ls PATH` tells what is in it"
            ),
        ),
        (
            ("mkdir", "data"),
            (
                "making the folder `/data` on … failed: OSError: [Errno 17] EEXIST (there already)\n\n"
                "hint: with `--parents` it may be a folder that is there"
            ),
        ),
        (
            ("mkdir", "no/new"),
            (
                "making the folder `/no/new` on … failed: OSError: [Errno 2] ENOENT (not there)\n\n"
                "hint: `--parents` makes those above it too"
            ),
        ),
        (
            ("mv", "main.py", "data/a.bin"),
            (
                "renaming `/main.py` to `/data/a.bin` on … failed: OSError: [Errno 17] EEXIST (there already)\n\n"
                "hint: with `--force` it takes the place of a file, never that of a folder"
            ),
        ),
        (
            ("mv", "/", "new"),
            "the root folder cannot be renamed\n\nhint: rename what is in it: `belay fs ls`",
        ),
        (("rmdir", "/"), "the root folder cannot be removed\n\nhint: remove what is in it: `belay fs ls`"),
        (
            ("touch", "/"),
            (
                "touching `/` on … failed: OSError: [Errno 1] EPERM (not permitted)\n\n"
                "hint: name a file or folder below `/`, the root folder"
            ),
        ),
    ],
)
def test_what_a_board_refuses_is_explained(
    fs: Callable[..., Result], words: tuple[str, ...], message: str
) -> None:
    """Its number stands beside what it means, and the hint is the option or the command that helps."""
    exit_code, stdout, stderr = fs(*words)

    assert (exit_code, stdout) == (1, "")
    assert re.sub(r"serial port \S+", "…", stderr) == f"error: {message}\n"


@pytest.mark.parametrize(
    ("source", "path"),
    [(".", "top/a.py"), ("./", "top/a.py"), ("top/.", "a.py"), ("top/..", "work/top/a.py")],
)
def test_a_dot_means_what_is_in_the_folder(
    fs: Callable[..., Result], folder: Path, source: str, path: str
) -> None:
    """`cp -r .` copies the content, as every `cp`; other spellings stand for the folder."""
    (folder / "top").mkdir()
    (folder / "top" / "a.py").write_text("a")

    assert fs("cp", "-r", source, ":/into/")[0] == 0

    assert fs("cat", f"/into/{path}")[1] == "a"


@pytest.mark.parametrize("source", [":./data", ":data/", ":/data//", ":main.py/../data"])
def test_a_folder_has_its_names_however_it_is_spelt(
    fs: Callable[..., Result], folder: Path, source: str
) -> None:
    """What is below it keeps its whole name, here and in another place of the board."""
    assert fs("cp", "-r", source, "here")[0] == 0
    assert fs("cp", "-r", source, ":there")[0] == 0
    assert fs("cp", "-r", source, ":into/")[0] == 0

    assert [path.name for path in (folder / "here").iterdir()] == ["a.bin"]
    assert fs("ls", "there")[1] == fs("ls", "data")[1]
    assert "a.bin" in fs("ls", "into/data")[1]


def test_a_hint_is_what_a_person_types(fs: Callable[..., Result]) -> None:
    """The library's own is for a Python program."""
    exit_code, stdout, stderr = fs("rmdir", "data")

    assert (exit_code, stdout) == (1, "")
    assert stderr.endswith("\n\nhint: a folder that is not empty goes with `belay fs rm -r PATH`\n")


def test_an_empty_path_is_no_folder(fs: Callable[..., Result]) -> None:
    """A variable of a shell that is not set does not mean the current folder."""
    exit_code, stdout, stderr = fs("cp", "-r", "", ":")

    assert (exit_code, stdout) == (2, "")
    assert stderr.startswith("error: The path of what to copy is empty\n\nhint: ")


def test_copying_to_the_board_and_back(fs: Callable[..., Result], folder: Path) -> None:
    """Files are whole and the same; what is there already is not sent again."""
    (folder / "lib").mkdir()
    (folder / "lib" / "one.py").write_bytes(b"# kept\nx = 1\n")
    (folder / "two.txt").write_bytes(b"two")

    exit_code, stdout, stderr = fs("cp", "-r", "lib", "two.txt", ":")
    assert (exit_code, stdout) == (0, "")
    assert re.fullmatch(rf"Copied 2 files, 16 bytes, in {SECONDS}; 0 unchanged\n", stderr)
    assert fs("cat", "lib/one.py")[1] == "# kept\nx = 1\n"

    again = json.loads(fs("cp", "-r", "lib", "two.txt", ":", "--json")[1])
    assert (again["copied"], again["unchanged"], again["size_bytes"]) == ([], ["/lib/one.py", "/two.txt"], 0)
    assert fs("cp", "two.txt", ":other.txt")[2].startswith("Copied 1 file, 3 bytes, in ")
    assert fs("cp", "two.txt", ":other.txt")[2].endswith("; 1 unchanged\n")

    assert fs("cp", "-r", ":lib", ":data", "back/")[2].startswith("Copied 2 files, 17 bytes, in ")
    assert (folder / "back" / "lib" / "one.py").read_bytes() == b"# kept\nx = 1\n"
    assert (folder / "back" / "data" / "a.bin").read_bytes() == b"\r\n\x00\xff"
    assert fs("cp", "-r", ":lib", ":data", "back/")[2].endswith("; 2 unchanged\n")

    assert fs("cp", "-r", ":lib", ":copy")[2].startswith("Copied 1 file, 13 bytes, in ")
    assert fs("cat", "copy/one.py")[1] == "# kept\nx = 1\n"


def test_both_forms_of_a_module_are_copied(fs: Callable[..., Result], folder: Path) -> None:
    """Copying takes nothing away: neither does an `x.mpy` its `x.py`, nor the other way round."""
    (folder / "lib").mkdir()
    (folder / "lib" / "both.py").write_text("x = 1\n")
    assert fs("cp", "--mpy", "lib/both.py", ":")[0] == 0
    assert fs("cp", ":both.mpy", "lib/")[0] == 0

    assert fs("cp", "lib/both.py", ":")[0] == 0
    assert fs("ls", "both.py", "both.mpy")[0] == 0
    assert fs("cp", "lib/both.py", "lib/both.mpy", ":data")[0] == 0
    assert fs("ls", "data/both.py", "data/both.mpy")[0] == 0
    (folder / "lib" / "both.mpy").rename("both.mpy")
    assert fs("mkdir", "lib")[0] == fs("cp", "both.mpy", ":lib")[0] == fs("cp", "-r", "lib", ":")[0] == 0
    assert fs("ls", "lib/both.py", "lib/both.mpy")[0] == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("a/x.py", "b/x.py", ":"), "`a/x.py` and `b/x.py` would both be `x.py`"),
        (("a/x.py", "b/y.py", "b/../b/x.py", ":data"), "`a/x.py` and `b/../b/x.py` would both be `x.py`"),
        (("-r", "a/", "c/a", ":"), "`a/` and `c/a` would both be `a`"),
        (("--mpy", "a/x.py", "x.mpy", ":data/"), "`a/x.py` and `x.mpy` would both be `x.mpy`"),
        ((":main.py", ":/data/main.py", "."), "`:main.py` and `:/data/main.py` would both be `main.py`"),
        ((":main.py", ":data/main.py", ":there"), "`:main.py` and `:data/main.py` would both be `main.py`"),
        (("a/main.py", ":main.py", ":there"), "`a/main.py` and `:main.py` would both be `main.py`"),
    ],
)
def test_sources_with_one_name_are_refused(
    fs: Callable[..., Result], folder: Path, words: tuple[str, ...], told: str
) -> None:
    """The last would take the place of the others: both are named, and nothing is done."""
    for each in ("a", "b", "c/a"):
        (folder / each).mkdir(parents=True)
    (folder / "b" / "y.py").touch()
    before = fs("tree")

    assert fs("cp", *words) == (
        2,
        "",
        (f"error: {told} in the folder\n\nhint: copy one of them by itself, to a path with another name\n"),
    )
    assert fs("tree") == before
    assert sorted(path.name for path in folder.iterdir()) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (
            ("src/a.py", ":main.py/"),
            "copying to `/main.py` of BOARD is not possible: that, or what it stands in, is a file there; NOTHING",
            "name a folder that it goes into, or remove the file: `belay fs rm PATH`",
        ),
        (
            ("big.bin", ":"),
            r"copying needs \d+ bytes on BOARD by the time it writes `/big.bin`, and \d+ are free; NOTHING",
            "remove what is there: `belay fs du` tells what is large",
        ),
        (
            ("-r", "src", ":"),
            "`src/gone` is a link to nothing",
            "move `gone` away, or copy what is beside it by its names",
        ),
    ],
)
def test_a_copy_speaks_as_a_copy(
    fs: Callable[..., Result], folder: Path, words: tuple[str, ...], message: str, hint: str
) -> None:
    """What it cannot do is told without the options of a sync, which it has not."""
    (folder / "src").mkdir()
    (folder / "src" / "a.py").touch()
    (folder / "src" / "gone").symlink_to("nowhere")
    (folder / "big.bin").write_bytes(bytes(range(256)) * 12_000)

    exit_code, stdout, stderr = fs("cp", *words)

    told = f"error: {message}\n\nhint: {re.escape(hint)}\n".replace("BOARD", r"serial port \S+")
    assert (exit_code, stdout) == (1, "")
    assert re.fullmatch(told.replace("NOTHING", "nothing was changed"), stderr)


@pytest.mark.parametrize("target", [":main.py", ":/", ":data/../main.py"])
def test_a_file_is_not_copied_to_itself(fs: Callable[..., Result], target: str) -> None:
    """Nothing is done, and it counts as unchanged."""
    exit_code, stdout, stderr = fs("cp", ":main.py", target)

    assert (exit_code, stdout) == (0, "")
    assert stderr.startswith("Copied 0 files, 0 bytes, in ")
    assert stderr.endswith("; 1 unchanged\n")


def test_a_link_is_copied_under_its_own_name(fs: Callable[..., Result], folder: Path) -> None:
    """As `cp` does; `.` is what is in the folder here."""
    (folder / "real.txt").write_text("real")
    (folder / "link.txt").symlink_to("real.txt")

    assert fs("cp", "link.txt", ":data/")[0] == 0
    assert fs("cat", "data/link.txt") == (0, "real", "")
    assert fs("cp", "-r", ".", ":data/")[0] == 0
    assert fs("cat", "data/real.txt") == (0, "real", "")


SOURCE = "# a comment that no board needs\ndef answer():\n    assert False\n    return 42\n"


def test_what_becomes_of_python_on_the_way(
    fs: Callable[..., Result], command: Callable[..., Result], shared_board: str, folder: Path
) -> None:
    """It is shortened or compiled where that is said, under another name too; its older form goes then."""
    (folder / "lib").mkdir()
    (folder / "lib" / "mod.py").write_text(SOURCE)
    (folder / "lib" / "text.txt").write_text("# text\n")
    answer = "__import__({!r}).answer()"

    exact = fs("cp", "-r", "lib", ":")
    shortened = fs("cp", "--minify", "lib/mod.py", ":short.py")
    planned = fs("cp", "-r", "lib", ":", "--mpy", "--opt", "1", "--dry-run")
    compiled = json.loads(fs("cp", "-r", "lib", ":", "--mpy", "--opt", "1", "--json")[1])
    renamed = json.loads(fs("cp", "--mpy", "--opt", "3", "lib/mod.py", ":other.mpy", "--json")[1])
    again = json.loads(fs("cp", "--mpy", "--opt", "3", "lib/mod.py", ":other.py", "--json")[1])
    starter = json.loads(fs("cp", "--mpy", "lib/mod.py", ":main.py", "--json")[1])

    assert (exact[0], shortened[0], planned[:2]) == (0, 0, (0, "/lib/mod.mpy\nremove file /lib/mod.py\n"))
    assert planned[2].endswith("; 1 removed, 1 unchanged\n")
    assert fs("cat", "short.py")[1] == "\ndef answer():\n assert False\n return 42"
    assert (compiled["copied"], compiled["removed"]) == (["/lib/mod.mpy"], ["/lib/mod.py"])
    assert compiled["unchanged"] == ["/lib/text.txt"]
    assert (renamed["copied"], again["unchanged"]) == (["/other.mpy"], ["/other.mpy"])
    assert command("eval", shared_board, answer.format("mod")) == (0, "42\n", "")
    assert command("eval", shared_board, answer.format("other")) == (0, "42\n", "")
    assert starter["copied"] == ["/main.py"]
    assert fs("cat", "main.py")[1] == SOURCE


def test_a_dry_copy_changes_nothing(fs: Callable[..., Result], folder: Path) -> None:
    """It prints what would be there, on either side."""
    (folder / "new.py").write_text("x = 1\n")
    before = fs("tree")

    exit_code, stdout, stderr = fs("cp", "--dry-run", "new.py", ":")

    assert (exit_code, stdout) == (0, "/new.py\n")
    assert re.fullmatch(rf"Would copy 1 file, 6 bytes, in {SECONDS}; 0 unchanged\n", stderr)
    assert fs("tree") == before
    assert fs("cp", "--dry-run", ":main.py", "here.py")[1] == "here.py\n"
    (folder / "one").write_text("1")
    assert fs("cp", "--dry-run", "one", ":")[2].startswith("Would copy 1 file, 1 byte, in ")
    assert not (folder / "here.py").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("cp", "main.py", "x"), "error: Neither source nor target is on the board\n"),
        (("cp", "main.py"), "error: `TARGET` is missing\n"),
        (("ls", "--nothing"), "error: No such option: --nothing"),
        (("cat",), "error: Missing argument 'PATH...'"),
        (("cp", "main.py", ":", "--opt", "1"), "error: `--opt` is for compiling\n\nhint: add `--mpy`\n"),
        (("cp", "main.py", ":", "--mpy", "--opt", "4"), "error: Invalid value for '--opt'"),
        (
            ("cp", ":main.py", "x", "--mpy"),
            (
                "error: `--mpy` is for files that go to the board, and `:main.py` is there already\n\n"
                "hint: leave out `--mpy`\n"
            ),
        ),
        (
            ("cp", "x.py", ":main.py", ":data", "--minify"),
            (
                "error: `--minify` is for files that go to the board, and `:main.py` is there already\n\n"
                "hint: leave out `--minify`\n"
            ),
        ),
    ],
)
def test_words_that_make_no_sense(fs: Callable[..., Result], words: tuple[str, ...], message: str) -> None:
    """They are misuse, and nothing is done."""
    exit_code, stdout, stderr = fs(*words)

    assert (exit_code, stdout) == (2, "")
    assert stderr.startswith(message)


@pytest.mark.parametrize(
    "words",
    [
        *(
            (name, "")
            for name in ("ls", "tree", "cat", "rm", "mkdir", "rmdir", "touch", "sha256sum", "df", "du")
        ),
        ("rm", "-r", "--everything", ""),
        ("mv", "main.py", ""),
        ("mv", "", "x"),
    ],
)
def test_an_empty_word_is_no_path(fs: Callable[..., Result], words: tuple[str, ...]) -> None:
    """A variable of a shell that is not set does not mean the root of the board."""
    assert fs(*words) == (2, "", "error: `PATH` is empty\n\nhint: `/` is the root of the board\n")
    assert fs("cat", "main.py")[1] == "print(1)\n"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("mkdir", "a/b"), "`--parents` makes those above it too"),
        (("mkdir", "data"), "with `--parents` it may be a folder that is there"),
        (
            ("mv", "main.py", "data/a.bin"),
            "with `--force` it takes the place of a file, never that of a folder",
        ),
        (("rmdir", "main.py"), "it is a file: `belay fs rm` removes it"),
        (("cat", "data"), "it is a folder: `belay fs ls PATH` tells what is in it"),
        (("cat", "/"), "name a file or folder below `/`, the root folder"),
        (("cp", "here.txt", ":nope/x"), "make the folder first: `belay fs mkdir --parents PATH`"),
    ],
)
def test_what_a_board_refuses_has_a_way_out(
    fs: Callable[..., Result], folder: Path, words: tuple[str, ...], hint: str
) -> None:
    """By what was attempted and what the board said."""
    (folder / "here.txt").touch()

    exit_code, stdout, stderr = fs(*words)

    assert (exit_code, stdout) == (1, "")
    assert stderr.endswith(f"\n\nhint: {hint}\n")


@pytest.mark.parametrize(
    "words",
    [
        ("cat", "nothing"),
        ("ls", "nothing"),
        ("sha256sum", "nothing"),
        ("df", "nothing"),
        ("du", "nothing"),
        ("rm", "nothing"),
        ("rmdir", "nothing"),
        ("mv", "nothing", "x"),
        ("cp", ":nothing", "x"),
        ("cp", ":nothing", ":x"),
    ],
)
def test_what_is_not_there_is_named(fs: Callable[..., Result], words: tuple[str, ...]) -> None:
    """With its path, and the words of the error's number, as an error and not as a traceback."""
    exit_code, stdout, stderr = fs(*words)

    assert (exit_code, stdout) == (1, "")
    assert stderr.startswith("error: ")
    assert "/nothing" in stderr
    assert "ENOENT" in stderr
    assert stderr.endswith("\n\nhint: `belay fs tree` shows what is on the board\n")


@pytest.mark.parametrize("words", [("cp", ":data", "x"), ("cp", ":data", ":x"), ("cp", "folder", ":x")])
def test_a_folder_is_copied_when_that_is_said(
    fs: Callable[..., Result], folder: Path, words: tuple[str, ...]
) -> None:
    """Without `-r` it is an error that says so; one of this computer is misuse."""
    (folder / "folder").mkdir()

    exit_code, stdout, stderr = fs(*words)

    assert (exit_code, stdout) == (1 if words[1].startswith(":") else 2, "")
    assert "is a folder" in stderr
    assert "hint: `-r` copies folders" in stderr


def test_a_name_that_could_lead_elsewhere_stays_on_the_board(
    fs: Callable[..., Result], shared_board: str, folder: Path
) -> None:
    """What a board calls its files is never trusted as a path of this computer."""
    with Device(shared_board, startup="") as device:
        device(r"open('/data/..\\out', 'w').close()")

    exit_code, stdout, stderr = fs("cp", "-r", ":data", "back")

    assert (exit_code, stdout) == (1, "")
    assert "whose name is no name here" in stderr
    assert not (folder / "back").exists()
