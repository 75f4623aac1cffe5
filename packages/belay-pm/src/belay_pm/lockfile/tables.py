"""How sources stand in a lock: which kind has which keys. The writer and the reader both look here."""

from __future__ import annotations

from typing import NamedTuple

from belay_pm.requirements import BundleSource, GitSource, IndexSource, PathSource, Source, UrlSource

__all__ = ["KINDS", "Kind", "kind_of"]


class Kind(NamedTuple):
    """A kind of source.

    Attributes:
        key: the one that says which kind it is; its value is the field of the same place.
        source: the class.
        field: the field that `key` is.
        texts: other fields that are texts, each with what it is when it is left out.
        flags: other fields that are true or, left out, false.
    """

    key: str
    source: type[Source]
    field: str
    texts: dict[str, str | None]
    flags: tuple[str, ...] = ()


KINDS = (
    Kind("folder", PathSource, "path", {}),
    Kind("git", GitSource, "url", {"ref": None, "path": ""}, ("link",)),
    Kind("url", UrlSource, "url", {"path": ""}),
    Kind("index", IndexSource, "name", {"version": "*"}),
    Kind("bundle", BundleSource, "name", {"version": "*"}),
)


def kind_of(source: Source) -> Kind:
    """Return the kind of a source."""
    return next(kind for kind in KINDS if type(source) is kind.source)
