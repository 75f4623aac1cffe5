"""What is left of an answer at a board's prompt: given up, not shown, and nothing else is hidden or sent."""

from __future__ import annotations

import pytest

from belay.mounting.leftovers import Leftovers


@pytest.fixture
def at_prompt() -> Leftovers:
    """A board that was left at its friendly prompt."""
    leftovers = Leftovers()
    leftovers.sent(b"\x02")
    return leftovers


STOPPED = b"KeyboardInterrupt: \r\n>>> "
ECHO = b"0000000b12345678ab=-1,3abc"


def heard(leftovers: Leftovers, *outputs: bytes) -> tuple[bytes, int]:
    """Return what is shown of all that a board prints, and how often the line is given up."""
    told = [leftovers.printed(output) for output in outputs]
    return b"".join(shown for shown, _ in told), sum(stops for _, stops in told)


@pytest.mark.parametrize("cut", range(0, 60, 3))
def test_an_answer_that_nobody_read(at_prompt: Leftovers, cut: int) -> None:
    """The line is given up once, and its echo is not shown, wherever the output is cut."""
    at_prompt.answered(40)
    at_prompt.sent(b"\x03")
    stream = STOPPED + ECHO + b"\r\n>>> 1\r\n1\r\n>>> "

    assert heard(at_prompt, stream[:cut], stream[cut:]) == (STOPPED + b"1\r\n1\r\n>>> ", 1)


def test_an_answer_that_was_read(at_prompt: Leftovers) -> None:
    """Ctrl-C at a prompt that came since has nothing to give up."""
    at_prompt.answered(40)
    heard(at_prompt, b"\r\n>>> ")
    at_prompt.sent(b"\x03")

    assert heard(at_prompt, b"\r\n>>> ") == (b"\r\n>>> ", 0)


def test_no_key_was_pressed(at_prompt: Leftovers) -> None:
    """A prompt behind an answer is shown as it is."""
    at_prompt.answered(40)

    assert heard(at_prompt, b"text\r\n>>> ", ECHO) == (b"text\r\n>>> " + ECHO, 0)


def test_the_raw_prompt() -> None:
    """There all that is printed is the caller's, whatever it looks like."""
    leftovers = Leftovers()
    leftovers.answered(40)
    leftovers.sent(b"\r\x03\x03\x01")

    assert heard(leftovers, STOPPED, ECHO) == (STOPPED + ECHO, 0)


def test_what_is_no_echo(at_prompt: Leftovers) -> None:
    """More than an answer can have left is shown, all of it."""
    at_prompt.answered(40)
    at_prompt.sent(b"\x03")
    output = b"x" * 200

    assert heard(at_prompt, STOPPED, output[:50], output[50:], b"y") == (STOPPED + output + b"y", 1)
