"""The digests that both sides compute: the board's half is run by the real MicroPython."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from belay.files.digests import Algorithm, content_digest, stream_digest, tree_text
from belay.files.keeping import Kept
from belay.files.scope import DigestScope, digest_scope, tree_digest
from belay.files.trees import FileFacts, WantedTree

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from belay.runtime import Runtime

FILES = {
    "/a-b.py": b"",
    "/a/z.txt": b"x" * 700,
    "/a/é ü.bin": b"\0\xff\n",
    "/a.py": b"print('hello')\n",
    "/b": b"1",
    "/lib/mine.py": b"2",
    "/lib/theirs.py": b"3",
}


def test_a_digest_does_not_depend_on_the_pieces() -> None:
    """One piece or many, known values for each algorithm."""
    assert content_digest(b"") == "e3b0c44298fc1c14"
    assert content_digest(b"", "crc32") == "0000000000000000"
    assert content_digest(b"123456789", "crc32") == "00000000cbf43926"
    assert stream_digest([b"123", b"", b"456789"], "crc32") == "00000000cbf43926"
    assert content_digest(b"ab", "sum") == f"{97 * 31 + 98:016x}"
    assert stream_digest([b"a", b"b"]) == content_digest(b"ab")


def test_the_text_of_a_tree_is_in_the_order_of_a_walk() -> None:
    """Names of each folder in order, files and folders alike; empty folders have a line of their own."""
    files = {path: FileFacts(1, "d") for path in ("/a/b", "/a.py", "/a-b", "/a/a", "/Z")}

    assert tree_text(files, ["/a/hollow", "/c"]).replace("\0", "|") == (
        "/Z|1|d\n/a/a|1|d\n/a/b|1|d\n/a/hollow/\n/a-b|1|d\n/a.py|1|d\n/c/\n"
    )
    assert tree_text({}, ["/"]) == "/\n"


def _write(path: str, content: bytes) -> str:
    return f"file = open({path!r}, 'wb')\nfile.write({content!r})\nfile.close()"


CHANGES = [
    (_write("/b", b"2"), _write("/b", b"1")),
    ("os.rename('/b', '/c')", "os.rename('/c', '/b')"),
    ("os.mkdir('/a/new')", "os.rmdir('/a/new')"),
    ("os.rmdir('/hollow')", "os.mkdir('/hollow')"),
    ("os.remove('/lib/mine.py')", _write("/lib/mine.py", b"2")),
    (_write("/a/.belay-12", b""), "os.remove('/a/.belay-12')"),
    (_write("/lib/.belay-theirs.py", b""), "os.remove('/lib/.belay-theirs.py')"),
]


@pytest.mark.parametrize(
    ("algorithm", "lacking"),
    [
        ("sha256", ""),
        ("crc32", "without('hashlib', 'uhashlib')"),
        ("sum", "without('hashlib', 'uhashlib', 'binascii', 'ubinascii')"),
    ],
)
def test_the_board_computes_what_the_host_does(
    board_after: Callable[..., AbstractContextManager[Runtime]], algorithm: Algorithm, lacking: str
) -> None:
    """On the real interpreter: equal for the same tree, different after any change, but for what is kept."""
    with board_after(lacking) as board:
        compare(board, algorithm)


def compare(board: Runtime, algorithm: Algorithm) -> None:
    """Change a tree on a board in all ways, and compare its digest with that of the host."""

    def device(code: str) -> object:
        return board.call(board.text_expression(code, None))

    device("import os\nfor name in ('/a', '/lib', '/hollow'):\n    os.mkdir(name)")
    for path, content in FILES.items():
        device(_write(path, content))
    facts = {path: FileFacts(len(data), content_digest(data, algorithm)) for path, data in FILES.items()}
    wanted = WantedTree({path: one for path, one in facts.items() if "theirs" not in path}, ("/hollow",))
    scope = digest_scope(wanted, Kept(False, ("/lib",)))
    assert scope is not None
    question = f"_belay_td('', {scope.skip!r}, {scope.also!r})"
    helpers = ("system", "check", "beside", "contents", "entries", "mounts", "digest")

    expected = tree_digest(wanted, scope, algorithm=algorithm)

    assert board.call(question, helpers=helpers) == expected
    for change, back in CHANGES:
        device(change)
        assert board.call(question) != expected, change
        device(back)
    for change in (_write("/lib/theirs.py", b"4"), _write("/a/.belay", b""), "os.mkdir('/.belay-folder')"):
        device(change)
        assert board.call(question) == expected, change


@pytest.mark.parametrize(
    ("wanted", "kept", "dst", "scope"),
    [
        (["/a"], Kept(), "/", DigestScope("/")),
        (["/a"], Kept(False, ("/boot.py", "/lib")), "/", DigestScope("/", ("/boot.py", "/lib"))),
        (["/boot.py"], Kept(False, ("/boot.py",)), "/", DigestScope("/")),
        (["/lib/a", "/b"], Kept(False, ("/lib",)), "/", DigestScope("/", ("/lib",), ("/lib/a",))),
        (["/b", "/a/x"], Kept(everything=True), "/", DigestScope(None, (), ("/a/x", "/b"))),
        (["/lib/a"], Kept(False, ("/other",)), "/lib", DigestScope("/lib")),
        (["/lib/a"], Kept(False, ("/lib",)), "/lib", DigestScope(None, (), ("/lib/a",))),
        (["/lib/x/a"], Kept(False, ("/lib",)), "/lib/x", DigestScope(None, (), ("/lib/x/a",))),
        ([], Kept(False, ("/lib",)), "/", None),
        ([], Kept(everything=True), "/app", DigestScope(None, (), ("/app",))),
    ],
)
def test_the_question_is_short(wanted: list[str], kept: Kept, dst: str, scope: DigestScope | None) -> None:
    """A folder, what to leave out, and what counts in there all the same."""
    tree = WantedTree({path: FileFacts(1, "d") for path in wanted})

    assert digest_scope(tree, kept, dst) == scope
