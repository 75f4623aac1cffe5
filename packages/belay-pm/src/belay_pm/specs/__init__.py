"""What the text of a dependency means, and the tables and lists that hold such texts. Asks nobody."""

from __future__ import annotations

from belay_pm.specs.dependencies import dependency_entry
from belay_pm.specs.entries import ENTRY_KEYS, parse_entries, read_entries
from belay_pm.specs.naming import infer_name, is_import_name
from belay_pm.specs.texts import parse_source

__all__ = [
    "ENTRY_KEYS",
    "dependency_entry",
    "infer_name",
    "is_import_name",
    "parse_entries",
    "parse_source",
    "read_entries",
]
