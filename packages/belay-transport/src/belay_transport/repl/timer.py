"""The machine's timer: set in seconds from now by those who have no clock, read by the one who has."""

from __future__ import annotations

__all__ = ["Timer"]


class Timer:
    """One timer for the whole machine.

    It runs whatever comes meanwhile: a thread of the board that prints all the time must not put off
    for ever what silence would bring about.

    Args:
        step_s: how long the board may take for a step of the protocol.

    Attributes:
        step_s: the same.
    """

    def __init__(self, *, step_s: float) -> None:
        self.step_s = step_s
        self._wait_s: float | None = None
        self._due_s: float | None = None

    def wait(self, seconds: float | None) -> None:
        """Set the timer to `seconds` from now, or switch it off."""
        self._wait_s = seconds
        self._due_s = None

    def wait_for_step(self) -> None:
        """Set the timer to what the board may take for a step of the protocol."""
        self.wait(self.step_s)

    def due_s(self, now_s: float) -> float | None:
        """Return when the timer runs out, None if it is off; one set since the last call starts `now_s`."""
        if self._due_s is None and self._wait_s is not None:
            self._due_s = now_s + self._wait_s
        return self._due_s
