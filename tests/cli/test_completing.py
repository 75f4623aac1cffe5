"""What a shell is told that asks what the word at the cursor can become: the protocol, in a real process."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from belay import Device
from belay_cli.app import COMMANDS, PROGRAM
from belay_pm.command_line.completion.line import read_line
from belay_pm.command_line.completion.shapes import PROGRAM_OPTIONS, read_shape
from belay_transport.opening import open_link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Any

on_posix = pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows")

BREAKS = " \t\n\"'@><=;|&(:"


@pytest.fixture
def ask(start: Callable[..., Any]) -> Callable[..., list[str]]:
    """Ask as a shell does; what comes on stderr, or another exit code than 0, is never right."""

    def asked(line: str, *, shell: str = "fish", **environment: str) -> list[str]:
        told = start(
            _BELAY_COMPLETE=shell,
            _BELAY_COMPLETE_LINE=line,
            _BELAY_COMPLETE_BREAKS=BREAKS if shell == "bash" else "",
            **environment,
        ).finish()
        assert (told.exit_code, told.stderr) == (0, "")
        kind, *lines = told.stdout.splitlines()
        assert kind in {"words", "files"}
        return lines if kind == "words" else [kind]

    return asked


def values(lines: list[str]) -> list[str]:
    """What the words can become, without their help."""
    return [line.partition("\t")[0] for line in lines]


@pytest.mark.parametrize(
    ("text", "word", "words"),
    [
        ("belay fs cat ", "", ["belay", "fs", "cat"]),
        ("belay  fs\tca", "ca", ["belay", "fs"]),
        (r"belay 'a b'\ c", "a b c", ["belay"]),
        ('belay "a \\" \\n', 'a " \\n', ["belay"]),
        ("belay 'it'\\''s", "it's", ["belay"]),
        ("belay \\", "\\", ["belay"]),
    ],
)
def test_a_line_is_read_as_a_shell_does(text: str, word: str, words: list[str]) -> None:
    """Quotes and escapes are gone, whether they are closed or not."""
    line = read_line(text)

    assert (line.word, line.words) == (word, words)


def test_the_options_in_front_of_a_command_are_those_of_the_help(command: Callable[..., Any]) -> None:
    """What completion knows without typer is what typer tells."""
    told = command("--help").stdout

    for option in PROGRAM_OPTIONS:
        assert ", ".join(option.names) in told


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_every_option_of_the_help_is_offered(
    entry: Any, command: Callable[..., Any], ask: Callable[..., list[str]]
) -> None:
    """No command has an option that completion does not know."""
    below = list(read_shape(entry).commands)[:1]
    told = command(entry.name, *below, "--help").stdout
    shown = {
        word.strip(",") for line in told.splitlines() for word in line.split()[:2] if word.startswith("--")
    }

    offered = values(ask(" ".join(["belay", entry.name, *below, "--"])))

    if entry.name != "remote":  # whose words have a grammar of their own
        assert shown <= set(offered) | {name for each in offered for name in each.split("/")}


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("belay ex", ["exec"]),
        ("belay --v", ["--version"]),
        ("VARIABLE=1 belay ex", ["exec"]),
        ("belay exec --ti", ["--timeout"]),
        ("belay exec -- --ti", []),
        ("belay run --no", ["--no-minify"]),
        ("belay run measure.py --no", []),
        ("belay fs sha", ["sha256sum"]),
        ("belay fs nothing ", []),
        ("belay nothing ", []),
        ("belay fs rm --ev", ["--everything"]),
        ("belay sim --profile u", ["usb", "uart"]),
        ("belay sim --profile=ua", ["--profile=uart"]),
        ("belay bundle --format ", ["folder", "zip", "romfs"]),
        ("belay cache ", ["info", "list", "clear"]),
        ("belay info extra ", []),
        ("belay run ~/x", ["files"]),
        ("belay run $HOME/x", ["files"]),
    ],
)
def test_words_of_the_commands(ask: Callable[..., list[str]], line: str, offered: list[str]) -> None:
    """Commands, options and values that are one of few come from the tables; what only a shell knows is its own."""
    assert values(ask(line)) == offered


def test_files_of_this_computer(ask: Callable[..., list[str]], folder: Path) -> None:
    """Scripts where a script is meant, folders where a folder is; what begins with a dot when that is typed."""
    (folder / "two words.py").touch()
    (folder / "notes.txt").touch()
    (folder / ".hidden.py").touch()
    (folder / "src" / "deep").mkdir(parents=True)

    assert sorted(values(ask("belay run "))) == ["sim:", "src/", "two words.py"]
    assert values(ask("belay run .")) == [".hidden.py"]
    assert values(ask("belay mount sim: s")) == ["src/"]
    assert values(ask("belay mount sim: src/d")) == ["src/deep/"]
    assert ask("belay run tw", shell="bash") == ["two\\ words.py"]
    assert ask("belay run 'tw", shell="bash") == ["two words.py"]
    assert ask("belay run tw", shell="powershell") == ["two words.py\t'two words.py'\ttwo words.py"]


def test_boards(ask: Callable[..., list[str]], aliases: Callable[[str], Path], folder: Path) -> None:
    """Aliases and kept simulated boards can name a board, as PORT and behind the option."""
    aliases('[aliases]\ngarden = "/dev/ttyACM0"\n')
    kept = folder.parent / "home" / "data" / "belay" / "sim"
    kept.mkdir(parents=True)
    (kept / "attic.littlefs").touch()
    (kept / "no name.littlefs").touch()

    for line in (
        "belay info ",
        "belay info -p ",
        "belay exec --port ",
        "belay fs ls -p ",
        "belay remote connect ",
    ):
        assert {"garden", "sim:", "sim:attic"} <= set(values(ask(line)))
        assert "sim:no name" not in values(ask(line))
    assert values(ask("belay sim ")) == ["attic"]
    assert ask("belay info sim:a", shell="bash") == ["attic"]


def test_settings_that_make_no_sense(ask: Callable[..., list[str]], aliases: Callable[[str], Path]) -> None:
    """No message comes between a person and their line."""
    aliases("this is no TOML")

    assert "sim:" in values(ask("belay info "))
    assert values(ask("belay fs ls -p garden /")) == []


def test_what_the_project_has(ask: Callable[..., list[str]], folder: Path) -> None:
    """Groups, packages and elements of the cache are offered where they are meant."""
    (folder / "one.py").touch()
    (folder / "pyproject.toml").write_text(
        "[tool.belay]\ndependencies = { one = './one.py', other = './one.py' }\n"
        "[tool.belay.group.dev]\noptional = true\ndependencies = { probe = './one.py' }\n"
        "[tool.belay.group.test.dependencies]\nbench = './one.py'\n"
    )

    assert values(ask("belay install --with ")) == ["dev"]
    assert values(ask("belay add --group ")) == ["main", "dev", "test"]
    assert values(ask("belay remove ")) == values(ask("belay update ")) == ["one", "other", "probe", "bench"]
    assert values(ask("belay remove one o")) == ["other"]
    assert values(ask("belay remove --group dev ")) == ["probe"]
    assert values(ask("belay why ")) == []  # there is no lock yet


def test_what_the_lock_and_the_cache_have(
    command: Callable[..., Any], ask: Callable[..., list[str]], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`why` explains what came, and `cache clear` takes a beginning."""
    monkeypatch.setenv("BELAY_CACHE_DIR", str(folder / "cache"))
    (folder / "one.py").touch()
    (folder / "pyproject.toml").write_text("[tool.belay.dependencies]\none = './one.py'\n")
    assert command("update").exit_code == 0
    elements = command("cache", "list").stdout.split()

    assert values(ask("belay why ")) == ["one"]
    assert values(ask("belay cache clear ")) == elements


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("belay remote connect sim: fs c", ["cat", "cp"]),
        ("belay remote mo", ["mount"]),
        ("belay remote exec --no", ["--no-follow"]),
        ("belay remote exec 'print(1)' ev", ["eval"]),
        ("belay remote a0 fs ls x ", ["+"]),
        ("belay remote a0 fs ls x + so", ["soft-reset"]),
        ("belay remote df ve", ["version"]),
    ],
)
def test_words_of_remote(ask: Callable[..., list[str]], line: str, offered: list[str]) -> None:
    """A chain is completed as mpremote's grammar reads it."""
    assert values(ask(line)) == offered


@pytest.fixture
def filled(board: str) -> str:
    """A board with some files."""
    with Device(board, startup="") as device:
        device.fs.mkdir("/lib")
        device.fs.write_bytes("/lib/a b.py", b"")
        device.fs.write_bytes("/lib/bad\x1b[2J.py", b"")
        device.fs.write_bytes("/main.py", b"")
        device("here = 1")
    return board


@on_posix
def test_paths_of_a_board(ask: Callable[..., list[str]], command: Callable[..., Any], filled: str) -> None:
    """`:` and `/` may be left out, a board may be named in each way, and its state is as it was."""
    assert values(ask(f"belay fs cat -p {filled} ")) == ["lib/", "main.py"]
    assert values(ask(f"belay fs ls --port={filled} :/l")) == [":/lib/"]
    assert values(ask("belay fs rm /lib/", BELAY_DEVICE=filled)) == ["/lib/a b.py"]
    assert values(ask("belay edit li", BELAY_DEVICE=filled)) == ["lib/"]
    assert values(ask(f"belay sync {filled} src --dst /l")) == ["/lib/"]
    assert values(ask(f"belay remote connect {filled} fs cp :li")) == [":lib/"]
    assert ":" in values(ask(f"belay fs cp -p {filled} "))
    assert ask(f"belay fs cat -p {filled} :lib/a", shell="bash") == ["lib/a\\ b.py"]
    assert command("eval", filled, "here, '_belay_list' in globals(), 'os' in globals()").stdout.startswith(
        "(1, False"
    )


@on_posix
def test_paths_of_a_kept_board(ask: Callable[..., list[str]], command: Callable[..., Any]) -> None:
    """A simulated board that is kept is asked too, unless a program of its own runs from its start on."""
    assert command("exec", "sim:garden", "open('notes', 'w').close()").exit_code == 0
    before = values(ask("belay fs cat -p sim:garden /"))
    assert command(
        "exec", "sim:garden", "f = open('main.py', 'w'); f.write('while True: pass'); f.close()"
    ) == (0, "", "")

    assert before == ["/notes"]
    assert values(ask("belay fs cat -p sim:garden /")) == []


@on_posix
def test_no_board_is_made_for_an_answer(ask: Callable[..., list[str]], folder: Path) -> None:
    """A name that is not kept, or a disk that is not there, has nothing to offer, and is not there afterwards."""
    assert values(ask("belay fs ls -p sim:nobody /")) == []
    assert values(ask("belay fs ls -p 'sim:?disk=new.img' /")) == []
    assert not (folder / "new.img").exists()
    assert not (folder.parent / "home" / "data").exists()


@pytest.mark.parametrize(
    "address", ["/dev/none", "exec:cat", "ws://127.0.0.1:1", "socket://127.0.0.1:1", "nobody"]
)
def test_what_cannot_be_asked_is_no_error(ask: Callable[..., list[str]], address: str) -> None:
    """No program is started, nobody in the network asked, and nothing told."""
    assert values(ask(f"belay fs cat -p {address} /")) == []


HOLD = "import os, sys; os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY); print(flush=True); sys.stdin.read()"


@pytest.fixture
def held(filled: str) -> Iterator[str]:
    """A port that another program has open, without a lock."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, filled], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        yield filled
        assert holder.stdin is not None
        holder.stdin.close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells who has a port open")
def test_a_board_in_use_is_left_alone(ask: Callable[..., list[str]], held: str) -> None:
    """Nothing is typed at a board that somebody else talks to."""
    assert values(ask(f"belay fs cat -p {held} ")) == []


def _started(port: str, code: str) -> None:
    """Leave a program running on a board."""
    link = open_link(port)
    link.write(b"\x01" + code.encode() + b"\x04", 5.0)
    came = b""
    while b">OK" not in came:
        came += link.read(30.0)
    link.close()


@on_posix
def test_a_program_that_runs_goes_on(ask: Callable[..., list[str]], filled: str) -> None:
    """A board that is not at its prompt has nothing to offer, and its program hears nothing of it."""
    _started(filled, "import time\nn = 0\nwhile True:\n time.sleep_ms(20)\n n += 1\n print('tick', n)\n")

    offered = values(ask(f"belay fs cat -p {filled} "))

    assert offered == []
    link = open_link(filled)
    came = b""
    while came.count(b"tick") < 3:
        came += link.read(30.0)
    link.close()
    assert b"KeyboardInterrupt" not in came


@on_posix
def test_a_program_that_waits_for_a_line_gets_none(ask: Callable[..., list[str]], filled: str) -> None:
    """What is typed to see whether there is a prompt is taken away again."""
    _started(filled, "name = input('name? ')\nprint('got', repr(name))\n")

    offered = values(ask(f"belay fs cat -p {filled} "))

    assert offered == []
    link = open_link(filled)
    link.write(b"Ada\r", 5.0)
    came = b""
    while b"got" not in came or not came.endswith(b">"):
        came += link.read(30.0)
    link.close()
    assert b"got 'Ada'" in came


@pytest.mark.parametrize(
    ("line", "heavy"),
    [
        ("belay ex", {"typer", "belay", "serial", "rich", "pathlib", "inspect"}),
        ("belay exec --ti", {"typer", "belay", "serial", "rich", "pathlib", "inspect"}),
        ("belay fs cat -p x /", {"belay", "rich", "git"}),
    ],
)
def test_an_answer_loads_only_what_it_needs(line: str, heavy: set[str]) -> None:
    """A person waits for each TAB."""
    code = "from belay_cli.app import main\nimport sys\nmain()\nprint(*sys.modules, file=sys.stderr)"
    environment = {"_BELAY_COMPLETE": "bash", "_BELAY_COMPLETE_LINE": line, "_BELAY_COMPLETE_BREAKS": BREAKS}

    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, check=True
    )

    assert heavy & {name.partition(".")[0] for name in done.stderr.split()} == set()


def test_the_package_manager_completes_too() -> None:
    """`belay-pm` has a variable of its own, and answers alone."""
    environment = {"_BELAY_PM_COMPLETE": "fish", "_BELAY_PM_COMPLETE_LINE": "belay-pm outd"}

    done = subprocess.run(
        [sys.executable, "-c", "from belay_pm.app import main; main()"],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert (done.stdout, done.stderr) == ("words\noutdated\tList the packages that are not the newest\n", "")


def test_sources_are_for_words_that_some_command_takes() -> None:
    """No source waits for a word that the help does not have any more."""
    words = set()
    commands = {entry.name for entry in COMMANDS}

    def look(name: str, shape: Any) -> None:
        commands.add(name)
        for metavar in [each.metavar for each in (*shape.words, *shape.options)]:
            words.update({metavar, f"{name} {metavar}", f"{name.partition(' ')[0]} {metavar}"})
        for below, (_, its) in shape.commands.items():
            look(f"{name} {below}", its)

    for entry in COMMANDS:
        look(entry.name, read_shape(entry))

    assert set(PROGRAM.sources()) - words - commands == set()
