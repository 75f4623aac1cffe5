"""Trees that are at hand: a folder of this computer, and files in memory, such as an archive that was read.

Knows the file system; of what the files mean it knows nothing.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

from belay_pm.errors import NotFoundError, SourceError, UnsafePathError
from belay_pm.sources.linked import MOST_BYTES, MOST_FILES, LinkedTree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["FolderTree", "MemoryTree"]


class FolderTree(LinkedTree):
    """A folder of this computer.

    Links inside it are followed; one that leaves it is as if it were not there. What is neither a file nor
    a folder (a pipe, a device) is not there either.

    Args:
        folder: which; links in its own path are followed.
        label: what messages call it; None for its path as given.
        most_bytes: of one file.
        most_files: below one folder.

    Attributes:
        folder: the folder itself, absolute, with no link in its path.
        label: as above.
    """

    def __init__(
        self,
        folder: Path,
        *,
        label: str | None = None,
        most_bytes: int = MOST_BYTES,
        most_files: int = MOST_FILES,
    ) -> None:
        super().__init__(str(folder) if label is None else label, most_files=most_files)
        self.folder = Path(os.path.realpath(folder))
        self._root = str(self.folder)
        self._most_bytes = most_bytes

    def __repr__(self) -> str:
        return f"FolderTree({self._root!r})"

    def read(self, path: str) -> bytes:
        """Return a file's content.

        Raises:
            NotFoundError: it is not there.
            SourceError: it has more than `most_bytes`, or cannot be read.
            UnsafePathError: a link leads out of the folder.
        """
        real = self._real(path)
        if real is None:
            if self._is_link_out(path):
                raise UnsafePathError(f"`{path}` in `{self.label}` is behind a link that leaves it")
            raise NotFoundError(f"`{path}` is not in `{self.label}`")
        if self._kind(real) != "file":
            raise NotFoundError(f"`{path}` in `{self.label}` is not a file")
        try:
            with open(real, "rb") as file:  # noqa: PTH123 - see _real
                content = file.read(self._most_bytes + 1)
        except OSError as error:
            raise SourceError(f"Reading `{path}` in `{self.label}` failed: {error.strerror}") from error
        if len(content) > self._most_bytes:
            raise SourceError(
                f"`{path}` in `{self.label}` has more than {self._most_bytes} bytes, "
                "which no file for a board has"
            )
        return content

    def _real(self, path: str) -> str | None:
        """Return where a path leads, or None when that is not in the folder."""
        # Texts, not `Path`: resolving 500 files of a package costs 5 ms so, and 40 ms with `Path`.
        if _leaves(path):
            return None
        try:
            real = os.path.realpath(os.path.join(self._root, path))  # noqa: PTH118 - see above
        except (OSError, ValueError):
            return None  # a name that this computer cannot have, or a circle of links
        if real == self._root or real.startswith(self._root.rstrip(os.sep) + os.sep):
            return real if os.path.lexists(real) else None
        return None

    def _is_link_out(self, path: str) -> bool:
        return not _leaves(path) and os.path.lexists(os.path.join(self._root, path))  # noqa: PTH118 - as above

    def _listed(self, real: str) -> list[str]:
        try:
            return sorted(name for name in os.listdir(real) if _is_text(name))  # noqa: PTH208 - see _real
        except OSError as error:
            raise SourceError(f"Listing `{real}` failed: {error.strerror}") from error

    def _kind(self, real: str) -> Literal["file", "folder"] | None:
        try:
            mode = os.stat(real).st_mode  # noqa: PTH116 - see _real
        except OSError:
            return None
        if stat.S_ISREG(mode):
            return "file"
        return "folder" if stat.S_ISDIR(mode) else None


class MemoryTree:
    """Files in memory.

    Args:
        files: path -> content; paths are relative, with `/` between their names, and none is the folder of
            another: `target_paths` let them pass, or the caller made them.
        label: what messages call it.

    Attributes:
        label: as above.
    """

    def __init__(self, files: Mapping[str, bytes], *, label: str) -> None:
        self.label = label
        self._files = dict(files)
        # Folder -> what it has directly in it.
        self._folders: dict[str, set[str]] = {"": set()}
        for path in self._files:
            names = path.split("/")
            for end in range(len(names)):
                self._folders.setdefault("/".join(names[:end]), set()).add(names[end])

    def __repr__(self) -> str:
        return f"MemoryTree({len(self._files)} files, label={self.label!r})"

    def kind(self, path: str) -> Literal["file", "folder"] | None:
        """Return what lies at a path, or None."""
        if path in self._files:
            return "file"
        return "folder" if path in self._folders else None

    def names(self, path: str) -> Sequence[str]:
        """Return what a folder has directly in it, sorted; nothing for what is no folder."""
        return sorted(self._folders.get(path, ()))

    def files(self, path: str) -> Sequence[str]:
        """Return all files below a folder, as paths from the top of the tree, sorted."""
        return sorted(file for file in self._files if not path or file.startswith(f"{path}/"))

    def read(self, path: str) -> bytes:
        """Return a file's content.

        Raises:
            NotFoundError: it is not there.
        """
        try:
            return self._files[path]
        except KeyError:
            raise NotFoundError(f"`{path}` is not in `{self.label}`") from None


def _leaves(path: str) -> bool:
    """Say whether a path is absolute here or on Windows, or has `..`, or cannot be one at all."""
    if "\0" in path:
        return True
    if os.name == "nt" and ("\\" in path or ":" in path):
        return True
    return path.startswith("/") or ".." in PurePosixPath(path).parts


def _is_text(name: str) -> bool:
    """Say whether a name can be told to anybody: one that is not in the computer's encoding cannot."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
