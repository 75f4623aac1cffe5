"""A new project, or a folder made one: what is missing is written, and nothing is ever overwritten."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from belay_pm.editing import filled, write_text
from belay_pm.errors import ProjectError, UnsafePathError
from belay_pm.project import PROJECT_FILE, belay_table, parse_project, parse_tables, read_text
from belay_pm.specs import is_import_name
from belay_pm.target_paths import target_path
from belay_pm.templates import DEV, FOLDER_WORD, PACKAGE_WORD, PROJECT_FILES, PYTEST, template

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Created", "init_project", "new_project", "package_name"]

_TAKEN = ("main", "boot", "lib", "tests", "test", "machine", "micropython")
"""What a board or the project has by that name already."""


class Created(NamedTuple):
    """What was made.

    Attributes:
        folder: of the project.
        package: what is imported.
        written: paths in the folder, sorted.
        kept: those that were there, and stay as they are.
    """

    folder: Path
    package: str
    written: tuple[str, ...]
    kept: tuple[str, ...]


def new_project(folder: Path, *, name: str | None = None) -> Created:
    """Make a project in a folder that is not there, or is empty.

    Args:
        folder: where.
        name: of its package; None for that of the folder, as Python would write it.

    Raises:
        ProjectError: something is in the folder, or it cannot be made; no name of a package can be told.
    """
    folder = folder.absolute()
    try:
        is_empty = not folder.exists() or not any(folder.iterdir())
    except NotADirectoryError:
        raise ProjectError(f"`{folder}` is a file") from None
    except OSError as error:
        raise ProjectError(f"`{folder}` cannot be read: {error.strerror}") from error
    if not is_empty:
        raise ProjectError(
            f"`{folder}` is not empty", hint=f"`belay init {folder}` adds to it what a project needs"
        )
    return init_project(folder, name=name)


def init_project(folder: Path, *, name: str | None = None) -> Created:
    """Make a folder a project: write the files that are missing, fill in what `pyproject.toml` lacks.

    Args:
        folder: where; it is made when it is not there.
        name: of its package; None for that of `[project]`, else of the folder, as Python would write it.

    Raises:
        ProjectError: it is a project already; no name of a package can be told; something cannot be written.
            What was written until then stays, and the same call goes on from there.
    """
    folder = folder.absolute()
    path = folder / PROJECT_FILE
    there = read_text(path) if path.is_symlink() or path.exists() else None
    tables = {} if there is None else parse_tables(there, path)
    if belay_table(tables, path) is not None:
        raise ProjectError(f"`{path}` has `[tool.belay]` already", hint="`belay add` adds dependencies to it")
    package = name or package_name(_named(tables) or folder.name)
    _require_package(package, folder)
    text = _project_file(folder, there, tables, package)
    parse_project(folder, text)
    written: list[str] = []
    kept: list[str] = []
    for where, source in PROJECT_FILES.items():
        where = where.replace(PACKAGE_WORD, package)  # noqa: PLW2901 - the same, by its name here
        content = template(source, folder_name=folder.name or package, package=package)
        (written if _write_new(folder / where, content) else kept).append(where)
    # The last of them: until it is there, the folder is no project, and this can be done again.
    write_text(path, text)
    return Created(folder, package, tuple(sorted([*written, PROJECT_FILE])), tuple(sorted(kept)))


def package_name(text: str) -> str:
    """Return the name of a package for that of a folder or distribution: `my-project` gives `my_project`."""
    return re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_") or text


def _named(tables: dict[str, object]) -> str | None:
    project = tables.get("project")
    name = project.get("name") if isinstance(project, dict) else None
    return name if isinstance(name, str) else None


def _require_package(package: str, folder: Path) -> None:
    reason = None
    if not is_import_name(package):
        reason = "cannot be imported"
    elif package in _TAKEN:
        reason = "means something else to a board or a project"
    else:
        try:
            target_path(package, source=PROJECT_FILE)
        except UnsafePathError as error:
            reason = str(error).rpartition("refused: ")[2]
    if reason is not None:
        raise ProjectError(
            f"the package of the project in `{folder}` would be `{package}`, and that {reason}",
            hint="give another with `--name`, such as `--name my_project`",
        )


def _project_file(folder: Path, there: str | None, tables: dict[str, object], package: str) -> str:
    """Return what `pyproject.toml` shall hold."""
    if there is None:
        text = template(PROJECT_FILE, folder_name=FOLDER_WORD, package=package)
        # A distribution is called as its index wants it, whatever the folder is.
        return text.replace(FOLDER_WORD, package_name(folder.name).replace("_", "-").lower() or package)
    has_settings = any((folder / name).exists() for name in ("pytest.ini", ".pytest.ini", "pytest.toml"))
    tool = tables.get("tool")
    pytest = tool.get("pytest", {}) if isinstance(tool, dict) else {}
    has_settings = has_settings or (isinstance(pytest, dict) and bool(pytest.keys() - {"ini_options"}))
    return filled(
        there, folder / PROJECT_FILE, name=package, dev=DEV, pytest=None if has_settings else PYTEST
    )


def _write_new(path: Path, text: str) -> bool:
    """Write a file that is not there, and say whether it was not; a link to nothing is there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        if path.parent.is_dir():
            return False
        raise ProjectError(f"`{path.parent}` is a file, and a project has a folder there") from None
    except OSError as error:
        raise ProjectError(f"`{path}` cannot be written: {error.strerror}") from error
    return True
