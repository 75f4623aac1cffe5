"""`ws://HOST` and `wss://HOST`: a board's WebREPL, its REPL over WiFi.

Knows the login, and which frames a board understands; websocket-client makes and reads the frames.
The server of MicroPython sends text frames whatever the bytes are, ignores pings, takes no frame of
64 KiB or more, and serves one client at a time.
Source: MicroPython, `extmod/modwebrepl.c`, `extmod/modwebsocket.c`, and the module `webrepl`.
"""

from __future__ import annotations

import ssl
import threading
from typing import TYPE_CHECKING

import websocket
from websocket import ABNF

from belay_transport.errors import AuthenticationError, ConnectionFailedError, ConnectionLost
from belay_transport.links.asides import Asides
from belay_transport.links.dialogue import Dialogue
from belay_transport.links.streams import Stream, TooMuchError
from belay_transport.links.threads import ThreadedWire

if TYPE_CHECKING:
    from belay_transport.address import WebReplAddress

__all__ = ["WebReplLink"]

_GREETING_BYTES = 65536
"""Most that the answer to the opening request may have: ten times what browsers take for its headers."""

_FRAME_BYTES = 16 << 20
"""Most that one frame may have: a board's are below 64 KiB, and a relay on the way may join some."""

_GOODBYE_S = 0.5
"""How long closing waits until the board has let go: the next client would find it busy until then."""

_SHOWN_LETTERS = 200
"""Most that a message shows of what a server said: about two lines of a terminal."""

_PASSWORD_LENGTHS = range(4, 10)
"""How many characters boards take for a password. Source: MicroPython, the module `webrepl_setup`."""

_SWITCHING = 101
"""The status of an accepted opening request. Source: RFC 6455, section 4.1."""

_NORMAL_CLOSURE = (1000).to_bytes(2, "big")
"""Source: RFC 6455, section 7.4.1."""

_PROMPT = b"Password: "
_CONNECTED = b"\r\nWebREPL connected\r\n>>> "
_DENIED = b"\r\nAccess denied\r\n"

_ONE_CLIENT = "a board serves one WebREPL client at a time: close the other one, or reset the board"


class WebReplLink:
    """A link over a board's WebREPL, logged in; see `Link`.

    Args:
        address: where the WebREPL is.
        password: what the board's `webrepl_cfg.py` has as `PASS`. One of a length that boards do not
            take is tried all the same: what answers may be a relay with a rule of its own.
        timeout_s: seconds that connecting and logging in may take together.
        context: for `wss://`: which certificates are trusted; None for those that the system trusts.

    Raises:
        ConnectionFailedError: nobody answers there, or no WebREPL does; the certificate is not trusted.
        AuthenticationError: the board refused the password.
    """

    # What comes is handed to a ring of about 256 bytes, and what that cannot hold is lost.
    # Source: micropython/micropython issue 2497
    flow_control = False
    survives_reset = False  # the board serves it, and its reset ends the connection

    def __init__(
        self,
        address: WebReplAddress,
        *,
        password: str,
        timeout_s: float = 10.0,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.description = f"WebREPL {address.url}"
        self._address = address
        self._stream = Stream(
            address.host, address.port, timeout_s=timeout_s, hint="does the board run `webrepl.start()`?"
        )
        self._frames = websocket.WebSocket(skip_utf8_validation=True, enable_multithread=False)
        self._asides = Asides(self._stream.send)
        self._dialogue = Dialogue(self._receive_frame)
        self._leaving = False
        self._gone = threading.Event()  # nothing more will come
        try:
            self._open(context, password, timeout_s)
        except BaseException:
            self._stream.close()
            raise
        self._wire = ThreadedWire(
            self._receive,
            self._transmit,
            description=self.description,
            lost=_lost,
            stop=self._stop,
            release=self._stream.close,
        )

    def read(self, timeout_s: float | None) -> bytes:
        """Return what the board has sent; see `Link.read`. Of a frame that a break cut, nothing."""
        return self._wire.read(timeout_s)

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Send `data` to the board; see `Link.write`."""
        self._wire.write(data, timeout_s)

    def wake(self) -> None:
        """Make the read in progress, or else the next one, return b"" at once."""
        self._wire.wake()

    def close(self) -> None:
        """Say goodbye, and close the connection."""
        self._wire.close()

    # Opening

    def _open(self, context: ssl.SSLContext | None, password: str, timeout_s: float) -> None:
        attempt = f"Connecting to {self.description} failed"
        try:
            self._greet(context)
            self._log_in(password)
        except (TimeoutError, websocket.WebSocketTimeoutException) as error:
            raise ConnectionFailedError(
                f"{attempt}: {self._dialogue.awaited} did not come in {timeout_s} s", hint=_ONE_CLIENT
            ) from error
        except (EOFError, ConnectionError, _GoodbyeError) as error:
            said = f" ({error})" if isinstance(error, _GoodbyeError) else ""
            raise ConnectionFailedError(
                f"{attempt}: the other side closed the connection before {self._dialogue.awaited} came{said}",
                hint=_ONE_CLIENT,
            ) from error
        except (OSError, TooMuchError, websocket.WebSocketException) as error:
            raise _opening_error(attempt, error) from error
        self._stream.settle()

    def _greet(self, context: ssl.SSLContext | None) -> None:
        if self._address.secure:
            self._dialogue.awaited = "the end of the TLS handshake"
            self._stream.encrypt(context or ssl.create_default_context(), self._address.host)
        self._dialogue.awaited = "the answer to the opening request"
        self._stream.allow(_GREETING_BYTES)
        try:
            self._frames.connect(  # type: ignore[no-untyped-call]  # websocket-client types only some functions
                self._address.url, socket=self._stream, suppress_origin=True, redirect_limit=0
            )
        except (IndexError, ValueError) as error:  # websocket-client 1.9.0 stumbles over a malformed answer
            raise websocket.WebSocketException(f"the answer is malformed: {error}") from error
        if (status := self._frames.getstatus()) != _SWITCHING:  # 1.9.0 lets a redirection pass
            raise websocket.WebSocketException(f"the answer was HTTP {status}")

    def _log_in(self, password: str) -> None:
        self._dialogue.wait_for(_PROMPT, awaited="the prompt for the password")
        self._transmit(password.encode() + b"\r")
        if self._dialogue.wait_for(_CONNECTED, _DENIED, awaited="the answer to the password") == _DENIED:
            raise AuthenticationError(
                f"The WebREPL at {self._address.host}, port {self._address.port} refused the password",
                hint=f"give `password=`, what `webrepl_cfg.py` on the board has as `PASS`{_length(password)}",
            )

    # The two threads of the wire

    def _receive(self) -> bytes:
        if self._dialogue.heard:  # came together with the last words of the login
            data, self._dialogue.heard = self._dialogue.heard, b""
            return data
        try:
            data = self._receive_frame()
            while self._leaving:  # until the board has let go
                self._receive_frame()
        except BaseException:
            self._gone.set()
            raise
        return data

    def _receive_frame(self) -> bytes:
        """Wait for a frame and return its bytes, maybe none."""
        self._stream.allow(_FRAME_BYTES)
        frame = self._frames.recv_frame()  # type: ignore[no-untyped-call]  # as above
        if frame.opcode == ABNF.OPCODE_CLOSE:
            if not self._leaving:  # a goodbye is answered, and the server waits for the end
                self._asides.try_last(_frame(frame.data, ABNF.OPCODE_CLOSE))
                self._stream.shutdown()
            raise _GoodbyeError(frame.data)
        if frame.opcode == ABNF.OPCODE_PING:
            self._asides.answer(_frame(frame.data, ABNF.OPCODE_PONG))
        if frame.opcode in {ABNF.OPCODE_PING, ABNF.OPCODE_PONG}:
            return b""
        return bytes(frame.data)

    def _transmit(self, data: bytes) -> None:
        """Send the wire's next chunk, which is far below 64 KiB, as one frame."""
        with self._asides.writing():
            self._stream.send(_frame(data, ABNF.OPCODE_TEXT))

    def _stop(self) -> None:
        self._leaving = True
        self._stream.hurry(_GOODBYE_S)
        if not self._gone.is_set() and self._asides.try_last(_frame(_NORMAL_CLOSURE, ABNF.OPCODE_CLOSE)):
            self._gone.wait(_GOODBYE_S)
        self._stream.shutdown()


class _GoodbyeError(Exception):
    """The far end sent a close frame; the text says which."""

    def __init__(self, payload: bytes) -> None:
        code, reason = int.from_bytes(payload[:2], "big"), payload[2:].decode("utf-8", "backslashreplace")
        super().__init__(
            f"code {code}" + (f": {reason!r}" if reason else "") if payload else "without a code"
        )


def _frame(data: bytes, opcode: int) -> bytes:
    return ABNF.create_frame(data, opcode).format()


def _length(password: str) -> str:
    """Return what is to be said of a password that is too long or too short for a board."""
    if len(password) in _PASSWORD_LENGTHS:
        return ""
    return f"; boards take 4 to 9 characters, and this one has {len(password)}"


def _opening_error(attempt: str, error: Exception) -> ConnectionFailedError:
    """Return the error that says why a server is no WebREPL, or not one to be trusted."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return ConnectionFailedError(
            f"{attempt}: its certificate is not trusted: {error.verify_message}",
            hint="`SSL_CERT_FILE=PATH` names a file with the certificate of an authority to trust",
        )
    if isinstance(error, ssl.SSLError):
        return ConnectionFailedError(
            f"{attempt}: the TLS handshake failed: {error.reason or error}",
            hint="a board itself speaks no TLS: `ws://…`, or put a relay with a certificate in front of it",
        )
    if isinstance(error, websocket.WebSocketBadStatusException):
        return ConnectionFailedError(
            f"{attempt}: no WebREPL is there, the answer was HTTP {error.status_code}"
        )
    if isinstance(error, websocket.WebSocketException):
        return ConnectionFailedError(f"{attempt}: no WebREPL is there: {str(error)[:_SHOWN_LETTERS]}")
    if isinstance(error, TooMuchError):
        return ConnectionFailedError(f"{attempt}: no WebREPL is there: {error}")
    return ConnectionFailedError(f"{attempt}: {getattr(error, 'strerror', None) or error}")


def _lost(attempt: str, error: Exception | None) -> ConnectionLost:
    if isinstance(error, _GoodbyeError):
        return ConnectionLost(f"{attempt}: the board closed the connection ({error})")
    return ConnectionLost(f"{attempt}: {error or 'the other side closed the connection'}")
