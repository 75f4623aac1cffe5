"""Walk the graph, hear who wants which version, take the newest that suits all; again, until nothing changes.

A wish once heard is kept, also when who had it is not taken in the end: so the versions of a name only ever
go down, and the rounds end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_pm.errors import ConflictError
from belay_pm.packages import Package
from belay_pm.resolving.asking import PROJECT, asked_by, choice_of, shown_way
from belay_pm.resolving.targets import refuse_target_conflicts
from belay_pm.resolving.walking import Walk
from belay_pm.resolving.ways import groups_of, refuse_circles
from belay_pm.versions import Unlisted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from belay_pm.errors import PackageError
    from belay_pm.packages import Fetched
    from belay_pm.requirements import BundleSource, IndexSource, Requirement
    from belay_pm.resolving.asking import Asker, Choice, Request, Way

__all__ = ["resolve"]

_SHOWN_VERSIONS = 10
"""Of those that there are, in an error: the newest say enough."""


def resolve(
    groups: Mapping[str, Sequence[Requirement]],
    *,
    fetch: Callable[[Sequence[Request]], Sequence[Fetched | PackageError]],
    versions: Callable[[IndexSource | BundleSource], Sequence[str]],
    allows: Callable[[str, str], bool],
    kept: Iterable[Package] = (),
    asker: Asker = PROJECT,
) -> tuple[Package, ...]:
    """Return all packages that the groups need, sorted by name.

    Args:
        groups: what the project itself asks for.
        fetch: gets several things at once, in the order that they are asked for; what cannot be had is an
            error in its place.
        versions: what an index or bundle has of a name, newest first; it hears which ones will do.
        allows: whether a range of versions, as text, lets a version pass.
        kept: packages of the lock that stay as they are, as long as that suits everybody; nothing is fetched
            for them, but for parts that are used where they lie.
        asker: how whoever asks is spoken to.

    Raises:
        ConflictError: two want different sources or versions of a name, write different files to one path,
            or need each other in a circle.
        PackageError: what `fetch`, `versions` or `allows` raise, with who asked.
    """
    kept = tuple(kept)
    walk = Walk(groups, fetch=fetch, kept=kept, asker=asker)
    choosing = _Choosing(versions, allows, kept, asker)
    walk.go(choosing.chosen)
    while choosing.changes(walk.heard):
        walk.go(choosing.chosen)
    needs = walk.needs()
    refuse_circles(needs)
    inside = groups_of({group: [each.name for each in wanted] for group, wanted in groups.items()}, needs)
    packages = tuple(
        Package(name, inside[name], walk.parts(name), walk.notes(name)) for name in sorted(needs)
    )
    refuse_target_conflicts(packages)
    return packages


class _Choosing:
    """The versions that are taken for now."""

    def __init__(
        self,
        versions: Callable[[IndexSource | BundleSource], Sequence[str]],
        allows: Callable[[str, str], bool],
        kept: Sequence[Package],
        asker: Asker,
    ) -> None:
        self.chosen: dict[Choice, str] = {}
        self._versions = versions
        self._allows = allows
        self._asker = asker
        self._known: dict[tuple[Choice, str], Sequence[str]] = {}
        self._kept: dict[Choice, str] = {}
        for part in (part for package in kept for part in package.parts):
            choice = choice_of(part.entry.source)
            if choice is not None and part.fetched.resolved.version is not None:
                self._kept[choice] = part.fetched.resolved.version

    def changes(self, heard: Mapping[Choice, Iterable[tuple[str, Way]]]) -> bool:
        """Choose anew, by all that was heard so far; return whether that is another choice."""
        before = self.chosen
        self.chosen = {
            choice: self._choose(choice, sorted(heard[choice])) for choice in sorted(heard, key=str)
        }
        return self.chosen != before

    def _choose(self, choice: Choice, wishes: Sequence[tuple[str, Way]]) -> str:
        kept = self._kept.get(choice)
        if kept is not None and self._suits(kept, wishes):
            return kept
        wanted = ", ".join(dict.fromkeys(wish for wish, _ in wishes))  # a range, too: all of it must hold
        if (choice, wanted) not in self._known:
            with asked_by(min((way for _, way in wishes), key=_nearest)):
                self._known[choice, wanted] = self._versions(choice.kind(choice.name, wanted))
        known = self._known[choice, wanted]
        for version in known:
            if self._suits(version, wishes):
                return version
        raise _no_version(choice, wishes, known, self._asker)

    def _suits(self, version: str, wishes: Sequence[tuple[str, Way]]) -> bool:
        for wish, way in wishes:
            with asked_by(way):
                if not self._allows(wish, version):
                    return False
        return True


def _nearest(way: Way) -> tuple[int, Way]:
    return len(way), way


def _no_version(
    choice: Choice, wishes: Sequence[tuple[str, Way]], known: Sequence[str], asker: Asker
) -> ConflictError:
    wanted = "".join(f"\n  `{wish}` by {shown_way(way)}" for wish, way in wishes)
    shown = ", ".join(known[:_SHOWN_VERSIONS]) + (" …" if len(known) > _SHOWN_VERSIONS else "")
    there = "is" if len(known) == 1 else "are"
    who = "all who ask for it" if len(wishes) > 1 else "who asks for it"
    said = f"No version of `{choice.name}` suits {who}:{wanted}\nthere {there} {shown or 'none'}"
    if isinstance(known, Unlisted):
        return ConflictError(
            f"{said}, and whether there are others is not known: the index has no list",
            hint=f"ask for one that you know of, exactly: `{asker.exact}`",
        )
    return ConflictError(said, hint=asker.version)
