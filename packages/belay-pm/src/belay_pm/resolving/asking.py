"""Who asks for what: when two ask for the same, and how it is said who they are."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from belay_pm.errors import PackageError
from belay_pm.requirements import BundleSource, IndexSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from belay_pm.requirements import Entry, Requirement, Source

__all__ = [
    "PROJECT",
    "Asked",
    "Asker",
    "Choice",
    "Request",
    "Way",
    "asked_by",
    "choice_of",
    "same",
    "shown_source",
    "shown_way",
]

Way: TypeAlias = tuple[str, ...]
"""From a group of the project to who asks, as messages show it: `("main", "logging 0.6")`."""


class Asker(NamedTuple):
    """How whoever asks for all of it is told what was decided, and what to do.

    Attributes:
        own: what counts, when a package wants something else than was asked for.
        exact: how one version is asked for.
        version: what to do when no version suits all.
        source: what to do when two packages want `{name}` from different sources.
    """

    own: str
    exact: str
    version: str
    source: str


PROJECT = Asker(
    own="what the project itself says",
    exact="==1.2.3",
    version="ask for another version in `pyproject.toml`, of it or of who asks",
    source="name `{name}` in `[tool.belay.dependencies]`",
)


class Choice(NamedTuple):
    """Something that has versions to choose from.

    Attributes:
        kind: of the source; an index and a bundle may have the same name.
        name: as it is known there.
    """

    kind: type[IndexSource | BundleSource]
    name: str


class Asked(NamedTuple):
    """A requirement, and who has it.

    Attributes:
        requirement: what is asked for.
        way: to who asks.
    """

    requirement: Requirement
    way: Way


class Request(NamedTuple):
    """Something to fetch.

    Attributes:
        name: of the package.
        entry: which part of it; an index or bundle is asked for exactly one version.
    """

    name: str
    entry: Entry


def choice_of(source: Source) -> Choice | None:
    """Return what has versions, or None for a source that has but what lies there."""
    if isinstance(source, IndexSource | BundleSource):
        return Choice(type(source), source.name)
    return None


def same(one: Sequence[Entry], other: Sequence[Entry]) -> bool:
    """Return whether two are the same but for the versions they want, and the words they say it with."""
    return [_sense(entry) for entry in one] == [_sense(entry) for entry in other]


def shown_source(requirement: Requirement) -> str:
    """Return where it is said to be, for a message."""
    return ", ".join(f"`{entry.text}`" for entry in requirement.entries)


def shown_way(way: Way) -> str:
    """Return who asks, for a message."""
    return " → ".join(f"`{step}`" for step in way)


@contextmanager
def asked_by(way: Way) -> Iterator[None]:
    """Add who asked to an error about something that the project itself does not name.

    Raises:
        PackageError: of the class that the block raised.
    """
    try:
        yield
    except PackageError as error:
        if len(way) == 1:
            raise
        raise type(error)(f"{error}\nit is asked for by {shown_way(way)}", hint=error.hint) from error


def _sense(entry: Entry) -> Entry:
    source = entry.source
    if isinstance(source, IndexSource | BundleSource):
        source = replace(source, version="*")
    return replace(entry, source=source, text="")
