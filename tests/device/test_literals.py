"""Where string literals end, by the same rules on every host."""

from __future__ import annotations

import pytest

from belay.literals import BrokenCodeError, string_end, string_prefix


@pytest.mark.parametrize(
    "literal",
    [
        "''",
        '"it\'s"',
        r"'it\'s'",
        r"r'\''",
        "'''two\n'lines'''",
        r"'''\''''",
        '"""a "word" """',
        'b"x"',
        "Rb'x'",
        "'continued\\\nhere'",
        "f'{x}'",
        "f'{{}}'",
        "f'{x!r:>{width}}'",
        "f'{\"}\"}'",
        "f'{x['a']}'",
        'f\'{x["a"]:{"}"}}\'',
        "f'{f'{f'{1}'}'}'",
        r"f'\N{BULLET}'",
        r"rf'\N{x}'",
        r"f'\{x}'",
        r"fr'\\{x}'",
        "f'''{\nx  # it's\n}'''",
        "f'''{x:\n}'''",
        "f'{(lambda: {1: 2})()}'",
        "f'{x:%H:%M}'",
        "f'{x:\"}'",
        "t'{x!s}'",
    ],
)
def test_a_literal_ends_where_its_quote_closes(literal: str) -> None:
    """The end of a literal is found whatever stands in it, and before whatever stands behind it."""
    code = f"print({literal}+'more')"
    start = code.index(literal) + literal.index(next(sign for sign in literal if sign in "'\""))

    end = string_end(code, start, string_prefix(code, start))

    assert code[6:end] == literal


@pytest.mark.parametrize(
    "literal",
    ["'x", "'x\n'", '"""x"', "f'{x'", "f'{x\n", "f'{x:\n}'", "f'{x:'}'", r"f'\N{x'", "f'x\n'", "f'}"],
)
def test_a_literal_that_never_closes_is_broken(literal: str) -> None:
    """A literal without an end is told from one that has an end."""
    prefix = "f" if literal.startswith("f") else ""

    with pytest.raises(BrokenCodeError):
        string_end(literal, len(prefix), prefix)


@pytest.mark.parametrize(
    ("before", "prefix"),
    [
        ("", ""),
        ("x = ", ""),
        ("r", "r"),
        ("x = Rb", "rb"),
        ("(F", "f"),
        ("if", ""),
        ("print", ""),
        ("_f", ""),
        ("1f", ""),
        ("éf", ""),
        ("f ", ""),
        ("ur", ""),
    ],
)
def test_a_prefix_is_a_whole_word(before: str, prefix: str) -> None:
    """Letters belong to a string only if they touch it, are a prefix, and end no longer word."""
    code = before + "'x'"

    found = string_prefix(code, len(before))

    assert found == prefix
