"""A lock from its text. It may be anybody's: every field is checked, and every path is safe or refused."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from belay_pm.errors import LockError, UnsafePathError
from belay_pm.lockfile.fields import DamagedError, Fields
from belay_pm.lockfile.model import FORMAT, LOCK_NAME, Lock
from belay_pm.lockfile.tables import KINDS
from belay_pm.packages import Fetched, Package, PackageFile, Part, Resolved
from belay_pm.requirements import Entry, PathSource, Requirement
from belay_pm.target_paths import refuse_clashes, target_path

if TYPE_CHECKING:
    from pathlib import Path

    from belay_pm.requirements import Source

__all__ = ["parse_lock", "read_lock"]

_SHA256 = re.compile(r"[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")

_MOST_BYTES = 32 * 1024 * 1024
"""Of the file: a thousand packages of a hundred files each have 20 MB of lines."""

_MOST_FILE_BYTES = 1 << 40
"""Of a file of a package: anything is too large for a board long before; a number must end somewhere."""

_MOST_OPT = 3


def read_lock(path: Path) -> Lock | None:
    """Return the lock in a file, or None when there is no such file.

    Raises:
        LockError: it cannot be read, is damaged, or was written by a newer program.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LockError(f"Reading `{path.name}` failed: {error.strerror or error}") from error
    if len(content) > _MOST_BYTES:
        raise _damaged(path.name, f"it has more than {_MOST_BYTES} bytes")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise _damaged(path.name, f"byte {error.start} is no UTF-8") from error
    return parse_lock(text, name=path.name)


def parse_lock(text: str, *, name: str = LOCK_NAME) -> Lock:
    """Return the lock of a text.

    Args:
        text: all of the file.
        name: of the file, for errors.

    Raises:
        LockError: see `read_lock`.
    """
    try:
        return _lock(_toml(text), name)
    except (DamagedError, UnsafePathError) as error:
        raise _damaged(name, str(error)) from error


def _toml(text: str) -> object:
    if sys.version_info >= (3, 11):
        import tomllib  # noqa: PLC0415 - most commands need no lock
    else:
        import tomli as tomllib  # noqa: PLC0415 - as above
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise DamagedError(str(error) or "its tables are too deep") from error


def _lock(value: object, name: str) -> Lock:
    fields = Fields(value, f"`{name}`")
    version = fields.number("version", sys.maxsize)
    if version > FORMAT:
        raise LockError(
            f"`{name}` is of format {version}, and this program knows {FORMAT}",
            hint="a newer `belay-pm` wrote it: install that",
        )
    if version != FORMAT:
        raise DamagedError(f"there is no format {version}")
    digest = fields.text("project")
    packages = fields.items("package", _package)
    fields.end()
    _refuse_doubles(packages)
    return Lock(digest, packages)


def _package(value: object, where: str) -> Package:
    fields = Fields(value, where)
    name = fields.text("name")
    fields.where = f"package `{name}`"
    groups = fields.items("groups", _group)
    notes = fields.texts("notes")
    parts = fields.items("part", _part)
    fields.end()
    if not parts or not groups or not name:
        raise DamagedError(f"package `{name}` is of no group, or has no part, or no name")
    return Package(name, groups, parts, notes)


def _group(value: object, where: str) -> str:
    if not isinstance(value, str) or target_path(value, source=LOCK_NAME) != value:
        raise DamagedError(f"{where} is no name of a folder")
    if "/" in value or value.startswith("."):  # what begins with a dot is our own, or somebody's
        raise DamagedError(f"{where} is no name of a group")
    return value


def _part(value: object, where: str) -> Part:
    fields = Fields(value, where)
    entry = _entry(fields)
    resolved = _resolved(fields.table("resolved"))
    requires = fields.items("requires", _requirement)
    notes = fields.texts("notes")
    files = fields.items("files", _file)
    fields.end()
    if entry.develop and files:
        raise DamagedError(f"{where} is used where it lies, and has files")
    return Part(entry, Fetched(resolved, files, requires, notes))


def _entry(fields: Fields) -> Entry:
    source = _source(fields.table("source"))
    develop = fields.flag("develop", default=False)
    if develop and not isinstance(source, PathSource):
        raise DamagedError(f"{fields.where} is no folder, and cannot be used where it lies")
    return Entry(
        source,
        fields.text("text"),
        develop=develop,
        rename_to_init=fields.flag("rename_to_init", default=True),
        opt=fields.optional_number("opt", _MOST_OPT),
    )


def _source(fields: Fields) -> Source:
    for kind in KINDS:
        # `git` and `url` are keys of one kind each; a git source's own field `url` is its `git`.
        if fields.has(kind.key):
            values: dict[str, str | bool | None] = {kind.field: fields.text(kind.key)}
            for name, default in kind.texts.items():
                values[name] = fields.text(name) if fields.has(name) else default
            for name in kind.flags:
                values[name] = fields.flag(name, default=False)
            fields.end()
            return kind.source(**values)  # type: ignore[arg-type]  # the table says which fields it has
    raise DamagedError(f"{fields.where} is of no kind that there is")


def _requirement(value: object, where: str) -> Requirement:
    fields = Fields(value, where)
    name = fields.text("name")
    entries = fields.items("parts", _required_entry)
    fields.end()
    if not entries:
        raise DamagedError(f"{where} has no part")
    return Requirement(name, entries)


def _required_entry(value: object, where: str) -> Entry:
    fields = Fields(value, where)
    entry = _entry(fields)
    fields.end()
    return entry


def _resolved(fields: Fields) -> Resolved:
    resolved = Resolved(
        fields.text("url"),
        commit=fields.optional_text("commit"),
        version=fields.optional_text("version"),
        path=fields.optional_text("path") or "",
        sha256=fields.optional_text("sha256"),
    )
    fields.end()
    if resolved.commit is not None and not _COMMIT.fullmatch(resolved.commit):
        raise DamagedError(f"`commit` of {fields.where} is no commit")
    if resolved.sha256 is not None and not _SHA256.fullmatch(resolved.sha256):
        raise DamagedError(f"`sha256` of {fields.where} is no SHA-256")
    return resolved


def _file(value: object, where: str) -> PackageFile:
    fields = Fields(value, where)
    path = fields.text("path")
    file = PackageFile(
        target_path(path, source=LOCK_NAME),
        fields.text("sha256"),
        fields.number("size", _MOST_FILE_BYTES),
        fields.text("origin", any_sign=True),  # the name of a file, as its source has it
        fields.optional_number("opt", _MOST_OPT),
        fields.optional_text("version"),
    )
    fields.end()
    if file.path != path:
        raise DamagedError(f"`path` of {where} is `{path}`, and would be `{file.path}`")
    if not _SHA256.fullmatch(file.sha256):
        raise DamagedError(f"`sha256` of {where} is no SHA-256")
    return file


def _refuse_doubles(packages: tuple[Package, ...]) -> None:
    names: set[str] = set()
    written: dict[str, dict[str, str]] = {}
    for package in packages:
        if package.name in names:
            raise DamagedError(f"package `{package.name}` is there twice")
        names.add(package.name)
        for group in package.groups:
            for file in package.files:
                if written.setdefault(group, {}).setdefault(file.path, file.sha256) != file.sha256:
                    raise DamagedError(f"`{group}/{file.path}` is there twice, with different contents")
    for group, files in written.items():
        refuse_clashes(sorted(files), source=group)
    refuse_clashes(sorted(written), source=LOCK_NAME)


def _damaged(name: str, why: str) -> LockError:
    return LockError(
        f"`{name}` is damaged: {why}",
        hint=f"take it from your version control again; without `{name}`, `belay update` makes a new one",
    )
