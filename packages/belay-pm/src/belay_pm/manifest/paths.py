"""Where a path of a manifest leads: into its own tree, or into a folder that a variable names. Never out.

Knows trees, and no files of a computer.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from belay_pm.errors import ManifestError, UnsafePathError
from belay_pm.trees import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["UnsetVariableError", "inside", "joined", "led", "shown"]

_VARIABLE = re.compile(r"\$\(([^()]*)\)")

_LONGEST = 4000
"""Characters of a path as written: what computers take at most."""

_FIRMWARE = {"PORT_DIR", "BOARD_DIR"}


class UnsetVariableError(ManifestError):
    """A path has a variable that nobody set.

    Attributes:
        name: of the variable.
    """

    def __init__(self, name: str, path: str) -> None:
        super().__init__(
            f"`{path}` needs the variable `{name}`, which is not set",
            hint=f"name its folder with `--var {name}=FOLDER`, or in `[tool.belay.variables]`",
        )
        self.name = name

    @property
    def is_firmware(self) -> bool:
        """Whether only a firmware's build has such a folder."""
        return self.name in _FIRMWARE


def led(base: Place, text: object, variables: Mapping[str, Place]) -> Place:
    """Return where a path of a manifest leads; nothing needs to be there.

    Args:
        base: the folder that a relative path starts at.
        text: as in the manifest.
        variables: name -> folder.

    Raises:
        ManifestError: it is no text, or a variable is at no start or not set (`UnsetVariableError`).
        UnsafePathError: it is absolute, or leaves the tree that it starts in.
    """
    if not isinstance(text, str):
        raise ManifestError(f"{text!r:.80} is not a path")
    found = _VARIABLE.match(text)
    if found is None:
        if _VARIABLE.search(text):
            raise ManifestError(f"`{text}` has a variable that is not at its start")
        return joined(base, text)
    if found.group(1) not in variables:
        raise UnsetVariableError(found.group(1), text)
    rest = text[found.end() :]
    if _VARIABLE.search(rest):
        raise ManifestError(f"`{text}` has a variable that is not at its start")
    if rest and not rest.startswith("/"):
        raise ManifestError(f"`{text}` goes on behind the variable without a `/`")
    return joined(variables[found.group(1)], rest.lstrip("/"), written=text)


def joined(base: Place, text: str, *, written: str | None = None) -> Place:
    """Return a place from another, by a relative path.

    Args:
        base: the folder that it starts at.
        text: the path.
        written: what it is called in messages; None for the path.

    Raises:
        UnsafePathError: it is absolute, is no path everywhere, or leaves the tree.
    """
    path = inside(base.path, text)
    if path is None:
        raise UnsafePathError(
            f"{(written or text)!r} leaves `{base.tree.label}`",
            hint="a folder elsewhere needs a variable: `--var NAME=FOLDER`, and `$(NAME)` in the manifest",
        )
    return Place(base.tree, path)


def inside(base: str, text: str) -> str | None:
    """Return a path from the top of a tree, or None when it is absolute, leaves the tree, or is no path."""
    if text.startswith(("/", "~")) or any(sign in text for sign in "\0\\:") or len(text) > _LONGEST:
        return None
    path = posixpath.normpath(posixpath.join(base, text)) if base or text else "."
    if path == ".":
        return ""
    return None if path == ".." or path.startswith("../") else path


def shown(place: Place) -> str:
    """Return what messages call a place."""
    return f"{place.tree.label}/{place.path}" if place.path else place.tree.label
