"""What was typed -> which board is meant, as a value that cannot be wrong.

Knows how addresses are written. Opens nothing, and asks the file system one thing only: whether a
word without a slash is a file all the same.

The values are named tuples rather than dataclasses: `dataclasses` costs 10 ms at import.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from belay_transport.errors import AddressError
from belay_transport.ports import UsbSpecifier

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "Address",
    "BelaAddress",
    "ExecPtyAddress",
    "ProcessAddress",
    "SerialAddress",
    "SimAddress",
    "TelnetAddress",
    "UsbAddress",
    "WebReplAddress",
    "hide_password",
    "looks_like_address",
    "parse_address",
]


class SerialAddress(NamedTuple):
    """A port of the operating system ("/dev/ttyACM0", "COM3", a pty), or a URL of pyserial."""

    port: str


class UsbAddress(NamedTuple):
    """The one USB board that fits; an empty specifier means the only board plugged in."""

    specifier: UsbSpecifier


class ProcessAddress(NamedTuple):
    """A program whose stdin and stdout are a board's REPL; run without a shell."""

    command: tuple[str, ...]


class SimAddress(NamedTuple):
    """A simulated board; `pairs` are the options as typed, checked by the simulated board itself."""

    name: str | None
    pairs: tuple[tuple[str, str], ...]


class ExecPtyAddress(NamedTuple):
    """A program that offers a board's REPL on a pty, and names that on stderr; run without a shell."""

    command: tuple[str, ...]


class WebReplAddress(NamedTuple):
    """A board's WebREPL; `secure` means TLS, `path` is empty or begins with a slash or a question mark."""

    host: str
    port: int
    path: str = ""
    secure: bool = False

    @property
    def url(self) -> str:
        """The address in full, such as "ws://192.168.4.1:8266"."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'wss' if self.secure else 'ws'}://{host}:{self.port}{self.path}"


class TelnetAddress(NamedTuple):
    """A board's telnet server; no user or no password means those given besides the address."""

    host: str
    port: int
    user: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        password = None if self.password is None else "…"
        return (
            f"TelnetAddress(host={self.host!r}, port={self.port}, user={self.user!r}, password={password!r})"
        )


class BelaAddress(NamedTuple):
    """A Bela, which can be watched, but has no REPL."""

    host: str


Address = (
    SerialAddress
    | UsbAddress
    | ProcessAddress
    | ExecPtyAddress
    | SimAddress
    | WebReplAddress
    | TelnetAddress
    | BelaAddress
)

_SERIAL_URLS = ("rfc2217", "socket", "loop", "spy", "alt", "hwgrep", "cp2110")
"""The URLs of pyserial 3.5. Source: pyserial documentation, "URL Handlers"."""

_TCP_URLS = ("rfc2217", "socket")
"""Those of them that need a host and a port."""

_NAMING_URLS = {
    "spy": "spy:///dev/ttyACM0",
    "alt": "alt:///dev/ttyACM0?class=PosixPollSerial",
    "hwgrep": "hwgrep://2e8a:0005",
    "cp2110": "cp2110://0001:004a:00",
}
"""Those that need the name of something, and how each is written."""

_NETWORK_URLS = {
    "ws": "ws://192.168.4.1",
    "wss": "wss://board.example:443",
    "telnet": "telnet://micro:python@192.168.1.1",
}
"""The URLs of boards in the network, and how each is written."""

_LOGIN_HINT = "in a user or a password write `/` as `%2F`, `:` as `%3A`, `@` as `%40` and `%` as `%25`"

_WEBREPL_PORT = 8266
"""Source: MicroPython, the module `webrepl`."""

_TELNET_PORT = 23
"""Source: RFC 854."""

_WORDS = ("sim", "exec", "execpty", "bela")

_HINT = "an address looks like `sim:`, `/dev/ttyACM0`, `COM3`, `ws://HOST`, `exec:COMMAND` or `rfc2217://HOST:PORT`"
_USB_HINT = """a USB specifier looks like `{"vid": 11914, "pid": 5}`"""


def parse_address(
    address: object,
    *,
    environ: Mapping[str, str] | None = None,
    exists: Callable[[str], bool] = os.path.lexists,
) -> Address:
    """Return which board is meant.

    Args:
        address: text, a path, a `UsbSpecifier`, or an address parsed before. None means what the
            environment variable `BELAY_DEVICE` says, else the only board plugged in.
        environ: the environment; None for that of this process.
        exists: tells whether a path is there.

    Raises:
        AddressError: it is not the address of a board; the hint says how one looks.

    Example:
        >>> parse_address("exec:micropython -i")
        ProcessAddress(command=('micropython', '-i'))
    """
    if address is None:
        text = (os.environ if environ is None else environ).get("BELAY_DEVICE", "").strip()
        if not text:
            return UsbAddress(UsbSpecifier())
        try:
            return _parse_text(text, exists)
        except AddressError as error:
            raise AddressError(
                f"The environment variable `BELAY_DEVICE`: {error}", hint=error.hint
            ) from error
    if isinstance(address, str):
        return _parse_text(address.strip(), exists)
    if isinstance(address, UsbSpecifier):
        return UsbAddress(address)
    if isinstance(address, Address):
        return address
    if isinstance(address, os.PathLike):
        return SerialAddress(os.fsdecode(address))
    hint = "write it as `belay.UsbSpecifier(vid=…, pid=…)`" if isinstance(address, dict) else _HINT
    raise AddressError(f"{address!r} ({type(address).__name__}) is not the address of a board", hint=hint)


def looks_like_address(text: str) -> bool:
    """Tell whether a word on a command line means a board: `sim:`, `/dev/…`, `COM3`, a URL, `{…}`.

    True for malformed ones as well, so that their error says what is wrong. A path outside `/dev`
    could as well be a script, and is no address here.
    """
    head, colon, _ = text.partition(":")
    return (
        "://" in text
        or text.startswith(("/dev/", "{"))
        or (bool(colon) and head.lower() in _WORDS)
        or _is_windows_port(text)
        or _is_ipv4(text)
    )


def hide_password(text: str) -> str:
    """Return an address as it may be shown: a password in it becomes `…`.

    Example:
        >>> hide_password("telnet://micro:python@192.168.1.1")
        'telnet://micro:…@192.168.1.1'
    """
    head, slashes, rest = text.partition("://")
    login, at, host = rest.rpartition("@")
    user, colon, _ = login.partition(":")
    return f"{head}{slashes}{user}:…@{host}" if slashes and at and colon else text


def _parse_text(text: str, exists: Callable[[str], bool]) -> Address:
    if not text:
        raise AddressError("An empty text is not the address of a board", hint=_HINT)
    if "\0" in text:
        raise AddressError(f"{text!r} contains a NUL, and is not the address of a board", hint=_HINT)
    if text.startswith("{"):
        return UsbAddress(UsbSpecifier.from_json(text))
    head, colon, rest = text.partition(":")
    word = head.lower()
    if colon and word in _WORDS:
        return _parse_word(word, rest.strip(), text)
    if rest.startswith("//"):
        return _parse_url(word, text)
    if _is_windows_port(text) or "/" in text or exists(text):
        return SerialAddress(text)
    if _is_ipv4(text):
        return _parse_network_url("telnet", f"telnet://{text}")
    raise AddressError(f"`{text}` is not the address of a board", hint=_nearest(text, exists))


def _parse_word(word: str, rest: str, text: str) -> Address:
    if word == "sim":
        return _parse_sim(rest, text)
    if not rest:
        example = {"bela": "bela:bela.local"}.get(word, f"{word}:micropython")
        raise AddressError(f"`{text}` names nothing", hint=f"write it as in `{example}`")
    if word == "exec":
        return ProcessAddress(_split_command(rest))
    if word == "execpty":
        return ExecPtyAddress(_split_command(rest))
    return BelaAddress(rest)


def _parse_url(scheme: str, text: str) -> Address:
    if scheme in _SERIAL_URLS:
        return _parse_serial_url(scheme, text)
    if scheme in _NETWORK_URLS:
        return _parse_network_url(scheme, text)
    known = ", ".join(f"`{name}://`" for name in (*_SERIAL_URLS, *_NETWORK_URLS))
    raise AddressError(
        f"`{hide_password(text)}`: `{scheme}://` is not a way to a board", hint=f"the known ones are {known}"
    )


def _parse_serial_url(scheme: str, text: str) -> SerialAddress:
    """Check what pyserial would stumble over; what options it has it says itself."""
    if scheme in _TCP_URLS:
        from urllib.parse import urlsplit  # noqa: PLC0415 - costs 4 ms, and few addresses are such URLs

        hint = f"write it as in `{scheme}://192.168.1.20:4000`"
        try:
            parts = urlsplit(text)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise AddressError(f"`{text}`: {error}", hint=hint) from error
        if not host or not port:
            raise AddressError(f"`{text}` names no host and port", hint=hint)
    elif scheme in _NAMING_URLS and not text.partition("://")[2].partition("?")[0]:
        raise AddressError(f"`{text}` names no port", hint=f"write it as in `{_NAMING_URLS[scheme]}`")
    return SerialAddress(text)


def _parse_network_url(scheme: str, text: str) -> WebReplAddress | TelnetAddress:
    from urllib.parse import urlsplit  # noqa: PLC0415 - costs 4 ms, and few addresses are such URLs

    shown, hint = hide_password(text), f"write it as in `{_NETWORK_URLS[scheme]}`"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        if "@" in text:  # what it quotes may be a piece of a password with a slash in it
            raise AddressError(f"`{shown}`: its host or its port cannot be read", hint=_LOGIN_HINT) from None
        raise AddressError(f"`{shown}`: {error}", hint=hint) from error
    if not host:
        raise AddressError(f"`{shown}` names no host", hint=hint)
    if port == 0 or any(letter.isspace() for letter in text):
        raise AddressError(f"`{shown}` has {'port 0' if port == 0 else 'a space in it'}", hint=hint)
    if scheme == "telnet":
        if parts.path.strip("/") or parts.query:
            raise AddressError(
                f"`{shown}` has a path, which telnet does not know", hint=_LOGIN_HINT if "@" in text else hint
            )
        user, password = parts.username or None, parts.password
        return TelnetAddress(
            host,
            _TELNET_PORT if port is None else port,
            None if user is None else _unquoted(user),
            None if password is None else _unquoted(password),
        )
    if "@" in parts.netloc:
        raise AddressError(
            f"`{shown}` names a user, which WebREPL does not know", hint="give the password as `password=`"
        )
    query = f"?{parts.query}" if parts.query else ""
    return WebReplAddress(host, _WEBREPL_PORT if port is None else port, parts.path + query, scheme == "wss")


def _parse_sim(rest: str, text: str) -> SimAddress:
    """Read `NAME?key=value&key=value`; every part may be missing."""
    name, _, query = rest.partition("?")
    if name and not (name[0].isalnum() and name.replace("-", "").replace("_", "").replace(".", "").isalnum()):
        raise AddressError(
            f"`{text}`: the name of a simulated board is letters, digits, `-`, `_` and `.`, not `{name}`",
            hint="write it as in `sim:garden` or `sim:?heap=64k&disk=garden.img`",
        )
    pairs: dict[str, str] = {}
    for pair in query.split("&") if query else ():
        key, equals, value = pair.partition("=")
        if not key or not equals:
            raise AddressError(
                f"`{text}`: `{pair}` is not `key=value`", hint="write it as in `sim:?heap=64k`"
            )
        if key in pairs:
            raise AddressError(f"`{text}` sets `{key}` twice", hint=f"leave one `{key}=` out")
        pairs[key] = _unquoted(value)
    return SimAddress(name or None, tuple(pairs.items()))


def _unquoted(value: str) -> str:
    if "%" not in value:
        return value
    from urllib.parse import unquote  # noqa: PLC0415 - seldom needed, and not cheap

    return unquote(value)


def _split_command(text: str, *, windows: bool = os.name == "nt") -> tuple[str, ...]:
    r"""Split as the platform's shell would.

    On Windows a backslash is a part of a path (`C:\tools\micropython.exe`) and only double quotes
    group words, so the rules of POSIX would eat the path.
    """
    import shlex  # noqa: PLC0415 - costs 4 ms, and few addresses are commands

    splitter = shlex.shlex(text, posix=True, punctuation_chars=False)
    splitter.whitespace_split = True
    splitter.commenters = ""
    if windows:
        splitter.escape = ""
        splitter.quotes = '"'
    try:
        return tuple(splitter)
    except ValueError as error:
        raise AddressError(f"`{text}` is not a command: {error}", hint="close every quote") from error


def _is_windows_port(text: str) -> bool:
    name = text.removeprefix("\\\\.\\")
    return name[:3].upper() == "COM" and name[3:].isascii() and name[3:].isdigit()


def _is_ipv4(text: str) -> bool:
    """Tell whether this is a dotted address, with or without a port."""
    host, colon, port = text.partition(":")
    parts = host.split(".")
    if len(parts) != 4 or (colon and not port.isdecimal()):  # noqa: PLR2004 - an IPv4 address has 4 parts
        return False
    return all(part.isascii() and part.isdecimal() and int(part) <= 255 for part in parts)  # noqa: PLR2004 - of 8 bits


def _nearest(text: str, exists: Callable[[str], bool]) -> str:
    """Return the hint for a text that is nothing we know."""
    import difflib  # noqa: PLC0415 - only an error needs it

    if exists(f"/dev/{text}"):
        return f"did you mean `/dev/{text}`?"
    head, colon, rest = text.partition(":")
    near = difflib.get_close_matches(head.lower(), _WORDS, n=1)
    if near and (colon or near[0] == head.lower()):
        return f"did you mean `{near[0]}:{rest}`?"
    return _HINT
