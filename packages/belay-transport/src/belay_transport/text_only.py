"""Which links carry text alone; what that means for what is sent is for those who send it to know."""

from __future__ import annotations

__all__ = ["is_text_only"]


def is_text_only(link: object) -> bool:
    """Whether a link carries ASCII alone: other bytes may be lost or changed on the way, and NUL is lost."""
    return getattr(link, "text_only", False) is True
