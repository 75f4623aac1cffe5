"""Names of elements: readable, and safe as the name of a folder everywhere."""

from __future__ import annotations

import re
from hashlib import sha256

__all__ = ["LONGEST_ELEMENT", "element_name"]

LONGEST_ELEMENT = 120
"""Characters of a name: with a user's folder before it and a mirror's files behind it, Windows takes 260."""

_DIGEST_DIGITS = 8
_UNSAFE = re.compile(r"[^a-z0-9._-]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


def element_name(text: str) -> str:
    """Return the name of an element: small letters, digits, `.`, `_` and `-`.

    A text of such characters is its own name. Any other is made one, and gets some digits of its digest, so
    that two that look alike then are still two; capitals alone are no difference, as on Windows and macOS.
    """
    small = text.lower()
    name = _UNSAFE.sub("-", small).strip(".-")[:LONGEST_ELEMENT].rstrip(".-")
    if name and name == small and not _RESERVED.fullmatch(name):
        return name
    digest = sha256(small.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_DIGITS]
    kept = name[: LONGEST_ELEMENT - _DIGEST_DIGITS - 1].rstrip(".-").replace(".", "-")
    return f"{kept}-{digest}" if kept else digest
