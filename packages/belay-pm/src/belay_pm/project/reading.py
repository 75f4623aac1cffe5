"""`[tool.belay]` as a `Project`, or everything that is wrong with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from belay_pm.errors import ProjectError, UnsafePathError
from belay_pm.hosts import without_credentials
from belay_pm.project.finding import PROJECT_FILE, belay_table, parse_tables, read_text
from belay_pm.project.groups import read_groups
from belay_pm.project.hosts import read_hosts
from belay_pm.project.model import DEFAULT_BUNDLES, DEFAULT_DEPENDENCIES_PATH, DEFAULT_INDICES, Project
from belay_pm.project.problems import Problems
from belay_pm.specs import is_import_name
from belay_pm.target_paths import target_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

__all__ = ["parse_project", "read_project"]

_KEYS = (
    "name",
    "dependencies",
    "group",
    "dependencies_path",
    "ignore",
    "mpy_version",
    "package_indices",
    "circuitpython_bundles",
    "hosts",
    "variables",
    "device",  # the command line's: the project's board
)


def read_project(folder: Path) -> Project:
    """Return what the project in a folder says.

    Args:
        folder: that has the `pyproject.toml`.

    Raises:
        ProjectError: the file cannot be read, or something in it makes no sense; the text names the file
            and has all problems, each with its key, and its line where that can be told.
    """
    folder = folder.absolute()
    return parse_project(folder, read_text(folder / PROJECT_FILE))


def parse_project(folder: Path, text: str) -> Project:
    """Return what a project would say whose `pyproject.toml` is this text; see `read_project`."""
    folder = folder.absolute()
    path = folder / PROJECT_FILE
    tables = parse_tables(text, path)
    table = belay_table(tables, path)
    if table is None:
        raise ProjectError(
            f"`{path}` has no `[tool.belay]`", hint=f"`belay init {folder}` adds what is missing"
        )
    problems = Problems(path)
    project = _project(folder, table, problems)
    _look_for_the_slip(tables, problems)
    if problems:
        raise problems.error(text)
    return project


def _project(folder: Path, table: dict[str, Any], problems: Problems) -> Project:  # Any: as TOML has it
    for key in table:
        if key not in _KEYS:
            problems.unknown("tool.belay", key, _KEYS)
    hosts = read_hosts(table.get("hosts", {}), problems)
    text, dependencies_path = _dependencies_path(folder, table, problems)
    return Project(
        folder=folder,
        name=_name(table.get("name"), problems),
        groups=read_groups(folder, table, hosts, problems),
        dependencies_path=dependencies_path,
        dependencies_path_is_default=text == DEFAULT_DEPENDENCIES_PATH,
        ignore=_texts(table, "ignore", (), problems),
        mpy_version=_mpy_version(table.get("mpy_version", "py"), problems),
        package_indices=_texts(table, "package_indices", DEFAULT_INDICES, problems, _index),
        circuitpython_bundles=_texts(table, "circuitpython_bundles", DEFAULT_BUNDLES, problems, _bundle),
        hosts=hosts,
        variables=_variables(table.get("variables", {}), problems),
        device=table.get("device"),
    )


def _name(name: object, problems: Problems) -> str | None:
    if name is None:
        return None
    if isinstance(name, str) and is_import_name(name):
        return name
    meant = re.sub(r"\W", "_", name) if isinstance(name, str) else ""
    said = f"; did you mean `{meant}`?" if is_import_name(meant) else ""
    problems.add("tool.belay.name", f"it is what is imported, such as `my_project`, and not {name!r}{said}")
    return None


def _dependencies_path(folder: Path, table: Mapping[str, object], problems: Problems) -> tuple[str, Path]:
    """Return the path as it is meant, and absolute; it stays in the folder, whatever its links say."""
    key = "tool.belay.dependencies_path"
    value = table.get("dependencies_path", DEFAULT_DEPENDENCIES_PATH)
    default = DEFAULT_DEPENDENCIES_PATH, folder / DEFAULT_DEPENDENCIES_PATH
    if not isinstance(value, str):
        problems.add(key, f"it is a path below the folder of the project, and not {value!r}")
        return default
    try:
        text = target_path(value, source=PROJECT_FILE)
    except UnsafePathError as error:
        reason = str(error).rpartition("that is refused: ")[2].replace("of the package", "of the project")
        problems.add(key, f"{value!r} is no path below the folder of the project: {reason}")
        return default
    if text.split("/")[0].lower() == ".git":
        problems.add(key, "`.git` belongs to git")
        return default
    path = folder / text
    try:
        is_inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # links in a circle
        is_inside = False
    if not is_inside:
        problems.add(key, f"{value!r} leaves the folder of the project, by a link")
    return text, path


def _mpy_version(value: object, problems: Problems) -> str:
    if type(value) is int and value > 0:
        return str(value)
    if isinstance(value, str) and re.fullmatch(r"py|[1-9]\d{0,3}", value):
        return value
    problems.add(
        "tool.belay.mpy_version",
        f'it is "py", or the major number of the compiled files, such as 6, and not {value!r}',
    )
    return "py"


def _texts(
    table: Mapping[str, object],
    key: str,
    default: tuple[str, ...],
    problems: Problems,
    read: Callable[[str], str] = str,
) -> tuple[str, ...]:
    """Return a list of texts, each read by a function that raises `ProjectError`."""
    value = table.get(key, list(default))
    if not isinstance(value, list):
        problems.add(f"tool.belay.{key}", f"it is a list of texts, and not {value!r}")
        return default
    found = []
    for at, each in enumerate(value):
        if not isinstance(each, str) or not each.strip():
            problems.add(f"tool.belay.{key}[{at}]", f"it is a text, and not {each!r}")
            continue
        try:
            found.append(read(each))
        except ProjectError as error:
            problems.add(f"tool.belay.{key}[{at}]", str(error), error.hint)
    return tuple(found)


def _index(text: str) -> str:
    url = text.strip().rstrip("/").removesuffix("/index.json")
    parts = without_credentials(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ProjectError(
            f"`{text}` is no address of an index", hint=f"write it as in `{DEFAULT_INDICES[0]}`"
        )
    return url


def _bundle(text: str) -> str:
    text = text.strip().rstrip("/")
    if re.fullmatch(r"[\w.-]+/[\w.-]+", text) and ".." not in text:
        return text
    parts = without_credentials(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ProjectError(
            f"`{text}` is no bundle", hint=f"write it as in `{DEFAULT_BUNDLES[0]}`, or as an address"
        )
    return text


def _variables(value: object, problems: Problems) -> Mapping[str, str]:
    if not isinstance(value, dict):
        problems.add("tool.belay.variables", f"it is a table of paths, and not {value!r}")
        return {}
    found = {}
    for name, path in value.items():
        key = f"tool.belay.variables.{name}"
        if not re.fullmatch(r"[A-Za-z_]\w*", name):
            problems.add(key, "a variable has letters, digits and `_`, as in `MPY_DIR`")
        elif not isinstance(path, str) or not path:
            problems.add(key, f"it is a path or another text, and not {path!r}")
        else:
            found[name] = path
    return found


def _look_for_the_slip(tables: Mapping[str, Any], problems: Problems) -> None:
    """Find dependencies of ours under `tool.poetry.group`, as the first Belay's manual once has it.

    Poetry's own name versions, and never a link to a file.
    """
    poetry = tables.get("tool", {}).get("poetry", {})
    groups = poetry.get("group", {}) if isinstance(poetry, dict) else {}
    for name, group in groups.items() if isinstance(groups, dict) else ():
        dependencies = group.get("dependencies", {}) if isinstance(group, dict) else {}
        values = dependencies.values() if isinstance(dependencies, dict) else ()
        texts = [text for value in values for text in (value if isinstance(value, list) else [value])]
        if any(isinstance(text, str) and ("/" in text or text.endswith(".py")) for text in texts):
            problems.add(
                f"tool.poetry.group.{name}", f"nobody reads it; dependencies go to `tool.belay.group.{name}`"
            )
