"""An entry in, what it turned out to be out: a source opened, its files read and put into the store.

Knows which room opens which source; what a place gives is the affair of `contents`.
"""

from __future__ import annotations

import posixpath
import re
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from belay_pm.contents import Contents, read_contents, read_package_json
from belay_pm.errors import IntegrityError, NotFoundError, SourceError
from belay_pm.manifest import stamped
from belay_pm.packages import Fetched, PackageFile, Resolved
from belay_pm.requirements import Entry, GitSource, IndexSource, PathSource, UrlSource
from belay_pm.sources.addresses import element_of
from belay_pm.sources.archives import archive_files
from belay_pm.sources.folder import FolderTree, MemoryTree
from belay_pm.sources.git import CommitTree, GitMirrors
from belay_pm.sources.git import element_of as element_of_repository
from belay_pm.sources.http import Web
from belay_pm.sources.index import Index
from belay_pm.store import element_name
from belay_pm.trees import Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from belay_pm.contents import ContentFile
    from belay_pm.project import Project
    from belay_pm.requirements import BundleSource, Source
    from belay_pm.sources.http import Progress
    from belay_pm.store import Store

__all__ = ["Fetcher"]

_ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz")

_ELSEWHERE = re.compile(r"git\+(?P<url>.+)@(?P<commit>[0-9a-f]{40}|[0-9a-f]{64})#(?P<path>.+)", re.DOTALL)
"""The origin of a file that lies in another repository than the `package.json` that names it."""


class _Opened(NamedTuple):
    """A source that was opened.

    Attributes:
        place: what it names, in a tree.
        resolved: what it was.
        in_tree: whether the files that a `package.json` has beside it are in the tree too.
    """

    place: Place
    resolved: Resolved
    in_tree: bool = True


class Fetcher(AbstractContextManager["Fetcher"]):
    """Gets what a project asks for; threads may share it.

    Folders and files of this computer; repositories; files, archives and `package.json` of web servers;
    names of indexes.

    Args:
        project: whose folder, websites, indexes and variables count.
        store: where contents end up.
        offline: ask nobody, and take what the store has.
        progress: hears what comes, see `Progress`.
    """

    def __init__(
        self, project: Project, store: Store, *, offline: bool = False, progress: Progress | None = None
    ) -> None:
        self._project = project
        self._store = store
        self._web = Web(store, offline=offline, progress=progress)
        self._mirrors = GitMirrors(store, offline=offline, progress=progress)
        self._index = Index(self._web, project.package_indices, mpy=project.mpy_version)
        self._variables = {
            name: Place(FolderTree(project.folder / folder), "") for name, folder in project.variables.items()
        }

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._web.close()

    def fetch(self, entry: Entry, *, name: str) -> Fetched:
        """Return what an entry is; the contents of its files are in the store.

        Args:
            entry: what is asked for.
            name: of the package.

        Raises:
            NotFoundError: it is not there.
            SourceError: it cannot be had for another reason.
            ManifestError: its `package.json` or `manifest.py` cannot be understood.
            IntegrityError: a file is not what somebody promised.
            UnsafePathError: a file would leave its folder.
        """
        if isinstance(entry.source, IndexSource):
            contents, resolved = self._indexed(entry.source)
        else:
            opened = self._open(entry.source)
            contents, resolved = self._contents(opened, entry, name), opened.resolved
        self._read_ahead(contents)
        return Fetched(
            replace(resolved, version=contents.version or resolved.version),
            files=tuple(self._taken(file, entry, resolved) for file in contents.files),
            requires=contents.requires,
            notes=contents.notes,
        )

    def versions(self, source: IndexSource | BundleSource) -> Sequence[str]:
        """Return the versions of a name, newest first.

        Raises:
            NotFoundError: no index has it.
            SourceError: an index cannot be asked, or it is of a bundle, which cannot be asked yet.
        """
        if isinstance(source, IndexSource):
            return self._index.versions(source.name)
        raise _not_yet(source)

    def content(self, file: PackageFile, resolved: Resolved) -> bytes:
        """Return the content of a file of a lock, from the store or from where the lock says.

        Raises:
            IntegrityError: it is another one by now.
            SourceError: it cannot be had.
        """
        content = self._store.get(file.sha256)
        if content is not None:
            return content
        content = self._original(file.origin, resolved)
        if sha256(content).hexdigest() != file.sha256 and file.origin.endswith(".py"):
            content = stamped(content, resolved.version)  # as it is when a manifest gives it
        if (digest := sha256(content).hexdigest()) != file.sha256:
            raise IntegrityError(
                f"`{file.origin}` of `{resolved.url}` is not what the lock says: "
                f"its SHA-256 starts with {digest[:16]}, and {file.sha256[:16]} is locked",
                hint="`belay update` locks what is there now",
            )
        return content

    def _original(self, origin: str, resolved: Resolved) -> bytes:
        """Return what lies where a file of a lock came from."""
        if _is_web(origin):
            return self._web.get(origin)
        if match := _ELSEWHERE.fullmatch(origin):
            return self._mirrors.tree(match["url"], match["commit"]).read(match["path"])
        if resolved.commit is not None:
            return self._mirrors.tree(resolved.url, resolved.commit).read(origin)
        source = UrlSource(resolved.url) if _is_web(resolved.url) else PathSource(resolved.url)
        return self._open(source).place.tree.read(origin)

    def _open(self, source: Source) -> _Opened:
        if isinstance(source, PathSource):
            return self._open_path(source)
        if isinstance(source, UrlSource):
            return self._open_url(source)
        if isinstance(source, GitSource):
            commit, path = self._mirrors.resolve(source)
            place = Place(self._mirrors.tree(source.url, commit), path)
            return _Opened(place, Resolved(source.url, commit=commit, path=path))
        raise _not_yet(source)

    def _open_path(self, source: PathSource) -> _Opened:
        path = self._project.folder / Path(source.path).expanduser()
        if not path.exists():
            raise NotFoundError(f"There is no `{source.path}`, seen from `{self._project.folder.name}`")
        top, inner = (path, "") if path.is_dir() else (path.parent, path.name)
        place = Place(FolderTree(top, label=source.path), inner)
        return _Opened(place, Resolved(source.path))

    def _open_url(self, source: UrlSource) -> _Opened:
        content = self._web.get(source.url)
        name = posixpath.basename(source.url.partition("?")[0].rstrip("/"))
        digest = sha256(content).hexdigest()
        resolved = Resolved(source.url, path=source.path, sha256=digest)
        if not name.lower().endswith(_ARCHIVES):
            place = Place(MemoryTree({name: content}, label=source.url), name)
            return _Opened(place, resolved, in_tree=False)
        tree = MemoryTree(_without_top(archive_files(content, name=name)), label=source.url)
        return _Opened(Place(tree, source.path), resolved)

    def _indexed(self, source: IndexSource) -> tuple[Contents, Resolved]:
        found = self._index.package(source.name, source.version)
        contents = read_package_json(
            found.content,
            label=found.url,
            base=UrlSource(found.url),
            here=None,
            hosts=self._project.hosts,
            index=found.base,
        )
        return contents, Resolved(found.url, version=source.version)

    def _contents(self, opened: _Opened, entry: Entry, name: str) -> Contents:
        contents = read_contents(
            opened.place,
            name=name,
            entry=entry,
            hosts=self._project.hosts,
            index=self._project.package_indices[0] if self._project.package_indices else "",
            variables=self._variables,
            in_tree=opened.in_tree,
        )
        return replace(contents, notes=(*contents.notes, *_submodule_notes(opened.place)))

    def _read_ahead(self, contents: Contents) -> None:
        """Get the files of each commit together, not one by one."""
        paths: dict[CommitTree, list[str]] = {}
        for file in contents.files:
            where = self._open(file.where).place if isinstance(file.where, GitSource) else file.where
            if isinstance(where, Place) and isinstance(where.tree, CommitTree):
                paths.setdefault(where.tree, []).append(where.path)
        for tree, inside in paths.items():
            tree.read_ahead(inside)

    def _taken(self, file: ContentFile, entry: Entry, resolved: Resolved) -> PackageFile:
        """Put a file's content into the store."""
        if isinstance(file.where, Place):
            origin, content = file.where.path, file.where.tree.read(file.where.path)
        elif isinstance(file.where, UrlSource):
            origin = file.where.url
            content = self._web.get(origin, is_final=partial(_starts, file.sha256_start))
        else:
            elsewhere = self._open(file.where)
            content = elsewhere.place.tree.read(elsewhere.place.path)
            found = elsewhere.resolved
            origin = f"git+{found.url}@{found.commit}#{found.path}"
        digest = self._store.put(content, element=_element(resolved))
        if file.sha256_start is not None and not _starts(file.sha256_start, content):
            raise IntegrityError(
                f"`{origin}` is not what was promised: its SHA-256 starts with "
                f"{digest[: len(file.sha256_start)]}, and {file.sha256_start} was promised"
            )
        opt = entry.opt if file.opt is None else file.opt
        return PackageFile(file.path, digest, len(content), origin, opt)


def _starts(sha256_start: str | None, content: bytes) -> bool:
    """Say whether a content is what was promised; nothing is when nothing was."""
    return sha256_start is not None and sha256(content).hexdigest().startswith(sha256_start)


def _is_web(url: str) -> bool:
    return url.startswith(("http://", "https://"))


def _element(resolved: Resolved) -> str:
    """Return what the store keeps contents of a source for."""
    if resolved.commit is not None:
        return element_of_repository(resolved.url)
    if _is_web(resolved.url):
        return element_of(resolved.url)
    return element_name(f"path-{posixpath.basename(resolved.url.rstrip('/'))}")


def _submodule_notes(place: Place) -> tuple[str, ...]:
    """Say of a plain folder of a repository that other repositories should be in it, and are not."""
    tree, path = place
    if not isinstance(tree, CommitTree) or {"package.json", "manifest.py"} & set(tree.names(path)):
        return ()
    return tuple(
        f"`{inner}` is a submodule of the repository, and what it has does not come along"
        for inner in tree.submodules(path)
    )


def _without_top(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Take away a folder that all the files are in, as archives of websites have it."""
    tops = {path.partition("/")[0] for path in files}
    if len(tops) == 1 and all("/" in path for path in files):
        return {path.partition("/")[2]: content for path, content in files.items()}
    return dict(files)


def _not_yet(source: Source) -> SourceError:
    return SourceError(
        f"`{getattr(source, 'name', source)}` is of a CircuitPython bundle, and none can be fetched yet",
        hint="name the repository of the library: `github:adafruit/…`",
    )
