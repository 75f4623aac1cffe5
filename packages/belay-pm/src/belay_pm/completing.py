"""What the words of the package manager's commands can be, for shells that complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_pm.command_line.completion.candidates import Candidate
from belay_pm.command_line.completion.files import complete_file, complete_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from belay_pm.command_line.completion.candidates import Asked, Sources
    from belay_pm.project import Project

__all__ = ["SOURCES"]

_ARCHITECTURES = (
    "armv6m",
    "armv7m",
    "armv7emsp",
    "armv7emdp",
    "rv32imc",
    "rv64imc",
    "x64",
    "x86",
    "xtensa",
    "xtensawin",
)
_LEVELS = ("0", "1", "2", "3")


def _project() -> Project:
    from pathlib import Path  # noqa: PLC0415 - most questions are about something else

    from belay_pm.project import find_project, read_project  # noqa: PLC0415 - as above

    return read_project(find_project(Path.cwd()))


def _groups(asked: Asked) -> Iterator[Candidate]:
    for group in _project().groups.values():
        # `--with` is for what does not come by itself.
        if group.optional or asked.command not in {"install", "bundle"}:
            yield Candidate(group.name, "optional" if group.optional else "")


def _asked_for(asked: Asked) -> Iterator[Candidate]:
    """Give what `pyproject.toml` asks for, each once."""
    wanted = asked.options.get("--group")
    for group in _project().groups.values():
        if wanted in {None, group.name}:
            for requirement in group.requirements:
                if requirement.name not in asked.words:
                    yield Candidate(requirement.name, f"of the group {group.name}")


def _locked(asked: Asked) -> Iterator[Candidate]:
    """Give what is in the lock, with all that came along."""
    del asked
    from belay_pm.updating import require_lock  # noqa: PLC0415 - as above

    for package in require_lock(_project()).packages:
        yield Candidate(package.name, package.version or "")


def _elements(asked: Asked) -> Iterator[Candidate]:
    from belay_pm.store import Store  # noqa: PLC0415 - as above

    return (Candidate(element.name) for element in Store().elements(asked.word))


def _source(asked: Asked) -> Iterable[Candidate]:
    """Give files and folders for what begins as a path; what an index has, only the network knows."""
    return complete_file(asked) if asked.word.startswith((".", "/")) else ()


def _chosen(*values: str) -> Iterator[Candidate]:
    return (Candidate(value) for value in values)


SOURCES: Sources = {
    "FILE": complete_file,
    "FOLDER": complete_folder,
    "PATH": complete_file,
    "OUTPUT": complete_file,
    "ARGUMENT": complete_file,
    "GROUP": _groups,
    "LEVEL": lambda _: _chosen(*_LEVELS),
    "ARCH": lambda _: _chosen(*_ARCHITECTURES),
    "add SOURCE": _source,
    "bundle KIND": lambda _: _chosen("folder", "zip", "romfs"),
    "cache PREFIX": _elements,
    "init PATH": complete_folder,
    "new PATH": complete_folder,
    "remove NAME": _asked_for,
    "update PACKAGES": _asked_for,
    "why NAME": _locked,
}
"""What the help calls a value -> what it can be."""
