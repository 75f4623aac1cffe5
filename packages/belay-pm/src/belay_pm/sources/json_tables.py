"""What an index or a bundle sends: JSON with a table at its top."""

from __future__ import annotations

import json
from typing import Any

from belay_pm.errors import ManifestError

__all__ = ["parsed_table"]


def parsed_table(content: bytes, label: str) -> dict[str, Any]:  # Any: what a stranger wrote
    """Return the table.

    Raises:
        ManifestError: it is none.
    """
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ManifestError(f"`{label}` is not JSON: {error}") from error
    if not isinstance(told, dict):
        raise ManifestError(f"`{label}` is not a table at its top")
    return told
