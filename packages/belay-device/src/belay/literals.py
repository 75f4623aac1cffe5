"""Where a string literal begins and ends.

Knows prefixes, quotes, escapes, and the fields of f-strings and t-strings, by the same rules on every host.
Must not know what the code around a literal means, nor what is done with it.
"""

from __future__ import annotations

import re

__all__ = ["BrokenCodeError", "string_end", "string_prefix"]

_PREFIXES = frozenset({"b", "f", "r", "t", "u", "br", "rb", "fr", "rf", "tr", "rt"})
_LITERAL_MARK = re.compile(r"[{}\\\n'\"]")
_FIELD_MARK = re.compile(r"#[^\n]*|[()\[\]{}:'\"]")
_STRING_REST = {
    "'": re.compile(r"[^'\\\n]*(?:\\.[^'\\\n]*)*'", re.DOTALL),
    '"': re.compile(r'[^"\\\n]*(?:\\.[^"\\\n]*)*"', re.DOTALL),
    "'''": re.compile(r"[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''", re.DOTALL),
    '"""': re.compile(r'[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""', re.DOTALL),
}


class BrokenCodeError(ValueError):
    """The code's lexical structure is broken; whoever asked passes the code on as it is."""


def string_prefix(code: str, start: int) -> str:
    """Return the letters that belong to a string whose opening quote is, or would be, at `start`.

    Returns:
        the letters in lower case, or "".
    """
    for first in (start - 2, start - 1):
        if first >= 0 and code[first:start].lower() in _PREFIXES:
            before = code[first - 1] if first else ""
            # To MicroPython, all that is not ASCII is part of a word.
            is_word = before.isalnum() or before == "_" or before > "\x7f"
            return "" if is_word else code[first:start].lower()
    return ""


def string_end(code: str, start: int, prefix: str) -> int:
    """Return the position behind the string whose opening quote is at `start`.

    Raises:
        BrokenCodeError: it never closes.
    """
    quote = code[start] * 3 if code.startswith(code[start] * 3, start) else code[start]
    if "f" in prefix or "t" in prefix:
        return _literal_end(code, start + len(quote), quote, is_raw="r" in prefix)
    rest = _STRING_REST[quote].match(code, start + len(quote))
    if rest is None:
        raise BrokenCodeError("a string that never closes")
    return rest.end()


def _literal_end(code: str, position: int, quote: str, *, is_raw: bool, in_format: bool = False) -> int:
    """Return the position behind the literal text of an f-string, or of the format of one of its fields."""
    while mark := _LITERAL_MARK.search(code, position):
        position = mark.end()
        if mark[0] == "{" and (in_format or not code.startswith("{", position)):
            position = _field_end(code, position, quote, is_raw=is_raw)
        elif mark[0] == "{":
            position += 1
        elif mark[0] == "}" and in_format:
            return position
        elif mark[0] == "\\":
            position = _escape_end(code, position, is_raw=is_raw)
        elif mark[0] == "\n" and len(quote) == 1:
            break
        elif code.startswith(quote, mark.start()):
            if in_format:
                break
            return mark.start() + len(quote)
    raise BrokenCodeError("an f-string that never closes")


def _escape_end(code: str, position: int, *, is_raw: bool) -> int:
    if not is_raw and code.startswith("N{", position):  # a character's name, not a field
        position = code.find("}", position)
        if position < 0:
            raise BrokenCodeError("the name of a character that never ends")
        return position + 1
    return position if code.startswith(("{", "}"), position) else position + 1


def _field_end(code: str, position: int, quote: str, *, is_raw: bool) -> int:
    """Return the position behind the `}` that ends a field.

    Source: PEP 701. MicroPython, too, lets a field contain the quote that encloses it.
    """
    depth = 0
    while mark := _FIELD_MARK.search(code, position):
        position = mark.end()
        if mark[0] in "'\"":
            position = string_end(code, mark.start(), string_prefix(code, mark.start()))
        elif mark[0] in "([{":
            depth += 1
        elif depth and mark[0] in ")]}":
            depth -= 1
        elif mark[0] == "}":
            return position
        elif mark[0] == ":" and not depth:
            return _literal_end(code, position, quote, is_raw=is_raw, in_format=True)
    raise BrokenCodeError("a field that never closes")
