"""One number, word or string of a board's `repr`, or a list of numbers, as a host value.

This room knows how MicroPython spells a literal; which literals may stand where is `belay.values.reader`'s.
"""

from __future__ import annotations

import codecs

from belay.values.builders import NotBuiltError, long_int

__all__ = [
    "NOTHING",
    "WORDS",
    "bytes_of",
    "number_list_of",
    "number_of",
    "numbers_of",
    "quote_end",
    "string_of",
]

NOTHING = object()
"""Stands for "no value": None is one."""

WORDS = {
    "None": None,
    "True": True,
    "False": False,
    "Ellipsis": ...,
    "NotImplemented": NotImplemented,
}

_NUMBER_LETTERS = "0123456789+-.einfaj"  # of nan, inf and j, too; not of "1_000" and "infinity"
_OF_NUMBERS = b"0123456789+-.e, "
_BYTES_ESCAPES = ("\\x", "\\n", "\\t", "\\r", "\\'", '\\"')
_STRING_ESCAPES = (*_BYTES_ESCAPES, "\\u", "\\U")


def number_of(text: str) -> object:
    """Return the int, float or complex number; a complex one without its parentheses.

    Raises:
        ValueError: it is none.
    """
    if not text.strip("+-j") or text.strip(_NUMBER_LETTERS):
        raise NotBuiltError("no number")
    if text.removeprefix("-").isdigit():
        try:
            return int(text)
        except ValueError:  # more digits than CPython takes at once
            return long_int(text)
    return complex(text) if text.endswith("j") else float(text)


def numbers_of(text: str) -> list[object]:
    """Return the numbers that a text separates by a comma and a blank, in C where all are ints.

    Raises:
        ValueError: something in it is no number.
    """
    parts = text.split(", ")
    try:
        return list(map(int, parts))
    except ValueError:
        return [number_of(part) for part in parts]


def number_list_of(text: str) -> object:
    """Return the flat list of numbers that the text is, or `NOTHING` when it is something else."""
    if not (text.startswith("[") and text.endswith("]")) or not text.isascii():
        return NOTHING
    body = text[1:-1]
    if not body or body.encode().translate(None, _OF_NUMBERS):
        return NOTHING
    try:
        return numbers_of(body)
    except ValueError:
        return NOTHING


def bytes_of(body: str) -> bytes:
    """Return the bytes between the quotes of `b'…'`.

    Raises:
        ValueError: it has an escape that MicroPython does not print, or a character beyond ASCII.
    """
    _check_escapes(body, _BYTES_ESCAPES)
    return codecs.escape_decode(body.encode("ascii"))[0]  # what pickle reads its protocol 0 with


def string_of(body: str) -> str:
    """Return the text between quotes.

    Raises:
        ValueError: it has an escape that MicroPython does not print.
    """
    if "\\" not in body:
        return body
    _check_escapes(body, _STRING_ESCAPES)
    # CircuitPython prints letters as they are; as escapes they pass through the decoder of escapes.
    return body.encode("ascii", "backslashreplace").decode("unicode_escape")


def quote_end(text: str, quote: str, start: int) -> int:
    """Return the index of the quote that ends the string whose content begins at `start`.

    A regular expression for the content took 50 ms for 1 MB of bytes; searching for quotes takes 1 ms.

    Raises:
        NotBuiltError: there is none.
    """
    end = text.find(quote, start)
    while end >= 0:
        before = end
        while text[before - 1] == "\\":
            before -= 1
        if (end - before) % 2 == 0:
            return end
        end = text.find(quote, end + 1)
    raise NotBuiltError("a string without an end")


def _check_escapes(body: str, allowed: tuple[str, ...]) -> None:
    r"""Refuse what is no escape of MicroPython's: CPython would warn of some, and take `\N{…}`."""
    single = body.replace("\\\\", "") if "\\\\" in body else body
    unknown = single.count("\\")
    for escape in allowed:  # counting each in a megabyte takes 3 ms, so no further than needed
        if not unknown:
            return
        unknown -= single.count(escape)
    if unknown:
        raise NotBuiltError("an unknown escape")
