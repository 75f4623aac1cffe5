r"""`telnet://USER:PASSWORD@HOST`, or a bare IPv4 address: a board's telnet server.

Knows telnet's commands, all of which it refuses, and the login that boards ask for (WiPy and others
with Pycom's server). In the data 0xFF is doubled, and a carriage return alone is followed by a NUL.
Source: RFC 854; MicroPython, `ports/cc3200/telnet/telnet.c`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from belay_transport.errors import AuthenticationError, ConnectionFailedError, ConnectionLost
from belay_transport.links.asides import Asides
from belay_transport.links.dialogue import Dialogue
from belay_transport.links.streams import Stream
from belay_transport.links.threads import ThreadedWire

if TYPE_CHECKING:
    from belay_transport.address import TelnetAddress

__all__ = ["TelnetLink", "TelnetReader", "escape_telnet"]

_READ_BYTES = 65536
"""Most that one read takes: as for the other links, what a pipe holds on Linux."""

_QUIET_S = 0.2
"""How long a server must have been quiet before it is told who we are.

The WiPy's throws away what comes until 4 ms after its prompt, and then sends options.
"""

_IAC, _SE, _SB, _WILL, _WONT, _DO, _DONT = 255, 240, 250, 251, 252, 253, 254
"""Telnet's commands. Source: RFC 854, "Telnet command structure"."""

_REFUSALS = {_WILL: _DONT, _DO: _WONT}
"""What an offer or a request is answered with; refusals are taken without an answer."""

_USER_PROMPTS = (b"ogin as:", b"ogin:")
_PASSWORD_PROMPTS = (b"assword:",)
_WELCOMES = (b"ogin succeeded", b">>> ")
_REFUSED = (b"nvalid credentials", b"ncorrect", b"ogin as:", b"assword:")
"""The WiPy asks for the user again; others say what is wrong first."""

_LONE_RETURN = re.compile(rb"\r(?!\n)")


class TelnetLink:
    """A link to a board's telnet server, logged in; see `Link`.

    Args:
        address: where the server is; a user and a password in it win over the arguments.
        user: whom to log in as.
        password: the user's.
        timeout_s: seconds that connecting and logging in may take together.

    Raises:
        ConnectionFailedError: nobody answers there, or what answers asks for no login.
        AuthenticationError: the user or the password was refused.
    """

    flow_control = False  # the WiPy's server holds bytes back, those in Python lose what does not fit
    survives_reset = False  # the board serves it, and its reset ends the connection
    text_only = True
    """The WiPy's server drops NUL, takes each byte above 127 for the first of three of a command, and doubles
    nothing in what it sends. Source: MicroPython, `ports/cc3200/telnet/telnet.c`. Others do as RFC 854 says,
    which nothing shows beforehand."""

    def __init__(self, address: TelnetAddress, *, user: str, password: str, timeout_s: float = 10.0) -> None:
        self.description = f"telnet server {address.host}, port {address.port}"
        self._stream = Stream(
            address.host, address.port, timeout_s=timeout_s, hint="does the board run a telnet server?"
        )
        self._reader = TelnetReader()
        self._asides = Asides(self._stream.send)
        self._dialogue = Dialogue(self._receive_some)
        try:
            self._open(
                user if address.user is None else address.user,
                password if address.password is None else address.password,
                timeout_s,
            )
        except BaseException:
            self._stream.close()
            raise
        self._wire = ThreadedWire(
            self._receive,
            self._transmit,
            description=self.description,
            lost=_lost,
            stop=self._stream.shutdown,
            release=self._stream.close,
        )

    def read(self, timeout_s: float | None) -> bytes:
        """Return what the board has sent; see `Link.read`."""
        return self._wire.read(timeout_s)

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Send `data` to the board; see `Link.write`."""
        self._wire.write(data, timeout_s)

    def wake(self) -> None:
        """Make the read in progress, or else the next one, return b"" at once."""
        self._wire.wake()

    def close(self) -> None:
        """Close the connection."""
        self._wire.close()

    # Opening

    def _open(self, user: str, password: str, timeout_s: float) -> None:
        attempt = f"Connecting to {self.description} failed"
        try:
            self._log_in(user, password)
        except TimeoutError as error:
            raise ConnectionFailedError(
                f"{attempt}: {self._dialogue.awaited} did not come in {timeout_s} s",
                hint="`socket://HOST:PORT` opens a server that asks for no login",
            ) from error
        except EOFError as error:
            raise ConnectionFailedError(
                f"{attempt}: the other side closed the connection before {self._dialogue.awaited} came"
            ) from error
        except OSError as error:
            raise ConnectionFailedError(f"{attempt}: {error.strerror or error}") from error
        self._stream.settle()

    def _log_in(self, user: str, password: str) -> None:
        wait_for = self._dialogue.wait_for
        word = wait_for(*_USER_PROMPTS, *_PASSWORD_PROMPTS, *_WELCOMES, awaited="the prompt for the user")
        if word in _USER_PROMPTS:
            self._tell(user)
            word = wait_for(*_PASSWORD_PROMPTS, *_WELCOMES, awaited="the prompt for the password")
        if word in _PASSWORD_PROMPTS:
            self._tell(password)
            word = wait_for(*_WELCOMES, *_REFUSED, awaited="the answer to the password")
        if word not in _WELCOMES:
            raise AuthenticationError(
                f"The {self.description} refused the user `{user}` or the password",
                hint="give them as `user=` and `password=`, or in the address: `telnet://USER:PASSWORD@HOST`",
            )

    def _tell(self, word: str) -> None:
        """Send a word once the server has been quiet for a while."""
        try:
            while True:
                self._dialogue.add(self._receive_some(_QUIET_S))
        except TimeoutError:
            self._stream.send(escape_telnet(word.encode()) + b"\r\n")

    # The two threads of the wire

    def _receive(self) -> bytes:
        if self._dialogue.heard:  # came together with the last words of the login
            data, self._dialogue.heard = self._dialogue.heard, b""
            return data
        return self._receive_some()

    def _receive_some(self, timeout_s: float | None = None) -> bytes:
        """Wait for bytes and return what of them is data; refuse what the server asks."""
        data, answers = self._reader.feed(self._stream.recv(_READ_BYTES, timeout_s))
        if answers:
            self._asides.answer(answers)
        return data

    def _transmit(self, data: bytes) -> None:
        with self._asides.writing():
            self._stream.send(escape_telnet(data))


class TelnetReader:
    """Tell data from commands in what a telnet server sends, however it is cut."""

    def __init__(self) -> None:
        self._command = bytearray()  # begun, not yet whole
        self._returned = False  # the last byte of data was a carriage return

    def feed(self, received: bytes) -> tuple[bytes, bytes]:
        """Return what of the bytes is data, and what to answer to the commands among them."""
        if not (self._command or self._returned or _IAC in received or b"\r\0" in received):
            self._returned = received.endswith(b"\r")
            return received, b""  # nothing to do, as most often
        data, answers = bytearray(), bytearray()
        for byte in received:
            if self._command:
                self._feed_command(byte, data, answers)
            elif byte == _IAC:
                self._command.append(byte)
            elif byte or not self._returned:
                data.append(byte)
                self._returned = byte == ord("\r")
            else:
                self._returned = False  # the NUL that makes a carriage return one
        return bytes(data), bytes(answers)

    def _feed_command(self, byte: int, data: bytearray, answers: bytearray) -> None:
        """Take the next byte of a command: IAC, what, and maybe which option; or IAC SB … IAC SE."""
        command = self._command
        if command[1:2] == bytes((_SB,)):
            escaped = command[2:] == bytes((_IAC,))
            if escaped and byte == _SE:
                command.clear()
            else:  # of an option's details only the last byte is kept, to see their end
                command[2:] = b"" if escaped else bytes((byte,))
        elif len(command) == 1 and byte >= _SB and byte != _IAC:
            command.append(byte)
        else:
            if len(command) > 1 and command[1] in _REFUSALS:
                answers += bytes((_IAC, _REFUSALS[command[1]], byte))
            elif len(command) == 1 and byte == _IAC:
                data.append(byte)
                self._returned = False
            command.clear()


def escape_telnet(data: bytes) -> bytes:
    """Return data as telnet sends it."""
    return _LONE_RETURN.sub(b"\r\0", data.replace(b"\xff", b"\xff\xff"))


def _lost(attempt: str, error: Exception | None) -> ConnectionLost:
    return ConnectionLost(f"{attempt}: {error or 'the other side closed the connection'}")
