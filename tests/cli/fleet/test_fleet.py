"""The commands on many boards: whole outputs, exit codes, and what becomes of each board."""

from __future__ import annotations

import _thread
import json
import os
import re
import signal
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

import pytest
from serial.tools.list_ports_common import ListPortInfo

from belay_cli.fleet.choice import Choice
from belay_cli.fleet.muster import muster
from belay_cli.fleet.summary import Done
from belay_pm.command_line.errors import CommandError
from belay_transport.opening import serve_simulated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Any

    from belay import Device
    from belay_cli.fleet.jobs import Post

    Start = Callable[..., Any]  # Any: a process, as conftest.py has it

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows"),
    pytest.mark.once,
]

FLEET = 40

PROJECT = """\
[tool.belay]
name = "app"
"""

ENDLESS = """\
ended = False
print("started")
try:
    while True:
        pass
finally:
    ended = True
"""


class Result(NamedTuple):
    """All that a command leaves, without the times that it took."""

    exit_code: int
    stdout: str
    stderr: str


@pytest.fixture
def fleet(command: Callable[..., Any]) -> Callable[..., Result]:
    """Type `belay` and these words; lines of different boards come in an order of their own."""

    def typed(*words: str) -> Result:
        ended = command(*words)
        stderr = re.sub(r"\d+\.\d\d", "0.00", ended.stderr)
        table = stderr.find("BOARD")
        lines = sorted(stderr[:table].splitlines(keepends=True)) if table >= 0 else []
        return Result(ended.exit_code, ended.stdout, "".join(lines) + stderr[max(table, 0) :])

    return typed


@pytest.fixture
def three_boards(aliases: Callable[[str], Path]) -> Iterator[list[str]]:
    """Three simulated boards that stay, called `a`, `b` and `c`."""
    with ExitStack() as stack:
        paths = [stack.enter_context(serve_simulated()).path for _ in range(3)]
        lines = [f"{name} = '{path}'\n" for name, path in zip("abc", paths, strict=True)]
        aliases("[aliases]\n" + "".join(lines))
        yield paths


def _ports(*names: str) -> list[str]:
    return [word for name in names for word in ("-p", name)]


def test_code_on_two_boards(fleet: Callable[..., Result]) -> None:
    """Each line has the name of its board in front, and the table tells of each."""
    ended = fleet("exec", *_ports("sim:", "sim:?heap=64k"), "print('one')")

    assert sorted(ended.stdout.splitlines()) == ["sim:          | one", "sim:?heap=64k | one"]
    assert (ended.exit_code, ended.stderr) == (
        0,
        (
            "sim:          | ran, in 0.00 s\n"
            "sim:?heap=64k | ran, in 0.00 s\n"
            "BOARD          DONE  BYTES  SECONDS  FAILURE\n"
            "sim:           ran   -      0.00     -\n"
            "sim:?heap=64k  ran   -      0.00     -\n"
        ),
    )


def test_one_port_is_as_it_was(command: Callable[..., Any]) -> None:
    """No name in front and no table for a single board."""
    assert command("exec", "-p", "sim:", "print(1)") == (0, "1\n", "")
    assert command("exec", "-p", "sim:", "import sys; sys.exit(3)").exit_code == 3


@pytest.mark.usefixtures("three_boards")
def test_one_that_fails_harms_no_other(fleet: Callable[..., Result]) -> None:
    """A board that is not there and one whose code raises are told in full; the others do their work."""
    code = "x = globals().get('x', 0) + 1\nprint(10 // (x - 2), end='')"
    assert fleet("exec", "-p", "c", "x = 1").exit_code == 0

    ended = fleet("exec", *_ports("a", "b", "c", "./gone"), code)

    assert (ended.exit_code, sorted(ended.stdout.splitlines())) == (1, ["a      | -10", "b      | -10"])
    assert ended.stderr == (
        "./gone | error: Opening ./gone failed: there is no such port\n"
        "./gone | hint: is the board plugged in? `belay devices` lists the ports\n"
        "a      | ran, in 0.00 s\n"
        "b      | ran, in 0.00 s\n"
        "c      |     print(10 // (x - 2), end='')\n"
        'c      |   File "<exec>", line 2, in <module>\n'
        "c      | Traceback (most recent call last):\n"
        "c      | ZeroDivisionError: divide by zero\n"
        "BOARD   DONE  BYTES  SECONDS  FAILURE\n"
        "a       ran   -      0.00     -\n"
        "b       ran   -      0.00     -\n"
        "c       -     -      0.00     ZeroDivisionError: divide by zero\n"
        "./gone  -     -      0.00     Opening ./gone failed: there is no such port\n"
        "error: 2 of 4 boards failed\n\n"
        "hint: `--port c --port ./gone` means those alone\n"
    )


def test_a_board_that_goes_away(fleet: Callable[..., Result], folder: Path) -> None:
    """A link that is lost in the middle of a sync is that board's failure; the others get their files."""
    (folder / "src").mkdir()
    (folder / "src" / "data.bin").write_bytes(os.urandom(20_000))

    ended = fleet("sync", *_ports("sim:", "sim:?unplug_after=9000", "sim:"), "src")

    assert ended.exit_code == 1
    assert "sim:?unplug_after=9000 | hint: look whether the board is there, and run the" in ended.stderr
    assert ended.stderr.count("  1 sent, 0 removed, 0 unchanged  20000") == 2
    assert ended.stderr.endswith(
        "error: 1 of 3 boards failed\n\nhint: `--port 'sim:?unplug_after=9000'` means those alone\n"
    )


def test_sys_exit_on_a_board(fleet: Callable[..., Result]) -> None:
    """0 is done, whatever else is a failure of that board, and the exit code of all is 1."""
    ended = fleet("exec", *_ports("sim:", "sim:"), "import sys; sys.exit(0)")
    assert (ended.exit_code, ended.stdout) == (0, "")

    ended = fleet("exec", *_ports("sim:", "sim:"), "import sys; sys.exit(3)")
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert "sim:#1  -     -      0.00     exit code 3\n" in ended.stderr
    assert ended.stderr.endswith("error: 2 of 2 boards failed\n")


def test_a_script_with_arguments(fleet: Callable[..., Result], folder: Path) -> None:
    """Everything behind the script is its own, on each board."""
    (folder / "hello.py").write_text("import sys\nprint(*sys.argv[1:])\n")

    ended = fleet("run", *_ports("sim:", "sim:"), "hello.py", "--all", "x")

    assert (ended.exit_code, sorted(ended.stdout.splitlines())) == (
        0,
        ["sim:#1 | --all x", "sim:#2 | --all x"],
    )


def test_lines_are_never_mixed(fleet: Callable[..., Result]) -> None:
    """Boards that print byte by byte at the same time do not get into each other's lines."""
    code = "import sys\nfor n in range(50):\n for c in 'number %d\\n' % n: sys.stdout.write(c)"

    ended = fleet("exec", *_ports(*["sim:"] * 4), code)

    lines = ended.stdout.splitlines()
    for board in range(1, 5):
        assert [line for line in lines if line.startswith(f"sim:#{board}")] == [
            f"sim:#{board} | number {number}" for number in range(50)
        ]
    assert len(lines) == 200


def test_what_a_board_prints_between_calls_is_its_own(fleet: Callable[..., Result]) -> None:
    """A timer's print has the board's name in front as well."""
    code = (
        "import time\nTimer(-1).init(mode=Timer.ONE_SHOT, period=1, callback=lambda t: print('tick'))\n"
        "time.sleep_ms(50)"
    )

    ended = fleet("exec", *_ports("sim:", "sim:"), code)

    assert sorted(ended.stdout.splitlines()) == ["sim:#1 | tick", "sim:#2 | tick"]


def test_info(fleet: Callable[..., Result]) -> None:
    """A line for each board in the order that was typed; as JSON an object for each."""
    ended = fleet("info", *_ports("sim:", "sim:?heap=64k"))
    assert (ended.exit_code, len(ended.stdout.splitlines())) == (0, 2)
    assert re.fullmatch(
        r"sim:          \| micropython v[\d.]+ - \w+\nsim:\?heap=64k \| micropython v[\d.]+ - \w+\n",
        ended.stdout,
    )

    ended = fleet("info", "--json", *_ports("sim:", "./gone"))
    here, gone = json.loads(ended.stdout)
    assert ended.exit_code == 1
    assert list(here) == ["board", "failure", "name", "version", "platform", "arch", "emitters"]
    assert (here["board"], here["failure"]) == ("sim:", None)
    assert list(gone) == ["board", "failure"]
    assert "./gone" in gone["failure"]


@pytest.mark.usefixtures("three_boards")
def test_a_sync(fleet: Callable[..., Result], folder: Path) -> None:
    """Each board gets what it lacks; the table counts, `--dry-run` and `--json` are those of one board."""
    (folder / "src").mkdir()
    (folder / "src" / "one.py").write_bytes(b"x = 1  # one\n")
    words = ("sync", *_ports("a", "b"), "src", "--dst", "/app", "--no-minify")

    ended = fleet(*words, "--dry-run")
    assert ended.stdout == (
        "a | make folder /app (new)\n"
        "a | put file /app/one.py (new, 13 bytes)\n"
        "b | make folder /app (new)\n"
        "b | put file /app/one.py (new, 13 bytes)\n"
    )
    assert "a      1 would be sent, 0 would be removed, 0 unchanged  13     0.00     -\n" in ended.stderr

    assert fleet("sync", "b", "src", "--dst", "/app", "--no-minify").exit_code == 0
    assert fleet(*words) == (
        0,
        "",
        (
            "a | 1 sent, 0 removed, 0 unchanged, 13 bytes, in 0.00 s\n"
            "b | 0 sent, 0 removed, 1 unchanged, 0 bytes, in 0.00 s\n"
            "BOARD  DONE                            BYTES  SECONDS  FAILURE\n"
            "a      1 sent, 0 removed, 0 unchanged  13     0.00     -\n"
            "b      0 sent, 0 removed, 1 unchanged  0      0.00     -\n"
        ),
    )

    facts = json.loads(fleet(*words, "--json").stdout)
    assert [(each["board"], each["failure"], each["unchanged"]) for each in facts] == [
        ("a", None, ["/app/one.py"]),
        ("b", None, ["/app/one.py"]),
    ]


def test_a_folder_that_is_not_there_is_told_once(fleet: Callable[..., Result]) -> None:
    """What is wrong with the host concerns no board, and none is opened."""
    assert fleet("sync", *_ports("COM98", "COM99"), "nothing") == (
        2,
        "",
        (
            "error: `nothing` cannot be synced: it is not there\n\n"
            "hint: name a folder, as in `belay sync src`\n"
        ),
    )


@pytest.mark.usefixtures("three_boards")
def test_an_install(
    fleet: Callable[..., Result], command: Callable[..., Any], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The project is on each board, its `main.py` as well, and `--run` shows what each prints."""
    monkeypatch.setenv("BELAY_CACHE_DIR", str(folder.parent / "cache"))
    (folder / "app").mkdir()
    (folder / "app" / "__init__.py").write_text("answer = 42\n")
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "start.py").write_text("import app\nprint('answer', app.answer)\n")

    ended = fleet("install", *_ports("a", "b"), "--run", "start.py")

    assert (ended.exit_code, sorted(ended.stdout.splitlines())) == (0, ["a | answer 42", "b | answer 42"])
    assert "b      1 sent, 0 removed, 0 unchanged" in ended.stderr
    assert command("eval", "b", "__import__('app').answer") == (0, "42\n", "")
    ended = fleet("install", *_ports("a", "b", "./gone"), "--main", "start.py")
    assert ended.exit_code == 1
    assert "a       1 sent, 0 removed, 1 unchanged" in ended.stderr
    assert command("fs", "cat", "-p", "a", "main.py").stdout.startswith("import app\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["exec", "-p", "garden", "-p", "./x", "1"], "The same board is named twice: `garden` and `./x`"),
        (
            ["exec", "-p", "sim:", "-p", "sim:", "sim:", "1"],
            "Boards are named twice: `sim:` and `--port sim:`",
        ),
        (["run", "--usb", "2e8a:5", "main.py"], "`--usb` chooses among all boards"),
        (["info", "--all", "--id", "pico"], "`pico` is not the identity of a board"),
        (
            ["run", "--all", "sh"],
            "`sh` is a program of this computer, and board and options are for scripts",
        ),
    ],
)
@pytest.mark.usefixtures("no_ports")
def test_words_that_make_no_sense(
    command: Callable[..., Any], aliases: Callable[[str], Path], folder: Path, words: list[str], message: str
) -> None:
    """They are misuse, and no board is opened."""
    aliases("[aliases]\ngarden = './x'\n")
    (folder / "main.py").touch()

    ended = command(*words)

    assert (ended.exit_code, ended.stdout) == (2, "")
    assert ended.stderr.startswith(f"error: {message}\n")


@pytest.fixture
def plugged_in(three_boards: list[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The three boards as the system lists them: two with a serial number, one without."""
    ports = []
    for path, serial_number in zip(three_boards, ("E661", "E662", None), strict=True):
        port = ListPortInfo(path)
        port.vid, port.pid, port.serial_number = 0x2E8A, 5, serial_number
        ports.append(port)
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: ports)
    return three_boards


def test_all_boards(fleet: Callable[..., Result], plugged_in: list[str]) -> None:
    """`--all` is every board plugged in, `--usb` chooses among them; one alone has its table too."""
    ended = fleet("exec", "--all", "print(1)")
    assert sorted(ended.stdout.splitlines()) == sorted(f"{path} | 1" for path in plugged_in)

    ended = fleet("exec", "--all", "--usb", "serial_number=E662", "print(1)")
    assert ended.stdout == f"{plugged_in[1]} | 1\n"
    assert ended.stderr.startswith(f"{plugged_in[1]} | ran, in 0.00 s\nBOARD ")


def test_boards_by_their_own_identity(
    fleet: Callable[..., Result], command: Callable[..., Any], plugged_in: list[str]
) -> None:
    """A serial number that is the identity is enough; only else the others are asked."""
    identity = command("eval", plugged_in[2], "__import__('machine').unique_id().hex()").stdout.strip("'\n")
    command("exec", plugged_in[0], "asked = False")

    by_serial = fleet("exec", "--all", "--id", "E661", "print(1)")
    by_question = fleet("exec", "--all", "--id", identity.upper(), "--id", "e661", "print(1)")
    unknown = fleet("exec", "--all", "--id", "ff", "print(1)")

    assert by_serial.stdout == f"{plugged_in[0]} | 1\n"
    assert sorted(by_question.stdout.splitlines()) == sorted(f"{plugged_in[n]} | 1" for n in (0, 2))
    assert (unknown.exit_code, unknown.stdout) == (1, "")
    assert "No board has the identity `ff`; looked at\n" in unknown.stderr
    assert f"  {plugged_in[2]}: {identity}\n" in unknown.stderr


@pytest.mark.parametrize(
    ("ending", "exit_code", "last"),
    [("SIGINT", 130, "interrupted\n"), ("SIGTERM", 143, "interrupted\n")],
)
def test_the_programs_on_the_boards_end_first(
    command: Callable[..., Any],
    start: Start,
    three_boards: list[str],
    folder: Path,
    *,
    ending: str,
    exit_code: int,
    last: str,
) -> None:
    """Whatever signal ends the command, the script on each board is interrupted, and each answers."""
    (folder / "endless.py").write_text(ENDLESS)
    running = start("run", *_ports(*three_boards), "endless.py")
    first = sorted(running.read_line() for _ in three_boards)

    running.process.send_signal(signal.Signals[ending])
    ended = running.finish()

    assert first == sorted(f"{path} | started\n" for path in three_boards)
    assert (ended.exit_code, ended.stdout) == (exit_code, "")
    assert ended.stderr.count("interrupted after") == 3
    assert ended.stderr.endswith(last)
    for path in three_boards:
        assert command("eval", path, "ended") == (0, "True\n", "")


def test_what_this_computer_refuses_concerns_one_board(capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be used for one board is told with its name in front; the other is done."""
    turns = iter(["x" * 300, "."])

    def job(_device: object, _post: Post) -> Done:
        os.stat(next(turns))  # noqa: PTH116 - for its error
        return Done("looked")

    with pytest.raises(CommandError, match="1 of 2 boards failed"):
        muster(Choice(("sim:", "sim:")), job, password=None)

    stderr = capsys.readouterr().err
    assert f" | error: `{'x' * 300}` cannot be used: File name too long\n" in stderr
    assert " | hint: give it a shorter name\n" in stderr
    assert " | looked, in " in stderr


def test_a_board_that_was_not_begun_is_in_the_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """After Ctrl-C a program learns of every board that was meant, as the table says it to a person."""
    monkeypatch.setattr("belay_cli.fleet.crew._AT_ONCE", 1)

    def job(_device: object, post: Post) -> Done:
        _thread.interrupt_main()
        post.stopping.wait()
        return Done("waited", facts={"answer": 42})

    with pytest.raises(KeyboardInterrupt):
        muster(Choice(("sim:", "sim:")), job, password=None, as_json=True)

    stdout, stderr = capsys.readouterr()
    assert json.loads(stdout) == [
        {"board": "sim:#1", "failure": None, "answer": 42},
        {"board": "sim:#2", "failure": "not begun"},
    ]
    assert stderr.endswith("sim:#2  -       -      -        not begun\n")


def test_a_board_that_nobody_waited_for_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second Ctrl-C leaves what runs: what it has printed is shown, and that it had been begun."""
    monkeypatch.setattr("belay_cli.fleet.crew._AT_ONCE", 1)
    released = threading.Event()
    workers: list[threading.Thread] = []

    def job(device: Device, post: Post) -> Done:
        workers.append(threading.current_thread())
        device("print('half', end='')")
        _thread.interrupt_main()
        post.stopping.wait()
        _thread.interrupt_main()
        released.wait()
        return Done("waited")

    try:
        with pytest.raises(KeyboardInterrupt):
            muster(Choice(("sim:", "sim:")), job, password=None)
        stdout, stderr = capsys.readouterr()
    finally:
        released.set()
        for worker in workers:
            worker.join()
        capsys.readouterr()  # what it says at its end, which a process would not live to hear

    assert stdout == "sim:#1 | half\n"
    assert re.sub(r" +", " ", re.sub(r"\d+\.\d\d", "N", stderr)) == (
        "BOARD DONE BYTES SECONDS FAILURE\nsim:#1 - - N left before it ended\nsim:#2 - - - not begun\n"
    )


def test_a_reader_that_goes_away_ends_all(
    command: Callable[..., Any], start: Start, three_boards: list[str], folder: Path
) -> None:
    """As in `belay run … | head`: every board is interrupted, and nothing of ours is printed."""
    (folder / "chatty.py").write_text("while True:\n    print('again')\n")
    running = start("run", *_ports(*three_boards), "chatty.py")
    running.read_line()

    running.process.stdout.close()
    running.process.stderr.read()

    assert running.process.wait() == 141
    for path in three_boards:
        assert command("eval", path, "6 * 7") == (0, "42\n", "")


def test_following_many_until_ctrl_c(
    command: Callable[..., Any], start: Start, three_boards: list[str], folder: Path
) -> None:
    """`install --follow` shows what each board's `main.py` prints; Ctrl-C interrupts them all."""
    (folder / "app").mkdir()
    (folder / "app" / "__init__.py").touch()
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "start.py").write_text(ENDLESS)
    words = ("install", *_ports(*three_boards), "--main", "start.py", "--follow")
    running = start(*words, BELAY_CACHE_DIR=str(folder / "cache"))
    first: set[str] = set()
    while len(first) < len(three_boards):  # a line end of the soft reset comes before
        line = running.read_line()
        first |= {line} if line.endswith("started\n") else set()

    running.process.send_signal(signal.SIGINT)
    ended = running.finish()

    assert first == {f"{path} | started\n" for path in three_boards}
    assert ended.exit_code == 130
    for path in three_boards:
        assert command("eval", path, "6 * 7") == (0, "42\n", "")


def test_lines_on_a_terminal(person: Callable[..., Any]) -> None:
    """While they are at work each board has its line, and afterwards the table stands alone."""
    somebody = person("exec", *_ports("sim:", "sim:"), "print('one')")

    somebody.sees(b"sim:#2 | ")
    somebody.sees(b"BOARD   DONE  BYTES  SECONDS  FAILURE")

    assert somebody.leaves() == 0
    assert b"sim:#1 | one" in somebody.shown


def test_forty_boards(fleet: Callable[..., Result], folder: Path) -> None:
    """A sync and a program on forty boards at once: all done, each with its own line."""
    (folder / "src").mkdir()
    (folder / "src" / "shared.py").write_text("answer = 42\n")
    ports = _ports(*(f"sim:?disk={number}.img&flash=128k&heap=128k&rom=0" for number in range(FLEET)))

    synced = fleet("sync", *ports, "src", "--dst", "/lib")
    ran = fleet("exec", *ports, "from shared import answer\nprint(answer)")

    assert (synced.exit_code, synced.stdout) == (0, "")
    assert synced.stderr.count(" 1 sent, 0 removed, 0 unchanged, ") == FLEET
    assert ran.exit_code == 0
    assert [line.rpartition(" | ")[2] for line in ran.stdout.splitlines()] == ["42"] * FLEET
    assert len(set(ran.stdout.splitlines())) == FLEET
