"""Which blanks a stretch of code can do without.

Knows which characters grow together into one word, number or operator. The stretch has no string, comment or
line end in it: where those are, is someone else's question.
"""

from __future__ import annotations

import re

__all__ = ["BLANKS", "without_loose_blanks"]

BLANKS = " \t\f"
"""What Python takes for blank within a line."""

# What is neither blank nor part of a word. To MicroPython, all that is not ASCII is part of a word. (Asked
# the other way round, for `\w` and all that is not ASCII, each such pattern takes 8 ms to compile.)
_SIGN = r"\x00-\x08\x0b\x0e-\x1f!-/:-@\[-^`{-\x7f"

# Of single blanks, those that can go: not between two words, nor where the neighbours would grow together.
_LOOSE = re.compile(
    rf"""[ ]
    (?!(?<=[0-9]\.[ ])[^{_SIGN}]         # `1. if x`: MicroPython would read the number `1.if`
      |(?<=[0-9a-fA-FjJ.][ ])\.          # `1 .real`, `0xf .real`
      # Mistakes must stay mistakes: `x = = 1`, `2 * * 3`, `- >`, `. 5`, `1e - 3`
      |(?<=[-+*/%@&|^=<>!:][ ])=
      |(?<=([*/<>])[ ])\1
      |(?<=-[ ])>
      |(?<=\.[ ])[0-9]
      |(?<=[0-9][eE][ ])[-+]
      |(?<=[0-9][eE][-+][ ])[0-9])
    (?:(?<![^{_SIGN}][ ])|(?![^{_SIGN}]))""",
    re.VERBOSE,
)
_RUN = re.compile(rf"[{BLANKS}]+")


def without_loose_blanks(stretch: str) -> str:
    """Return a stretch of code with one blank where words would grow together, and none elsewhere.

    What is invalid stays invalid: no two signs become one.

    >>> without_loose_blanks("x  =  1 if y [ 0 ] else - 2")
    'x=1 if y[0]else-2'
    """
    if "  " in stretch or "\t" in stretch or "\f" in stretch:
        stretch = _RUN.sub(" ", stretch)
    return _LOOSE.sub("", stretch)
