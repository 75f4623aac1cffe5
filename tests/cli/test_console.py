from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies

from belay_cli.console import BoardOutput, coloured, data
from belay_pm.command_line.console import fail
from belay_pm.command_line.table import Failure

if TYPE_CHECKING:
    from random import Random

PRINTED = strategies.lists(strategies.sampled_from([b"\r", b"\n", b"\r\n", b"a", b"\xff", b"\xc3\xa4"])).map(
    b"".join
)


@given(PRINTED, strategies.randoms())
def test_line_ends_are_undone_wherever_the_pieces_are_cut(printed: bytes, random: Random) -> None:
    r"""Each `\r\n` becomes `\n`, everything else stays, however the bytes come."""
    stream = io.BytesIO()
    cuts = sorted(random.choices(range(len(printed) + 1), k=3))

    with BoardOutput(stream) as output:
        for start, end in zip([0, *cuts], [*cuts, len(printed)], strict=True):
            output.write(printed[start:end])

    assert stream.getvalue() == printed.replace(b"\r\n", b"\n")


def test_output_is_shown_as_it_comes() -> None:
    """Only half a line end waits."""
    stream = io.BytesIO()
    output = BoardOutput(stream)

    output.write(b"10 %\r")

    assert stream.getvalue() == b"10 %"
    output.write(b"20 %")
    assert stream.getvalue() == b"10 %\r20 %"


def test_a_letter_that_a_stream_lacks_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message never fails for its own letters."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)

    data("21 °C")

    assert stream.buffer.getvalue() == b"21 \\xb0C\n"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pty to look like a screen")
@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        ({"NO_COLOR": "", "TERM": "xterm"}, "\033[1;31merror\033[0m"),
        ({"NO_COLOR": "1", "TERM": "xterm"}, "error"),
        ({"NO_COLOR": "", "TERM": "dumb"}, "error"),
    ],
)
def test_colours_are_for_a_screen_that_wants_them(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], shown: str
) -> None:
    """`NO_COLOR` and a terminal without colours are obeyed."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    near, far = os.openpty()

    with os.fdopen(near, "rb", buffering=0), os.fdopen(far, "w", encoding="utf-8") as screen:
        text = coloured("error", "red", screen)

    assert text == shown


@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        ({"NO_COLOR": "", "FORCE_COLOR": "1"}, "\033[1;31merror\033[0m"),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, "error"),
    ],
)
def test_colours_where_they_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], shown: str
) -> None:
    """`FORCE_COLOR` is for what is no screen, such as the log of a pipeline; `NO_COLOR` wins."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert coloured("error", "red", io.StringIO()) == shown


def test_a_file_gets_no_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is redirected stays plain."""
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    stream = io.StringIO()

    assert coloured("error", "red", stream) == "error"


def test_a_failure_cannot_command_a_screen(capsys: pytest.CaptureFixture[str]) -> None:
    """What a stranger or a board wrote into an error is escaped, but for ends of lines and tabs."""
    fail(Failure(1, "a\x1b[2J\tb\x07\r\nc\x9b1m\rd", "e\x1bf"))

    assert capsys.readouterr().err == "error: a\\x1b[2J\tb\\x07\r\nc\\x9b1m\\rd\n\nhint: e\\x1bf\n"
