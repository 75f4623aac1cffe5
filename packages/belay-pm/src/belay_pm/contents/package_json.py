"""What a `package.json` says: files and where they are, and what they need.

Source: MicroPython's documentation, "Package management", section "Writing & publishing packages".
"""

from __future__ import annotations

import json
import posixpath
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from belay_pm.contents.values import ContentFile, Contents
from belay_pm.errors import ManifestError, ProjectError
from belay_pm.requirements import GitSource, PathSource, Requirement, UrlSource
from belay_pm.specs import dependency_entry, parse_source
from belay_pm.target_paths import target_path
from belay_pm.trees import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from belay_pm.hosts import Hosts
    from belay_pm.requirements import Source

__all__ = ["read_package_json"]

_MOST_ITEMS = 5000
"""Files or dependencies of a package: the largest known have a few hundred, and a board holds less."""

_HASH = re.compile(r"[0-9a-f]{8,64}")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


def read_package_json(
    content: bytes, *, label: str, base: Source, here: Place | None, hosts: Hosts, index: str
) -> Contents:
    """Return what a `package.json` says.

    Args:
        content: of the file.
        label: which file it is, for errors.
        base: the source that it is of. Sources in the repository of a `GitSource` without a ref of their own
            are of its commit; those in other repositories never get its ref.
        here: where the file lies in a tree, so that relative sources do too; None when it came from the web,
            so that they start at its address.
        hosts: which websites are known.
        index: address of the index that has the files which `hashes` names.

    Raises:
        ManifestError: it is no such file; the text names the key.
        UnsafePathError: a destination would leave its folder.
    """
    reader = _Reader(label, base, here, hosts)
    told = reader.parsed(content)
    files: dict[str, ContentFile] = {}
    for key, (path, start) in reader.pairs(told, "hashes"):
        if not isinstance(start, str) or not _HASH.fullmatch(start):
            raise reader.error(key, f"{start!r} is not the start of a SHA-256: 8 to 64 hexadecimal digits")
        found = UrlSource(f"{index}/file/{start[:2]}/{start}")
        reader.add(files, key, ContentFile(reader.target(path), found, sha256_start=start))
    for key, (path, source) in reader.pairs(told, "urls"):
        reader.add(files, key, ContentFile(reader.target(path), reader.source(key, source)))
    version = told.get("version")
    if version is not None and not isinstance(version, str):
        raise reader.error("version", f"{version!r} is not a text")
    return Contents(
        files=tuple(files[path] for path in sorted(files)),
        requires=tuple(reader.requirement(key, *pair) for key, pair in reader.pairs(told, "deps")),
        version=version or None,
    )


class _Reader:
    """Understands the values of one file, and says where one cannot be understood.

    Args:
        as `read_package_json` has them.
    """

    def __init__(self, label: str, base: Source, here: Place | None, hosts: Hosts) -> None:
        self._label = label
        self._base = base
        self._here = here
        self._hosts = hosts

    def error(self, key: str, sentence: str) -> ManifestError:
        return ManifestError(f"`{self._label}`, `{key}`: {sentence}")

    def parsed(self, content: bytes) -> dict[str, Any]:  # Any: what a stranger wrote
        try:
            told = json.loads(content.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise ManifestError(f"`{self._label}` is not JSON: {error}") from error
        if not isinstance(told, dict):
            raise ManifestError(f"`{self._label}` is not a table at its top")
        return told

    def pairs(
        self, told: dict[str, Any], key: str
    ) -> Iterator[tuple[str, tuple[object, object]]]:  # Any: as above
        """Each pair in a list, with its key."""
        items = told.get(key) or []
        if not isinstance(items, list):
            raise self.error(key, "it is not a list")
        if len(items) > _MOST_ITEMS:
            raise self.error(key, f"it has {len(items)} items, and {_MOST_ITEMS} is the most")
        for number, item in enumerate(items):
            if not isinstance(item, list) or len(item) != 2:  # noqa: PLR2004 - a pair
                raise self.error(f"{key}[{number}]", "it is not a list of two")
            yield f"{key}[{number}]", (item[0], item[1])

    def target(self, path: object) -> str:
        if not isinstance(path, str):
            raise ManifestError(f"`{self._label}`: the destination {path!r} is not a text")
        return target_path(path, source=self._label)

    def add(self, files: dict[str, ContentFile], key: str, file: ContentFile) -> None:
        if files.setdefault(file.path, file) != file:
            raise self.error(key, f"`{file.path}` was said to come from somewhere else before")

    def source(self, key: str, text: object) -> Place | Source:
        """Return where a file is."""
        if not isinstance(text, str) or not text.strip():
            raise self.error(key, f"{text!r} names no source")
        if not _SCHEME.match(text):
            return self._relative(key, text)
        try:
            found = parse_source(text, hosts=self._hosts)
        except ProjectError as error:
            raise self.error(key, str(error)) from error
        if isinstance(found, PathSource) or (isinstance(found, GitSource) and found.url.startswith("file:")):
            raise self.error(key, f"`{text}` is of this computer, and none of the package's business")
        if not isinstance(found, GitSource | UrlSource):
            raise self.error(key, f"`{text}` is a package, and a file is wanted")
        return self._in_own_repository(found) or found

    def requirement(self, key: str, text: object, version: object) -> Requirement:
        if not isinstance(text, str) or not isinstance(version, str | None):
            raise self.error(key, "a name and a version are wanted, both of them texts")
        try:
            name, entry = dependency_entry(text, version, hosts=self._hosts)
        except ManifestError as error:
            raise self.error(key, str(error)) from error
        return Requirement(name, (entry,))

    def _relative(self, key: str, text: str) -> Place | Source:
        if text.startswith(("/", "\\")):
            raise self.error(key, f"`{text}` is of this computer, and none of the package's business")
        if self._here is None:
            assert isinstance(self._base, UrlSource)  # what else is not in a tree
            return UrlSource(urljoin(self._base.url, text))
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self._here.path), text))
        if path == ".." or path.startswith("../"):
            raise self.error(key, f"`{text}` is not in {self._here.tree.label}")
        return Place(self._here.tree, path)

    def _in_own_repository(self, found: Source) -> Place | None:
        if (
            self._here is not None
            and isinstance(self._base, GitSource)
            and isinstance(found, GitSource)
            and found.url == self._base.url
            and found.ref in (None, self._base.ref)
            and not found.link
        ):
            return Place(self._here.tree, found.path)
        return None
