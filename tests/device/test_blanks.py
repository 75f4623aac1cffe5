"""Which blanks go, and which stay."""

from __future__ import annotations

import pytest

from belay.blanks import without_loose_blanks


@pytest.mark.parametrize(
    ("stretch", "expected"),
    [
        ("x = 1", "x=1"),
        ("  x  ", "x"),
        ("not  x", "not x"),
        ("a\tif \f b", "a if b"),
        ("import\f*", "import*"),
        ("print ( x , - y )", "print(x,-y)"),
        ("é is ñ", "é is ñ"),
        ("[ 1 ] if x", "[1]if x"),
        ("a . b", "a .b"),
        ("from . import x", "from.import x"),
        ("from .. x import y", "from..x import y"),
        ("f(* a, ** b)", "f(*a,**b)"),
        ("a - - b", "a--b"),
        ("x [ : - 1 ]", "x[:-1]"),
    ],
)
def test_only_blanks_between_words_stay(stretch: str, expected: str) -> None:
    """A blank stays, alone, where two words meet, and goes elsewhere."""
    shorter = without_loose_blanks(stretch)

    assert shorter == expected


@pytest.mark.parametrize(
    ("stretch", "expected"),
    [
        ("1 .real", "1 .real"),
        ("1  .real", "1 .real"),
        ("0xf .real", "0xf .real"),
        ("1. .real", "1. .real"),
        ("1. if x", "1. if x"),
        ("1.   if x", "1. if x"),
        ("1. , 2", "1.,2"),
        ("1.    )", "1.)"),
        ("1 if x", "1 if x"),
    ],
)
def test_a_number_does_not_grow(stretch: str, expected: str) -> None:
    """A number keeps its blank before a dot, and before a word that a board's lexer would take into it."""
    shorter = without_loose_blanks(stretch)

    assert shorter == expected


@pytest.mark.parametrize(
    "mistake",
    [
        "x= =1",
        "x+ =1",
        "x! =1",
        "2* *3",
        "2/ /3",
        "x< <y",
        "x> >y",
        "f()- >x",
        "x=. 5",
        "1e -3",
        "1e- 3",
        "(x: =1)",
    ],
)
def test_a_mistake_stays_one(mistake: str) -> None:
    """Two signs do not become one, so that invalid code stays invalid."""
    shorter = without_loose_blanks(mistake)

    assert shorter == mistake


def test_a_long_run_of_blanks_is_one() -> None:
    """Even a hundred thousand blanks are soon one: the work grows with the length, not with its square."""
    stretch = "a" + 100_000 * " " + "b"

    shorter = without_loose_blanks(stretch)

    assert shorter == "a b"
