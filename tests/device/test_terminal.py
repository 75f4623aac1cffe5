"""The board's own prompt at the user's keyboard."""

from __future__ import annotations

import os
import pty
import queue
import subprocess
import sys
import termios
import threading
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

import belay
from belay import keyboards, terminal
from belay.terminal import Ending, run_terminal
from belay_transport.testing import ScriptedLink

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay_transport.links import Link

PROGRAM = """
import belay, sys
with belay.Device("sim:") as device:
    device("value = 41")
    device.terminal()
    print("after:", device("value"))
"""


class Typist:
    """Types, and waits for the answer in between."""

    def __init__(self, *keys: bytes) -> None:
        self.keys = list(keys)
        self.shown = bytearray()
        self.news: queue.Queue[bytes] = queue.Queue()

    def write(self, data: bytes) -> None:
        """Take what the board prints."""
        self.shown += data
        self.news.put(data)

    def read(self) -> bytes | None:
        """Return the next keys, once there is a prompt."""
        while not self.shown.endswith(b">>> "):
            if not self.news.get(timeout=10):
                return None
        self.shown += b"|"
        return self.keys.pop(0) if self.keys else b""

    def wake(self) -> None:
        """End the wait."""
        self.news.put(b"")


def at(typist: Typist) -> Callable[[Link], None]:
    """Return the work of a typist."""
    typist.shown += b">>> "
    return lambda link: run_terminal(link, typist, typist.write)


def test_keys_and_answers() -> None:
    """What is typed runs on the board, its answer is shown, and afterwards calls work with what was set."""
    with belay.Device("sim:") as device:
        device("value = 41")
        typist = Typist(b"value += 1\r", b"value\r", b"\x1d")

        device._belay_runtime.session.lend(at(typist))

        assert b"\r\n42\r\n>>> " in typist.shown
        assert device("value") == 42


def test_ctrl_c_and_ctrl_d_are_the_boards() -> None:
    """Ctrl-C clears a half-typed line, Ctrl-D resets the board; the device notices that it has started anew."""
    with belay.Device("sim:") as device:
        device("value = 41")
        typist = Typist(b"rubbish(\x03", b"\x04", b"1+1\r", b"\x1d")

        device._belay_runtime.session.lend(at(typist))

        assert b"MPY: soft reboot" in typist.shown
        assert b"\r\n2\r\n" in typist.shown
        with pytest.raises(belay.ConnectionLost, match="has started anew"):
            device("value")
        assert device("1 + 1") == 2


def test_the_end_of_the_keys_ends_it() -> None:
    """A keyboard that has no more keys, as a pipe, ends the terminal."""
    with belay.Device("sim:") as device:
        typist = Typist(b"value = 5\r")

        device._belay_runtime.session.lend(at(typist))

        assert device("value") == 5


def test_keys_behind_the_one_that_ends_it_are_kept() -> None:
    """Of several characters the first that is typed ends it, and what is behind it is for the next terminal."""
    with belay.Device("sim:") as device:
        device("value = 6")
        typist = Typist(b"value * \x0b7\x18\r", b"\x1d+")
        endings = []

        def work(link: Link) -> None:
            endings.append(run_terminal(link, typist, typist.write, endings=("\x18", "\x0b")))
            endings.append(run_terminal(link, typist, typist.write, typed=endings[0].rest[:1] + b"\r"))

        typist.shown += b">>> "
        device._belay_runtime.session.lend(work)

        assert endings == [Ending("\x0b", b"7\x18\r"), Ending("\x1d", b"+")]
        assert b"\r\n42\r\n" in typist.shown


@pytest.mark.parametrize("exit_char", ["", "ab"])
def test_one_character_ends_it(exit_char: str) -> None:
    """Anything but one character would end at once, or never."""
    with (
        belay.Device("sim:") as device,
        pytest.raises(belay.exceptions.ArgumentValueError, match="one character"),
    ):
        device.terminal(exit_char)


def test_a_broken_link_ends_it() -> None:
    """When the board goes away while a person thinks, the terminal ends with that error."""
    with belay.Device("sim:") as device:
        link = device._belay_runtime.session.link

        class Thinking(Typist):
            def read(self) -> bytes | None:
                link._launcher.end()  # type: ignore[attr-defined] # unplugs it
                return super().read() if self.news.get(timeout=10) else None

        with pytest.raises(belay.ConnectionLost):
            device._belay_runtime.session.lend(at(Thinking()))


def test_on_a_real_terminal() -> None:
    """On a terminal keys are not echoed twice, Ctrl-] ends it, and the terminal is as it was before."""
    outer, inner = pty.openpty()
    before = termios.tcgetattr(inner)
    program = subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=inner, stdout=inner, stderr=inner)
    shown = b""
    try:
        for until, keys in (
            (b">>> ", b"print('he' + 'llo')\r"),
            (b"hello\r\n>>> ", b"\x1d"),
            (b"after: 41", b""),
        ):
            while until not in shown:
                shown += os.read(outer, 1000)
            os.write(outer, keys)
        assert program.wait(10) == 0
        assert shown.count(b"'he'") == 1
        assert termios.tcgetattr(inner) == before
    finally:
        program.kill()
        program.wait()
        os.close(outer)
        os.close(inner)


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("a", b"a"),
        ("é", "é".encode()),
        ("\ud83d\ude00", "\U0001f600".encode()),
        ("\ud83dx", b"x"),
        ("\ude00", None),
        ("\xe0H", b"\x1b[A"),
        ("\x00\x3b", None),
    ],
)
def test_a_console_of_windows(monkeypatch: pytest.MonkeyPatch, typed: str, keys: bytes | None) -> None:
    """Keys are what a terminal sends for them, whatever their character; one that no terminal has is none."""
    waiting = list(typed)
    console = ModuleType("msvcrt")
    console.kbhit = lambda: bool(waiting)  # type: ignore[attr-defined] # a stand-in
    console.getwch = lambda: waiting.pop(0)  # type: ignore[attr-defined] # a stand-in
    monkeypatch.setitem(sys.modules, "msvcrt", console)

    assert keyboards._WindowsKeyboard().read() == keys
    assert waiting == []


class Paster:
    """Gives keys, or does something, one after the other."""

    def __init__(self, *acts: bytes | Callable[[], object]) -> None:
        self.acts = list(acts)
        self.shown = b""

    def read(self) -> bytes | None:
        """Return the next keys."""
        while self.acts and not isinstance(self.acts[0], bytes):
            self.acts.pop(0)()  # type: ignore[operator] # the others are keys
        return self.acts.pop(0) if self.acts else b""  # type: ignore[return-value] # likewise

    def wake(self) -> None:
        """Nobody waits."""

    def write(self, data: bytes) -> None:
        """Take what is shown."""
        self.shown += data


class Busy:
    """A board that takes its first keys late."""

    def __init__(self) -> None:
        self.is_asked = threading.Event()
        self.may_go_on = threading.Event()

    def __call__(self, _data: bytes) -> bytes:
        """Take some keys."""
        self.is_asked.set()
        self.may_go_on.wait()
        return b""


def test_ctrl_c_overtakes_a_paste() -> None:
    """What a busy board has not taken yet is dropped, and Ctrl-C and what is typed then go at once."""
    busy = Busy()
    link = ScriptedLink(board=busy)
    paste = b"0123456789abcdef" * 1000
    paster = Paster(paste, busy.is_asked.wait, b"\x03", b"next", busy.may_go_on.set, b"\x1d")

    ending = run_terminal(link, paster, paster.write)

    assert ending == Ending("\x1d")
    assert link.written == paste[:256] + b"\x03next"
    assert not link.closed


def test_a_pipe_is_sent_whole() -> None:
    """Keys of which the end has come are waited for, and nothing of them is lost on a board that takes them."""
    link = ScriptedLink(board=lambda _: b"")
    keys = bytes(range(32, 127)) * 2000
    paster = Paster(keys)

    assert run_terminal(link, paster, paster.write, first=b"\x1d\x03") == Ending("")
    assert link.written == b"\x1d\x03" + keys
    assert paster.shown == b""


def test_leaving_a_board_that_takes_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has enough leaves; the link, which is in the middle of keys, is closed."""
    monkeypatch.setattr(terminal, "_LEAVING_S", 0.01)
    monkeypatch.setattr(terminal, "_STUCK_S", 0.01)
    link = ScriptedLink()
    link.stall()
    paster = Paster(b"some keys", b"more\x1drest")

    assert run_terminal(link, paster, paster.write) == Ending("\x1d", b"rest")
    assert link.closed


def test_more_keys_than_anybody_waits_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bell rings for them, and the keyboard is read nevertheless."""
    monkeypatch.setattr(terminal, "_LEAVING_S", 0.01)
    monkeypatch.setattr(terminal, "_STUCK_S", 0.01)
    link = ScriptedLink()
    link.stall()
    half = b"x" * (terminal._WAITING_BYTES // 2)
    paster = Paster(half, half, half, b"\x1d")

    assert run_terminal(link, paster, paster.write) == Ending("\x1d")
    assert paster.shown == b"\a"


def test_a_link_that_breaks_under_keys() -> None:
    """Whoever types hears of it."""
    link = ScriptedLink(board=lambda _: link.break_wire() or b"")
    paster = Paster(b"x", *([b"y"] * 100_000))

    with pytest.raises(belay.ConnectionLost, match="unplugged"):
        run_terminal(link, paster, paster.write)
