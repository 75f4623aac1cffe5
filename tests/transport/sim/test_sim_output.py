r"""What leaves a simulated board is what leaves a board: `\n` as `\r\n`, raw bytes as they are."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belay_transport.sim.cooking import LENGTH_BYTES, TOKEN_BYTES, Cooker

TOKEN = b"\x1d\x1d\n\x1dabc\x1d"
assert len(TOKEN) == TOKEN_BYTES


def escaped(data: bytes) -> bytes:
    """Wrap bytes as the board's side does."""
    return TOKEN + len(data).to_bytes(LENGTH_BYTES, "little") + data


def cooked(data: bytes, before: bytes = b"") -> bytes:
    """Say by other means what cooking does to `data` behind `before`."""
    first = b"\r" if before.endswith(b"\r") else b"x"
    return re.sub(rb"(?<!\r)\n", b"\r\n", first + data)[1:]


PIECES = st.lists(
    st.tuples(
        st.booleans(), st.lists(st.sampled_from([b"\n", b"\r", b"\x1d", b"a", TOKEN[:5]])).map(b"".join)
    ),
    max_size=6,
)


@given(PIECES, st.lists(st.integers(0, 200), max_size=6))
def test_cooking_is_the_same_at_any_cut(pieces, cuts):
    """Plain output is cooked and escaped output is not, however the stream is cut."""
    stream = b"".join(escaped(data) if is_raw else data for is_raw, data in pieces)
    expected = b""
    for is_raw, data in pieces:
        # A \n right behind a raw \r stays alone: on the wire they are one line end.
        expected += data if is_raw else cooked(data, expected)
    cooker = Cooker(TOKEN)

    out = b""
    start = 0
    for cut in [*sorted(cuts), len(stream)]:
        out += cooker.feed(stream[start:cut])
        start = max(start, cut)
    out += cooker.release()

    assert out == expected


def test_the_beginning_of_a_token_that_is_none_is_let_go():
    """Bytes that look like the beginning of an escape are held, and leave when nothing follows."""
    cooker = Cooker(TOKEN)

    assert cooker.feed(b"x" + TOKEN[:3]) == b"x"
    assert cooker.is_holding
    assert cooker.release() == cooked(TOKEN[:3])
    assert not cooker.is_holding


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("print('a\\nb')", b"a\r\nb\r\n"),
        ("print('a\\r\\nb', end='')", b"a\r\nb"),
        ("sys.stdout.write('a\\nb')", b"a\r\nb"),
        ("print('a', file=sys.stdout)", b"a\r\n"),
        ("json.dump(['\\n'], sys.stdout)", b'["\\n"]'),
        ("sys.stderr.write('e\\n')", b"e\r\n"),
        ("sys.stdout.buffer.write(b'a\\nb\\r\\n\\x04\\xff\\x00')", b"a\nb\r\n\x04\xff\x00"),
        ("sys.stdout.buffer.write('text\\n')", b"text\n"),
        ("sys.stdout.buffer.write(memoryview(b'a\\nbc')[1:3])", b"\nb"),
        ("sys.stdout.buffer.write(bytearray(b'x\\ny'), 2)", b"x\n"),
        ("sys.stdout.buffer.write(b'x\\ny\\n', 1, 2)", b"\ny"),
        ("sys.stdout.buffer.write(b'no newline')", b"no newline"),
        ("print('1', end=''); sys.stdout.buffer.write(b'\\n2\\n'); print('3')", b"1\n2\n3\r\n"),
    ],
)
def test_a_board_prints(board, code, expected):
    """Each way to print gives the bytes that it gives on a board."""
    board.run("import sys, json")

    board.type(f"{code}\n\x04")
    seen = board.read_until("\x04>")

    assert seen == b"OK" + expected + b"\x04\x04>"


def test_every_byte_passes_raw(board):
    """`sys.stdout.buffer.write` gives all 256 byte values unchanged, 100 000 of them at once."""
    board.type("import sys\nsys.stdout.buffer.write(bytes(range(256)) * 400)\nprint('end')\x04")
    seen = board.read_until("end\r\n\x04\x04>")

    assert seen == b"OK" + bytes(range(256)) * 400 + b"end\r\n\x04\x04>"


def test_print_reports_what_the_programs_own_streams_say(board):
    """`sys.stdout` can be polled and written to, and knows how much was written."""
    output = board.run(
        "import sys, select\np = select.poll()\np.register(sys.stdout, select.POLLOUT)\n"
        "print(len(p.poll(100)), sys.stdout.buffer.write(b'\\n'), sys.stdout.write('é'))"
    )

    assert output == "\né1 1 2\n"


def test_sys_is_the_interpreters_own_in_all_else(board):
    """What is set on `sys` reaches the interpreter: the import path, the prompt."""
    board.put("mine.py", "x = 5")
    board.run("import os\nos.mkdir('/a')\nos.rename('mine.py', '/a/mine.py')")

    output = board.run("import sys\nsys.path = ['/a']\nimport mine\nprint(mine.x, sys, sys.maxsize > 2**40)")

    assert output == "5 <module 'sys'> True\n"


def test_prints_of_a_thread_come_while_the_board_waits(board):
    """What a background thread prints leaves the board also when nothing else goes on."""
    board.run(
        "import _thread, time\ndef f():\n  time.sleep_ms(20)\n  print('late')\n"
        "_thread.start_new_thread(f, ())"
    )

    assert board.read_until("late\r\n") == b"late\r\n"
