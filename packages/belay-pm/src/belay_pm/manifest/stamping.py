"""Files with the version that their manifest's metadata says, as a build of firmware or of an index has them.

Source: micropython's `tools/manifestfile.py`, what becomes of a file with metadata.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay_pm.trees import Tree

__all__ = ["StampedTree", "stamped"]


def stamped(content: bytes, version: str | None) -> bytes:
    """Return a module's text with its version.

    The ends of lines become those of POSIX, and `__version__` is added where the text does not set it: byte
    for byte what a build of firmware, or of micropython-lib's index, makes of it on POSIX.

    Args:
        content: of a `.py` file.
        version: as in the metadata; None for none.
    """
    content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if version and b"__version__ =" not in content:
        content += f"\n\n__version__ = {version!r}\n".encode()
    return content


class StampedTree:
    """A tree whose `.py` files have the version of a manifest.

    Args:
        tree: what is there.
        version: as in the metadata; None for none.

    Attributes:
        label: that of the tree.
        tree: what is there.
        version: as above.
    """

    def __init__(self, tree: Tree, version: str | None) -> None:
        self.label = tree.label
        self.tree = tree
        self.version = version

    def kind(self, path: str) -> Literal["file", "folder"] | None:
        """Return what lies at a path, or None."""
        return self.tree.kind(path)

    def names(self, path: str) -> Sequence[str]:
        """Return what a folder has directly in it, sorted."""
        return self.tree.names(path)

    def files(self, path: str) -> Sequence[str]:
        """Return all files below a folder, sorted."""
        return self.tree.files(path)

    def read(self, path: str) -> bytes:
        """Return a file's content, with its version."""
        content = self.tree.read(path)
        return stamped(content, self.version) if path.endswith(".py") else content
