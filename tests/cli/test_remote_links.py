"""`belay remote connect`, with mpremote itself beside it: a board behind a serial server, a port that is taken."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import serial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Result = tuple[int, str, str]

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows"),
    pytest.mark.once,
]

MPREMOTE = Path(sys.executable).with_name("mpremote")
SER2NET = shutil.which("ser2net", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")


def _theirs(*words: str) -> Result:
    done = subprocess.run(
        [MPREMOTE, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def served(board: str) -> Iterator[str]:
    """The address of a board behind a serial server."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    settings = (
        "connection: &board",
        f"  accepter: telnet(rfc2217),tcp,127.0.0.1,{port}",
        f"  connector: serialdev,{board},115200n81,local",
    )
    assert SER2NET is not None
    command = [SER2NET, "-n", "-d", "-u", *(word for line in settings for word in ("-Y", line))]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _listens(port):
            assert process.poll() is None, "ser2net has ended"
        # a pty has no DTR and RTS to be set, so that this server leaves the order unanswered
        yield f"rfc2217://127.0.0.1:{port}?ign_set_control"
    finally:
        process.terminate()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.skipif(SER2NET is None, reason="`ser2net` is not installed: `apt-get install ser2net`")
@pytest.mark.filterwarnings("ignore:set(Daemon|Name)\\(\\) is deprecated:DeprecationWarning")  # pyserial 3.5
def test_a_board_behind_a_serial_server(command: Callable[..., Result], served: str, folder: Path) -> None:
    """Code, files and a mount pass, in the same words."""
    (folder / "a.py").write_text("print('hello')\n")
    chain = "eval|6*7|cp|a.py|:|+|ls|+|run|a.py|mount|.|exec|import a|umount|rm|a.py|+|exec|1/0"
    theirs = _theirs("connect", served, *chain.split("|"))

    ours = command("remote", "connect", served, *chain.split("|"))

    assert ours == theirs
    assert ours[0] == 1
    assert ours[1].startswith("42\ncp a.py :\nls :\n          15 a.py\nhello\nLocal directory . is mounted")


@pytest.mark.parametrize("word", ["rfc2217://127.0.0.1:1", "socket://127.0.0.1:1", "port:/dev/nope"])
def test_nobody_is_there(command: Callable[..., Result], word: str) -> None:
    """It is told in the same words."""
    assert command("remote", "connect", word, "eval", "1") == _theirs("connect", word, "eval", "1")


def test_a_port_that_is_taken(command: Callable[..., Result], board: str) -> None:
    """Another program has it for itself: the same words, whoever that is."""
    with serial.Serial(board, exclusive=True):
        theirs = _theirs("connect", board, "eval", "1")

        ours = command("remote", "connect", board, "eval", "1")

    assert ours == theirs
    assert ours[2] == f"mpremote: failed to access {board} (it may be in use by another program)\n"
