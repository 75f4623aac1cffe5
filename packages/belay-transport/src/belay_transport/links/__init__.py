"""The wires to a board: what every link can do. Each module beside this one knows one wire."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Link"]


class Link(Protocol):
    """A wire to a board: bytes out, bytes in, and a way to stop waiting.

    One thread reads at a time and one thread writes at a time; they may be two.
    `wake` and `close` may be called from any thread.
    `belay_transport.testing.check_link` is the conformance check that any link can run.
    One that carries ASCII alone has an attribute more, `text_only = True`; see `belay_transport.text_only`.
    """

    @property
    def description(self) -> str:
        """What messages call it, such as "serial port /dev/ttyACM0"."""
        ...

    @property
    def flow_control(self) -> bool:
        """Whether the wire holds bytes back while the board's receive buffer is full."""
        ...

    @property
    def survives_reset(self) -> bool:
        """Whether it is still there when the board was soft-reset: not where the board itself serves it."""
        ...

    def read(self, timeout_s: float | None) -> bytes:
        """Wait for bytes and return all that have come, at least one.

        Args:
            timeout_s: seconds to wait at most, 0 for what is there now; None waits for ever.

        Returns:
            The bytes, or b"" when the time passed or `wake` was called.

        Raises:
            ConnectionLost: the wire broke or the link is closed; the message says why.
                Bytes that came before the break are returned first.
        """
        ...

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Send all of `data`.

        Args:
            data: the bytes, any number.
            timeout_s: seconds that the whole write may take; None waits for ever.

        Raises:
            ConnectionLost: the wire broke, the link is closed, or the other side did not take all
                the bytes in time; the message says how many were taken.
        """
        ...

    def wake(self) -> None:
        """Make the read in progress, or else the next one, return b"" at once."""
        ...

    def close(self) -> None:
        """Release the wire; a read in progress raises `ConnectionLost`. Closing twice is no error."""
        ...
