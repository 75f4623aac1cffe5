"""What a package is imported as."""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from belay_pm.errors import ProjectError
from belay_pm.hosts import without_credentials
from belay_pm.requirements import BundleSource, GitSource, IndexSource, PathSource

if TYPE_CHECKING:
    from belay_pm.requirements import Source

__all__ = ["infer_name", "is_import_name"]

_SUFFIXES = re.compile(r"\.(py|mpy|json|zip|tgz|tbz2|txz|tar|tar\.\w+|git)$", re.IGNORECASE)


def infer_name(source: Source) -> str:
    """Return what a package from there is probably imported as.

    Raises:
        ProjectError: nothing in it could be the name of a module.
    """
    if isinstance(source, IndexSource | BundleSource):
        stem = source.name
    elif isinstance(source, PathSource):
        stem = _stem(re.split(r"[\\/]", source.path))
    elif isinstance(source, GitSource):
        stem = _stem(source.path.split("/")) or _stem(re.split(r"[/:]", source.url))
    else:
        path = without_credentials(source.url).path
        stem = _stem(source.path.split("/")) or _stem(unquote(path).split("/"))
    name = re.sub(r"\W", "_", stem)
    if not is_import_name(name):
        raise ProjectError(
            f"nothing in `{_where(source)}` could be the name of a package",
            hint="give the name in front of it",
        )
    return name


def is_import_name(name: str) -> bool:
    """Whether `import name` is Python."""
    return name.isascii() and name.isidentifier() and not keyword.iskeyword(name)


def _stem(names: list[str]) -> str:
    """Return the last name that says something, without its suffix."""
    for name in reversed(names):
        stem = _SUFFIXES.sub("", name)
        if stem not in ("", ".", "..", "__init__", "package", "manifest"):
            return stem
    return ""


def _where(source: Source) -> str:
    return source.path if isinstance(source, PathSource) else getattr(source, "url", "")
