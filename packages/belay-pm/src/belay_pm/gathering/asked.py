"""What is asked for, by its words: as requirements, and as the project that says nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from belay_pm.errors import ArgumentError, ConflictError, ProjectError
from belay_pm.hosts import DEFAULT_HOSTS, without_credentials
from belay_pm.opening import is_web
from belay_pm.project import DEFAULT_DEPENDENCIES_PATH, DEFAULT_INDICES, Group, Project
from belay_pm.requirements import Entry, PathSource, Requirement, UrlSource
from belay_pm.specs import infer_name, parse_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay_pm.requirements import Source

__all__ = ["ASKED", "SOURCE", "check_asked", "described", "project_of", "requirements"]

ASKED = "mip"
"""Who asks, in messages about what packages need."""

SOURCE = "py"
"""The kind of an index's packages that every board can have."""

_FILE = re.compile(r"\.(py|mpy|json|zip|tgz|tbz2|txz|tar|tar\.\w+)$", re.IGNORECASE)


def requirements(texts: Sequence[str]) -> tuple[Requirement, ...]:
    """Return what the words ask for.

    Raises:
        ProjectError: a text means nothing.
        ConflictError: one name is asked for twice.
    """
    found: dict[str, Requirement] = {}
    for text in texts:
        source = described(parse_source(text, hosts=DEFAULT_HOSTS))
        try:
            name = infer_name(source)
        except ProjectError as error:  # its hint is about a project
            hint = "rename it: letters, digits and `_` can be imported"
            raise ProjectError(*error.args, hint=hint) from error
        wanted = Requirement(name, (Entry(source, text),))
        before = found.setdefault(name, wanted)
        if before.entries[0].source != source:
            raise ConflictError(
                f"`{name}` is asked for twice: `{before.entries[0].text}` and `{text}`",
                hint="leave one of them out",
            )
    return tuple(found.values())


def check_asked(texts: Sequence[str], *, folder: Path) -> None:
    """Refuse words that mean nothing, or a path of this computer that is not there; nobody is asked.

    Raises:
        ArgumentError: a path is not there.
        ProjectError, ConflictError: see `requirements`.
    """
    for each in requirements(texts):
        source = each.entries[0].source
        if isinstance(source, PathSource) and not (folder / Path(source.path).expanduser()).exists():
            raise ArgumentError(
                f"There is no `{source.path}`", hint="look at how it is spelt: `ls` lists what is there"
            )


def described(source: Source) -> Source:
    """Return an address as mip reads it: one that names no file is of a folder with a `package.json`."""
    if not isinstance(source, UrlSource):
        return source
    address, question, query = source.url.partition("?")
    if _FILE.search(address):
        return source
    return replace(source, url=f"{address.rstrip('/')}/package.json{question}{query}")


def project_of(folder: Path, wanted: Sequence[Requirement], kind: str, index: str | None) -> Project:
    """Return a project that asks for this, of packages of one kind.

    Raises:
        ProjectError: the index is no address.
    """
    if index is not None:
        if not is_web(index) or not without_credentials(index).hostname:
            raise ProjectError(
                f"`{index}` is no address of an index", hint=f"write it as `{DEFAULT_INDICES[0]}`"
            )
        index = index.rstrip("/")
    return Project(
        folder=folder,
        name=None,
        groups={ASKED: Group(ASKED, optional=False, requirements=tuple(wanted))},
        dependencies_path=folder / DEFAULT_DEPENDENCIES_PATH,
        mpy_version=kind,
        package_indices=DEFAULT_INDICES if index is None else (index,),
    )
