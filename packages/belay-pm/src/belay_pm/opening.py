"""Which room opens which source: a folder, a repository, an address, a name of an index becomes a place.

Knows sources, and nothing of what lies in them.
"""

from __future__ import annotations

import posixpath
import re
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from belay_pm.errors import NotFoundError
from belay_pm.local_paths import at_home
from belay_pm.manifest import StampedTree
from belay_pm.manifest.paths import UnsetVariableError
from belay_pm.masking import shown
from belay_pm.packages import Resolved
from belay_pm.requirements import GitSource, IndexSource, PathSource, UrlSource
from belay_pm.sources.archives import archive_files
from belay_pm.sources.bundles import Bundles
from belay_pm.sources.folder import FolderTree, MemoryTree
from belay_pm.sources.git import GitMirrors
from belay_pm.sources.http import Web
from belay_pm.sources.index import Index
from belay_pm.trees import Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from belay_pm.project import Project
    from belay_pm.requirements import BundleSource, Source
    from belay_pm.sources.http import Progress
    from belay_pm.store import Store

__all__ = ["Opened", "Opener", "is_web"]

_ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz")

_ELSEWHERE = re.compile(r"git\+(?P<url>.+)@(?P<commit>[0-9a-f]{40}|[0-9a-f]{64})#(?P<path>.+)", re.DOTALL)
"""The origin of a file that lies in another repository than the `package.json` that names it."""

_BELOW_VARIABLE = re.compile(r"\$\((?P<name>\w+)\)/(?P<path>.+)", re.DOTALL)
"""The origin of a file that a manifest takes from the folder of a variable."""


class Opened(NamedTuple):
    """A source that was opened.

    Attributes:
        place: what it names, in a tree.
        resolved: what it was.
        base: where relative sources of a `package.json` start.
        index_url: of the index that has the files which `hashes` of a `package.json` name.
        in_tree: whether the files that a `package.json` has beside it are in the tree too.
    """

    place: Place
    resolved: Resolved
    base: Source
    index_url: str
    in_tree: bool = True

    @property
    def origin(self) -> str:
        """Where a file was found that a `package.json` of elsewhere names."""
        return f"git+{self.resolved.url}@{self.resolved.commit}#{self.resolved.path}"

    def beside(self, path: str) -> Source:
        """Return the source of another folder in the same tree: of a repository, at the same commit."""
        if isinstance(self.base, GitSource):
            return GitSource(self.base.url, ref=self.resolved.commit, path=path)
        if isinstance(self.base, UrlSource):
            return UrlSource(self.base.url, path=path)
        is_file = self.place.path != ""
        top = posixpath.dirname(self.resolved.url) if is_file else self.resolved.url
        return PathSource(posixpath.join(top, path))


class Opener:
    """Opens sources; threads may share it.

    Args:
        project: whose folder and indexes count.
        store: where what was fetched is kept.
        offline: ask nobody, and take what the store has.
        progress: hears what comes, see `Progress`.

    Attributes:
        web: what asks web servers.
        variables: the folders that `$(NAME)` stands for in manifests.
    """

    def __init__(
        self, project: Project, store: Store, *, offline: bool = False, progress: Progress | None = None
    ) -> None:
        self.web = Web(store, offline=offline, progress=progress)
        self.variables = {
            name: Place(FolderTree(project.folder / folder), "") for name, folder in project.variables.items()
        }
        self._folder = project.folder
        self._mirrors = GitMirrors(store, offline=offline, progress=progress)
        self._index = Index(self.web, project.package_indices, mpy=project.mpy_version)
        self._bundles = Bundles(self.web, project.circuitpython_bundles, mpy=project.mpy_version)
        self._first_index = project.package_indices[0] if project.package_indices else ""

    def versions(self, source: IndexSource | BundleSource) -> Sequence[str]:
        """Return the versions of a name, newest first; those that suit are among them, if they are known.

        Raises:
            ProjectError: the version that is asked for is none.
            NotFoundError: no index has it.
            SourceError: an index or a bundle cannot be asked.
        """
        if isinstance(source, IndexSource):
            return self._index.versions(source.name, wanted=source.version)
        return self._bundles.versions(source.name)

    def open(self, source: Source) -> Opened:
        """Return what a source is now.

        Raises:
            NotFoundError: it is not there.
            SourceError: it cannot be had for another reason.
        """
        if isinstance(source, PathSource):
            return self._open_path(source)
        if isinstance(source, UrlSource):
            return self._open_url(source)
        if isinstance(source, GitSource):
            return self._open_repository(source)
        if isinstance(source, IndexSource):
            return self._open_indexed(source)
        return self._open_bundled(source)

    def origin_of(self, place: Place) -> str:
        """Return what a lock calls an opened file: its path, below its variable if it has one."""
        tree = place.tree.tree if isinstance(place.tree, StampedTree) else place.tree
        name = next((name for name, each in self.variables.items() if each.tree is tree), None)
        return place.path if name is None else f"$({name})/{place.path}"

    def read_again(self, origin: str, resolved: Resolved) -> bytes:
        """Return what lies now where a file of a lock came from.

        Raises:
            NotFoundError: nothing does.
            UnsetVariableError: it lies below the folder of a variable, which is not set.
            SourceError: it cannot be had for another reason.
        """
        if match := _BELOW_VARIABLE.fullmatch(origin):
            if match["name"] not in self.variables:
                raise UnsetVariableError(match["name"], origin)
            return self.variables[match["name"]].tree.read(match["path"])
        if is_web(origin):
            return self.web.get(origin)
        if match := _ELSEWHERE.fullmatch(origin):
            return self._mirrors.tree(match["url"], match["commit"]).read(match["path"])
        if resolved.commit is not None:
            return self._mirrors.tree(resolved.url, resolved.commit).read(origin)
        source = UrlSource(resolved.url) if is_web(resolved.url) else PathSource(resolved.url)
        return self.open(source).place.tree.read(origin)

    def _open_path(self, source: PathSource) -> Opened:
        path = self._folder / at_home(source.path)
        if not path.exists():
            raise NotFoundError(
                f"There is no `{source.path}`, seen from `{self._folder.name}`", hint="look for a misspelling"
            )
        top, inner = (path, "") if path.is_dir() else (path.parent, path.name)
        label = source.path if path.is_dir() else source.path.rpartition("/")[0] or "."
        place = Place(FolderTree(top, label=label), inner)
        return Opened(place, Resolved(source.path), source, self._first_index)

    def _open_url(self, source: UrlSource) -> Opened:
        content = self.web.get(source.url)
        name = posixpath.basename(source.url.partition("?")[0].rstrip("/"))
        resolved = Resolved(source.url, path=source.path, sha256=sha256(content).hexdigest())
        is_archive = name.lower().endswith(_ARCHIVES)
        files = _without_top(archive_files(content, name=name)) if is_archive else {name: content}
        place = Place(MemoryTree(files, label=shown(source.url)), source.path if is_archive else name)
        return Opened(place, resolved, source, self._first_index, in_tree=is_archive)

    def _open_repository(self, source: GitSource) -> Opened:
        commit, path = self._mirrors.resolve(source)
        place = Place(self._mirrors.tree(source.url, commit), path)
        return Opened(place, Resolved(source.url, commit=commit, path=path), source, self._first_index)

    def _open_indexed(self, source: IndexSource) -> Opened:
        found = self._index.package(source.name, source.version)
        name = "package.json"
        place = Place(MemoryTree({name: found.content}, label=found.url), name)
        resolved = Resolved(found.url, version=source.version)
        return Opened(place, resolved, UrlSource(found.url), found.base, in_tree=False)

    def _open_bundled(self, source: BundleSource) -> Opened:
        found = self._bundles.library(source.name, source.version)
        return Opened(found.place, found.resolved, source, self._first_index)


def is_web(url: str) -> bool:
    """Return whether an address is one of a web server."""
    return url.startswith(("http://", "https://"))


def _without_top(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Take away a folder that all the files are in, as archives of websites have it."""
    tops = {path.partition("/")[0] for path in files}
    if len(tops) == 1 and all("/" in path for path in files):
        return {path.partition("/")[2]: content for path, content in files.items()}
    return dict(files)
