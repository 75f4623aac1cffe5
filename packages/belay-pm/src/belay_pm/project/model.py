"""A project, as a value."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from belay_pm.hosts import DEFAULT_HOSTS, Hosts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from belay_pm.requirements import Requirement

__all__ = [
    "DEFAULT_BUNDLES",
    "DEFAULT_DEPENDENCIES_PATH",
    "DEFAULT_INDICES",
    "MAIN_GROUP",
    "Group",
    "Project",
]

MAIN_GROUP = "main"
"""What the group of `[tool.belay.dependencies]` is called."""

DEFAULT_DEPENDENCIES_PATH = ".belay/dependencies"

DEFAULT_INDICES = ("https://micropython.org/pi/v2",)
"""The index of micropython-lib."""

DEFAULT_BUNDLES = ("adafruit/Adafruit_CircuitPython_Bundle", "adafruit/CircuitPython_Community_Bundle")
"""Adafruit's own drivers, and those of others."""


@dataclass(frozen=True)
class Group:
    """Dependencies that are wanted together.

    Attributes:
        name: of the group, and of its folder below `dependencies_path`.
        optional: not installed on a board unless asked for.
        requirements: in the order of the file.
    """

    name: str
    optional: bool
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True)
class Project:
    """What `[tool.belay]` of a folder's `pyproject.toml` says.

    Attributes:
        folder: absolute; the file lies in it.
        name: of the project's own package, or None.
        groups: by name; `main` comes first and is always there.
        dependencies_path: absolute, in the folder.
        dependencies_path_is_default: whether that is where the incumbent puts them too.
        ignore: patterns of files that no board gets, as in a `.gitignore`.
        mpy_version: which compiled files an index shall give: `py` for none, or the major number: `6`.
        package_indices: addresses without a slash at the end, in the order in which they are asked.
        circuitpython_bundles: `OWNER/REPOSITORY` at GitHub, or an address.
        hosts: which websites have code, and what short forms stand for.
        variables: what `$(NAME)` stands for in manifests.
        device: whatever the command line keeps there.
    """

    folder: Path
    name: str | None
    groups: Mapping[str, Group]
    dependencies_path: Path
    dependencies_path_is_default: bool = True
    ignore: tuple[str, ...] = ()
    mpy_version: str = "py"
    package_indices: tuple[str, ...] = DEFAULT_INDICES
    circuitpython_bundles: tuple[str, ...] = DEFAULT_BUNDLES
    hosts: Hosts = DEFAULT_HOSTS
    variables: Mapping[str, str] = field(default_factory=dict)
    device: object | None = None

    @cached_property
    def digest(self) -> str:
        """SHA-256 over everything that decides what an update gets, 64 hexadecimal digits.

        Order, comments and spelling do not count, nor does what comes after an update: where it is laid
        and which group is optional.
        """
        told = {
            "groups": {
                name: {
                    requirement.name: [
                        {**asdict(entry), "source": _source(entry.source), "text": None}
                        for entry in requirement.entries
                    ]
                    for requirement in group.requirements
                }
                for name, group in self.groups.items()
            },
            "mpy_version": self.mpy_version,
            "package_indices": self.package_indices,
            "circuitpython_bundles": self.circuitpython_bundles,
            "hosts": [dict(self.hosts.kinds), dict(self.hosts.short_forms)],
            "variables": dict(self.variables),
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _source(source: object) -> list[object]:
    return [type(source).__name__, {name: getattr(source, name) for name in sorted(source.__slots__)}]  # type: ignore[attr-defined]  # every source has slots
