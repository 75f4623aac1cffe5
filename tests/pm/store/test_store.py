from __future__ import annotations

import subprocess
import sys
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belay_pm.errors import PackageError, UnsafePathError
from belay_pm.store import Element, Store

if TYPE_CHECKING:
    from pathlib import Path

HELLO = sha256(b"hello").hexdigest()

_PUT = """
from belay_pm.store import Store
import sys
store = Store()
for number in range(60):
    content = (f"{number} " * 2000).encode()
    digest = store.put(content, element=f"web-{sys.argv[1]}")
    assert store.get(digest) == content, number
"""


def _paths(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_nothing_is_made_before_something_is_kept() -> None:
    """Looking at a cache that is not there finds nothing, and makes nothing."""
    store = Store()

    assert store.elements() == ()
    assert store.size_bytes() == 0
    assert store.get(HELLO) is None
    assert store.noted("web-a", "key") is None
    assert store.clear("") == ()
    assert not store.location.exists()


def test_a_content_is_found_under_its_digest() -> None:
    """What was kept comes back, by its full SHA-256, from another `Store` too."""
    digest = Store().put(b"hello", element="web-example.com")

    assert digest == HELLO
    assert Store().get(digest) == b"hello"


@pytest.mark.parametrize("digest", ["", "abc", "../" * 21 + "x", "g" * 64, HELLO.upper(), "\0" * 64])
def test_what_is_no_digest_has_no_content(digest: str) -> None:
    """A digest from a lock that somebody wrote by hand is never a path."""
    store = Store()
    store.put(b"hello", element="a")

    assert store.get(digest) is None


@pytest.mark.parametrize("damage", [b"", b"hell", b"jello"])
def test_a_damaged_content_is_as_if_absent_and_is_put_anew(damage: bytes) -> None:
    """A content is checked when it is read: what a disk lost is never handed out, and can be kept again."""
    store = Store()
    store.put(b"hello", element="a")
    next(store.location.glob("objects/*/*")).write_bytes(damage)

    found = store.get(HELLO)
    store.put(b"hello", element="a")

    assert found is None
    assert store.get(HELLO) == b"hello"


def test_elements_are_listed_with_their_sizes_and_by_prefix() -> None:
    """An element has what it needs and what it keeps itself; what two need counts once in all."""
    store = Store()
    store.put(b"hello", element="web-a")
    store.put(b"hello", element="web-b")
    (store.folder("git-c") / "pack").write_bytes(b"1234567")

    assert store.elements() == (Element("git-c", 7), Element("web-a", 5), Element("web-b", 5))
    assert [element.name for element in store.elements("web")] == ["web-a", "web-b"]
    assert store.size_bytes() == 12


def test_clearing_removes_what_no_other_element_needs() -> None:
    """With the last element that needs it a content goes; one that is needed stays, and so do others' notes."""
    store = Store()
    shared = store.put(b"shared", element="web-a")
    own = store.put(b"own", element="web-a")
    store.put(b"shared", element="git-b")
    store.note("git-b", "url", {"etag": "1"})

    cleared = store.clear("web")

    assert cleared == ("web-a",)
    assert store.get(shared) == b"shared"
    assert store.get(own) is None
    assert store.noted("git-b", "url") == {"etag": "1"}
    assert store.clear("") == ("git-b",)
    assert list(store.location.rglob("*/*/*")) == []


@given(
    prefix=st.text(max_size=8)
    | st.sampled_from(["../", "..", "/", "*", "?", "[a-z]*", "**", "./", "~", "\\"])
)
def test_clearing_never_leaves_the_cache(prefix: str) -> None:
    """A prefix is compared letter by letter: no path and no pattern in it reaches another file."""
    store = Store()
    store.put(b"hello", element="web-a")
    neighbours = [store.location.parent / "git-incumbent", store.location.parent.parent / "other"]
    for neighbour in neighbours:
        neighbour.mkdir(exist_ok=True)
        (neighbour / "x").write_text("theirs")

    cleared = store.clear(prefix)

    assert cleared == (("web-a",) if "web-a".startswith(prefix) else ())
    assert all((neighbour / "x").read_text() == "theirs" for neighbour in neighbours)


def test_links_in_the_cache_are_not_followed(folder: Path) -> None:
    """A link is no element, nothing is written through it, and clearing leaves alone what it points at."""
    store = Store()
    store.put(b"hello", element="web-a")
    (folder / "precious").mkdir()
    (folder / "precious" / "x").write_text("theirs")
    (store.location / "elements" / "web-link").symlink_to(folder / "precious")
    (store.folder("web-a") / "inner").symlink_to(folder / "precious")

    with pytest.raises(UnsafePathError, match="is a link to another place"):
        store.put(b"x", element="web-link")
    listed = [element.name for element in store.elements()]
    store.clear("")

    assert listed == ["web-a"]
    assert _paths(folder / "precious") == ["x"]


def test_read_only_files_of_a_mirror_are_cleared_too() -> None:
    """Git writes its objects read-only; they go like all others."""
    store = Store()
    path = store.folder("git-a") / "object"
    path.write_bytes(b"x")
    path.chmod(0o444)

    assert store.clear("git-a") == ("git-a",)
    assert store.elements() == ()


def test_notes_are_kept_by_key_and_the_key_is_not_written() -> None:
    """Facts come back by their key; the key, which may be an address with a secret, is nowhere on the disk."""
    store = Store()

    store.note("web-a", "https://host/?token=secret", {"etag": '"1"', "sha256": HELLO})
    store.note("web-a", "https://host/?token=secret", {"etag": '"2"'})

    assert store.noted("web-a", "https://host/?token=secret") == {"etag": '"2"'}
    assert store.noted("web-a", "https://host/") is None
    assert store.noted("web-b", "https://host/?token=secret") is None
    files = [path for path in store.location.rglob("*") if path.is_file()]
    assert not any(b"secret" in path.read_bytes() or "secret" in path.name for path in files)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"etag": 1}', b"\xff", b"null"])
def test_damaged_notes_are_as_if_absent(damage: bytes) -> None:
    """A note that cannot be read is none."""
    store = Store()
    store.note("a", "key", {"etag": "1"})
    next(store.location.glob("elements/a/notes/*")).write_bytes(damage)

    assert store.noted("a", "key") is None


def test_processes_share_it() -> None:
    """Processes that keep the same contents at once, while another one clears, each find what they kept."""
    store = Store()

    processes = [subprocess.Popen([sys.executable, "-c", _PUT, str(number)]) for number in range(4)]
    while any(process.poll() is None for process in processes):
        store.clear("other")
        assert store.size_bytes() >= 0
    codes = [process.wait() for process in processes]

    assert codes == [0, 0, 0, 0]
    assert [element.name for element in store.elements()] == ["web-0", "web-1", "web-2", "web-3"]
    assert len(list(store.location.glob("objects/*/*"))) == 60
    assert store.elements()[0].size_bytes == store.size_bytes()


def test_an_elements_lock_is_held_and_taken_again() -> None:
    """Who holds an element's lock may use the element, and the lock is free afterwards, also after an error."""
    store = Store()

    def use() -> None:
        with store.lock("Git-A"), store.lock("git-a"):
            (store.folder("git-a") / "x").touch()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        use()
    with store.lock("git-a"):
        store.clear("git-a")

    assert store.elements() == ()


def test_a_cache_that_cannot_be_written_is_an_error_of_ours(folder: Path) -> None:
    """The error names the folder and what the computer said, and the hint another way."""
    (folder / "file").write_text("in the way")
    store = Store(folder / "file")

    for act in (
        lambda: store.put(b"x", element="a"),
        lambda: store.note("a", "key", {"a": "b"}),
        lambda: store.folder("a"),
        lambda: store.lock("a").__enter__(),
    ):
        with pytest.raises(PackageError, match=f"Writing to the cache `{store.location}` failed: ") as caught:
            act()
        assert caught.value.hint == "`BELAY_CACHE_DIR` names another folder for it"


def test_what_is_kept_already_is_put_without_writing() -> None:
    """A cache that cannot be written still serves whoever needs what it has."""
    store = Store()
    store.put(b"hello", element="a")
    before = _paths(store.location), [path.stat().st_mtime_ns for path in store.location.rglob("*")]

    store.put(b"hello", element="a")

    assert (_paths(store.location), [path.stat().st_mtime_ns for path in store.location.rglob("*")]) == before
