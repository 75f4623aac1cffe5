"""The tables and lists of TOML that say where something is, or everything that is wrong with them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from belay_pm.errors import ProjectError
from belay_pm.near import near_miss
from belay_pm.requirements import Entry, GitSource, PathSource
from belay_pm.specs.texts import parse_source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from belay_pm.hosts import Hosts
    from belay_pm.requirements import Source

__all__ = ["ENTRY_KEYS", "parse_entries", "read_entries"]

ENTRY_KEYS = ("uri", "develop", "rename_to_init", "rev", "opt")
"""What a table for a dependency may have."""

_HIGHEST_OPT = 3  # mpy-cross knows 0 to 3


def read_entries(
    name: str, value: object, *, hosts: Hosts, key: str
) -> tuple[tuple[Entry, ...], list[tuple[str, str]]]:
    """Return the entries of a dependency, and what is wrong with the rest: where, and a sentence.

    Args:
        name: of the package.
        value: a text, a table, or a list of these, as TOML has them.
        hosts: which websites are known.
        key: where the value stands, for the problems: `tool.belay.dependencies.os`.
    """
    problems: list[tuple[str, str]] = []
    if not isinstance(value, list):
        entry = _entry(name, value, key, hosts=hosts, in_list=False, problems=problems)
        return (() if entry is None else (entry,)), problems
    if not value:
        problems.append((key, "the list is empty"))
    found = [
        _entry(name, each, f"{key}[{at}]", hosts=hosts, in_list=True, problems=problems)
        for at, each in enumerate(value)
    ]
    entries = tuple(entry for entry in found if entry is not None)
    if sum(entry.rename_to_init for entry in entries) > 1:
        problems.append(
            (key, "two of the list have `rename_to_init`, and there is one `__init__` in a package")
        )
    return entries, problems


def parse_entries(name: str, value: object, *, hosts: Hosts, key: str) -> tuple[Entry, ...]:
    """Return the entries of a dependency; see `read_entries`.

    Raises:
        ProjectError: something is wrong with them; the text has all of it, a line each.
    """
    entries, problems = read_entries(name, value, hosts=hosts, key=key)
    if problems:
        raise ProjectError("\n".join(f"`{where}`: {sentence}" for where, sentence in problems))
    return entries


def _entry(
    name: str, value: object, key: str, *, hosts: Hosts, in_list: bool, problems: list[tuple[str, str]]
) -> Entry | None:
    """Return an entry, or None and say why."""
    if isinstance(value, str):
        value = {"uri": value}
    if not isinstance(value, dict):
        problems.append((key, f"it is a text, a table with `uri`, or a list of these, and not {value!r}"))
        return None
    before = len(problems)
    for unknown in value.keys() - set(ENTRY_KEYS):
        near = near_miss(unknown, ENTRY_KEYS)
        said = (
            f"did you mean `{near}`?"
            if near
            else f"there are {', '.join(f'`{each}`' for each in ENTRY_KEYS)}"
        )
        problems.append((f"{key}.{unknown}", f"there is no such key; {said}"))
    source = _source_of(name, value, key, hosts, problems)
    develop = _flag(value, "develop", key, problems, default=False)
    rename = _flag(value, "rename_to_init", key, problems, default=not in_list)
    opt = value.get("opt")
    if opt is not None and (type(opt) is not int or not 0 <= opt <= _HIGHEST_OPT):
        problems.append((f"{key}.opt", f"it is a whole number from 0 to {_HIGHEST_OPT}, and not {opt!r}"))
    if develop and source is not None and not isinstance(source, PathSource):
        problems.append((f"{key}.develop", "only a file or folder of this computer can be used in place"))
    if source is None or len(problems) > before:
        return None
    return Entry(source, value["uri"].strip(), develop=develop, rename_to_init=rename, opt=opt)


def _source_of(
    name: str, value: Mapping[str, object], key: str, hosts: Hosts, problems: list[tuple[str, str]]
) -> Source | None:
    uri, rev = value.get("uri"), value.get("rev")
    if not isinstance(uri, str):
        said = "is missing" if uri is None else f"is a text, and not {uri!r}"
        problems.append((f"{key}.uri", f"`uri` {said}"))
        return None
    try:
        source = parse_source(uri, hosts=hosts, name=name)
    except ProjectError as error:
        problems.append((key, str(error) if error.hint is None else f"{error} ({error.hint})"))
        return None
    if rev is None:
        return source
    if not isinstance(rev, str) or not rev or re.search(r"[\x00-\x20~^:?*\[\\]|^-|\.\.", rev):
        problems.append((f"{key}.rev", f"it is a branch, a tag or a commit, and not {rev!r}"))
    elif not isinstance(source, GitSource):
        problems.append((f"{key}.rev", "only a repository has branches, tags and commits"))
    elif source.ref not in (None, rev):
        problems.append((f"{key}.rev", f"`uri` says `{source.ref}` already, and `rev` says `{rev}`"))
    else:
        return replace(source, ref=rev)
    return None


def _flag(
    value: Mapping[str, object], name: str, key: str, problems: list[tuple[str, str]], *, default: bool
) -> bool:
    flag = value.get(name, default)
    if isinstance(flag, bool):
        return flag
    problems.append((f"{key}.{name}", f"it is `true` or `false`, and not {flag!r}"))
    return default
