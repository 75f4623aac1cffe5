"""Tracebacks that a board prints of its threads: with the host's lines on text streams, raw on binary ones."""

from __future__ import annotations

import inspect
import io
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belay.output import OutputWriter
from belay.printed_tracebacks import PrintedTracebacks
from belay.tracebacks import CodeRegistry, SourceOrigin

if TYPE_CHECKING:
    import belay

HEADER = "Traceback (most recent call last):\n"

PRINTED = f"""\
a line
Unhandled exception in thread started by <function blink at 0x7f>
{HEADER}  File "_b1", line 2, in blink
  File "main.py", line 7, in other
  File "_b9", line 1, in nobody
  File "_b1", line 1, in <module>
ValueError: first
  File "_b1", line 2, in blink
{HEADER}MemoryError: \n
  File"""

SHOWN = f"""\
a line
Unhandled exception in thread started by <function blink at 0x7f>
{HEADER}  File "blink.py", line 12, in blink
    led.on()
  File "main.py", line 7, in other
  File "_b9", line 1, in nobody
  File "blink.py", line 11, in <module>
    def blink():
ValueError: first
  File "_b1", line 2, in blink
{HEADER}MemoryError: \n
  File"""


@pytest.fixture(scope="module")
def registry() -> CodeRegistry:
    """A registry with one function, `_b1`."""
    registry = CodeRegistry()
    registry.add(SourceOrigin("blink.py", 11, "def blink():\n    led.on()"))
    return registry


def cut(text: str, places: list[int]) -> list[str]:
    """Return the text in pieces."""
    places = sorted({place % (len(text) + 1) for place in places})
    return [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]


@given(st.lists(st.integers(0, 1000)))
def test_frames_of_ours_are_mapped_however_the_text_is_cut(registry: CodeRegistry, places: list[int]) -> None:
    """Inside a traceback, and only there, frames of known code get the host's lines; the rest is as it was."""
    printed = PrintedTracebacks(registry.get)

    shown = "".join(map(printed.feed, cut(PRINTED, places))) + printed.end()

    assert shown == SHOWN


def test_each_character_alone(registry: CodeRegistry) -> None:
    """Text that comes by single characters is mapped as well."""
    printed = PrintedTracebacks(registry.get)

    assert "".join(map(printed.feed, PRINTED)) + printed.end() == SHOWN


@given(st.lists(st.text(alphabet=' File"_b1,line\nT', max_size=12)))
def test_without_a_traceback_nothing_waits(pieces: list[str]) -> None:
    """Outside a traceback each piece goes on at once and unchanged, whatever it looks like."""
    printed = PrintedTracebacks(CodeRegistry().get)

    assert [printed.feed(piece) for piece in pieces] == pieces
    assert printed.end() == ""


def test_only_what_may_be_a_frame_waits(registry: CodeRegistry) -> None:
    """In a traceback too, a line goes on as soon as it is no frame of ours, and a held one at the end."""
    printed = PrintedTracebacks(registry.get)

    shown = [
        printed.feed(piece) for piece in (HEADER, "  File", ' "m', "ain", '\n  File "_', "x" * 200, "yz")
    ]

    assert shown == [HEADER, "", '  File "m', "ain", "\n", f'  File "_{"x" * 200}', "yz"]
    printed.feed(f"\n{HEADER}  File")
    assert printed.end() == "  File"
    assert printed.feed(" and more\n") == " and more\n"


def test_an_exception_in_a_thread_names_the_hosts_line(
    device: belay.Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a board prints of a thread that raised names the host's file, line and text."""
    came = threading.Event()

    class Listening(io.StringIO):
        def write(self, text: str) -> int:
            count = super().write(text)
            if "in a thread\n" in self.getvalue():
                came.set()
            return count

    stream = Listening()
    monkeypatch.setattr("sys.stdout", stream)

    @device.thread
    def failing():
        raise ValueError("in a thread")

    failing()

    assert came.wait(10)
    line = inspect.getsourcelines(test_an_exception_in_a_thread_names_the_hosts_line)[1] + 18
    frame = f'  File "{__file__}", line {line}, in failing\n    raise ValueError("in a thread")\n'
    assert f"{HEADER}{frame}ValueError: in a thread\n" in stream.getvalue()


def test_a_binary_stream_gets_what_the_board_printed(device: belay.Device) -> None:
    """On a binary stream nothing is changed, not even a traceback."""
    stream = io.BytesIO()

    device(
        """
        import sys
        def show():
            try:
                1 / 0
            except ZeroDivisionError as error:
                sys.print_exception(error)
        """
    )

    device("show()", stream_out=stream)

    assert b'  File "_b1", line ' in stream.getvalue()


def test_the_end_of_a_call_writes_what_is_held_back() -> None:
    r"""A last `\r`, half a character and the beginning of a frame are written when nothing will follow."""
    stream = io.StringIO()
    writer = OutputWriter(stream)
    writer.text_filter = PrintedTracebacks(CodeRegistry().get)

    writer(b"50%\r")
    writer.end()
    writer(b"\xe2\x98")
    writer.end()
    writer(HEADER.encode() + b"  File")
    writer.end()
    writer.end()

    assert stream.getvalue() == f"50%\r\ufffd{HEADER}  File"
