"""How long to leave a server alone: what it asks for, and what is decent."""

from __future__ import annotations

from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LONGEST_WAIT_S", "seconds_asked_for", "seconds_before"]

LONGEST_WAIT_S = 60.0
"""Who is asked to wait longer does something else meanwhile: that is an error, and says how long."""

_FIRST_WAIT_S = 0.5


def seconds_before(attempt: int) -> float:
    """Return how long to wait before an attempt: 0.5 s before the second one, and twice as long each time."""
    wait_s: float = _FIRST_WAIT_S * 2 ** (attempt - 2)
    return wait_s


def seconds_asked_for(headers: Mapping[str, str]) -> float | None:
    """Return how long a server wants to be left alone, or None when it does not say.

    Source: RFC 9110, 10.2.3: seconds, or a date; the date is compared with the server's own clock.
    """
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal() and text.isascii():
        return float(text[:9])
    until = _date(text)
    if until is None:
        return None
    now = _date(headers.get("Date", "")) or datetime.now(timezone.utc)
    return max(0.0, (until - now).total_seconds())


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=timezone.utc)
