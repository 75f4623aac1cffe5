from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Start = Callable[..., Any]  # Any: a process, as conftest.py has it

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows")


@pytest.mark.parametrize(
    ("number", "exit_code", "last"),
    [(signal.SIGINT, 130, "interrupted\n"), (signal.SIGTERM, 143, "")],
    ids=["ctrl-c", "kill"],
)
def test_a_board_is_there_until_ctrl_c(
    command: Callable[..., object], start: Start, number: signal.Signals, exit_code: int, last: str
) -> None:
    """The path on stdout is a board for any tool, again and again; what ends it says so, as for any command."""
    running = start("sim")
    path = running.read_line().rstrip("\n")

    first = command("exec", path, "answer = 42")
    second = command("eval", path, "answer")
    running.process.send_signal(number)

    assert first == (0, "", "")
    assert second == (0, "42\n", "")
    assert running.finish() == (exit_code, "", f"A simulated board is at this path until Ctrl-C\n{last}")


def test_options_shape_the_board(command: Callable[..., tuple[int, str, str]], start: Start) -> None:
    """An option is the one of a `sim:` address with its name."""
    running = start("sim", "--flash", "256k", "--latency-ms", "0.5", "--rom", "0")
    path = running.read_line().rstrip("\n")

    _, stdout, _ = command("eval", path, "(lambda s: s[0] * s[2])(os.statvfs('/'))")

    assert stdout == f"{256 * 1024}\n"


def test_a_whole_address_will_do_too(command: Callable[..., tuple[int, str, str]], start: Start) -> None:
    """What `sim:?…` means elsewhere it means here, with options beside it."""
    running = start("sim", "sim:?flash=128k", "--rom=0")
    path = running.read_line().rstrip("\n")

    _, stdout, _ = command("eval", path, "(lambda s: s[0] * s[2])(os.statvfs('/'))")

    assert stdout == f"{128 * 1024}\n"


def test_a_named_board_keeps_its_files(command: Callable[..., object], start: Start) -> None:
    """What is written to `belay sim garden` is there on `sim:garden`."""
    running = start("sim", "garden")
    path = running.read_line().rstrip("\n")
    command("exec", path, "f = open('/note', 'w'); f.write('kept'); f.close()")
    running.process.send_signal(signal.SIGINT)
    running.finish()

    again = command("eval", "sim:garden", "open('/note').read()")

    assert again == (0, "'kept'\n", "")


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (
            ["../garden"],
            (
                "`sim:../garden`: the name of a simulated board is letters, digits, `-`, `_` and `.`, "
                "not `../garden`"
            ),
            "write it as in `sim:garden` or `sim:?heap=64k&disk=garden.img`",
        ),
        (
            ["--heap", "lots"],
            (
                "Option `heap=lots` of the simulated board: "
                "a size in bytes is meant, such as `65536`, `64k` or `2m`"
            ),
            "write it as in `sim:?heap=64k&flash=512k&baud=115200&latency_ms=1`",
        ),
        (
            ["--baud", "fast"],
            (
                "Option `baud=fast` of the simulated board: "
                "a number of bits per second is meant, such as `115200`"
            ),
            "write it as in `sim:?heap=64k&flash=512k&baud=115200&latency_ms=1`",
        ),
        (
            ["--profile", "usbb"],
            "A simulated board has no profile `usbb`",
            "one of `direct`, `usb`, `uart`, `wifi`",
        ),
    ],
)
def test_an_option_that_cannot_be_is_misuse(
    command: Callable[..., object], words: list[str], message: str, hint: str | None
) -> None:
    """The option and what it may be."""
    told = f"error: {message}\n" + (f"\nhint: {hint}\n" if hint else "")

    assert command("sim", *words) == (2, "", told)
