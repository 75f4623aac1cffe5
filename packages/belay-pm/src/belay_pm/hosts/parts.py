"""What the address of something in a repository is made of: the repository's own, a ref, a path."""

from __future__ import annotations

import re

from belay_pm.errors import ProjectError

__all__ = ["SHORTEST", "checked_path", "checked_ref", "repository_url"]

SHORTEST = 2  # names of a repository: its owner's and its own

_REF = r"[^\x00-\x20\x7f~^:?*\[\\]+"


def repository_url(base: str, names: list[str], text: str) -> str:
    """Return the one address that a repository of a website has.

    Raises:
        ProjectError: the names are none.
    """
    if any(re.search(r"[\x00-\x20\x7f\\?#]", name) or name in (".", "..", "") for name in names):
        raise ProjectError(f"`{text}` names no repository")
    return f"{base}/{'/'.join(names).removesuffix('.git')}.git"


def checked_ref(ref: str, text: str) -> str:
    """Return a ref that git would take, and that is no option of a command.

    Source: git's documentation, `git check-ref-format`.
    """
    if not re.fullmatch(_REF, ref) or ref.startswith("-") or ".." in ref or "@{" in ref:
        raise ProjectError(f"`{text}`: {ref!r} is no name of a branch, tag or commit")
    return ref


def checked_path(path: str, text: str) -> str:
    """Return a path in a repository, which does not leave it.

    Raises:
        ProjectError: it is none.
    """
    names = [name for name in path.split("/") if name not in ("", ".")]
    if ".." in names or re.search(r"[\x00-\x1f\x7f\\]", path):
        raise ProjectError(f"`{text}`: {path!r} is no path in a repository")
    return "/".join(names)
