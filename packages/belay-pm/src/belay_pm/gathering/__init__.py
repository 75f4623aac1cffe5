"""Packages by their words, without a project and its lock: what somebody wants on a board now.

The words are those of `specs`; what they need is resolved as a project's dependencies are.
"""

from __future__ import annotations

from belay_pm.gathering.asked import check_asked
from belay_pm.gathering.gathering import Gathered, gather

__all__ = ["Gathered", "check_asked", "gather"]
