"""What a repository calls its commits, and which of them somebody means. Asks nobody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Meant", "Refs", "is_abbreviated", "is_commit"]

_COMMIT = re.compile(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")
_ABBREVIATED = re.compile(r"[0-9a-fA-F]{7,63}")
"""git itself shows seven digits at least; fewer are more often a name."""

_LINE = re.compile(r"([0-9a-f]{40}|[0-9a-f]{64})\t(HEAD|refs/[^\x00-\x20\x7f]+)")


class Meant(NamedTuple):
    """Which commit a link means, and which path in it."""

    commit: str
    path: str


class Refs:
    """The branches and tags of a repository at one moment.

    Args:
        commits: full names, such as `refs/heads/main`, and `HEAD` -> commit; those of annotated tags have
            the tag itself, and beside it `refs/tags/v1^{}` with what it stands for.
    """

    def __init__(self, commits: Mapping[str, str]) -> None:
        self._commits = dict(commits)

    @classmethod
    def parse(cls, text: str) -> Refs:
        """Read what `git ls-remote` prints; lines of any other kind are left out."""
        matches = (_LINE.fullmatch(line) for line in text.split("\n"))
        return cls({match[2]: match[1] for match in matches if match})

    def text(self) -> str:
        """Return what `parse` reads."""
        return "".join(f"{commit}\t{name}\n" for name, commit in sorted(self._commits.items()))

    def commit(self, ref: str | None) -> str | None:
        """Return the commit of a branch or tag, or None.

        Args:
            ref: `main`, `v1.0`, `refs/pull/3/head`; None for what the repository shows. Of a branch and a tag
                of one name, the branch is meant, as for `git clone --branch`.
        """
        for name in (
            ("HEAD",) if ref is None else (f"refs/heads/{ref}", f"refs/tags/{ref}", ref, f"refs/{ref}")
        ):
            commit = self._commits.get(f"{name}^{{}}", self._commits.get(name))
            if commit is not None:
                return commit
        return None

    def meant(self, ref: str, path: str) -> Meant | None:
        """Return what a link of a website means: the longest branch or tag that it can name, and the rest.

        Args:
            ref: the first name behind `blob/` or `tree/`.
            path: the rest.
        """
        names = [ref, *(name for name in path.split("/") if name)]
        for end in range(len(names), 0, -1):
            commit = self.commit("/".join(names[:end]))
            if commit is not None:
                return Meant(commit, "/".join(names[end:]))
        return None

    def beginning(self, digits: str) -> set[str]:
        """Return the commits with branches or tags that begin so."""
        peeled = {name.removesuffix("^{}") for name in self._commits if name.endswith("^{}")}
        tips = {commit for name, commit in self._commits.items() if name not in peeled}
        return {commit for commit in tips if commit.startswith(digits.lower())}

    def near(self) -> Iterable[str]:
        """Return the short names of branches and tags, for an error that names the nearest."""
        prefixes = ("refs/heads/", "refs/tags/")
        return sorted(
            name[len(prefix) :]
            for name in self._commits
            for prefix in prefixes
            if name.startswith(prefix) and not name.endswith("^{}")
        )


def is_commit(text: str) -> bool:
    """Return whether a text is the full name of a commit: no branch can pass for one."""
    return _COMMIT.fullmatch(text) is not None


def is_abbreviated(text: str) -> bool:
    """Return whether a text may be the first digits of a commit."""
    return _ABBREVIATED.fullmatch(text) is not None and not is_commit(text)
