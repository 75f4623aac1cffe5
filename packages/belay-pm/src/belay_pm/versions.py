"""Which of two versions is newer, and which ones will do. Text in, answers out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from belay_pm.errors import ProjectError

__all__ = ["Unlisted", "Version", "VersionRange", "looks_like_range"]

_NUMBERED = re.compile(r"[vV]?(?P<numbers>\d{1,18}(?:\.\d{1,18})*)(?P<rest>[^+]*)(?:\+.*)?", re.DOTALL)
_PARTS = re.compile(r"\d{1,18}|[a-z]+")
_STAGES = {"dev": -4, "a": -3, "alpha": -3, "b": -2, "beta": -2, "c": -1, "pre": -1, "rc": -1, "post": 1}
_FINAL = 0
_UNKNOWN_STAGE = -5
"""`1.2.3-nightly` comes before `1.2.3`, as semver.org has it for whatever stands behind a dash."""

_CLAUSE = re.compile(r"(?P<operator>===?|!=|~=|>=|<=|\^|~|>|<|)\s*(?P<version>[0-9A-Za-z*][0-9A-Za-z.*+_-]*)")
_WILD = re.compile(r"[vV]?(?P<numbers>\d{1,18}(?:\.\d{1,18})*)\.\*")
_LIKE_RANGE = re.compile(r"\s*([=!~<>^*]|[vV]?\d)")
_ANY = ("*", "latest")
_HINT = "versions are written as `*`, `1.2.3`, `^1.2`, `~1.2`, `1.*`, `!=1.3` or `>=1,<2`"


@dataclass(frozen=True, order=True)
class Version:
    """A version, ordered as people mean it: `1.9` < `1.10-rc1` < `1.10` = `1.10.0` < `1.10.post1`.

    What does not start with a number is older than all that do, in the order of its letters.
    Source: the order is that of Python's version specifiers, and of semver.org for unknown stages.

    Attributes:
        key: what is compared; of no use elsewhere.
        text: as it was written.
    """

    key: tuple[object, ...]
    text: str = field(compare=False)

    @classmethod
    def parse(cls, text: str) -> Version:
        """Return the version that a text means; every text means one."""
        match = _NUMBERED.fullmatch(text.strip())
        if match is None:
            return cls((False, (), _UNKNOWN_STAGE, ((True, 0, text),)), text)
        numbers = [int(number) for number in match["numbers"].split(".")]
        while numbers and numbers[-1] == 0:
            numbers.pop()
        parts = _PARTS.findall(match["rest"].lower())
        stage = _FINAL
        if parts:
            stage = _STAGES.get(parts[0], _UNKNOWN_STAGE)
            if stage != _UNKNOWN_STAGE:
                del parts[0]
        ordered = tuple(
            (not part.isdigit(), int(part) if part.isdigit() else 0, part.lstrip("0")) for part in parts
        )
        return cls((True, tuple(numbers), stage, ordered), text)

    @property
    def is_numbered(self) -> bool:
        """Whether it starts with a number, so that "newer" means something."""
        return bool(self.key[0])

    @property
    def is_early(self) -> bool:
        """Whether it comes before the release of its numbers: `1.2.3-rc1`."""
        stage = self.key[2]
        return self.is_numbered and isinstance(stage, int) and stage < _FINAL

    def is_early_of(self, release: Version) -> bool:
        """Whether it comes before a release of the same numbers: `2.0-rc1`, asked with `2`."""
        return self.is_early and not release.is_early and self.key[1] == release.key[1]


class Unlisted(tuple[str, ...]):
    """Versions of a package that nobody has a list of, newest first: others may be there too."""

    __slots__ = ()


@dataclass(frozen=True)
class VersionRange:
    """Which versions will do.

    A version of an early stage, such as `2.0-rc1`, will do for `*` and for a range that names one itself.

    Attributes:
        text: as it was written.
    """

    text: str
    _clauses: tuple[tuple[str, Version], ...] = field(compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> VersionRange:
        """Return the range that a text means: clauses with commas or blanks between, all of which must hold.

        Args:
            text: `*` or `latest` for any; `1.2.3`, `==1.2.3`; `1.*`; `!=1.3`; `>=1,<2`; `^1.2` up to the
                next change of the first number that is not 0; `~1.2` up to the next change of the second
                number; `~=1.2.3` as Python has it.

        Raises:
            ProjectError: it means none.
        """
        clauses: list[tuple[str, Version]] = []
        rest = text.strip()
        if not rest:
            raise ProjectError("an empty text is no version", hint=_HINT)
        while rest:
            match = _CLAUSE.match(rest)
            if match is None:
                raise ProjectError(f"`{text}` is no version and no range of versions", hint=_HINT)
            clauses += _clause(match["operator"], match["version"], text)
            rest = rest[match.end() :]
            if rest and rest[0] not in ", \t":
                raise ProjectError(f"`{text}` is no version and no range of versions", hint=_HINT)
            rest = rest.strip(", \t")
        return cls(text.strip(), tuple(clauses))

    def allows(self, version: str) -> bool:
        """Whether a version will do."""
        asked = Version.parse(version)
        if asked.is_early and self._clauses and not any(bound.is_early for _, bound in self._clauses):
            return False
        return all(_holds(operator, asked, bound) for operator, bound in self._clauses)

    @cached_property
    def exact(self) -> str | None:
        """The one version that will do, as it was written, or None when it may be another."""
        return next((bound.text for operator, bound in self._clauses if operator == "=="), None)


def looks_like_range(text: str) -> bool:
    """Whether a text is meant as a version or a range of versions, and not as a name."""
    return text.strip() == "latest" or _LIKE_RANGE.match(text) is not None


def _clause(operator: str, version: str, text: str) -> list[tuple[str, Version]]:
    """Return the plain clauses that one clause stands for."""
    if version in _ANY and operator in ("", "=="):
        return []
    if wild := _WILD.fullmatch(version):
        return _wild_clause(operator, wild["numbers"], text)
    if "*" in version:
        raise ProjectError(f"`{text}`: a `*` stands for all numbers that follow, as in `1.2.*`", hint=_HINT)
    if operator in ("", "==", "==="):
        return [("==", Version.parse(version))]
    bound = Version.parse(version)
    if operator == "!=":
        return [("!=", bound)]
    if not bound.is_numbered:
        raise ProjectError(
            f"`{text}`: `{version}` has no number that others could be compared with", hint=_HINT
        )
    if operator in ("^", "~", "~="):
        return [(">=", bound), ("<", _end(operator, version, text))]
    return [(operator, bound)]


def _wild_clause(operator: str, numbers: str, text: str) -> list[tuple[str, Version]]:
    if operator == "!=":
        return [("!=*", Version.parse(numbers))]
    if operator not in ("", "=="):
        raise ProjectError(f"`{text}`: `{operator}` and `*` do not go together", hint=_HINT)
    return [(">=", Version.parse(numbers)), ("<", _next(numbers.split(".")))]


def _end(operator: str, version: str, text: str) -> Version:
    """Return the first version that is too new."""
    match = _NUMBERED.fullmatch(version)
    assert match is not None  # it is numbered
    numbers = match["numbers"].split(".")
    if operator == "^":
        kept = next((at for at, number in enumerate(numbers) if int(number)), len(numbers) - 1) + 1
        return _next(numbers[:kept])
    if operator == "~":
        return _next(numbers[:2])
    if len(numbers) == 1:
        raise ProjectError(f"`{text}`: `~=` wants at least two numbers", hint=_HINT)
    return _next(numbers[:-1])


def _next(numbers: list[str]) -> Version:
    return Version.parse(".".join([*numbers[:-1], str(int(numbers[-1]) + 1)]))


def _holds(operator: str, asked: Version, bound: Version) -> bool:
    if operator == "==":
        return asked == bound
    if operator == "!=":
        return asked != bound
    if operator == "!=*":
        return not (bound <= asked < _next(bound.text.split(".")))
    if not asked.is_numbered:
        return False  # neither newer nor older than anything
    if operator == "<":
        return asked < bound and not asked.is_early_of(bound)
    return {">": asked > bound, ">=": asked >= bound, "<=": asked <= bound}[operator]
