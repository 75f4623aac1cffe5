"""Which files a place gives: those of its `package.json`, of its `manifest.py`, or simply those in it."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from belay_pm.contents.package_json import read_package_json
from belay_pm.contents.values import ContentFile, Contents
from belay_pm.errors import ManifestError, NotFoundError
from belay_pm.manifest import evaluate_manifest
from belay_pm.requirements import Entry, Requirement
from belay_pm.specs import dependency_entry
from belay_pm.target_paths import refuse_clashes, target_path
from belay_pm.trees import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from belay_pm.hosts import Hosts
    from belay_pm.requirements import Source

__all__ = ["described_by", "read_contents"]

_MODULES = (".py", ".mpy")

_LEFTOVERS = frozenset({"__pycache__", ".git", ".DS_Store", ".pytest_cache", ".mypy_cache", ".ruff_cache"})
"""Names, of folders and files, that other programs leave behind and no board wants."""


def read_contents(
    place: Place,
    *,
    name: str,
    entry: Entry,
    hosts: Hosts,
    index: str,
    variables: Mapping[str, Place] | None = None,
    in_tree: bool = True,
    beside: Callable[[str], Source] | None = None,
    trusted: bool = False,
) -> Contents:
    """Return which files a place gives, under which paths, and what they need.

    Args:
        place: a file or a folder.
        name: of the package.
        entry: what was asked for: whether a lone module becomes an `__init__`, and the optimisation.
        hosts: which websites are known.
        index: address of the index that has the files which the `hashes` of a `package.json` name.
        variables: what `$(NAME)` stands for in a manifest.
        in_tree: whether what a `package.json` has beside it is in the tree; else it is at its address.
        beside: gives the source of another folder in the tree, for what a manifest requires of its own
            repository; None when there is none but the index.
        trusted: whether its manifests may be run, where they do more than can be followed.

    Raises:
        NotFoundError: nothing is there, or nothing that a board could use.
        ManifestError: its `package.json` or `manifest.py` cannot be understood.
        UnsafePathError: a file would leave its folder, or two clash.
        SourceError: something in the tree cannot be read.
    """
    tree, path = place
    label = _shown(place)
    kind = tree.kind(path)
    if kind is None:
        raise NotFoundError(f"There is no `{path or '.'}` in `{tree.label}`", hint=_nearby(place))
    if (inner := described_by(place)) is not None:
        path, kind = inner, "file"
    if kind == "folder":
        contents = _folder(Place(tree, path), name, entry)
    elif path.endswith(".json"):
        contents = read_package_json(
            tree.read(path),
            label=_shown(Place(tree, path)),
            base=entry.source,
            here=Place(tree, path) if in_tree else None,
            hosts=hosts,
            index=index,
        )
    elif posixpath.basename(path) == "manifest.py":
        contents = _manifest(Place(tree, path), entry, hosts, variables, beside, trusted=trusted)
    else:
        contents = Contents(_lone(Place(tree, path), name, entry))
    if not contents.files and not contents.requires:
        raise NotFoundError(
            f"There is nothing for a board in `{label}`",
            hint="name a file, or a folder with files that a board can import",
        )
    refuse_clashes((file.path for file in contents.files), source=label)
    return contents


def _shown(place: Place) -> str:
    """Return how messages name a place; the one file of an address is the address."""
    tree, path = place
    return f"{path} in {tree.label}" if path and not tree.label.endswith(f"/{path}") else tree.label


def described_by(place: Place) -> str | None:
    """Return the file in a folder that says what the folder gives, or None when it gives simply its files."""
    for name in ("package.json", "manifest.py"):
        path = posixpath.join(place.path, name)
        if place.tree.kind(path) == "file":
            return path
    return None


def _folder(place: Place, name: str, entry: Entry) -> Contents:
    tree, top = place
    names = set(tree.names(top))
    if not {"__init__.py", "__init__.mpy"} & names:
        for module in _MODULES:
            if name + module in names:
                return Contents(_lone(Place(tree, posixpath.join(top, name + module)), name, entry))
        if {"__init__.py", "__init__.mpy"} & set(tree.names(posixpath.join(top, name))):
            top = posixpath.join(top, name)
    files = []
    for path in tree.files(top):
        below = path[len(top) :].lstrip("/")
        if _LEFTOVERS.intersection(below.split("/")) or below.endswith(".pyc"):
            continue
        target = target_path(f"{name}/{below}", source=tree.label)
        files.append(ContentFile(target, Place(tree, path), entry.opt))
    return Contents(tuple(sorted(files, key=lambda file: file.path)))


def _lone(place: Place, name: str, entry: Entry) -> tuple[ContentFile, ...]:
    file = posixpath.basename(place.path)
    ending = posixpath.splitext(file)[1]
    if entry.rename_to_init and ending in _MODULES:
        file = f"__init__{ending}"
    return (ContentFile(target_path(f"{name}/{file}", source=place.tree.label), place, entry.opt),)


def _manifest(
    place: Place,
    entry: Entry,
    hosts: Hosts,
    variables: Mapping[str, Place] | None,
    beside: Callable[[str], Source] | None,
    *,
    trusted: bool,
) -> Contents:
    manifest = evaluate_manifest(place, variables=variables, trusted=trusted)
    requires = []
    for required in manifest.requires:
        if required.folder is not None and beside is not None:
            # No text of anybody says it: it is shown by its name, and where that is looked for.
            own = Entry(beside(required.folder), f"{required.name} in {place.tree.label}")
            requires.append(Requirement(required.name, (own,)))
            continue
        try:
            name, needed = dependency_entry(required.name, required.version, hosts=hosts)
        except ManifestError as error:
            raise ManifestError(f"{required.where}: {error}", hint=error.hint) from error
        requires.append(Requirement(name, (needed,)))
    return Contents(
        files=tuple(
            ContentFile(file.target, file.place, entry.opt if file.opt is None else file.opt)
            for file in manifest.files
        ),
        requires=tuple(requires),
        version=manifest.metadata.version,
        notes=manifest.notes,
    )


def _nearby(place: Place) -> str | None:
    """Say what lies in the nearest folder above that is there."""
    folder = place.path
    while folder:
        folder = posixpath.dirname(folder)
        if names := place.tree.names(folder):
            shown = ", ".join(f"`{name}`" for name in names[:10])
            more = f" and {len(names) - 10} more" if len(names) > 10 else ""  # noqa: PLR2004 - a line's worth
            return f"`{folder or '.'}` has {shown}{more}"
    return None
