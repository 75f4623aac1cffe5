"""What of a text may be seen: no secret of an address or of what git says, and nothing a screen obeys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["has_controls", "printable", "scrub", "shown"]

_OPEN_KEYS = frozenset({"ref", "path", "version"})
"""What a query may say in a message; any other value may be a secret."""

_USER_INFO = re.compile(r"(?<=://)[^/@\s'\"]+@")
_HEADER = re.compile(r"(?i)((?:proxy-)?authorization|private-token|cookie)(['\"]?\s*[:=]).*")
_SHORTEST_SECRET = 4
"""Characters: a shorter one would black out half of each message."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def shown(url: str) -> str:
    """Return an address for a message: no user, no password, no secret of a query; also of what is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return re.split(r"[?#]", re.sub(r"(?<=//)[^/?#]*@", "", url), maxsplit=1)[0]
    host = parts.netloc.rpartition("@")[2]
    way = f"{parts.scheme}://{host}" if parts.netloc else f"{parts.scheme}:" if parts.scheme else ""
    path = parts.path.rpartition("@")[2] if not parts.netloc else parts.path
    query = "&".join(map(_shown_part, filter(None, parts.query.split("&"))))
    return f"{way}{path}" + (f"?{query}" if query else "")


def _shown_part(part: str) -> str:
    key, equals, _ = part.partition("=")
    if not equals:
        return "…"  # a word alone may be the secret itself
    return part if key in _OPEN_KEYS else f"{key}=…"


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """Return a text without users in addresses, headers that sign a request, and the given secrets."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "…")
    return _HEADER.sub(r"\1\2 …", _USER_INFO.sub("…@", text))


def printable(text: str) -> str:
    """Return a stranger's text with escapes for what a screen would obey, or could not show."""
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def has_controls(text: str) -> bool:
    """Return whether a text has a character that a screen may obey."""
    return _CONTROLS.search(text) is not None
