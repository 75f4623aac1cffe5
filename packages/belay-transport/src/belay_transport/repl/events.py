"""What the host's machine reports while it is fed."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Event", "Finished", "Note", "Output", "Ready", "Refused", "Reply", "Restarted"]


class Output(NamedTuple):
    """Bytes that the board's programs printed, as they came."""

    data: bytes


class Ready(NamedTuple):
    """The board waits at the prompt that was asked for; entering, leaving or a soft reset is done."""


class Reply(NamedTuple):
    """A whole reply, its chunks joined and checked.

    Attributes:
        sequence: the number that the wrapper was called with.
        kind: the letter that the wrapper gave it.
        payload: the bytes.
    """

    sequence: int
    kind: str
    payload: bytes


class Note(NamedTuple):
    """What the board says beside its replies, whole and checked; see `notes`.

    Attributes:
        number: the number that the board gave it.
        kind: begins with "x" if it is for the call that runs, with "m" if it is a message.
        payload: the bytes.
    """

    number: int
    kind: str
    payload: bytes


class Finished(NamedTuple):
    """The code that was sent has ended and the board waits for more.

    Attributes:
        error: what the REPL printed as the failure: nothing, or a traceback that came unframed.
        started: whether the wrapper's start mark was seen.
    """

    error: bytes
    started: bool


class Restarted(NamedTuple):
    """The board started anew since the code was sent: everything that it held in memory is gone."""


class Refused(NamedTuple):
    """The time for a step of the protocol passed.

    Attributes:
        attempted: what the machine was doing.
        sent: what it had sent, in words.
        received: what came since, the last bytes of it.
        reboots: how often the board has said meanwhile that it starts anew.
    """

    attempted: str
    sent: str
    received: bytes
    reboots: int = 0


Event = Output | Ready | Reply | Note | Finished | Restarted | Refused
