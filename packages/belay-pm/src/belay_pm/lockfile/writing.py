"""A lock as text: TOML in an order of our own, so that the same lock is always the same bytes.

A writer of our own: what is needed of TOML is little, and no library's next version may change a byte.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from belay_pm.lockfile.model import FORMAT
from belay_pm.lockfile.tables import kind_of
from belay_pm.masking import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from belay_pm.lockfile.model import Lock
    from belay_pm.packages import Package, PackageFile, Part, Resolved
    from belay_pm.requirements import Entry, Requirement, Source

__all__ = ["lock_text"]

_HEADER = """\
# Which packages the project has, word for word. Commit it, and leave the writing to `belay update`.
"""

_PASSWORD = re.compile(r"(?<=://)[^/@\s]*:[^/@\s]*@")
"""No source has one; should a note or an origin, it is not written."""

_UNPRINTABLE = re.compile("[\x7f\ud800-\udfff]")
"""What JSON leaves as it is and TOML does not allow, or UTF-8 cannot write."""


def lock_text(lock: Lock) -> str:
    """Return the text of a lock; its lines end with a line feed everywhere."""
    lines = [_HEADER.rstrip("\n"), f"version = {FORMAT}", f"project = {_text(lock.digest)}"]
    for package in sorted(lock.packages, key=lambda package: package.name):
        lines += _package(package)
    return "\n".join(lines) + "\n"


def _package(package: Package) -> Iterator[str]:
    yield from ("", "[[package]]", f"name = {_text(package.name)}")
    yield f"groups = {_value(sorted(package.groups))}"
    if package.notes:
        yield f"notes = {_value([printable(note) for note in package.notes])}"
    for part in package.parts:
        yield ""
        yield "[[package.part]]"
        yield from _part(part)


def _part(part: Part) -> Iterator[str]:
    for key, value in _entry(part.entry).items():
        yield f"{key} = {_value(value)}"
    fetched = part.fetched
    yield f"resolved = {_value(_resolved(fetched.resolved))}"
    yield from _rows("requires", [_requirement(each) for each in fetched.requires])
    yield from _rows("notes", [printable(note) for note in fetched.notes])
    # What is used where it lies changes all the time: the lock says where, and not what.
    files = [] if part.entry.develop else sorted(fetched.files, key=lambda file: file.path)
    yield from _rows("files", [_file(file) for file in files])


def _rows(key: str, rows: Sequence[object]) -> Iterator[str]:
    """An array with a line for each item; nothing when there is none."""
    if rows:
        yield f"{key} = ["
        for row in rows:
            yield f"    {_value(row)},"
        yield "]"


def _entry(entry: Entry) -> dict[str, object]:
    table: dict[str, object] = {"source": _source(entry.source), "text": entry.text}
    if entry.develop:
        table["develop"] = True
    if not entry.rename_to_init:
        table["rename_to_init"] = False
    if entry.opt is not None:
        table["opt"] = entry.opt
    return table


def _source(source: Source) -> dict[str, object]:
    kind = kind_of(source)
    table: dict[str, object] = {kind.key: getattr(source, kind.field)}
    for name, default in kind.texts.items():
        if getattr(source, name) != default:
            table[name] = getattr(source, name)
    for name in kind.flags:
        if getattr(source, name):
            table[name] = True
    return table


def _requirement(requirement: Requirement) -> dict[str, object]:
    return {"name": requirement.name, "parts": [_entry(entry) for entry in requirement.entries]}


def _resolved(resolved: Resolved) -> dict[str, object]:
    table: dict[str, object] = {"url": resolved.url}
    optional = {
        "commit": resolved.commit,
        "version": resolved.version,
        "path": resolved.path or None,
        "sha256": resolved.sha256,
    }
    return table | {key: value for key, value in optional.items() if value is not None}


def _file(file: PackageFile) -> dict[str, object]:
    table: dict[str, object] = {
        "path": file.path,
        "sha256": file.sha256,
        "size": file.size_bytes,
        "origin": file.origin,
    }
    optional = {"opt": file.opt, "version": file.version}
    return table | {key: value for key, value in optional.items() if value is not None}


def _value(value: object) -> str:
    if isinstance(value, dict):
        return _table(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else _text(str(value))


def _table(table: Mapping[str, object]) -> str:
    return "{ " + ", ".join(f"{key} = {_value(value)}" for key, value in table.items()) + " }"


def _text(text: str) -> str:
    quoted = json.dumps(_PASSWORD.sub("", text), ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda match: "\\u007f" if match.group() == "\x7f" else "\ufffd", quoted)
