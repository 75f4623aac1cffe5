"""An entry in, what it turned out to be out: a source opened, its files read and put into the store.

How a source is opened is the affair of `opening`, what a place gives that of `contents`.
"""

from __future__ import annotations

import posixpath
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from belay_pm.contents import Contents, described_by, read_contents
from belay_pm.errors import IntegrityError, ManifestError
from belay_pm.manifest import READ_ONLY, StampedTree, stamped
from belay_pm.masking import printable, shown
from belay_pm.opening import Opener, is_web
from belay_pm.packages import Fetched, PackageFile, Resolved
from belay_pm.requirements import GitSource, UrlSource
from belay_pm.sources.addresses import element_of
from belay_pm.sources.git import CommitTree
from belay_pm.sources.git import element_of as element_of_repository
from belay_pm.store import element_name
from belay_pm.trees import Place

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from belay_pm.contents import ContentFile
    from belay_pm.opening import Opened
    from belay_pm.project import Project
    from belay_pm.requirements import BundleSource, Entry, IndexSource
    from belay_pm.sources.http import Progress
    from belay_pm.store import Store

__all__ = ["Fetcher"]

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Fetcher(AbstractContextManager["Fetcher"]):
    """Gets what a project asks for; threads may share it.

    Folders and files of this computer; repositories; files, archives and `package.json` of web servers;
    names of indexes.

    Args:
        project: whose folder, websites, indexes and variables count.
        store: where contents end up.
        offline: ask nobody, and take what the store has.
        trusted: names of packages whose manifests may be run, where they do more than can be followed.
        progress: hears what comes, see `Progress`.
    """

    def __init__(
        self,
        project: Project,
        store: Store,
        *,
        offline: bool = False,
        trusted: Collection[str] = (),
        progress: Progress | None = None,
    ) -> None:
        self._hosts = project.hosts
        self._trusted = trusted
        self._store = store
        self._opener = Opener(project, store, offline=offline, progress=progress)

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._opener.web.close()

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
        opened = self._opener.open(entry.source)
        contents = self._contents(opened, entry, name)
        self._read_ahead(contents)
        resolved = opened.resolved
        version = contents.version or resolved.version
        if version is not None and not version.isprintable():  # it is shown, and could command the screen
            raise ManifestError(f"The version of `{name}` is {version!r}, and that is not one of any package")
        return Fetched(
            replace(resolved, version=version),
            files=tuple(self._taken(file, entry, opened, version) for file in contents.files),
            requires=contents.requires,
            notes=(*contents.notes, *_submodule_notes(opened.place), *_http_notes(resolved.url)),
        )

    def versions(self, source: IndexSource | BundleSource) -> Sequence[str]:
        """Return the versions of a name, newest first; see `Opener.versions`."""
        return self._opener.versions(source)

    def content(self, file: PackageFile, resolved: Resolved) -> bytes:
        """Return the content of a file of a lock, from the store or from where the lock says.

        Raises:
            IntegrityError: it is another one by now.
            SourceError: it cannot be had.
        """
        content = self._store.get(file.sha256)
        if content is not None:
            return content
        content = self._opener.read_again(file.origin, resolved)
        if file.origin.endswith(".py"):  # a manifest gives it with a version, its own or that of another
            versions = (None, file.version, resolved.version)
            given = (content, *(stamped(content, version) for version in versions))
            content = next((each for each in given if sha256(each).hexdigest() == file.sha256), content)
        if (digest := sha256(content).hexdigest()) != file.sha256:
            raise IntegrityError(
                f"`{_told(file.origin)}` of `{_told(resolved.url)}` is not what the lock says: "
                f"its SHA-256 starts with {digest[:16]}, and {file.sha256[:16]} is locked",
                hint="`belay update` locks what is there now",
            )
        return content

    def _contents(self, opened: Opened, entry: Entry, name: str) -> Contents:
        try:
            return read_contents(
                opened.place,
                name=name,
                entry=replace(entry, source=opened.base),
                hosts=self._hosts,
                index=opened.index_url,
                variables=self._opener.variables,
                in_tree=opened.in_tree,
                beside=opened.beside,
                trusted=name in self._trusted,
            )
        except ManifestError as error:
            if error.hint == READ_ONLY:
                trust = (
                    f"{READ_ONLY}; or have it run, if you trust whoever wrote it: `--trust-manifest {name}`"
                )
                raise ManifestError(*error.args, hint=trust) from error
            raise

    def _read_ahead(self, contents: Contents) -> None:
        """Get the files of each commit together, not one by one."""
        paths: dict[CommitTree, list[str]] = {}
        for file in contents.files:
            where = self._opener.open(file.where).place if isinstance(file.where, GitSource) else file.where
            if not isinstance(where, Place):
                continue
            tree = where.tree.tree if isinstance(where.tree, StampedTree) else where.tree
            if isinstance(tree, CommitTree):
                paths.setdefault(tree, []).append(where.path)
        for tree, inside in paths.items():
            tree.read_ahead(inside)

    def _taken(self, file: ContentFile, entry: Entry, opened: Opened, version: str | None) -> PackageFile:
        """Put a file's content into the store."""
        own_version = None
        if isinstance(file.where, Place):
            origin, content = self._opener.origin_of(file.where), file.where.tree.read(file.where.path)
            if isinstance(file.where.tree, StampedTree) and file.where.tree.version != version:
                own_version = file.where.tree.version
        elif isinstance(file.where, UrlSource):
            origin = file.where.url
            content = self._opener.web.get(origin, is_final=partial(_starts, file.sha256_start))
        else:
            elsewhere = self._opener.open(file.where)
            origin, content = elsewhere.origin, elsewhere.place.tree.read(elsewhere.place.path)
        digest = self._store.put(content, element=_element(opened.resolved))
        if file.sha256_start is not None and not _starts(file.sha256_start, content):
            raise IntegrityError(
                f"`{_told(origin)}` is not what was promised: its SHA-256 starts with "
                f"{digest[: len(file.sha256_start)]}, and {file.sha256_start} was promised"
            )
        opt = entry.opt if file.opt is None else file.opt
        return PackageFile(file.path, digest, len(content), origin, opt, own_version)


def _told(where: str) -> str:
    """Return a path or an address for a message."""
    return printable(shown(where) if is_web(where) else where)


def _starts(sha256_start: str | None, content: bytes) -> bool:
    """Say whether a content is what was promised; nothing is when nothing was."""
    return sha256_start is not None and sha256(content).hexdigest().startswith(sha256_start)


def _element(resolved: Resolved) -> str:
    """Return what the store keeps contents of a source for."""
    if resolved.commit is not None:
        return element_of_repository(resolved.url)
    if is_web(resolved.url):
        return element_of(resolved.url)
    return element_name(f"path-{posixpath.basename(resolved.url.rstrip('/'))}")


def _http_notes(url: str) -> tuple[str, ...]:
    """Say of what came over plain http from elsewhere that anybody on the way could have changed it."""
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname in _LOOPBACK:
        return ()
    return (f"`{parts.hostname}` was asked over http, where anybody on the way can change what comes",)


def _submodule_notes(place: Place) -> tuple[str, ...]:
    """Say of a plain folder of a repository that other repositories should be in it, and are not."""
    if not isinstance(place.tree, CommitTree) or described_by(place) is not None:
        return ()
    return tuple(
        f"`{inner}` is a submodule of the repository, and what it has does not come along"
        for inner in place.tree.submodules(place.path)
    )
