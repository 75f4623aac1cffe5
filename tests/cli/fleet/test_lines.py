"""A board's output as whole lines."""

from __future__ import annotations

from hypothesis import given, strategies

from belay_cli.fleet.lines import BoardLines


def _passed_on(pieces: list[bytes]) -> list[bytes]:
    passed: list[bytes] = []
    lines = BoardLines(b"a | ", passed.append)
    for piece in pieces:
        lines.write(piece)
        lines.flush()
    lines.end()
    return passed


def test_a_line_comes_when_it_is_whole() -> None:
    """Half a line waits for its end, a last one for the end of all; nothing is nothing."""
    assert _passed_on([b"on", b"e\r\ntwo\r\nth", b"ree"]) == [b"a | one\na | two\n", b"a | three\n"]
    assert _passed_on([]) == []


def test_bytes_stay_what_they_are() -> None:
    """Only the line ends of the board's console are undone."""
    assert _passed_on([b"\xff\x00\x04\r\n"]) == [b"a | \xff\x00\x04\n"]


def test_a_line_that_is_written_over_keeps_its_name() -> None:
    """A carriage return brings a screen back to where the name stands."""
    assert _passed_on([b"50%\r", b"60%\r\n"]) == [b"a | 50%\ra | 60%\n"]


@given(strategies.lists(strategies.sampled_from([b"a", b"\r", b"\n", b"\r\n", b"\xe2\x82"]), max_size=30))
def test_cuts_do_not_matter(pieces: list[bytes]) -> None:
    """However the bytes arrive, the lines are the same, and each has the name in front."""
    whole = b"".join(_passed_on([b"".join(pieces)]))

    assert b"".join(_passed_on(pieces)) == whole
    assert all(line.startswith(b"a | ") for line in whole.splitlines())


def test_a_line_that_does_not_end_is_cut() -> None:
    """A board that prints dots all day does not fill the memory."""
    passed = _passed_on([b"." * 50_000, b"." * 50_000])

    assert [len(piece) for piece in passed] == [4 + 65536 + 1, 4 + 34464 + 1]
