"""A command line up to the cursor -> its words, as a shell reads them.

Knows quotes, escapes and what bash takes for the end of a word. Runs nothing: what only a shell can expand
stays as it was typed.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Line", "read_line"]

_BLANKS = " \t\n"
_ESCAPABLE_IN_QUOTES = '"\\$`\n'
"""Source: POSIX shell, 2.2.3 "Double-Quotes"."""


class Line(NamedTuple):
    """What was typed.

    Attributes:
        words: those before the cursor that are at their end.
        word: the one at the cursor, without its quotes; "" for none yet.
        quote: the quote that is open at the cursor, or "".
        kept: how many letters of the word stand before the part that bash replaces.
        raw: the word as it was typed.
    """

    words: list[str]
    word: str
    quote: str
    kept: int
    raw: str


def read_line(text: str, *, escape: str = "\\", breaks: str = "") -> Line:
    r"""Return what the words of a line are.

    Args:
        text: from its start to the cursor.
        escape: what takes the meaning of the letter behind it: "\\", "`" in PowerShell.
        breaks: letters at which bash lets a word end for completion, without a blank: `COMP_WORDBREAKS`.

    Example:
        >>> read_line("belay fs cat 'my fi").word
        'my fi'
    """
    words: list[str] = []
    word, quote, kept, started = "", "", 0, None
    kept_before_quote = 0
    place = 0
    while place < len(text):
        letter = text[place]
        if letter in _BLANKS and not quote:
            if started is not None:
                words.append(word)
            word, kept, started = "", 0, None
            place += 1
            continue
        started = place if started is None else started
        if letter == escape and quote != "'" and place + 1 < len(text):
            place += 1
            if quote and escape == "\\" and text[place] not in _ESCAPABLE_IN_QUOTES:
                word += escape
            word += text[place]
        elif letter == quote:
            quote = ""
            kept = kept_before_quote  # bash sees no end of a word in what is quoted, the quotes among that
        elif letter in "'\"" and not quote:
            quote = letter
            kept_before_quote, kept = kept, len(word)
        else:
            word += letter
            if not quote and letter in breaks:
                kept = len(word)
        place += 1
    return Line(words, word, quote, kept, "" if started is None else text[started:])
