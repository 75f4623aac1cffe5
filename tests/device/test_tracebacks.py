"""A board's traceback with the host's files and lines."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belay.exceptions import board_exception
from belay.tracebacks import CallOrigin, CodeRegistry, SourceOrigin, raised, remap
from belay_transport.session import Session
from belay_transport.sim import open_sim
from belay_transport.sim.options import SimOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from belay.tracebacks import CodeOrigin

HEADER = "Traceback (most recent call last):\n"

TASK = SourceOrigin("/host/program.py", 40, "def foo(n):\n    # why\n    return bar(n)")
HELPER = SourceOrigin("/host/helper.py", 7, "def bar(n):\n    return 1 / n")
SETUP = SourceOrigin("/host/program.py", 90, "x = 0\nfoo(x)", "prepare")


@pytest.fixture(scope="module")
def board() -> Iterator[Callable[[str], str]]:
    """Run code on real MicroPython and return the traceback that it ends with."""
    session = Session(open_sim(SimOptions()))
    try:
        session.enter()
        yield lambda code: session.run(code, timeout_s=30)
    finally:
        session.close()


def compiled(registry: CodeRegistry, *origins: SourceOrigin | CallOrigin) -> str:
    """Board code that runs each origin's text under its registered name, below a function of our own."""
    calls = "".join(f"_belay_x({origin.text!r}, {registry.add(origin)!r})\n" for origin in origins)
    return f"def _belay_x(s, f):\n exec(compile(s, f, 'exec'), globals())\n{calls}"


def test_every_frame_of_the_users_names_the_hosts_line(board: Callable[[str], str]) -> None:
    """Tasks that call each other, and the setup that called them, are found again; our own frames are not."""
    registry = CodeRegistry()

    text = board(compiled(registry, HELPER, TASK, SETUP))

    assert '"<stdin>"' in text
    assert "_belay_x" in text
    assert remap(text, registry.get) == (
        "Traceback (most recent call last):\n"
        '  File "/host/program.py", line 91, in prepare\n'
        "    foo(x)\n"
        '  File "/host/program.py", line 42, in foo\n'
        "    return bar(n)\n"
        '  File "/host/helper.py", line 8, in bar\n'
        "    return 1 / n\n"
        "ZeroDivisionError: divide by zero\n"
    )
    assert raised(text) == ("ZeroDivisionError", "divide by zero")


@pytest.mark.parametrize(
    ("text", "error", "line", "source"),
    [
        ("def f():\n    x = = 1", "SyntaxError: invalid syntax", 101, "x = = 1"),
        ("a = 1\n  b = 2", "IndentationError: unexpected indent", 101, "b = 2"),
        ("b'", "SyntaxError: invalid syntax", 100, "b'"),
    ],
)
def test_a_syntax_error_names_the_hosts_line(
    board: Callable[[str], str], text: str, error: str, line: int, source: str
) -> None:
    """Code that the board cannot compile is placed, too."""
    registry = CodeRegistry()

    board_text = board(compiled(registry, SourceOrigin("/host/a.py", 100, text)))

    assert (
        remap(board_text, registry.get)
        == f'{HEADER}  File "/host/a.py", line {line}\n    {source}\n{error}\n'
    )


def test_frames_in_comprehensions_lambdas_and_generators_are_mapped(board: Callable[[str], str]) -> None:
    """Whatever the board calls a frame, its line is the host's."""
    registry = CodeRegistry()
    text = "def g():\n    yield from (1 // n for n in\n        (1, 0))\n(lambda:\n    list(g()))()"

    mapped = remap(board(compiled(registry, SourceOrigin("/host/a.py", 10, text))), registry.get)

    frames = [line for line in mapped.split("\n") if line.startswith("  File")]
    assert all('"/host/a.py"' in frame for frame in frames)
    assert {frame.split(" in ")[1] for frame in frames} == {"<module>", "<lambda>", "g", "<genexpr>"}


def test_files_of_the_boards_own_stay(board: Callable[[str], str]) -> None:
    """A frame in a module on the board keeps the board's file name."""
    registry = CodeRegistry()
    code = compiled(registry, HELPER) + "exec(compile('bar(0)', 'lib/thing.py', 'exec'), globals())"

    mapped = remap(board(code), registry.get)

    assert mapped == (
        f'{HEADER}  File "lib/thing.py", line 1, in <module>\n'
        '  File "/host/helper.py", line 8, in bar\n    return 1 / n\nZeroDivisionError: divide by zero\n'
    )


PROGRAM = '''\
CODE = """
a = 1

b = a / 0
"""

def main():
    device("1/0")
    device(
        "x = 2; 1/0"
    )
    device("""
        c = 1
        if c:
            c / 0
    """)
    device(CODE)
    device("1/" + "0")
    device("x = 1\\n" + "x / 0")
    device(f"{1} / 0")
'''


@pytest.mark.parametrize(
    ("call_line", "code", "board_line", "host_line", "source"),
    [
        (8, "1/0", 1, 8, "1/0"),
        (9, "x = 2; 1/0", 1, 10, "x = 2; 1/0"),
        (12, "\nc = 1\nif c:\n    c / 0\n", 4, 15, "c / 0"),
        (17, "\na = 1\n\nb = a / 0\n", 4, 4, "b = a / 0"),
        (18, "1/0", 1, 18, "1/0"),
        (19, "x = 1\nx / 0", 2, 19, "x / 0  # line 2 of the code"),
        (20, "1 / 0", 1, 20, "1 / 0"),
    ],
    ids=["literal", "next line", "block", "constant", "sum", "sum of lines", "f-string"],
)
def test_a_call_with_text_names_the_line_or_else_the_call(  # noqa: PLR0917 - one row of the table each
    board: Callable[[str], str],
    tmp_path: Path,
    call_line: int,
    code: str,
    board_line: int,
    host_line: int,
    source: str,
) -> None:
    """`device("…")` is found where the text stands in the host's file; else the call's line is named."""
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    registry = CodeRegistry()

    text = board(compiled(registry, CallOrigin(str(path), call_line, code)))

    assert f'"_b1", line {board_line},' in text
    assert remap(text, registry.get) == (
        f'{HEADER}  File "{path}", line {host_line}, in <device call>\n'
        f"    {source}\nZeroDivisionError: divide by zero\n"
    )


def test_a_function_from_a_text_keeps_its_name(board: Callable[[str], str]) -> None:
    """Only what the board calls `<module>` is named after the call."""
    registry = CodeRegistry()

    text = board(compiled(registry, CallOrigin("<nowhere>", 3, "def f():\n    1 / 0\nf()")))

    assert remap(text, registry.get) == (
        f'{HEADER}  File "<nowhere>", line 3, in <device call>\n    f()  # line 3 of the code\n'
        '  File "<nowhere>", line 3, in f\n    1 / 0  # line 2 of the code\n'
        "ZeroDivisionError: divide by zero\n"
    )


@pytest.mark.parametrize(
    ("board_text", "mapped"),
    [
        ("", ""),
        ("MemoryError: no memory\r\n", "MemoryError: no memory\n"),
        # a message that looks like frames of ours is the user's text
        (
            HEADER + '  File "_b1", line 3, in foo\nValueError: see\n  File "_belay", line 2, in x\n',
            HEADER
            + '  File "/host/program.py", line 42, in foo\n    return bar(n)\n'
            + 'ValueError: see\n  File "_belay", line 2, in x\n',
        ),
        # `<stdin>` is left out above the user's frames only
        (
            HEADER + '  File "_b1", line 3, in foo\n  File "<stdin>", line 9, in bar\nE: \n',
            HEADER
            + '  File "/host/program.py", line 42, in foo\n    return bar(n)\n'
            + '  File "<stdin>", line 9, in bar\nE: \n',
        ),
        # nothing but frames of ours
        (HEADER + '  File "<stdin>", line 1, in <module>\nNameError: x\n', HEADER + "NameError: x\n"),
        # a line that the code does not have
        (
            HEADER + '  File "_b1", line 77, in foo\nE: \n',
            HEADER + '  File "/host/program.py", line 116, in foo\nE: \n',
        ),
        # a code that was never registered
        (HEADER + '  File "_b9", line 1, in foo\nE: \n', HEADER + '  File "_b9", line 1, in foo\nE: \n'),
        # damaged on the way
        (
            'aceback (most\n  File "_b1", line 3, in foo\n  File "_b1", li',
            'aceback (most\n  File "/host/program.py", line 42, in foo\n    return bar(n)\n  File "_b1", li',
        ),
        ('  File "_b1", line x, in foo', '  File "_b1", line x, in foo'),
        ('  File "_b1", line ' + "9" * 5000, '  File "_b1", line ' + "9" * 5000),
        # a chain, as CircuitPython prints it
        (
            HEADER
            + '  File "<stdin>", line 1, in <module>\n  File "_b1", line 1, in foo\nKeyError: 1\n\n'
            + "During handling of the above exception, another exception occurred:\n\n"
            + HEADER
            + '  File "<stdin>", line 1, in <module>\n  File "_b1", line 3, in foo\nValueError: 2\n',
            HEADER
            + '  File "/host/program.py", line 40, in foo\n    def foo(n):\nKeyError: 1\n\n'
            + "During handling of the above exception, another exception occurred:\n\n"
            + HEADER
            + '  File "/host/program.py", line 42, in foo\n    return bar(n)\nValueError: 2\n',
        ),
        (
            HEADER
            + '  File "_b1", line 1, in foo\nE: quoted:\n'
            + HEADER
            + '  File "<stdin>", line 1, in <module>\n'
            '  File "_b1", line 3, in foo\nValueError: 2\n',
            HEADER
            + '  File "/host/program.py", line 40, in foo\n    def foo(n):\nE: quoted:\n'
            + HEADER
            + '  File "<stdin>", line 1, in <module>\n  File "_b1", line 3, in foo\nValueError: 2\n',
        ),
    ],
)
def test_odd_texts_are_mapped_as_far_as_they_go(board_text: str, mapped: str) -> None:
    """What is no frame stays, to the letter; only line ends become the host's."""
    assert remap(board_text, {"_b1": TASK}.get) == mapped


@given(st.text(alphabet=st.sampled_from('  File"_b1,lineo\r\nTracebck(mst):0123456789')), st.booleans())
def test_no_text_fails(text: str, with_header: bool) -> None:
    """However garbled, a text is mapped, read and made an exception without another error."""
    text = HEADER + text if with_header else text

    mapped = remap(text, {"_b1": TASK}.get)
    error = board_exception(text, traceback_text=mapped)

    assert error.board_text == text
    assert "\r\n" not in mapped


def test_a_registered_origin_wins_over_our_own_names() -> None:
    """Code that runs as `<stdin>` itself, such as a script, is mapped when it was registered so."""
    text = HEADER + '  File "<stdin>", line 2, in <module>\nE: \n'
    origin: CodeOrigin = SourceOrigin("/host/script.py", 1, "a\nb")

    mapped = remap(text, {"<stdin>": origin}.get)

    assert mapped == HEADER + '  File "/host/script.py", line 2, in <module>\n    b\nE: \n'


def test_the_same_code_keeps_its_name() -> None:
    """A name costs the board memory for ever, so a call in a loop has one."""
    registry = CodeRegistry()

    names = [registry.add(origin) for origin in (TASK, HELPER, TASK, SourceOrigin(*TASK))]

    assert names == ["_b1", "_b2", "_b1", "_b1"]
    assert registry.get("_b1") == TASK
    assert registry.get("_b3") is None


def test_code_that_leaves_nothing_behind_shares_a_name() -> None:
    """The shared name means the latest call."""
    registry = CodeRegistry()
    calls = [CallOrigin("a.py", line, "1/0") for line in (1, 2)]

    names = [registry.add(call, transient=True) for call in calls]

    assert names == ["_t0", "_t0"]
    assert registry.get("_t0") == calls[1]


def test_host_threads_do_not_share_that_name() -> None:
    """A call in another thread cannot take the name away before the traceback is read."""
    registry = CodeRegistry()
    calls = [CallOrigin("a.py", line, "1/0") for line in (1, 2)]
    names: list[str] = []
    thread = threading.Thread(target=lambda: names.append(registry.add(calls[0], transient=True)))

    names.append(registry.add(calls[1], transient=True))
    thread.start()
    thread.join()

    assert [registry.get(name) for name in names] == [calls[1], calls[0]]


def test_the_oldest_origins_are_forgotten() -> None:
    """The registry has a limit, and a name is never used for other code."""
    registry = CodeRegistry(limit=2)
    origins = [SourceOrigin("a.py", line, "x") for line in (1, 2, 3)]

    names = [registry.add(origin) for origin in origins]

    assert registry.get(names[0]) is None
    assert [registry.get(name) for name in names[1:]] == origins[1:]
    assert registry.add(origins[0]) == "_b4"
    registry.clear()
    assert registry.get("_b4") is None
    assert registry.add(origins[0]) == "_b5"
