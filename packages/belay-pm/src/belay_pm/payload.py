"""What a board gets of a project: the packages, the project's own, and its main script.

Knows where these lie on this computer and where they belong on a board. How they get there is for others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from belay_pm.errors import EditedError, ProjectError, UnsafePathError
from belay_pm.fetching import Fetcher
from belay_pm.ignoring import ALWAYS_IGNORED, Ignored
from belay_pm.layout import check, wanted_files
from belay_pm.local_paths import at_home
from belay_pm.lockfile import LOCK_NAME
from belay_pm.near import near_miss
from belay_pm.project import PROJECT_FILE
from belay_pm.requirements import PathSource
from belay_pm.sources.folder import FolderTree
from belay_pm.target_paths import refuse_clashes, target_path
from belay_pm.updating import fitting_lock, places_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from belay_pm.layout import Wanted
    from belay_pm.packages import Package, Part
    from belay_pm.project import Project
    from belay_pm.store import Store

__all__ = [
    "LIBRARY",
    "Edited",
    "PayloadFile",
    "developed_files",
    "edited_files",
    "installed_groups",
    "project_files",
]

LIBRARY = "lib"
"""The folder of a board that its packages lie in."""


@dataclass(frozen=True, slots=True)
class PayloadFile:
    """A file that belongs on a board.

    Attributes:
        target: where: relative to the board's root, `/` between its names.
        source: the file on this computer that it comes from.
        content: what it holds; it differs from the source's where a manifest has it so.
        opt: mpy-cross's level of optimisation, 0 to 3; None for whoever compiles to choose.
        package: whose it is; None for the project's own.
    """

    target: str
    source: Path
    content: bytes
    opt: int | None = None
    package: str | None = None


@dataclass(frozen=True, slots=True)
class Edited:
    """What people edit of a project.

    Attributes:
        files: on this computer; those that say what belongs to it are among them.
        folders: in which more may appear.
    """

    files: tuple[Path, ...]
    folders: tuple[Path, ...]


def installed_groups(project: Project, groups: Collection[str] = ()) -> tuple[str, ...]:
    """Return the groups that a board gets: those that are not optional, and those that are asked for.

    Args:
        project: whose.
        groups: optional ones that it gets as well.

    Raises:
        ProjectError: the project has no such group.
    """
    for group in groups:
        if group not in project.groups:
            near = near_miss(group, project.groups)
            raise ProjectError(
                f"The project has no group `{group}`",
                hint=f"did you mean `{near}`?" if near else f"it has {_listed(project.groups)}",
            )
    return tuple(name for name, group in project.groups.items() if not group.optional or name in groups)


def project_files(
    project: Project, store: Store, *, groups: Collection[str] = (), main: Path | None = None
) -> tuple[PayloadFile, ...]:
    """Return what a board gets of a project.

    Packages lie below `lib`, the project's own package under its name, without what `ignore` names; what
    is in development comes from where it lies.

    Args:
        project: which one.
        store: the cache, for packages in development.
        groups: optional groups that the board gets as well.
        main: a script that is `main.py` there.

    Returns:
        Sorted by target.

    Raises:
        LockError: there is no lock for what the project asks for.
        EditedError: packages are not as the lock says.
        ProjectError: the project's own package, or the script, is not there; there is no such group.
        UnsafePathError: two files have one place.
        PackageError: reading failed.
    """
    inside = installed_groups(project, groups)
    files = [
        *_packages(project, store, inside),
        *_own(project),
        *([] if main is None else [_main(main)]),
    ]
    found: dict[str, PayloadFile] = {}
    for file in files:
        other = found.setdefault(file.target, file)
        if other.content != file.content:
            raise UnsafePathError(
                f"`{other.source}` and `{file.source}` differ, and both belong at `{file.target}` of a board"
            )
    refuse_clashes(found, source="the project")
    return tuple(found[target] for target in sorted(found))


def developed_files(project: Project, store: Store) -> tuple[PayloadFile, ...]:
    """Return the files of all packages in development, as they are now.

    Raises:
        LockError: there is no lock for what the project asks for.
        PackageError: reading failed.
    """
    return tuple(_developed(project, store, _locked(project, project.groups)))


def edited_files(project: Project, store: Store, *, groups: Collection[str] = ()) -> Edited:
    """Return what people edit of what `project_files` returns: all but the packages that were fetched.

    Args:
        project: which one.
        store: the cache, for packages in development.
        groups: optional groups that the board gets as well.

    Raises:
        LockError: there is no lock for what the project asks for.
        ProjectError: the project's own package is not there; there is no such group.
        PackageError: reading failed.
    """
    inside = installed_groups(project, groups)
    files = [project.folder / PROJECT_FILE, project.folder / LOCK_NAME]
    folders = []
    if any(project.groups[name].requirements for name in inside):
        packages = _locked(project, inside)
        files += [file.source for file in _developed(project, store, packages)]
        folders += [
            _top(project, part) for package in packages for part in package.parts if part.entry.develop
        ]
    if project.name is not None:
        files += [project.folder / path for path in _own_paths(project, FolderTree(project.folder))]
        folders.append(project.folder / project.name)
    return Edited(tuple(files), tuple(folders))


def _packages(project: Project, store: Store, groups: Sequence[str]) -> Iterator[PayloadFile]:
    if not any(project.groups[name].requirements for name in groups):
        return
    packages = _locked(project, groups)
    wanted = {path: each for path, each in wanted_files(packages).items() if path.partition("/")[0] in groups}
    _require_as_locked(project, wanted)
    for path, each in wanted.items():
        source = project.dependencies_path / path
        inner = path.partition("/")[2]
        yield PayloadFile(f"{LIBRARY}/{inner}", source, source.read_bytes(), each.file.opt, each.package.name)
    yield from _developed(project, store, packages)


def _require_as_locked(project: Project, wanted: dict[str, Wanted]) -> None:
    checked = check(places_of(project), wanted)
    differing = [*checked.missing, *checked.changed]
    if differing:
        raise EditedError(
            f"{len(differing)} of {checked.files} files of the packages are not as `{LOCK_NAME}` says; "
            f"the first is `{differing[0]}`",
            hint="`belay verify` names them all, `belay update --locked` lays what is missing",
        )


def _locked(project: Project, groups: Collection[str]) -> list[Package]:
    """Return the packages of some groups."""
    lock = fitting_lock(project)
    return [package for package in lock.packages if not set(groups).isdisjoint(package.groups)]


def _developed(project: Project, store: Store, packages: Sequence[Package]) -> Iterator[PayloadFile]:
    """Yield the files of packages in development, as they are now."""
    parts = [(package, part) for package in packages for part in package.parts if part.entry.develop]
    if not parts:
        return
    with Fetcher(project, store) as fetcher:
        for package, part in parts:
            top = _top(project, part)
            for file in fetcher.fetch(part.entry, name=package.name).files:
                content = store.get(file.sha256)
                assert content is not None, "what was fetched is in the store"
                # A manifest or `package.json` may name what lies elsewhere, or on no disk of this computer.
                source = top / file.origin if (top / file.origin).is_file() else store.path(file.sha256)
                yield PayloadFile(f"{LIBRARY}/{file.path}", source, content, file.opt, package.name)


def _top(project: Project, part: Part) -> Path:
    """Return the folder in which the files of a part in development lie."""
    source = part.entry.source
    assert isinstance(source, PathSource), "only what lies on this computer can be in development"
    top = project.folder / at_home(source.path)
    return top if top.is_dir() else top.parent


def _own(project: Project) -> Iterator[PayloadFile]:
    """Yield the files of the project's own package."""
    tree = FolderTree(project.folder)
    for path in _own_paths(project, tree):
        yield PayloadFile(target_path(path, source="the project"), project.folder / path, tree.read(path))


def _own_paths(project: Project, tree: FolderTree) -> Iterator[str]:
    """Yield where they are in the project's folder."""
    if project.name is None:
        return
    ignored = Ignored((*ALWAYS_IGNORED, *project.ignore))
    kind = tree.kind(project.name)
    if kind != "folder":
        raise ProjectError(
            f"The project's own package, the folder `{project.name}`, is not in `{project.folder}`",
            hint=f"make it, with an `__init__.py`, or mend `name` in `{project.folder / PROJECT_FILE}`",
        )
    yield from (path for path in tree.files(project.name) if path not in ignored)


def _main(script: Path) -> PayloadFile:
    try:
        return PayloadFile("main.py", script, script.read_bytes())
    except OSError as error:
        raise ProjectError(f"The main script `{script}` cannot be read: {error.strerror}") from error


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
