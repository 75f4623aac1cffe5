from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belay_pm.errors import ConflictError, NotFoundError, PackageError, SourceError, UnsafePathError
from belay_pm.packages import Fetched, Package, PackageFile, Resolved
from belay_pm.requirements import Entry, GitSource, IndexSource, PathSource, Requirement, Source
from belay_pm.resolving import resolve, ways

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from belay_pm.requirements import BundleSource
    from belay_pm.resolving import Request


def wanted(text: str, *, opt: int | None = None) -> Requirement:
    """`name` or `name >=1` of the index, `name @ url` of a repository, `name = path` of a folder."""
    name, _, rest = text.partition(" ")
    source: Source
    if rest.startswith("@ "):
        source = GitSource(rest[2:])
    elif rest.startswith("= "):
        source = PathSource(rest[2:])
    else:
        source = IndexSource(name, rest or "*")
    return Requirement(name, (Entry(source, rest.removeprefix("@ ").removeprefix("= ") or "*", opt=opt),))


def file(path: str, content: bytes, *, origin: str = "") -> PackageFile:
    """A file of a package."""
    return PackageFile(path, sha256(content).hexdigest(), len(content), origin or path)


class World:
    """What there is.

    Args:
        index: `name version` -> what it requires.
        others: the address or path of a package -> what it requires.

    Attributes:
        files: `name version`, address or path -> the files, for those that do not have just `<name>.py`.
        fetched: what was fetched, in order.
        asked: the names whose versions were asked for.
    """

    def __init__(
        self, index: Mapping[str, Sequence[str]], others: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self.index = index
        self.others = others or {}
        self.files: dict[str, tuple[PackageFile, ...]] = {}
        self.fetched: list[str] = []
        self.asked: list[str] = []

    def resolve(
        self, groups: Mapping[str, Sequence[str]] | Sequence[str], *, kept: Iterable[Package] = ()
    ) -> tuple[Package, ...]:
        """Resolve what groups want, or the group `main`."""
        if not hasattr(groups, "items"):
            groups = {"main": groups}
        return resolve(
            {group: [wanted(text) for text in texts] for group, texts in groups.items()},
            fetch=self.fetch,
            versions=self.versions,
            allows=allows,
            kept=kept,
        )

    def versions(self, source: IndexSource | BundleSource) -> list[str]:
        """What the index has of a name, newest first."""
        self.asked.append(source.name)
        if not any(key.split(" ")[0] == source.name for key in self.index):
            raise NotFoundError(f"`{source.name}` is in no index", hint="`belay search`")
        found = [key.split(" ")[1] for key in self.index if key.split(" ")[0] == source.name]
        return sorted(found, key=int, reverse=True)

    def fetch(self, requests: Sequence[Request]) -> list[Fetched]:
        """What comes."""
        return [self._one(request) for request in requests]

    def _one(self, request: Request) -> Fetched:
        source = request.entry.source
        if isinstance(source, IndexSource):
            key, requires = f"{source.name} {source.version}", self.index[f"{source.name} {source.version}"]
            resolved = Resolved("https://index", version=source.version)
        else:
            key = source.url if isinstance(source, GitSource) else source.path
            requires, resolved = self.others[key], Resolved(key, commit="c" * 40)
        self.fetched.append(key)
        files = self.files.get(key, (file(f"{request.name}.py", key.encode()),))
        return Fetched(resolved, files, tuple(wanted(text) for text in requires))


def allows(text: str, version: str) -> bool:
    """`*`, `>=2`, `<2` or `2`, joined by commas, of versions that are whole numbers."""
    number = int(version)
    for part in text.split(","):
        if part.startswith(">="):
            fits = number >= int(part[2:])
        elif part.startswith("<"):
            fits = number < int(part[1:])
        else:
            fits = part == "*" or number == int(part)
        if not fits:
            return False
    return True


def shown(packages: Iterable[Package]) -> dict[str, str | None]:
    """Name -> version."""
    return {package.name: package.version for package in packages}


def test_what_is_needed_comes_with_what_needs_it() -> None:
    """Requirements are followed to their end, and each package is there once."""
    world = World({"a 1": ["b", "c"], "b 1": ["d"], "c 1": ["d"], "d 1": [], "z 9": []})

    packages = world.resolve(["a"])

    assert shown(packages) == {"a": "1", "b": "1", "c": "1", "d": "1"}
    assert [package.requires for package in packages] == [("b", "c"), ("d",), ("d",), ()]
    assert sorted(world.fetched) == ["a 1", "b 1", "c 1", "d 1"]


def test_groups_share_one_graph() -> None:
    """A package has one version in the whole project, and lies in the folder of each group that needs it."""
    world = World({"a 1": ["b <3"], "b 1": [], "b 2": [], "b 3": [], "t 1": ["b"]})

    packages = world.resolve({"main": ["a"], "dev": ["t", "b >=2"]})

    assert {package.name: (package.version, package.groups) for package in packages} == {
        "a": ("1", ("main",)),
        "b": ("2", ("dev", "main")),
        "t": ("1", ("dev",)),
    }


def test_the_newest_version_that_suits_all_is_taken() -> None:
    """Whoever asks is heard, also when what asks was found late."""
    world = World({"a 1": ["c"], "c 1": ["d"], "d 1": ["b <2"], "b 1": [], "b 2": ["e"], "e 1": []})

    assert shown(world.resolve(["a", "b"])) == {"a": "1", "b": "1", "c": "1", "d": "1"}


def test_a_wish_of_what_is_not_taken_is_kept() -> None:
    """Two that push each other down come to rest, and do not go on for ever."""
    world = World({"a 1": [], "a 2": ["b <2"], "b 1": [], "b 2": ["a <2"]})

    assert shown(world.resolve(["a", "b"])) == {"a": "1", "b": "1"}


def test_the_same_in_the_index_under_two_names_has_one_version() -> None:
    """What the project calls it does not matter: who asks for it by the index's name is heard too."""
    world = World({"umqtt.simple 1": [], "umqtt.simple 2": [], "a 1": ["umqtt.simple <2"]})
    mine = Requirement("mqtt", (Entry(IndexSource("umqtt.simple"), "*"),))
    groups = {"main": [mine, wanted("a")]}
    world.files = {f"umqtt.simple {n}": (file("umqtt/simple.py", b"%d" % n),) for n in (1, 2)}

    packages = resolve(groups, fetch=world.fetch, versions=world.versions, allows=allows)

    assert shown(packages) == {"a": "1", "mqtt": "1", "umqtt.simple": "1"}


def test_no_version_suits() -> None:
    """The error says who wants what, through whom, and what there is."""
    world = World({"a 1": ["b <2"], "c 1": ["d"], "d 3": ["b >=2"], "b 1": [], "b 2": []})

    with pytest.raises(ConflictError) as caught:
        world.resolve({"main": ["a"], "dev": ["c"]})

    assert str(caught.value) == (
        "No version of `b` suits all who ask for it:\n"
        "  `<2` by `main` → `a 1`\n"
        "  `>=2` by `dev` → `c 1` → `d 3`\n"
        "there are 2, 1"
    )
    assert caught.value.hint == "ask for another version in `pyproject.toml`, of it or of who asks"


def test_two_packages_want_different_sources() -> None:
    """Nobody chooses for them; the hint says how the project can."""
    world = World(
        {"a 1": ["x @ https://one/x.git"], "b 1": ["x @ https://two/x.git"]}, {"https://one/x.git": []}
    )

    with pytest.raises(ConflictError) as caught:
        world.resolve(["a", "b"])

    assert str(caught.value) == (
        "`x` is wanted from different places:\n"
        "  `https://one/x.git` by `main` → `a 1`\n"
        "  `https://two/x.git` by `main` → `b 1`"
    )
    assert caught.value.hint is not None
    assert "name `x` in `[tool.belay.dependencies]`" in caught.value.hint


def test_the_projects_own_source_is_taken_and_noted() -> None:
    """What the project itself says wins over what a package says; that is written down."""
    world = World({"a 1": ["x"], "x 1": []}, {"https://mine/x.git": []})

    packages = world.resolve(["x @ https://mine/x.git", "a"])

    assert packages[1].parts[0].fetched.resolved.url == "https://mine/x.git"
    assert packages[1].notes == ("`a 1` wants it from `*`; what the project itself says is taken",)


def test_two_groups_want_different_sources() -> None:
    """A name is one package in the whole project."""
    with pytest.raises(ConflictError) as caught:
        World({}).resolve({"main": ["x @ https://one/x.git"], "dev": ["x = ../x"]})

    assert str(caught.value) == (
        "`x` is wanted from different places:\n  `../x` by `dev`\n  `https://one/x.git` by `main`"
    )


@pytest.mark.parametrize(
    ("index", "others", "circle"),
    [
        ({"a 1": ["b"], "b 1": ["a"]}, {}, "`a` → `b` → `a`"),
        ({"a 1": ["a"]}, {}, "`a` → `a`"),
        ({"a 1": ["g @ https://g"], "b 1": ["a"]}, {"https://g": ["b"]}, "`a` → `g` → `b` → `a`"),
        ({"a 1": ["b", "c"], "b 1": [], "c 1": ["d"], "d 1": ["b", "c"]}, {}, "`c` → `d` → `c`"),
    ],
)
def test_a_circle_is_named(index: dict[str, list[str]], others: dict[str, list[str]], circle: str) -> None:
    """Packages that need each other are refused, wherever they are from."""
    with pytest.raises(ConflictError) as caught:
        World(index, others).resolve(["a"])

    assert str(caught.value) == f"`{circle.split('`')[1]}` needs itself: {circle}"


def test_what_is_nowhere_is_told_with_who_asked() -> None:
    """An error of a source says through whom the project came to it, and keeps its class and hint."""
    world = World({"a 1": ["b"], "b 1": ["nowhere"]})

    with pytest.raises(NotFoundError) as caught:
        world.resolve(["a"])

    assert str(caught.value) == "`nowhere` is in no index\nit is asked for by `main` → `a 1` → `b 1`"
    assert caught.value.hint == "`belay search`"


def test_what_cannot_be_fetched_is_told_with_who_asked() -> None:
    """So does what fails to be fetched; of several failures the first is told."""

    def fetch(requests: Sequence[Request]) -> list[Fetched | PackageError]:
        return [
            SourceError(f"no {each.name}")
            if each.name in "xy"
            else Fetched(Resolved("u"), (), (wanted("y @ u"), wanted("x @ u")))
            for each in requests
        ]

    with pytest.raises(SourceError) as caught:
        resolve({"main": [wanted("a @ u")]}, fetch=fetch, versions=lambda _: (), allows=allows)

    assert str(caught.value) == "no x\nit is asked for by `main` → `a`"


def test_packages_without_end_are_refused() -> None:
    """Somebody's packages may ask for new names for ever; ours ends."""

    def fetch(requests: Sequence[Request]) -> list[Fetched]:
        return [Fetched(Resolved("u"), (), (wanted(f"{each.name}x @ u"),)) for each in requests]

    with pytest.raises(SourceError, match="more than 1000 packages"):
        resolve({"main": [wanted("a @ u")]}, fetch=fetch, versions=lambda _: ["1"], allows=allows)


def test_one_content_for_a_path_may_come_twice() -> None:
    """Two packages that have the same file share it."""
    world = World({"a 1": [], "b 1": []})
    world.files = {"a 1": (file("x.py", b"same"),), "b 1": (file("x.py", b"same"),)}

    assert shown(world.resolve(["a", "b"])) == {"a": "1", "b": "1"}


def test_two_contents_for_a_path_are_refused() -> None:
    """The error names both packages and where the files are from."""
    world = World({"a 1": [], "b 1": []})
    world.files = {
        "a 1": (file("x.py", b"one", origin="lib/x.py"),),
        "b 1": (file("x.py", b"other", origin="https://b/x.py"),),
    }

    with pytest.raises(ConflictError) as caught:
        world.resolve(["a", "b"])

    assert str(caught.value) == (
        "`x.py` comes twice, with different contents:\n"
        "  of `a`, from `lib/x.py`\n"
        "  of `b`, from `https://b/x.py`"
    )
    assert shown(world.resolve({"main": ["a"], "dev": ["b"]})) == {"a": "1", "b": "1"}


@pytest.mark.parametrize("other", ["x/__init__.py", "x.mpy"])
def test_two_modules_of_one_name_are_refused(other: str) -> None:
    """Of `x.py` and `x/__init__.py` an import finds one: of two packages that is refused, and both are named."""
    world = World({"a 1": [], "b 1": []})
    world.files = {"a 1": (file("x.py", b"one"),), "b 1": (file(other, b"other"),)}

    with pytest.raises(
        ConflictError, match=rf"`x` is both `x\.py` and `{other}`, and .*\n  of `a`.*\n  of `b`"
    ):
        world.resolve(["a", "b"])

    world.files = {"a 1": (file("x.py", b"one"), file(other, b"other")), "b 1": (file(other, b"other"),)}
    assert shown(world.resolve({"main": ["a"], "dev": ["b"]})) == {"a": "1", "b": "1"}
    world.files = {"a 1": (file("x.py", b"one"),), "b 1": (file(other, b"one"),)}
    assert shown(world.resolve(["a", "b"])) == {"a": "1", "b": "1"}


def test_paths_that_are_one_on_some_computers_are_refused() -> None:
    """`X.py` and `x.py` cannot both lie in the folder of a group."""
    world = World({"a 1": [], "b 1": []})
    world.files = {"a 1": (file("x.py", b"same"),), "b 1": (file("X.py", b"same"),)}

    with pytest.raises(UnsafePathError, match=r"`the packages of group main` has both `X\.py` and `x\.py`"):
        world.resolve(["a", "b"])


def test_what_is_kept_stays_and_is_not_asked_for() -> None:
    """The versions and commits of a lock hold for whatever is not to be updated; nothing is fetched for it."""
    old = World({"a 1": ["b"], "b 1": []}, {"https://g": []}).resolve(["a", "g @ https://g"])
    world = World({"a 1": ["b"], "a 2": ["b"], "b 1": [], "b 2": []}, {"https://g": ["new"]})

    packages = world.resolve(["a", "g @ https://g"], kept=old)

    assert packages == old
    assert (world.fetched, world.asked) == ([], [])


def test_one_package_is_updated_and_the_others_are_kept() -> None:
    """`update a` leaves `b` at its lock, although there is a newer one."""
    old = World({"a 1": ["b"], "b 1": []}).resolve(["a"])
    world = World({"a 1": ["b"], "a 2": ["b"], "b 1": [], "b 2": []})

    packages = world.resolve(["a"], kept=[package for package in old if package.name != "a"])

    assert shown(packages) == {"a": "2", "b": "1"}


def test_a_kept_version_that_no_longer_suits_is_left() -> None:
    """Whoever is updated may need a newer version of what is kept."""
    old = World({"a 1": ["b"], "b 1": []}).resolve(["a"])
    world = World({"a 2": ["b >=2"], "b 1": [], "b 2": [], "b 3": []})

    packages = world.resolve(["a"], kept=[package for package in old if package.name != "a"])

    assert shown(packages) == {"a": "2", "b": "3"}


def test_a_kept_package_of_another_source_is_fetched_anew() -> None:
    """When the project says another place, or another branch, the lock does not hold."""
    old = World({}, {"https://one": []}).resolve(["x @ https://one"])
    world = World({}, {"https://two": []})

    packages = world.resolve(["x @ https://two"], kept=old)

    assert packages[0].parts[0].fetched.resolved.url == "https://two"


def test_why_is_the_shortest_way_from_each_group() -> None:
    """`why` finds through whom a package came, from each group that has it."""
    needs = {"a": ("b",), "b": ("d",), "c": ("d",), "d": ()}

    found = ways("d", {"main": ["a", "c"], "dev": ["d"], "other": ["x"]}, needs)

    assert found == [("main", "c", "d"), ("dev", "d")]


NAMES = "abcdef"
RANGES = st.sampled_from(["", " *", " >=2", " <3", " <2", " 2", " >=1,<3"])
WISHES = st.lists(st.tuples(st.sampled_from(NAMES), RANGES).map("".join), max_size=3)


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, list[str]]:
    """An index in which each name has some versions, which need something."""
    return {
        f"{name} {version}": draw(WISHES) for name in NAMES for version in range(1, draw(st.integers(1, 4)))
    }


@given(index=worlds(), main=WISHES, dev=WISHES)
def test_a_result_is_complete_suits_all_and_does_not_depend_on_order(
    index: dict[str, list[str]], main: list[str], dev: list[str]
) -> None:
    """Whatever there is: a result has all that is needed, in versions that suit; else it is refused, always."""
    groups = {"main": main, "dev": dev}
    backwards = {group: groups[group][::-1] for group in reversed(groups)}
    turned = {key: needs[::-1] for key, needs in reversed(index.items())}

    try:
        packages = World(index).resolve(groups)
    except (ConflictError, NotFoundError) as error:
        with pytest.raises(type(error)):
            World(turned).resolve(backwards)
        return

    taken = {package.name: int(package.version or 0) for package in packages}
    wishes = {"main": main, "dev": dev} | {
        package.name: index[f"{package.name} {package.version}"] for package in packages
    }
    for who, texts in wishes.items():
        for text in texts:
            name, _, wish = text.partition(" ")
            assert allows(wish or "*", str(taken[name])), (who, text)
    assert set(taken) == {text.partition(" ")[0] for texts in wishes.values() for text in texts}
    again = World(turned).resolve(backwards)
    assert [(p.name, p.version, p.groups) for p in again] == [(p.name, p.version, p.groups) for p in packages]
    kept = World({})
    assert shown(kept.resolve(groups, kept=packages)) == shown(packages)
    assert kept.fetched == []


@given(index=worlds(), main=WISHES)
def test_each_group_has_what_its_packages_need(index: dict[str, list[str]], main: list[str]) -> None:
    """A group's folder is complete by itself."""
    try:
        packages = World(index).resolve({"main": main, "dev": ["a"]})
    except (ConflictError, NotFoundError):
        return

    groups = {package.name: set(package.groups) for package in packages}
    for package in packages:
        for need in package.requires:
            assert groups[package.name] <= groups[need]
