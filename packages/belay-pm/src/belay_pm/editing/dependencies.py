"""Dependencies added to and removed from a project's file."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from belay_pm.editing.documents import edited, end_with_blank_line, put, table_at
from belay_pm.editing.writing import write_text
from belay_pm.errors import ProjectError
from belay_pm.near import near_miss
from belay_pm.project import PROJECT_FILE, parse_project, read_project, read_text
from belay_pm.project.model import MAIN_GROUP
from belay_pm.requirements import BundleSource, IndexSource, PathSource
from belay_pm.specs import infer_name, parse_source

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from pathlib import Path

    from belay_pm.project import Project

__all__ = ["Added", "add_dependency", "remove_dependency", "undo"]


class Added(NamedTuple):
    """What a change did to a project's file.

    Attributes:
        project: as it is now.
        name: of the package.
        value: as the file has it now, as TOML.
        before: what the file held.
        after: what it holds.
        made_group: whether there was no group of that name.
    """

    project: Project
    name: str
    value: str
    before: str
    after: str
    made_group: bool = False


def add_dependency(
    folder: Path,
    words: tuple[str, ...],
    *,
    group: str = MAIN_GROUP,
    develop: bool = False,
    rename_to_init: bool = True,
    opt: int | None = None,
    here: Path | None = None,
) -> Added:
    """Add a dependency to the file of the project in a folder.

    Args:
        folder: of the project.
        words: a source; or a name and a source.
        group: `main`, or a group, which is made when there is none of that name.
        develop: it is used where it lies.
        rename_to_init: a lone module becomes the `__init__` of the package.
        opt: mpy-cross's level of optimisation.
        here: where relative paths start; None for the folder of the project.

    Raises:
        ProjectError: the source means nothing, or is a path with nothing there; no name can be told; the
            group has a dependency of that name already; the file has other problems. It is as it was.
    """
    before = read_text(folder / PROJECT_FILE)
    project = parse_project(folder, before)
    *named, text = words
    source = parse_source(text, hosts=project.hosts, name=named[0] if named else None)
    here = here or folder
    if isinstance(source, PathSource):
        text = _from_project(source.path, folder, here)
    elif isinstance(source, IndexSource):
        _refuse_bare_folder(text, here)
    name = named[0] if named else _key(source)
    if not named and isinstance(source, IndexSource):
        text = source.version  # `pathlib = "*"`: the key says which
    _refuse_second(project, name, group)
    value = _value(text, develop=develop, rename_to_init=rename_to_init, opt=opt)
    keys = ("tool", "belay", *(() if group == MAIN_GROUP else ("group", group)), "dependencies")

    is_new = group not in project.groups

    def change(document: MutableMapping[str, Any]) -> None:
        table = table_at(document, keys)
        put(table, name, _plain_or_inline(value, document))
        if is_new:
            end_with_blank_line(table)

    after = edited(before, folder / PROJECT_FILE, change)
    changed = parse_project(folder, after)
    write_text(folder / PROJECT_FILE, after)
    return Added(changed, name, _shown(value), before, after, made_group=is_new and group != MAIN_GROUP)


def _key(source: object) -> str:
    """Return the key for a source: the index's own name, or what it is probably imported as."""
    if isinstance(source, IndexSource | BundleSource):
        return source.name
    return infer_name(source)  # type: ignore[arg-type]  # a source


def remove_dependency(folder: Path, name: str, *, group: str | None = None) -> Added:
    """Remove a dependency from the file of the project in a folder.

    Args:
        folder: of the project.
        name: of the package.
        group: which one has it; None for the only one.

    Raises:
        ProjectError: no group has it, or that one has not, or several have; the file cannot be changed.
    """
    before = read_text(folder / PROJECT_FILE)
    project = read_project(folder)
    having = [
        each.name for each in project.groups.values() if any(name == one.name for one in each.requirements)
    ]
    if group is None:
        group = _only_group(project, name, having)
    elif group not in having:
        known = f"; the group `{having[0]}` has it" if having else ""
        hint = (
            f"`belay remove {name} --group {having[0]}` removes it there" if having else _known(project, name)
        )
        raise ProjectError(f"the group `{group}` has no dependency `{name}`{known}", hint=hint)
    keys = ("tool", "belay", *(() if group == MAIN_GROUP else ("group", group)), "dependencies")

    def change(document: MutableMapping[str, Any]) -> None:
        del table_at(document, keys)[name]

    after = edited(before, folder / PROJECT_FILE, change)
    changed = parse_project(folder, after)
    write_text(folder / PROJECT_FILE, after)
    return Added(changed, name, "", before, after)


def undo(added: Added) -> None:
    """Make the file what it was before a change, unless somebody has changed it since."""
    path = added.project.folder / PROJECT_FILE
    if read_text(path) == added.after:
        write_text(path, added.before)


def _only_group(project: Project, name: str, having: list[str]) -> str:
    if len(having) == 1:
        return having[0]
    if having:
        listed = ", ".join(f"`{each}`" for each in having)
        raise ProjectError(
            f"several groups have a dependency `{name}`: {listed}", hint=f"say which: `--group {having[-1]}`"
        )
    raise ProjectError(
        f"`{project.folder / PROJECT_FILE}` has no dependency `{name}`", hint=_known(project, name)
    )


def _known(project: Project, name: str) -> str:
    """Return a hint: which dependency may have been meant."""
    known = {one.name: None for group in project.groups.values() for one in group.requirements}
    near = near_miss(name, known)
    if near:
        return f"did you mean `{near}`?"
    if not known:
        return "it has none; `belay add` adds one"
    return f"it has {', '.join(f'`{each}`' for each in known)}"


def _from_project(path: str, folder: Path, here: Path) -> str:
    """Return a path as the project's file writes it: from its folder, with `/`, unless it is absolute.

    Raises:
        ProjectError: nothing is there.
    """
    found = here / os.path.expanduser(path)  # noqa: PTH111 - `Path.expanduser` raises where this lets be
    if not found.exists():
        raise ProjectError(
            f"`{path}` is not there: neither a file nor a folder", hint="look for a misspelling"
        )
    if found.is_absolute() and (os.path.isabs(path) or path.startswith("~")):  # noqa: PTH117 - of a text
        return path
    try:
        relative = os.path.relpath(found, folder).replace(os.sep, "/")
    except ValueError:  # another drive of Windows
        return str(found)
    return relative if relative.startswith(".") else f"./{relative}"


def _refuse_bare_folder(text: str, here: Path) -> None:
    if re.fullmatch(r"[\w-]+", text) and (here / text).is_dir():
        raise ProjectError(
            f"`{text}` is a package of the index, and there is a folder of that name here",
            hint=f"write `./{text}` for the folder, `mip:{text}` for the package",
        )


def _refuse_second(project: Project, name: str, group: str) -> None:
    known = project.groups.get(group)
    for requirement in known.requirements if known else ():
        if requirement.name == name:
            texts = ", ".join(f"`{entry.text}`" for entry in requirement.entries)
            where = "" if group == MAIN_GROUP else f" --group {group}"
            raise ProjectError(
                f"the group `{group}` has a dependency `{name}` already: {texts}",
                hint=f"`belay remove {name}{where}` removes it; `belay update {name}` gets what is new of it",
            )


def _value(text: str, *, develop: bool, rename_to_init: bool, opt: int | None) -> str | dict[str, object]:
    table: dict[str, object] = {"uri": text}
    if develop:
        table["develop"] = True
    if not rename_to_init:
        table["rename_to_init"] = False
    if opt is not None:
        table["opt"] = opt
    return text if len(table) == 1 else table


def _plain_or_inline(value: str | dict[str, object], document: MutableMapping[str, Any]) -> object:
    if isinstance(value, str) or type(document) is dict:
        return value
    import tomlkit  # noqa: PLC0415 - only a change needs it

    table = tomlkit.inline_table()
    table.update(value)
    return table


def _shown(value: str | dict[str, object]) -> str:
    return value if isinstance(value, str) else str(value["uri"])
