"""The files of a commit, by path."""

from __future__ import annotations

from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Literal, NamedTuple

from belay_pm.errors import NotFoundError, SourceError, UnsafePathError
from belay_pm.sources.git.program import TooMuchError
from belay_pm.sources.linked import MOST_BYTES, MOST_FILES, LinkedTree

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from belay_pm.sources.git.mirror import Mirror

__all__ = ["CommitTree"]

_FOLDER, _LINK, _SUBMODULE = "040000", "120000", "160000"
_MOST_NAMES = 500_000
"""Of a commit: the largest repositories that people know have a fifth of it."""

_MOST_LINKS = 40  # on one way, as Linux has it
_MOST_LINK_BYTES = 1 << 20  # of all links together
_MOST_AT_ONCE_BYTES = 64 << 20  # what is read ahead; more is read file by file
_CODE = (".py", ".mpy", ".json")
_LFS = b"version https://git-lfs.github.com/spec/v1\n"
_SHOWN_DIGITS = 12


class _Item(NamedTuple):
    mode: str
    name: str


class CommitTree(LinkedTree):
    """The files of a commit; contents are got when they are read, those beside each other together.

    Links inside it are followed; one that leaves it is as if it were not there. What a submodule has is not
    there either.

    Args:
        mirror: of the repository; it has the commit.
        commit: which.
        most_files: below one folder.

    Attributes:
        label: for messages: the address, and the first digits of the commit.
        commit: as above.
    """

    def __init__(self, mirror: Mirror, commit: str, *, most_files: int = MOST_FILES) -> None:
        super().__init__(f"{mirror.url} at {commit[:_SHOWN_DIGITS]}", most_files=most_files)
        self.commit = commit
        self._mirror = mirror
        self._guard = Lock()
        self._items: dict[str, _Item] | None = None
        self._folders: dict[str, list[str]] = {}
        self._links: dict[str, str] = {}  # where the links are -> where they lead
        self._contents: dict[str, bytes] = {}  # read ahead

    def __repr__(self) -> str:
        return f"CommitTree({self.label!r})"

    def read(self, path: str) -> bytes:
        """Return a file's content.

        Raises:
            NotFoundError: it is not there.
            SourceError: it is too large, or kept elsewhere (git LFS), or cannot be had.
            UnsafePathError: a link leads out of the tree.
        """
        real = self._real(path)
        if real is None:
            if path in self._links:
                raise UnsafePathError(f"`{path}` in `{self.label}` is a link that leaves it")
            raise NotFoundError(f"`{path}` is not in `{self.label}`")
        if self._kind(real) != "file":
            raise NotFoundError(f"`{path}` in `{self.label}` is not a file")
        blob = self._known()[real].name
        content = self._contents.get(blob)
        if content is None:
            content = self._got(path, real)
        if len(content) > MOST_BYTES:
            raise self._too_large(path)
        if content.startswith(_LFS):
            raise SourceError(
                f"`{path}` in `{self.label}` is kept by git LFS: the repository has only a pointer to it"
            )
        return content

    def read_ahead(self, paths: Iterable[str]) -> None:
        """Get contents of files together, at hand for `read` from then on; what is not there is left out.

        Raises:
            SourceError: they cannot be had.
        """
        blobs = {
            self._known()[real].name
            for path in paths
            if (real := self._real(path)) is not None and self._kind(real) == "file"
        }
        blobs -= self._contents.keys()
        if not blobs:
            return
        with suppress(TooMuchError):  # each is read by itself then, and one that is too large is named
            self._contents.update(self._mirror.read(self.commit, blobs, most_bytes=_MOST_AT_ONCE_BYTES))

    def submodules(self, path: str) -> Sequence[str]:
        """Return where below a folder other repositories should be put, which is not done, sorted."""
        below = f"{path}/" if path else ""
        return sorted(
            name
            for name, item in self._known().items()
            if item.mode == _SUBMODULE and (name.startswith(below) or name == path)
        )

    def _got(self, path: str, real: str) -> bytes:
        folder = real.rpartition("/")[0]
        items = self._known()
        # Who reads one file of a package reads the others next.
        beside = [
            items[f"{folder}/{name}" if folder else name].name
            for name in self._listed(folder)
            if name.endswith(_CODE)
        ]
        blob = items[real].name
        try:
            return self._mirror.read(self.commit, [blob], beside=beside, most_bytes=MOST_BYTES)[blob]
        except TooMuchError as error:
            raise self._too_large(path) from error

    def _too_large(self, path: str) -> SourceError:
        return SourceError(
            f"`{path}` in `{self.label}` has more than {MOST_BYTES} bytes, which no file for a board has"
        )

    def _known(self) -> dict[str, _Item]:
        """Return what the commit has, path by path; asked for once."""
        with self._guard:
            if self._items is None:
                self._items = self._load()
            return self._items

    def _load(self) -> dict[str, _Item]:
        items = {"": _Item(_FOLDER, "")}
        for line in self._mirror.names(self.commit).split(b"\0"):
            entry, _, spelt = line.partition(b"\t")
            try:
                path = spelt.decode()
                mode, _, blob = entry.decode("ascii").split(" ")
            except ValueError:
                continue  # the end; or a name that is in nobody's encoding
            if not any(part in ("", ".", "..") for part in path.split("/")):
                items[path] = _Item(mode, blob)
            if len(items) > _MOST_NAMES:
                raise SourceError(f"`{self.label}` has more than {_MOST_NAMES} files")
        for path in sorted(items):
            if path:
                folder, _, name = path.rpartition("/")
                self._folders.setdefault(folder, []).append(name)
        links = {path: item.name for path, item in items.items() if item.mode == _LINK}
        if links:
            try:
                contents = self._mirror.read(self.commit, set(links.values()), most_bytes=_MOST_LINK_BYTES)
            except TooMuchError as error:
                raise SourceError(
                    f"`{self.label}` has links of more than {_MOST_LINK_BYTES} bytes"
                ) from error
            self._links = {path: contents[blob].decode(errors="replace") for path, blob in links.items()}
        return items

    def _real(self, path: str) -> str | None:
        items = self._known()
        todo = [name for name in reversed(path.split("/")) if name]
        if ".." in todo or path.startswith("/"):
            return None
        done: list[str] = []
        followed = 0
        while todo:
            name = todo.pop()
            if name in ("", "."):
                continue
            if name == "..":  # of a link
                if not done:
                    return None
                done.pop()
                continue
            here = "/".join((*done, name))
            target = self._links.get(here)
            if target is None:
                if here not in items:
                    return None
                done.append(name)
                continue
            followed += 1
            if followed > _MOST_LINKS or not target or target.startswith("/"):
                return None
            todo.extend(reversed(target.split("/")))
        return "/".join(done)

    def _kind(self, real: str) -> Literal["file", "folder"] | None:
        item = self._known().get(real)
        if item is None or item.mode == _SUBMODULE:
            return None
        return "folder" if item.mode == _FOLDER else "file"

    def _listed(self, real: str) -> list[str]:
        return self._folders.get(real, [])
