"""Where a project is, and what its file holds, before anybody asks whether that makes sense."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from belay_pm.errors import ProjectError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["PROJECT_FILE", "belay_table", "find_project", "parse_tables", "read_tables", "read_text"]

PROJECT_FILE = "pyproject.toml"

_MOST_BYTES = 4_000_000
"""A hundred times the largest that anybody writes; more is some other file."""


def find_project(start: Path) -> Path:
    """Return the folder of the project that a folder is in: it, or the nearest above with `[tool.belay]`.

    Raises:
        ProjectError: there is none, or the nearest `pyproject.toml` cannot be read.
    """
    start = start.absolute()
    bare = None
    for folder in (start, *start.parents):
        path = folder / PROJECT_FILE
        if not path.is_file():
            continue
        if belay_table(read_tables(path), path) is not None:
            return folder
        bare = bare or path
    if bare is not None:
        raise ProjectError(
            f"`{bare}` has no `[tool.belay]`, and no folder above has a project either",
            hint=f"`belay init {bare.parent}` adds what is missing",
        )
    raise ProjectError(
        f"there is no `{PROJECT_FILE}` with `[tool.belay]` in `{start}` or above",
        hint="`belay new my-project` makes a project, `belay init` makes one of this folder",
    )


def read_text(path: Path) -> str:
    """Return what a project's file holds, with the ends of its lines as they are.

    Raises:
        ProjectError: it is not there, cannot be read, is far too large, or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise ProjectError(f"there is no `{path}`", hint="`belay init` makes a project of a folder") from None
    except OSError as error:
        raise ProjectError(f"`{path}` cannot be read: {error.strerror}") from error
    if len(content) > _MOST_BYTES:
        raise ProjectError(f"`{path}` has more than {_MOST_BYTES} bytes, which no project's file has")
    try:
        return content.decode("utf-8-sig")  # Windows' editor writes the mark, and TOML does not know it
    except UnicodeDecodeError as error:
        raise ProjectError(f"`{path}` is not UTF-8: byte {error.start} cannot be read") from error


def read_tables(path: Path) -> dict[str, Any]:  # Any: a TOML file holds what its author wrote
    """Return what a project's file holds.

    Raises:
        ProjectError: it cannot be read, or is not TOML.
    """
    return parse_tables(read_text(path), path)


def parse_tables(text: str, path: Path) -> dict[str, Any]:  # Any: as above
    """Return what a text means that is, or may become, the file at a path.

    Raises:
        ProjectError: it is not TOML.
    """
    if sys.version_info >= (3, 11):
        import tomllib  # noqa: PLC0415 - `--help` needs no TOML
    else:
        import tomli as tomllib  # noqa: PLC0415 - as above

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProjectError(f"`{path}` is not TOML: {error}") from error


def belay_table(tables: dict[str, Any], path: Path) -> dict[str, Any] | None:  # Any: as above
    """Return `[tool.belay]`, or None when there is none.

    Raises:
        ProjectError: `tool` or `tool.belay` is no table.
    """
    for name, whole in (("tool", "tool"), ("belay", "tool.belay")):
        if name not in tables:
            return None
        tables = tables[name]
        if not isinstance(tables, dict):
            raise ProjectError(f"`{path}`: `{whole}` is not a table")
    return tables
