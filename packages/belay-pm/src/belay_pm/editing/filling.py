"""What a project's file lacks to be one of ours, filled in; what it has stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from belay_pm.editing.documents import edited, table_at

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence
    from pathlib import Path

__all__ = ["filled"]

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_PYTEST = ("tool", "pytest")


def filled(
    text: str, path: Path, *, name: str, dev: Sequence[str], pytest: dict[str, list[str]] | None
) -> str:
    """Return the text of a project's file with what is missing.

    Args:
        text: what it holds, without `[tool.belay]`.
        path: of it, for errors.
        name: of the package.
        dev: what the tests need, as `[dependency-groups] dev` has it; what is named there already stays.
        pytest: the settings of pytest; those that are there stay. None for none.

    Raises:
        ProjectError: it is not TOML, or cannot be changed without a loss.
    """

    def change(document: MutableMapping[str, Any]) -> None:
        _fill_dev(document, dev)
        table_at(document, ("tool", "belay"))["name"] = name
        table_at(document, ("tool", "belay", "dependencies"))
        if pytest is not None:
            _fill_pytest(document, pytest)

    return edited(text, path, change)


def _fill_dev(document: MutableMapping[str, Any], wanted: Sequence[str]) -> None:
    group = table_at(document, ("dependency-groups",)).setdefault("dev", [])
    extras = document.get("project", {}).get("optional-dependencies", {})
    there = [*group, *(extras.get(name, []) for name in ("dev", "test", "tests"))]
    flat = [each for item in there for each in (item if isinstance(item, list) else [item])]
    names = {_distribution(each) for each in flat if isinstance(each, str)}
    for requirement in wanted:
        if _distribution(requirement) not in names:
            group.append(requirement)


def _fill_pytest(document: MutableMapping[str, Any], settings: dict[str, list[str]]) -> None:
    table = table_at(document, (*_PYTEST, "ini_options"))
    for key, value in settings.items():
        table.setdefault(key, list(value))


def _distribution(requirement: str) -> str:
    match = _NAME.match(requirement.strip())
    return re.sub(r"[-_.]+", "-", match.group().lower()) if match else ""
