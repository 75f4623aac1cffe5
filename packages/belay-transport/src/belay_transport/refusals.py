"""What a session says when a board does not do what it should: what was sent, what came, what to try.

It knows words; when something is a failure is for `session` and `pump` to know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import CallInterrupted, CallTimeout, ConnectionLost, ProtocolError
from .repl import State, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .repl import Refused

__all__ = [
    "closed",
    "closed_in_call",
    "did_not_stop",
    "interrupted",
    "lost_before",
    "no_answer",
    "no_reply",
    "ran_too_long",
    "started_anew",
]

_RESET = "press the board's reset button or unplug it, then connect again"
_SILENT = (
    "check the address and the baud rate, that the board runs MicroPython or CircuitPython, "
    "that no other program holds it, and that its `main.py` does not reset it at once; "
    "then press its reset button and try again"
)
_RESTARTING = (
    "its `boot.py` or `main.py` ends in a reset: start the board in its safe mode, which runs neither, "
    "or erase its flash; then mend that file"
)
_BUSY = "a program on the board may catch Ctrl-C; press the board's reset button and try again"


def no_answer(board: str, refused: Refused, *, waited_s: float, received: bytes) -> ProtocolError:
    """Return the error for a step of the protocol that the board did not take in time.

    Args:
        board: the link's description.
        refused: what was attempted.
        waited_s: how long.
        received: the last bytes that came since it was attempted, understood or not.
    """
    came = printable(refused.received or received) if refused.received or received else "nothing"
    hint = _RESET
    if refused.attempted == State.ENTERING.value:
        hint = _BUSY if refused.received or received else _SILENT
    restarts = ""
    if refused.reboots > 1:
        restarts = f"and restarted {refused.reboots} times "
        hint = _RESTARTING
    return ProtocolError(
        f"{board} did not answer {restarts}within {waited_s:g} s while {refused.attempted}: "
        f"sent {refused.sent}, received {came}",
        hint=hint,
    )


def did_not_stop(board: str, *, waited_s: float, received: bytes) -> ProtocolError:
    """Return the error for a program that goes on in spite of Ctrl-C."""
    came = printable(received) if received else "nothing"
    return ProtocolError(
        f"{board}: the program did not stop within {waited_s:g} s: sent Ctrl-C again and again, "
        f"received {came}",
        hint=_RESET,
    )


def no_reply(board: str, *, got: int, expected: int, started: bool) -> ProtocolError:
    """Return the error for replies that the board has not, or cannot send undamaged."""
    if started:
        return ProtocolError(
            f"{board} ran the call, but {got} of {expected} replies came back whole, "
            "though they were asked for again",
            hint="the wire damages what it carries: try a slower baud rate or a better cable; "
            "the call has run, so repeat it only if it may run twice",
        )
    return ProtocolError(
        f"{board} took the call and did not run it: received {got} of {expected} replies and no start mark",
        hint="something on the board may have replaced the wrapper: connect again",
    )


def ran_too_long(board: str, *, timeout_s: float, replies: Sequence[object] = ()) -> CallTimeout:
    """Return the error for a program that was interrupted at its deadline, behind these replies."""
    error = CallTimeout(
        f"{board}: the program ran longer than {timeout_s:g} s and was interrupted",
        hint="give it more time with `timeout_s=`",
    )
    error.replies = replies
    return error


def interrupted(board: str) -> CallInterrupted:
    """Return the error for a call that another thread ended."""
    return CallInterrupted(f"another thread interrupted the call to {board}")


def started_anew(board: str) -> ConnectionLost:
    """Return the error for a board that restarted while code ran."""
    return ConnectionLost(
        f"{board} started anew while code ran; what it held in memory is gone",
        hint="the next call finds the board again; what was set up in its memory must be set up anew",
    )


def lost_before(lost: ConnectionLost) -> ConnectionLost:
    """Return the error for a call over a link that broke earlier."""
    return ConnectionLost(f"the link is no longer there: {lost}", hint=lost.hint or "connect again")


def closed(board: str) -> ConnectionLost:
    """Return the error for a call after `close`."""
    return ConnectionLost(f"{board} is closed", hint="connect again with `belay.Device(...)`")


def closed_in_call(board: str) -> ConnectionLost:
    """Return the error for a call during which the session was closed."""
    return ConnectionLost(f"{board} was closed while a call ran; its program was interrupted")
