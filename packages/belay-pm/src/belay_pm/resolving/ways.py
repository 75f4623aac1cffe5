"""The graph of names: its circles, which group needs what, and why."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from belay_pm.errors import ConflictError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["groups_of", "refuse_circles", "ways"]


def refuse_circles(needs: Mapping[str, Sequence[str]]) -> None:
    """Refuse packages that need each other in a circle: none of them could be the first.

    Raises:
        ConflictError: there is a circle; the text names it.
    """
    done: set[str] = set()
    for start in sorted(needs):
        trail: list[str] = []  # from `start` to where we are; no recursion, a chain may be long
        todo: list[tuple[str, int]] = [(start, 0)]
        while todo:
            name, depth = todo.pop()
            del trail[depth:]
            if name in trail:
                raise _circle([*trail[trail.index(name) :], name])
            if name in done:
                continue
            trail.append(name)
            unseen = [need for need in needs[name] if need not in done]
            if unseen:
                todo += [(name, depth), *((need, depth + 1) for need in reversed(unseen))]
            else:
                done.add(name)


def groups_of(
    wanted: Mapping[str, Iterable[str]], needs: Mapping[str, Iterable[str]]
) -> dict[str, tuple[str, ...]]:
    """Return the groups whose folders each package lies in, sorted.

    Args:
        wanted: the names that each group asks for.
        needs: the names that each package needs.
    """
    inside: dict[str, set[str]] = {name: set() for name in needs}
    for group, names in wanted.items():
        todo = list(names)
        while todo:
            name = todo.pop()
            if group not in inside.get(name, {group}):
                inside[name].add(group)
                todo += needs[name]
    return {name: tuple(sorted(groups)) for name, groups in inside.items()}


def ways(
    name: str, wanted: Mapping[str, Sequence[str]], needs: Mapping[str, Sequence[str]]
) -> list[tuple[str, ...]]:
    """Return why a package is there: for each group the shortest way to it, from the group to the name.

    Args:
        name: which one.
        wanted: the names that each group asks for.
        needs: the names that each package needs.
    """
    found: list[tuple[str, ...]] = []
    for group, names in wanted.items():
        todo: deque[tuple[str, ...]] = deque((group, each) for each in names)
        seen: set[str] = set()
        while todo:
            way = todo.popleft()
            if way[-1] == name:
                found.append(way)
                break
            if way[-1] not in seen:
                seen.add(way[-1])
                todo.extend((*way, need) for need in needs.get(way[-1], ()))
    return found


def _circle(names: Sequence[str]) -> ConflictError:
    shown = " → ".join(f"`{name}`" for name in names)
    return ConflictError(
        f"`{names[0]}` needs itself: {shown}",
        hint="nothing of that can be installed until one of them no longer asks for the other",
    )
