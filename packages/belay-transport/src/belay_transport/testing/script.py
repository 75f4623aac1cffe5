"""The steps that a `ScriptedLink` plays: values, no behaviour."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Break", "Expect", "Send", "SkipUntil", "Stall", "Step"]


class Send(NamedTuple):
    """The board sends `data`, `after_s` seconds after the step before it."""

    data: bytes
    after_s: float = 0.0


class Expect(NamedTuple):
    """The host must write exactly `data` next, in one write or in many."""

    data: bytes


class SkipUntil(NamedTuple):
    """The host may write anything; the step is over with the last byte of the first `end`."""

    end: bytes


class Break(NamedTuple):
    """The wire breaks here: writing fails, and so does reading once what was sent before is read."""

    reason: str = "unplugged"


class Stall(NamedTuple):
    """The board takes no byte from here on; the script ends here."""


Step = Send | Expect | SkipUntil | Break | Stall
