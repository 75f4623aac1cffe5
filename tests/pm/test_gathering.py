"""Packages by their words, without a project."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from belay_pm.errors import ConflictError, NotFoundError, ProjectError
from belay_pm.gathering import gather

if TYPE_CHECKING:
    from pathlib import Path


def test_a_package_is_followed_by_what_it_needs(server: Any, folder: Path) -> None:
    """The order is that in which it was asked for, each before what it needs, once."""
    for name, needs in {"a": ["c", "b"], "b": ["c"], "c": []}.items():
        told = {
            "urls": [[f"{name}.py", f"{name}.py"]],
            "deps": [[f"{server.url}/{each}", ""] for each in needs],
        }
        server.pages[f"/{name}/package.json"] = json.dumps(told).encode()
        server.pages[f"/{name}/{name}.py"] = name.encode()

    came = gather([f"{server.url}/a", f"{server.url}/b/package.json"], folder=folder)

    assert [(each.name, dict(each.files)) for each in came] == [
        ("a", {"a.py": b"a"}),
        ("c", {"c.py": b"c"}),
        ("b", {"b.py": b"b"}),
    ]
    assert came[0].requires == ("b", "c")


def test_source_where_there_is_nothing_compiled(server: Any, folder: Path) -> None:
    """The form that is wanted comes first, and source comes when an index has no other."""
    for kind, name in (("6", "a"), ("py", "a"), ("py", "b")):
        told = {"version": kind, "urls": [["x" if name == "a" else "y", f"{server.url}/x"]]}
        for version in ("latest", kind):
            server.pages[f"/package/{kind}/{name}/{version}.json"] = json.dumps(told).encode()
    server.pages["/x"] = b"x"

    came = gather(["a", "b"], folder=folder, mpy="6", index=f"{server.url}/")

    assert [(each.name, each.version) for each in came] == [("a", "6"), ("b", "py")]
    with pytest.raises(NotFoundError):
        gather(["c"], folder=folder, mpy="6", index=server.url)


def test_a_lone_module_stays_what_it_is(folder: Path) -> None:
    """It is no folder with an `__init__`, as it is in a project; a folder with a module of its name is."""
    (folder / "x.py").write_bytes(b"x")
    (folder / "y").mkdir()
    (folder / "y/y.py").write_bytes(b"y")

    came = gather(["./x.py", "./y"], folder=folder)

    assert [dict(each.files) for each in came] == [{"x.py": b"x"}, {"y/__init__.py": b"y"}]


@pytest.mark.parametrize(
    ("texts", "error", "said"),
    [
        (["./a.py", "./d/a.py"], ConflictError, "`a` is asked for twice: `./a.py` and `./d/a.py`"),
        (["./p/package.json", "./a.py"], ConflictError, "`a` is both "),
        (["./3"], ProjectError, "nothing in `./3` could be the name of a package"),
        ([""], ProjectError, "an empty text names no source"),
    ],
)
def test_what_cannot_be_together(folder: Path, texts: list[str], error: type[Exception], said: str) -> None:
    """Two that differ about a name or a path are told of, and no hint speaks of a project."""
    (folder / "a.py").write_bytes(b"a")
    (folder / "d").mkdir()
    (folder / "d/a.py").write_bytes(b"other")
    (folder / "p").mkdir()
    (folder / "p/package.json").write_text(json.dumps({"urls": [["a.py", "b.py"]]}))
    (folder / "p/b.py").write_bytes(b"b")

    with pytest.raises(error, match=said) as caught:
        gather(texts, folder=folder)

    assert "pyproject" not in (getattr(caught.value, "hint", None) or "")


def test_the_source_that_was_given_counts(server: Any, folder: Path) -> None:
    """It wins over what a package says; the note, and the hint of a conflict, speak of no project."""
    for place in ("x", "y"):
        server.pages[f"/{place}/c/package.json"] = json.dumps({"urls": [["c.py", "c.py"]]}).encode()
        server.pages[f"/{place}/c/c.py"] = place.encode()
    for name, place in {"a": "x", "b": "y"}.items():
        told = {"deps": [[f"{server.url}/{place}/c", ""]]}
        server.pages[f"/{name}/package.json"] = json.dumps(told).encode()
    texts = [f"{server.url}/a", f"{server.url}/b"]

    came = gather([*texts, f"{server.url}/y/c"], folder=folder)

    assert [(each.name, each.notes) for each in came if each.name == "c"] == [
        ("c", (f"`a` wants it from `{server.url}/x/c`; the source that was given is taken",))
    ]
    with pytest.raises(ConflictError, match="`c` is wanted from different places:") as caught:
        gather(texts, folder=folder)
    assert caught.value.hint == "ask for `c` too, and say where it is: the source that was given is taken"


def test_an_address_with_a_token_is_refused(folder: Path) -> None:
    """A password in the index's address would end up where others read it."""
    with pytest.raises(ProjectError, match="has a password or token in it"):
        gather(["a"], folder=folder, index="https://me:secret@example.com/pi")
