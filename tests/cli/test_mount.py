"""`belay mount`: a folder of this computer on a board, at its prompt and for a line of code."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from belay_transport.opening import serve_simulated

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    Person = Any  # as conftest.py has it

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows")

NAME_ONE = "\n\nhint: name a folder, as in `belay mount src`\n"


@pytest.fixture
def source(folder: Path) -> Path:
    """A folder with a module, and a link that leads out."""
    path = folder / "src"
    path.mkdir()
    (path / "greeting.py").write_text("text = 'hello'\n")
    (folder / "secret.py").write_text("text = 'secret'\n")
    (path / "out.py").symlink_to(folder / "secret.py")
    return path


CODE = "import greeting; print(greeting.text, greeting.__file__)"


def test_code_in_the_folder(command: Callable[..., object], source: Path) -> None:
    """Modules are found by name, compiled where that can be; nothing is written beside them."""
    assert command("mount", "sim:", "src", "--exec", CODE) == (0, "hello greeting.mpy\n", "")
    assert command("mount", "-p", "sim:", "src", "--no-auto-mpy", "-e", CODE) == (
        0,
        "hello greeting.py\n",
        "",
    )
    assert sorted(path.name for path in source.iterdir()) == ["greeting.py", "out.py"]


def test_what_is_compiled_is_told(command: Callable[..., object], source: Path) -> None:
    """`-v` names each file that is compiled, once: it is kept."""
    (source / "greeting.py").write_text(f"text = {os.urandom(8).hex()!r}\n")

    first = command("mount", "sim:", "src", "-v", "-e", "import greeting")
    second = command("mount", "sim:", "src", "-v", "-e", "import greeting")

    assert first[2].startswith("compiled `src/greeting.py`: ")  # type: ignore[index] # a `Result`
    assert second == (0, "", "")


def test_writing(command: Callable[..., object], source: Path) -> None:
    """The board may write, unless it may not; a link out of the folder is followed only when that is asked for."""
    write = "open('new', 'w').write('x')"
    read = "print(open('out.py').read())"

    assert command(
        "mount", "sim:", "src", "--at", "/there", "-e", f"{write}; import os; print(os.getcwd())"
    ) == (
        0,
        "/there\n",
        "",
    )
    assert (source / "new").read_text() == "x"
    refused: Any = command("mount", "sim:", "src", "--read-only", "-e", write)
    outside: Any = command("mount", "sim:", "src", "-e", read)
    assert refused.stderr == (
        "Traceback (most recent call last):\n"
        '  File "<exec>", line 1, in <module>\n'
        "    open('new', 'w').write('x')\n"
        "OSError: 30\n"
    )
    assert outside.stderr.endswith("OSError: [Errno 1] EPERM\n")
    assert command("mount", "sim:", "src", "-l", "-e", read) == (0, "text = 'secret'\n\n", "")


@pytest.mark.parametrize(
    ("words", "exit_code", "error"),
    [
        (["sim:", "none", "-e", "1"], 2, f"`none` cannot be mounted: it is not there{NAME_ONE}"),
        (["sim:", "secret.py", "-e", "1"], 2, f"`secret.py` cannot be mounted: it is no folder{NAME_ONE}"),
        (["sim:", "", "-e", "1"], 2, "`FOLDER` is empty\n\nhint: `.` is the current folder\n"),
        (["sim:"], 2, "`FOLDER` is missing"),
        (
            ["sim:", "src", "print(1)"],
            2,
            (
                "3 words are given, and the command takes at most 2\n\n"
                "hint: put quotes around a word that has blanks in it; `--exec CODE` runs code in the folder\n"
            ),
        ),
        (["sim:", "src"], 2, "A prompt needs a keyboard, and stdin is none"),
        (["sim:", "src", "-p", "sim:", "-e", "1"], 2, "The board is named twice: `sim:` and `--port sim:`"),
        (
            ["COM98", "src", "--at", "a/b", "-e", "1"],
            2,
            "`--at a/b` is no name behind one slash\n\nhint: write it as in `--at /remote`\n",
        ),
        (["sim:", "src", "--at", "", "-e", "1"], 2, "`--at ` is no name behind one slash\n\nhint: "),
        (["sim:", "src", "-e", ""], 2, "Invalid value for '-e' / '--exec': it is empty"),
    ],
)
@pytest.mark.usefixtures("source")
def test_what_makes_no_sense(
    command: Callable[..., object], words: list[str], exit_code: int, error: str
) -> None:
    """It is told."""
    result: Any = command("mount", *words)

    assert (result.exit_code, result.stdout) == (exit_code, "")
    assert result.stderr.startswith(f"error: {error}")


@pytest.mark.once
def test_at_the_prompt(
    person: Callable[..., Person], board: str, source: Path, command: Callable[..., object]
) -> None:
    """The prompt is in the folder; Ctrl-D resets the board and the folder is there again; Ctrl-] takes it off."""
    at = person("mount", board, "src")
    at.sees(b"The folder is at /remote; Ctrl-] leaves")
    at.sees(b">>> ")
    at.types(b"import greeting; greeting.text\r")
    at.sees(b"'hello'\r\n")
    (source / "greeting.py").write_text("text = 'changed'\n")
    at.types(b"\x04")
    at.sees(b"mounting again at /remote")
    at.sees(b">>> ")
    at.types(b"import greeting; greeting.text\r")
    at.sees(b"'changed'\r\n")
    at.types(b"\x1d")

    assert at.leaves() == 0
    assert at.after == at.before
    assert command("eval", board, "os.listdir('/'), os.getcwd()") == (0, "([], '/')\n", "")


@pytest.mark.once
@pytest.mark.parametrize(
    "words", [("mount", "{board}", "src"), ("remote", "connect", "{board}", "mount", "src")]
)
@pytest.mark.usefixtures("source")
def test_a_hard_reset_at_the_prompt(
    person: Callable[..., Person], board: str, command: Callable[..., object], words: tuple[str, ...]
) -> None:
    """The folder is there again, and the prompt in it."""
    again = (
        b"mounting again at /remote" if words[0] == "mount" else b"Remount local directory src/ at /remote"
    )
    at = person(*(word.format(board=board) for word in words))
    at.sees(b">>> ")
    at.types(b"import machine; machine.reset()\r")
    at.sees(again)
    at.sees(b">>> ")
    at.types(b"import greeting, os; greeting.text, os.listdir('/'), os.getcwd()\r")
    at.sees(b"('hello', ['remote'], '/remote')\r\n>>> ")
    at.types(b"\x1d")

    assert at.leaves() == 0
    assert at.after == at.before
    assert command("eval", board, "os.listdir('/')") == (0, "[]\n", "")


@pytest.mark.once
@pytest.mark.usefixtures("source")
def test_a_board_that_comes_back(person: Callable[..., Person], folder: Path) -> None:
    """An unplugged board is waited for, and has the folder again; Ctrl-] leaves while waiting too."""
    port = folder / "port"
    with serve_simulated() as first:
        port.symlink_to(first.path)
        at = person("mount", str(port), "src")
        at.sees(b">>> ")
    at.sees(b"waiting until it is back")
    port.unlink()
    with serve_simulated() as second:
        port.symlink_to(second.path)
        at.sees(b"Back, and mounted again at /remote\r\n>>> ")
        at.types(b"import greeting; greeting.text\r")
        at.sees(b"'hello'\r\n>>> ")
    at.sees(b"waiting until it is back")
    at.types(b"\x1d")

    assert at.leaves() == 0
    assert at.after == at.before
