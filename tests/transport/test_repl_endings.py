"""The signs by which a machine knows that a board has started anew."""

from __future__ import annotations

import pytest

from belay_transport.repl.endings import TAIL_BYTES, looks_restarted

CIRCUIT = (
    b"\r\nAdafruit CircuitPython 10.0.3 on 2025-10-17; Adafruit Feather RP2040 Adalogger with rp2040\r\n>>> "
)


@pytest.mark.parametrize(
    "came",
    [
        b'MicroPython v1.28.0 on 2026-04-01; a board\r\nType "help()" for more information.\r\n>>> ',
        b"MPY: soft reboot\r\nraw REPL; CTRL-B to exit\r\n>",
        b"\x1b]0;REPL | 10.0.3\x1b\\" + CIRCUIT,
    ],
)
def test_a_board_that_has_started(came: bytes) -> None:
    """A banner and its prompt are what a board sends at its start, also when only the last bytes are kept."""
    assert looks_restarted(came)
    assert looks_restarted(came[-TAIL_BYTES:])


@pytest.mark.parametrize("came", [b">>> ", b"text\r\n>>> ", b"a CircuitPython \r\n\r\n>>> ", CIRCUIT[:-1]])
def test_a_program_that_prints_something_like_it(came: bytes) -> None:
    """A prompt without a banner in front of it is no start."""
    assert not looks_restarted(came)
