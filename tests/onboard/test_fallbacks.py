"""The wrapper on boards that lack something: on a real MicroPython with those things taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from belay.output import OutputWriter
from belay.runtime import Runtime
from belay_transport.opening import open_link
from belay_transport.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NO_BINASCII = "import sys\nsys.modules['binascii'] = None\n"

ANOTHER_SYS = """
import sys
class Sys:
    implementation = sys.implementation
    platform = sys.platform
    modules = sys.modules
sys.modules['sys'] = Sys
"""
# Like the real one, without the streams and without `print_exception`.

NO_STDOUT = ANOTHER_SYS + "Sys.print_exception = sys.print_exception\n"

CIRCUITPYTHON_TRACEBACKS = (
    ANOTHER_SYS
    + """
class Traceback:
    def format_exception(self, error):
        return ["Traceback (most recent call last):\\n", "ValueError: text\\n"]
Sys.stdout = sys.stdout
sys.modules['traceback'] = Traceback()
"""
)


@pytest.fixture
def board() -> Iterator[Callable[[str], Runtime]]:
    """Connects to a simulated board on which some code has run before."""
    sessions: list[Session] = []

    def connect(before: str) -> Runtime:
        session = Session(open_link("sim:"))
        sessions.append(session)
        session.enter()
        assert session.run(before) == ""
        runtime = Runtime(session, OutputWriter(None), description="the board")
        runtime.connect("")
        return runtime

    yield connect
    for session in sessions:
        session.close()


def test_without_binascii(board: Callable[[str], Runtime]) -> None:
    """A board without `binascii` checks its replies with a sum of its own, over several chunks too."""
    runtime = board(NO_BINASCII)

    assert runtime.call("'é' * 3000") == "é" * 3000
    with pytest.raises(ZeroDivisionError):
        runtime.call("1 / 0")


def test_without_a_stdout_object(board: Callable[[str], Runtime]) -> None:
    """A board without `sys.stdout` prints its frames."""
    runtime = board(NO_STDOUT)

    assert runtime.call("hasattr(__import__('sys'),'stdout')") is False
    assert runtime.call("[1, 'two', 3.5]") == [1, "two", 3.5]


def test_circuitpythons_way_to_print_an_exception(board: Callable[[str], Runtime]) -> None:
    """Where `sys.print_exception` is missing, `traceback.format_exception` makes the text."""
    runtime = board(CIRCUITPYTHON_TRACEBACKS)

    with pytest.raises(ValueError, match="text"):
        runtime.call("int('x')")


def test_names_of_ours_only(board: Callable[[str], Runtime]) -> None:
    """Every global that connecting leaves on the board begins with `_belay`, but for `_thread`."""
    runtime = board("before = set(globals())")

    new = runtime.call("[n for n in globals() if n not in before and not n.startswith('_belay')]")

    assert isinstance(new, list)
    assert set(new) <= {"before", "_thread"}
