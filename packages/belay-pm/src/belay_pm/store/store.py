"""Contents under their SHA-256, and elements: readable names for what was got from where.

```
v1/objects/ab/cd…                 a content, under the SHA-256 of it
v1/elements/<element>/objects/…   an empty file for each content that the element needs
v1/elements/<element>/notes/…     small facts, such as an ETag
v1/elements/<element>/folder/     whatever the element keeps itself, such as a mirror of a repository
v1/locks/, v1/scratch/            files of locks; what is being written or removed
```

All of it may be lost at any moment: it is then got anew.
"""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from belay_pm.errors import PackageError
from belay_pm.store import folders
from belay_pm.store.location import cache_folder
from belay_pm.store.locks import Locks
from belay_pm.store.names import element_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["Element", "Store"]

_GATE = "=gate"  # the name of no element: held while objects and their references change


class Element(NamedTuple):
    """What the cache has of one thing.

    Attributes:
        name: as `cache list` shows it.
        size_bytes: of its own files, and of the contents it needs; others may need these too.
    """

    name: str
    size_bytes: int


class Store:
    """The cache of this computer; safe between threads and processes.

    Nothing is made before something is kept. An element's name may be any text: it becomes
    `element_name(text)`.

    Args:
        folder: where; None for `cache_folder()`.

    Raises:
        PackageError: from anything that writes: the folder cannot be written.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.location = cache_folder() if folder is None else folder
        self._elements = self.location / "elements"
        self._objects = self.location / "objects"
        self._scratch = self.location / "scratch"
        self._locks = Locks(self.location / "locks")

    def put(self, content: bytes, *, element: str) -> str:
        """Keep a content, and return its SHA-256, 64 hexadecimal digits.

        Args:
            content: all of it.
            element: what needs it; with the last element that needs it, it goes.
        """
        digest = sha256(content).hexdigest()
        reference = self._element(element) / "objects" / digest
        if reference.exists() and self.get(digest) is not None:
            return digest
        with self._written(), self._locks.hold(_GATE):
            if self.get(digest) is None:
                folders.write_whole(self._object(digest), content, scratch=self._scratch)
            folders.made(self._element(element))
            (folders.made(reference.parent) / digest).touch()
        return digest

    def get(self, digest: str) -> bytes | None:
        """Return the content of a SHA-256, or None when it is not here, or is damaged."""
        try:
            content = self._object(digest).read_bytes()
        except (OSError, ValueError):
            return None  # not here, or not readable, or no name of a file: it is got anew
        return content if sha256(content).hexdigest() == digest else None

    def path(self, digest: str) -> Path:
        """Return where the content of a SHA-256 lies, if it is here; for reading only."""
        return self._object(digest)

    def folder(self, element: str) -> Path:
        """Return a folder that is the element's own, made if it was not there.

        What lies there goes when the element is cleared; hold the element's `lock` while it is in use.
        """
        with self._written(), self._locks.hold(_GATE):
            folders.made(self._element(element))
            return folders.made(self._element(element) / "folder")

    @contextmanager
    def lock(self, element: str) -> Iterator[None]:
        """Hold off other threads and processes from an element's folder in the block.

        Whoever holds it may take it again.
        """
        held = self._locks.hold(element_name(element))
        with self._written():
            held.__enter__()
        try:
            yield
        finally:
            held.__exit__(None, None, None)

    def note(self, element: str, key: str, facts: Mapping[str, str]) -> None:
        """Keep some facts of an element.

        Args:
            element: whose.
            key: what they are about, such as an address; only its digest is written.
            facts: what to keep: never a secret.
        """
        if self.noted(element, key) == dict(facts):
            return
        text = json.dumps(dict(facts), ensure_ascii=True, sort_keys=True)
        with self._written(), self._locks.hold(_GATE):
            folders.made(self._element(element))
            folders.write_whole(self._note(element, key), text.encode(), scratch=self._scratch)

    def noted(self, element: str, key: str) -> dict[str, str] | None:
        """Return the facts that were kept, or None when there are none, or they are damaged."""
        try:
            facts = json.loads(self._note(element, key).read_bytes())
        except (OSError, ValueError):
            return None
        if not isinstance(facts, dict) or not all(isinstance(fact, str) for fact in facts.values()):
            return None
        return facts

    def elements(self, prefix: str = "") -> tuple[Element, ...]:
        """Return the elements whose names begin with a text, sorted by name."""
        with self._read():
            return tuple(
                Element(folder.name, self._size_bytes(folder))
                for folder in folders.folders(self._elements)
                if folder.name.startswith(prefix)
            )

    def size_bytes(self) -> int:
        """Return how many bytes all contents, notes and folders have."""
        with self._read():
            return folders.size_bytes(self._objects) + folders.size_bytes(self._elements)

    def clear(self, prefix: str) -> tuple[str, ...]:
        """Remove elements, and the contents that no other element needs.

        Args:
            prefix: those whose names begin with it, letter by letter: no pattern, and no path; "" for all.

        Returns:
            The names of what was removed, sorted.
        """
        cleared = tuple(element.name for element in self.elements(prefix))
        if not self.location.is_dir():
            return cleared
        for name in cleared:
            with self.lock(name), self._written(), self._locks.hold(_GATE):
                self._discard(self._elements / name)
        with self._written(), self._locks.hold(_GATE):
            self._remove_unneeded()
            folders.remove(self._scratch)  # while the gate is held, nobody writes there
        return cleared

    def _discard(self, folder: Path) -> None:
        """Put a folder away in one step, so that no half of an element is ever found."""
        with suppress(FileNotFoundError):  # another process cleared it
            folder.replace(folders.made(self._scratch) / uuid4().hex)

    def _remove_unneeded(self) -> None:
        needed: set[str] = set()
        for element in folders.folders(self._elements):
            needed.update(self._needed(element))
        for folder in folders.folders(self._objects):
            for path in folder.iterdir():
                if folder.name + path.name not in needed:
                    folders.remove(path)

    def _size_bytes(self, element: Path) -> int:
        total = folders.size_bytes(element)
        for digest in self._needed(element):
            with suppress(OSError):  # damaged or lost: it has no size
                total += self._object(digest).lstat().st_size
        return total

    def _needed(self, element: Path) -> list[str]:
        try:
            return [path.name for path in (element / "objects").iterdir()]
        except OSError:
            return []  # it has a folder or notes only

    def _element(self, element: str) -> Path:
        return self._elements / element_name(element)

    def _note(self, element: str, key: str) -> Path:
        return self._element(element) / "notes" / f"{sha256(key.encode()).hexdigest()[:32]}.json"

    def _object(self, digest: str) -> Path:
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):  # noqa: PLR2004 - SHA-256's digits
            raise ValueError(digest)
        return self._objects / digest[:2] / digest[2:]

    @contextmanager
    def _written(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise PackageError(
                f"Writing to the cache `{self.location}` failed: {error.strerror or error}",
                hint="`BELAY_CACHE_DIR` names another folder for it",
            ) from error

    @contextmanager
    def _read(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise PackageError(
                f"Reading the cache `{self.location}` failed: {error.strerror or error}",
                hint="`BELAY_CACHE_DIR` names another folder for it",
            ) from error
