"""Starting code on a board without waiting for its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_transport.errors import ProtocolError

if TYPE_CHECKING:
    from belay_transport.links import Link

__all__ = ["start_code"]

_WAIT_S = 10.0
_RAW = b"raw REPL; CTRL-B to exit\r\n>"


def start_code(link: Link, code: str) -> None:
    """Run code on a board that is at its friendly prompt, and return as soon as the board has it.

    When the code has ended, the board comes to its friendly prompt again.
    Source: MicroPython reference, "The MicroPython REPL", raw mode.

    Raises:
        ProtocolError: the board does not take it.
        ConnectionLost: the link broke.
    """
    link.write(b"\x01", _WAIT_S)
    _wait_for(link, _RAW)
    link.write(code.encode() + b"\x04", _WAIT_S)
    _wait_for(link, b"OK")
    link.write(b"\x02", _WAIT_S)


def _wait_for(link: Link, text: bytes) -> None:
    seen = b""
    while text not in seen:
        piece = link.read(_WAIT_S)
        if not piece:
            raise ProtocolError(f"{link.description} said {seen!r} in {_WAIT_S} s, and not {text!r}")
        seen += piece
