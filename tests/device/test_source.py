"""A function's source as a board can run it."""

from __future__ import annotations

import linecache
from operator import attrgetter, itemgetter
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from belay.exceptions import UnsupportedFunctionError
from belay.source import BoardSource, body_source, dedent, function_source
from belay_transport.session import Session
from belay_transport.sim import open_sim
from belay_transport.sim.options import SimOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# A host's program. Its very text is under test, so it stands here as one, out of the formatter's reach.
SAMPLES = r'''
from __future__ import annotations

import functools


def passed_on(*functions, **options):
    """A decorator, with or without parentheses, that hands its function on."""
    return functions[0] if functions else lambda function: function


class Device:
    """Decorators called as those of a device."""

    task = thread = setup = teardown = staticmethod(passed_on)


class micropython:
    """What a host has in place of the board's module."""

    viper = native = staticmethod(passed_on)


device = Device()
on_board = device.task


def host_only(function):
    """A decorator of the host's that wraps."""

    @functools.wraps(function)
    def wrapped(*arguments):
        return function(*arguments)

    return wrapped


def plain(a, b=2, *, c="x"):
    # a comment
    return a, b, c


@device.task
def decorated(a):
    return a


@host_only
@device.task(
    minify=False,  # an @ in a comment

)

# between
@micropython.viper
# and
@staticmethod
@micropython.native
def below(a: int) -> int:
    return a


@on_board
@host_only
@micropython.native
def renamed():
    return 1


@host_only
def for_the_host():
    return 1


@device.setup
@device.task
def twice():
    return 1


class Holder:
    """A class with methods."""

    @Device.task
    def method(a):
        return a + 1

    @Device.task
    @staticmethod
    def static():
        return 1

    class Inner:
        """A class inside."""
        if True:
            def deep(a,
    b=(1,
  2)):
                text = """one
  two
                three"""
      # a comment further left
                joined = f"""{a
                } and
            {b}"""
                return text, \
    joined


@device.task
def one_line(): x = 1; y = """
  kept"""; return x, y


@device.task
def é(ü="ö"): return ü


@device.task
def with_comment():
    return 1  # the end
    # after the end

# not any more


@device.task
def annotated(a: Foo, *rest: Bar, key: Undefined[int] = 3) -> Missing:
    local: Nowhere = a
    return local, rest, key


@device.task
def counting(n):
    for i in range(n):
        yield i


@device.task
def many(a, /, b, c=1, *args, d, e=len, f=[1, (2)], **kwargs):
    return kwargs


@device.setup
def body(pin=25):
    """A docstring."""
    import sys

    # a comment
    led = (pin,
  sys.platform)
    text = """
    kept
"""


@device.setup
def body_in_one_line(): a = 1; b = 2


@device.setup
def body_after_header(x,
        y=1): é = [x,
            y]


@device.setup
def body_of_functions():
    @passed_on
    def helper():
        return 1
    class Thing:
        def method(self):
            yield 1
    global result
    result = helper() + len([x for x in (1, 2)])


@device.setup
def body_of_docstring():
    """Nothing else."""


def body_returns():
    if True:
        return 1


def body_yields():
    x = yield 1


def body_yields_from():
    yield from ()


def body_nonlocal():
    value = 1
    def body_of_closure():
        nonlocal value
        value = 2
    return body_of_closure


async def coroutine():
    return 1


async def stream():
    yield 1


lambda_ = lambda a: a


def nested():
    """Return a function defined inside of one."""

    @device.task
    def inner(a):
        return (
            a,
            """x
    y""",
        )

    return inner


inner = nested()
body_of_closure = body_nonlocal()
partial = functools.partial(plain, 1)
exec(compile('def without_source(): return 1', '<nowhere>', 'exec'))
'''
LINES = ["", *SAMPLES.split("\n")]  # counted from 1


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """The program above, loaded from a file."""
    path = tmp_path_factory.mktemp("host") / "program.py"
    path.write_text(SAMPLES, encoding="utf-8")
    loaded: dict[str, object] = {}
    exec(compile(SAMPLES, str(path), "exec"), loaded)
    return SimpleNamespace(**loaded)


@pytest.fixture(scope="module")
def board() -> Iterator[Callable[[str], str]]:
    """Run code on real MicroPython and return what it prints."""
    session = Session(open_sim(SimOptions()))
    try:
        session.enter()

        def run(code: str) -> str:
            printed: list[bytes] = []
            error = session.run(code, output=printed.append, timeout_s=30)
            assert not error, error
            return b"".join(printed).decode()

        yield run
    finally:
        session.close()


# name of the function, how its text starts, arguments, result
FUNCTIONS = [
    ("plain", "def plain(", (1,), (1, 2, "x")),
    ("decorated", "def decorated(", (1,), 1),
    ("below", "@micropython.viper", (1,), 1),
    ("renamed", "@micropython.native", (), 1),
    ("for_the_host", "def for_the_host", (), 1),
    ("twice", "def twice", (), 1),
    ("Holder.method", "def method", (1,), 2),
    ("Holder.static", "def static", (), 1),
    (
        "Holder.Inner.deep",
        "def deep(",
        (1,),
        ("one\n  two\n                three", "1 and\n            (1, 2)"),
    ),
    ("inner", "def inner(", (1,), (1, "x\n    y")),
    ("one_line", "def one_line", (), (1, "\n  kept")),
    ("é", "def é", (), "ö"),
    ("with_comment", "def with_comment", (), 1),
    ("annotated", "def annotated", (1, 2), (1, (2,), 3)),
]


@pytest.mark.parametrize("case", FUNCTIONS, ids=itemgetter(0))
def test_the_board_runs_what_the_host_wrote(
    board: Callable[[str], str], samples: SimpleNamespace, case: tuple[str, str, object, object]
) -> None:
    """The definition runs on real MicroPython, wherever it stands on the host, and does the same."""
    name, start, arguments, result = case
    source = function_source(attrgetter(name)(samples))

    printed = board(f"import micropython\n{source.text}\nprint({source.name}{arguments!r} == {result!r})")

    assert source.text.startswith(start)
    assert source.name == name.rsplit(".", maxsplit=1)[-1]
    assert printed == "True\r\n"


@pytest.mark.parametrize("name", [entry[0] for entry in FUNCTIONS])
def test_each_line_keeps_its_number(samples: SimpleNamespace, name: str) -> None:
    """Line n of the text is the host's line n plus the offset; blanks for decorators that are left out."""
    source = function_source(attrgetter(name)(samples))

    lines = source.text.split("\n")

    assert source.file.endswith("program.py")
    assert source.line_offset == source.first_line - 1
    for number, line in enumerate(lines, 1):
        assert line.strip() in ("", LINES[number + source.line_offset].strip())
    assert lines[0]
    assert lines[-1]


def test_decorators_below_ours_go_to_the_board(samples: SimpleNamespace) -> None:
    """Ours and those above stay; those below go, but for what only a host's class needs."""
    assert function_source(samples.below).text.split("\n") == [
        "@micropython.viper",
        "# and",
        "",
        "@micropython.native",
        "def below(a: int) -> int:",
        "    return a",
    ]


def test_without_ours_in_sight_only_the_boards_own_decorators_go(samples: SimpleNamespace) -> None:
    """A decorator of ours under another name is not sent, nor one of the host's."""
    assert "host_only" not in function_source(samples.for_the_host).text
    assert "on_board" not in function_source(samples.renamed).text


def test_a_static_method_object_is_its_function(samples: SimpleNamespace) -> None:
    """What a class body holds before the class is made is understood, too."""
    assert function_source(vars(samples.Holder)["static"]) == function_source(samples.Holder.static)


def test_the_facts_of_a_signature(samples: SimpleNamespace) -> None:
    """Parameters, defaults and the kind of function are told."""
    many = function_source(samples.many)

    assert many.parameters == ("a", "b", "c", "d", "e", "f")
    assert many.defaults == (("c", "1"), ("e", "len"), ("f", "[1, 2]"))
    assert (many.has_varargs, many.has_varkeywords, many.is_generator) == (True, True, False)
    assert function_source(samples.counting).is_generator
    assert function_source(samples.plain).defaults == (("b", "2"), ("c", "'x'"))
    assert not function_source(samples.plain).has_varargs


# name of the function, board code before it, an expression of what it left behind, the value
BODIES = [
    ("body", "pin = 25", "(led[0], text)", (25, "\n    kept\n")),
    ("body_in_one_line", "", "(a, b)", (1, 2)),
    ("body_after_header", "x = y = 1", "é", [1, 1]),
    ("body_of_functions", "def passed_on(f): return f", "(result, list(Thing().method()))", (3, [1])),
    ("body_of_docstring", "", "1", 1),
]


@pytest.mark.parametrize("case", BODIES, ids=itemgetter(0))
def test_a_body_runs_in_the_boards_globals(
    board: Callable[[str], str], samples: SimpleNamespace, case: tuple[str, str, str, object]
) -> None:
    """A setup's body, run as statements, leaves its names behind."""
    name, before, expression, value = case
    source = body_source(getattr(samples, name))

    printed = board(f"{before}\n{source.text}\nprint({expression} == {value!r})")

    assert printed == "True\r\n"
    assert source.is_body


@pytest.mark.parametrize("name", [entry[0] for entry in BODIES])
def test_each_line_of_a_body_keeps_its_number(samples: SimpleNamespace, name: str) -> None:
    """Also where the body shares the line of its `def`."""
    source = body_source(getattr(samples, name))

    lines = source.text.split("\n")

    for number, line in enumerate(lines, 1):
        assert LINES[number + source.line_offset].strip().endswith(line.strip())
    assert lines[0].strip()


def test_a_frame_of_a_body_is_named_after_its_function(samples: SimpleNamespace) -> None:
    """The board says `<module>` there; the origin says which setup it was."""
    assert body_source(samples.body).origin.module_name == "body"
    assert function_source(samples.plain).origin.module_name == ""
    assert function_source(samples.plain).origin.locate(3).source == "    return a, b, c"


@pytest.mark.parametrize(
    ("name", "word", "text"),
    [
        ("body_returns", "return", "        return 1"),
        ("body_yields", "yield", "    x = yield 1"),
        ("body_yields_from", "yield", "    yield from ()"),
        ("body_of_closure", "nonlocal", "        nonlocal value"),
    ],
)
def test_a_body_that_needs_a_function_is_refused(
    samples: SimpleNamespace, name: str, word: str, text: str
) -> None:
    """The error names the statement and the host's line."""
    function = getattr(samples, name)

    with pytest.raises(UnsupportedFunctionError) as caught:
        body_source(function)

    line = LINES.index(text, function.__code__.co_firstlineno)
    assert str(caught.value) == (
        f"`{function.__qualname__}` cannot run on a board: its body runs in the board's globals, "
        f"where `{word}` (line {line}) means nothing"
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("lambda_", "it is a lambda"),
        ("coroutine", "it is `async`"),
        ("stream", "it is `async`"),
        ("without_source", "`<nowhere>`, line 1, cannot be read"),
        ("__builtins__", "it is not a function"),
        ("Holder", "it is not a function"),
        ("partial", "it is not a function"),
    ],
)
@pytest.mark.parametrize("read", [function_source, body_source])
def test_what_has_no_source_for_a_board_is_refused(
    samples: SimpleNamespace, read: Callable[[object], BoardSource], name: str, reason: str
) -> None:
    """The error says why, and the hint what to write instead."""
    with pytest.raises(UnsupportedFunctionError) as caught:
        read(getattr(samples, name))

    assert reason in str(caught.value)
    assert (
        caught.value.hint == 'write a plain `def` in a file or a notebook cell, or send text: `device("…")`'
    )


def test_a_file_that_changed_is_noticed(tmp_path: Path) -> None:
    """Another function where this one stood is an error, not another program on the board."""
    path = tmp_path / "changing.py"
    path.write_text("def first():\n    return 1\n")
    loaded: dict[str, object] = {}
    exec(compile(path.read_text(), str(path), "exec"), loaded)
    assert function_source(loaded["first"]).text == "def first():\n    return 1"
    path.write_text("# moved\ndef second():\n    return 2\n")

    with pytest.raises(UnsupportedFunctionError, match="holds something else there; it changed"):
        function_source(loaded["first"])


def test_a_notebook_cell_has_source() -> None:
    """What is known to `linecache` alone, as IPython's cells are, will do."""
    code = "if True:\n    def cell(a):\n        return a"
    linecache.cache["<cell 7>"] = (len(code), None, code.splitlines(keepends=True), "<cell 7>")
    loaded: dict[str, object] = {}
    exec(compile(code, "<cell 7>", "exec"), loaded)

    source = function_source(loaded["cell"])

    assert (source.text, source.file, source.first_line) == ("def cell(a):\n    return a", "<cell 7>", 2)


@pytest.mark.parametrize(
    ("code", "dedented"),
    [
        ("a = 1", "a = 1"),
        ("", ""),
        ("\n    a = 1\n    if a:\n        b = 2\n", "\na = 1\nif a:\n    b = 2\n"),
        ("    a = '''\n  x'''\n    b = f'''\n    {a}'''", "a = '''\n  x'''\nb = f'''\n    {a}'''"),
        ("\ta = [\n1]\n\tb = 2", "a = [\n1]\nb = 2"),
        ("    a = 1\n  b = 2", "    a = 1\n  b = 2"),
        ("a = 1\n    b = 2", "a = 1\n    b = 2"),
        ("    print 1\n    x", "print 1\nx"),
        ("    a\n\n  # c\n    b", "a\n\n# c\nb"),
    ],
)
def test_code_is_shifted_to_the_left_margin(code: str, dedented: str) -> None:
    """Strings of several lines keep their blanks, and what cannot be shifted stays for the board to judge."""
    assert dedent(code) == dedented
