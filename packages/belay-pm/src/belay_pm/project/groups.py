"""The groups of dependencies in `[tool.belay]`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from belay_pm.errors import UnsafePathError
from belay_pm.project.finding import PROJECT_FILE
from belay_pm.project.model import MAIN_GROUP, Group
from belay_pm.requirements import BundleSource, IndexSource, Requirement
from belay_pm.specs import is_import_name, read_entries
from belay_pm.target_paths import refuse_clashes, target_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from belay_pm.hosts import Hosts
    from belay_pm.project.problems import Problems
    from belay_pm.requirements import Entry

__all__ = ["read_groups"]

_KEYS = ("optional", "dependencies")
_GROUP = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_INDEX_NAME = re.compile(r"[A-Za-z0-9](?:[\w.-]*\w)?", re.ASCII)
_BARE = re.compile(r"[\w-]+")


def read_groups(
    folder: Path,
    table: Mapping[str, Any],  # Any: as TOML has it
    hosts: Hosts,
    problems: Problems,
) -> dict[str, Group]:
    """Return the groups by name, `main` first.

    Args:
        folder: of the project: a bare word that names a folder here is ambiguous.
        table: `[tool.belay]`.
        hosts: which websites are known.
        problems: what is wrong is noted there.
    """
    key = "tool.belay.dependencies"
    main = Group(MAIN_GROUP, optional=False, requirements=_read(folder, table, key, hosts, problems))
    groups = {MAIN_GROUP: main}
    others = table.get("group", {})
    if not isinstance(others, dict):
        problems.add("tool.belay.group", f"it is a table of groups, and not {others!r}")
        return groups
    for name, group in others.items():
        key = f"tool.belay.group.{name}"
        if name == MAIN_GROUP:
            problems.add(key, f"`{MAIN_GROUP}` is the group of `[tool.belay.dependencies]`; they go there")
        elif not _is_group_name(name):
            problems.add(key, f"{name!r} cannot be the name of a folder; use letters, digits, `-` and `_`")
        elif not isinstance(group, dict):
            problems.add(key, f"it is a table with `dependencies`, and not {group!r}")
        else:
            groups[name] = _group(folder, name, group, hosts, problems)
    _refuse_clashes(groups, "tool.belay.group", problems)
    return groups


def _group(folder: Path, name: str, group: Mapping[str, Any], hosts: Hosts, problems: Problems) -> Group:
    key = f"tool.belay.group.{name}"
    for each in group:
        if each not in _KEYS:
            problems.unknown(key, each, _KEYS)
    optional = group.get("optional", False)
    if not isinstance(optional, bool):
        problems.add(f"{key}.optional", f"it is `true` or `false`, and not {optional!r}")
        optional = False
    requirements = _read(folder, group, f"{key}.dependencies", hosts, problems)
    return Group(name, optional=optional, requirements=requirements)


def _read(
    folder: Path, table: Mapping[str, Any], key: str, hosts: Hosts, problems: Problems
) -> tuple[Requirement, ...]:
    dependencies = table.get("dependencies", {})
    if not isinstance(dependencies, dict):
        problems.add(key, f"it is a table of packages, and not {dependencies!r}")
        return ()
    found = []
    for name, value in dependencies.items():
        where = f"{key}.{name}" if _BARE.fullmatch(name) else f'{key}."{name}"'
        entries, wrong = read_entries(name, value, hosts=hosts, key=where)
        for place, sentence in wrong:
            problems.add(place, sentence)
        _check_name(name, entries, where, problems)
        for entry in entries:
            _refuse_bare_folder(folder, entry, where, problems)
        found.append(Requirement(name, entries))
    _refuse_clashes([requirement.name for requirement in found], key, problems)
    return tuple(found)


def _check_name(name: str, entries: tuple[Entry, ...], key: str, problems: Problems) -> None:
    """Refuse a name that cannot be imported, unless it is an index's, whose packages name their files."""
    named_elsewhere = bool(entries) and all(
        isinstance(entry.source, IndexSource | BundleSource) for entry in entries
    )
    if is_import_name(name) or (named_elsewhere and _INDEX_NAME.fullmatch(name)):
        try:
            target_path(name, source=PROJECT_FILE)
        except UnsafePathError as error:
            problems.add(key, str(error).rpartition("refused: ")[2])
        return
    meant = re.sub(r"\W", "_", name)
    said = f"; did you mean `{meant}`?" if is_import_name(meant) else ""
    problems.add(key, f"{name!r} cannot be imported{said}")


def _refuse_bare_folder(folder: Path, entry: Entry, key: str, problems: Problems) -> None:
    """Refuse `libdir` where a folder of that name is here: which of the two is meant?"""
    if not isinstance(entry.source, IndexSource) or not _BARE.fullmatch(entry.text):
        return
    if entry.text == entry.source.name and (folder / entry.text).is_dir():
        problems.add(
            key,
            f"`{entry.text}` is a package of the index, and there is a folder of that name here; "
            f"write `./{entry.text}` for the folder, `mip:{entry.text}` for the package",
        )


def _is_group_name(name: str) -> bool:
    try:
        return target_path(name, source=PROJECT_FILE) == name and _GROUP.fullmatch(name) is not None
    except UnsafePathError:
        return False


def _refuse_clashes(names: Mapping[str, object] | list[str], key: str, problems: Problems) -> None:
    try:
        refuse_clashes(names, source=PROJECT_FILE)
    except UnsafePathError as error:
        problems.add(key, str(error))
