"""The grammar of a board's `repr`: brackets, calls, fields, separators.

This room reads with a regular expression for the next token and a stack for what is open.
It evaluates nothing, and refuses without a word: what to tell the user is `belay.values.decoding`'s.
"""

from __future__ import annotations

import re

from belay.values.builders import ATTRIBUTE_TUPLE, CALLS, NotBuiltError, build_braces, build_named_tuple
from belay.values.literals import NOTHING, WORDS, bytes_of, number_of, numbers_of, quote_end, string_of

__all__ = ["Reader", "RefusedError"]

_MAX_DEPTH = 2000
"""Levels of nesting. CPython hashes nested tuples by an unchecked recursion in C; 2000 levels take some
400 kB of stack, which every thread has. No board's own stack lets it print as many."""

_VALUE = re.compile(
    r"""\s*(?:
    (?P<run>[-+.e\d]+(?:,\ [-+.e\d]+)+(?=[,\])}]))  # numbers: they are many, so all of them at once
    |(?P<quote>b?['"])
    |(?P<field>\w+)=
    |(?P<call>\w+)\(
    |(?P<bare>[-+.\w]+)
    |(?P<open>[\[({])
    |(?P<close>[\])}])
    |<(?P<object>[^\s<>]*)
    )""",
    re.VERBOSE,
)
_AFTER = re.compile(r"\s*([,:\])}])")
_CLOSING = {"[": "]", "(": ")", "{": "}"}


class RefusedError(Exception):
    """The text holds something else than a literal: of this type, "" when it does not tell."""

    def __init__(self, type_name: str = "") -> None:
        super().__init__(type_name)
        self.type_name = type_name


class _Frame:
    """A bracket or a call that is open."""

    __slots__ = ("colons", "commas", "fields", "items", "opening")

    def __init__(self, opening: str) -> None:
        self.opening = opening  # a bracket, or the name of a call
        self.items: list[object] = []
        self.fields: list[str] = []
        self.colons = 0
        self.commas = 0

    def build(self) -> object:
        """Make the value, now that all parts are there.

        Raises:
            ValueError, TypeError, OverflowError: the parts do not fit.
        """
        items, opening = self.items, self.opening
        if self.fields:
            if len(self.fields) != len(items) or opening in CALLS or opening in ("[", "{"):
                raise NotBuiltError("fields out of place")
            return build_named_tuple(ATTRIBUTE_TUPLE if opening == "(" else opening, self.fields, items)
        if opening == "[":
            return items
        if opening == "(":
            return self._parenthesized()
        if opening == "{":
            if self.colons and len(items) != 2 * self.colons:
                raise NotBuiltError("a key without a value")
            return build_braces(items, self.colons)
        if opening not in CALLS:
            raise NotBuiltError("a call of no host type")
        return CALLS[opening](*items)

    def _parenthesized(self) -> object:
        if len(self.items) == 1 and not self.commas:
            if not isinstance(self.items[0], complex):  # (1+2j)
                raise NotBuiltError("one item without a comma")
            return self.items[0]
        return tuple(self.items)


class Reader:
    """Reads one text: alternately a value and what follows it.

    Attributes:
        named_tuples: the names of the named tuples that were read.
    """

    def __init__(self, text: str) -> None:
        self.named_tuples: set[str] = set()
        self._text = text
        self._position = 0
        self._frames: list[_Frame] = []

    def read(self) -> object:
        """Return the value that the text is.

        Raises:
            RefusedError: it is none.
        """
        try:
            value = self._read()
        except (ValueError, TypeError, OverflowError) as error:
            raise RefusedError(self._unknown_call()) from error
        return value

    def _read(self) -> object:
        while True:
            value = self._value()
            while value is not NOTHING:
                if not self._frames:
                    if self._text[self._position :].strip():
                        raise NotBuiltError("something follows the value")
                    return value
                frame = self._frames[-1]
                frame.items.append(value)
                value = self._after(frame)

    def _value(self) -> object:
        match = _VALUE.match(self._text, self._position)
        if match is None:
            raise NotBuiltError("no value")
        self._position = match.end()
        kind = match.lastgroup or ""
        part = match[kind]
        if kind == "run":
            return self._run(part)
        if kind == "quote":
            return self._quoted(part)
        if kind == "object":
            raise RefusedError(self._unknown_call() or part)
        if kind == "bare":
            return WORDS[part] if part in WORDS else number_of(part)
        return self._structure(kind, part)

    def _structure(self, kind: str, part: str) -> object:
        if kind == "close":
            return self._close(part)
        if kind == "field":
            if not self._frames:
                raise NotBuiltError("a field outside of parentheses")
            self._frames[-1].fields.append(part)
        else:
            if len(self._frames) >= _MAX_DEPTH:
                raise NotBuiltError(f"more than {_MAX_DEPTH} levels")
            self._frames.append(_Frame(part))
        return NOTHING

    def _after(self, frame: _Frame) -> object:
        match = _AFTER.match(self._text, self._position)
        if match is None:
            raise NotBuiltError("no separator after a value")
        self._position = match.end()
        sign = match[1]
        if sign == ",":
            frame.commas += 1
            return NOTHING
        if sign == ":":
            if frame.opening != "{" or len(frame.items) != 2 * frame.colons + 1:
                raise NotBuiltError("a colon out of place")
            frame.colons += 1
            return NOTHING
        return self._close(sign)

    def _close(self, sign: str) -> object:
        if not self._frames or _CLOSING.get(self._frames[-1].opening, ")") != sign:
            raise NotBuiltError("a bracket that closes none")
        frame = self._frames[-1]  # left in place if it fails: it may tell the type's name
        value = frame.build()
        if frame.fields:
            self.named_tuples.add(frame.opening)
        self._frames.pop()
        return value

    def _run(self, part: str) -> object:
        """Several numbers at once: all but the last go to the open bracket."""
        if not self._frames:
            raise NotBuiltError("several values")
        numbers = numbers_of(part)
        frame = self._frames[-1]
        frame.items += numbers[:-1]
        frame.commas += len(numbers) - 1
        return numbers[-1]

    def _quoted(self, opening: str) -> object:
        end = quote_end(self._text, opening[-1], self._position)
        body = self._text[self._position : end]
        self._position = end + 1
        return bytes_of(body) if opening[0] == "b" else string_of(body)

    def _unknown_call(self) -> str:
        """The outermost name around the current place that stands for no host type; "" when there is none."""
        names = (frame.opening for frame in self._frames)
        return next((name for name in names if name not in CALLS and name not in _CLOSING), "")
