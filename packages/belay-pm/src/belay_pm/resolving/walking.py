"""Walk from what the project asks for to all that is needed, as far as the versions are known.

Level by level, so that everything on a level is fetched at once; each name is visited once.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from belay_pm.errors import ConflictError, PackageError, SourceError
from belay_pm.packages import Part
from belay_pm.requirements import BundleSource, IndexSource
from belay_pm.resolving.asking import (
    PROJECT,
    Asked,
    Request,
    asked_by,
    choice_of,
    same,
    shown_source,
    shown_way,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from belay_pm.packages import Fetched, Package
    from belay_pm.requirements import Entry, Requirement
    from belay_pm.resolving.asking import Asker, Choice, Way

__all__ = ["MOST_PACKAGES", "Walk"]

MOST_PACKAGES = 1000
"""Of one project: micropython-lib has 161 in all, and somebody's packages may need new names for ever."""


@dataclass
class _Node:
    """A package on the walk.

    Attributes:
        asked: the requirement that counts, and who has it.
        parts: what came, by the number of the entry; a version that is not known yet leaves one out.
        notes: see `Package`.
    """

    asked: Asked
    parts: dict[int, Part] = field(default_factory=dict)
    notes: set[str] = field(default_factory=set)


class Walk:
    """The graph as far as it is known; `go` walks it anew.

    Args:
        groups: what the project itself asks for.
        fetch: see `resolve`; nothing is fetched twice.
        kept: see `resolve`.
        asker: see `resolve`.

    Attributes:
        heard: who wants which versions of what, of all walks so far.

    Raises:
        ConflictError: two groups want one name from different sources.
    """

    def __init__(
        self,
        groups: Mapping[str, Sequence[Requirement]],
        *,
        fetch: Callable[[Sequence[Request]], Sequence[Fetched | PackageError]],
        kept: Sequence[Package],
        asker: Asker = PROJECT,
    ) -> None:
        self.heard: dict[Choice, set[tuple[str, Way]]] = {}
        self._fetch = fetch
        self._asker = asker
        self._kept = {package.name: package for package in kept}
        self._fetched: dict[Request, Fetched] = {}
        self._nodes: dict[str, _Node] = {}
        self._first = [Asked(wanted, (group,)) for group in groups for wanted in groups[group]]
        self._own: dict[str, Asked] = {}
        for asked in sorted(self._first, key=_order):
            own = self._own.setdefault(asked.requirement.name, asked)
            if not same(own.requirement.entries, asked.requirement.entries):
                raise _two_sources(own, asked, asker)

    def go(self, chosen: Mapping[Choice, str]) -> None:
        """Walk with these versions."""
        self._nodes = {}
        level = self._first
        while level:
            fresh = self._visit(sorted(level, key=_order))
            self._fill(fresh, chosen)
            level = [asked for name in fresh for asked in self._next(self._nodes[name])]

    def needs(self) -> dict[str, tuple[str, ...]]:
        """Return the names that each package needs, in the order that it says."""
        return {
            name: tuple(
                dict.fromkeys(each.name for part in self.parts(name) for each in part.fetched.requires)
            )
            for name in sorted(self._nodes)
        }

    def parts(self, name: str) -> tuple[Part, ...]:
        """Return what a package is."""
        node = self._nodes[name]
        return tuple(node.parts[number] for number in sorted(node.parts))

    def notes(self, name: str) -> tuple[str, ...]:
        """Return what was decided about a package."""
        return tuple(sorted(self._nodes[name].notes))

    def _visit(self, level: Sequence[Asked]) -> list[str]:
        """Take the names of a level that are new, and compare the others with what is taken for them."""
        fresh = []
        for asked in level:
            name = asked.requirement.name
            node = self._nodes.get(name)
            if node is None:
                node = self._nodes[name] = _Node(self._own.get(name, asked))
                fresh.append(name)
                if len(self._nodes) > MOST_PACKAGES:
                    raise SourceError(
                        f"There are more than {MOST_PACKAGES} packages; the last is `{name}`, "
                        f"asked for by {shown_way(asked.way)}"
                    )
            self._compare(node, asked)
        return fresh

    def _compare(self, node: _Node, asked: Asked) -> None:
        if same(node.asked.requirement.entries, asked.requirement.entries):
            for entry in asked.requirement.entries:
                choice = choice_of(entry.source)
                if choice is not None and isinstance(entry.source, IndexSource | BundleSource):
                    self.heard.setdefault(choice, set()).add((entry.source.version, asked.way))
        elif asked.requirement.name in self._own:
            node.notes.add(
                f"{shown_way(asked.way[1:])} wants it from {shown_source(asked.requirement)}; "
                f"{self._asker.own} is taken"
            )
        else:
            raise _two_sources(node.asked, asked, self._asker)

    def _fill(self, names: Sequence[str], chosen: Mapping[Choice, str]) -> None:
        """Get the parts of packages, those that are not kept all at once."""
        wanted: list[tuple[_Node, int, Request]] = []
        for name in names:
            node = self._nodes[name]
            for number, entry in enumerate(node.asked.requirement.entries):
                request = _request(name, entry, chosen)
                if request is None:
                    continue
                kept = self._kept_part(name, number, request)
                if kept is None:
                    wanted.append((node, number, request))
                else:
                    node.parts[number] = Part(entry, kept)
        missing = {request: node for node, _, request in wanted if request not in self._fetched}
        if missing:
            for (request, node), came in zip(missing.items(), self._fetch(tuple(missing)), strict=True):
                if isinstance(came, PackageError):
                    with asked_by(node.asked.way):
                        raise came
                self._fetched[request] = came
        for node, number, request in wanted:
            node.parts[number] = Part(node.asked.requirement.entries[number], self._fetched[request])

    def _kept_part(self, name: str, number: int, request: Request) -> Fetched | None:
        package = self._kept.get(name)
        if package is None or request.entry.develop:
            return None
        entries = [part.entry for part in package.parts]
        if not same(entries, self._nodes[name].asked.requirement.entries):
            return None
        fetched = package.parts[number].fetched
        source = request.entry.source
        if isinstance(source, IndexSource | BundleSource) and fetched.resolved.version != source.version:
            return None
        return fetched

    def _next(self, node: _Node) -> list[Asked]:
        name = node.asked.requirement.name
        return [
            Asked(wanted, (*node.asked.way, _label(name, part)))
            for part in node.parts.values()
            for wanted in part.fetched.requires
        ]


def _request(name: str, entry: Entry, chosen: Mapping[Choice, str]) -> Request | None:
    """Return what to fetch for an entry, or None while its version is not known."""
    choice = choice_of(entry.source)
    if choice is None:
        return Request(name, entry)
    if choice not in chosen:
        return None
    return Request(name, replace(entry, source=choice.kind(choice.name, chosen[choice])))


def _label(name: str, part: Part) -> str:
    version = part.fetched.resolved.version
    return name if version is None else f"{name} {version}"


def _order(asked: Asked) -> tuple[str, tuple[int, Way]]:
    return asked.requirement.name, (len(asked.way), asked.way)


def _two_sources(one: Asked, other: Asked, asker: Asker) -> ConflictError:
    name = one.requirement.name
    lines = "".join(f"\n  {shown_source(each.requirement)} by {shown_way(each.way)}" for each in (one, other))
    own = len(one.way) == len(other.way) == 1
    return ConflictError(
        f"`{name}` is wanted from different places:{lines}",
        hint="let both groups say the same: a name is one package in the whole project"
        if own
        else f"{asker.source.format(name=name)}: {asker.own} is taken",
    )
