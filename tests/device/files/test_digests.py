"""The digests that both sides compute: the board's half is run by the real MicroPython."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from belay.files.digests import Algorithm, content_digest, stream_digest, tree_text
from belay.files.keeping import Kept
from belay.files.scope import DigestScope, digest_scope, tree_digest
from belay.files.trees import FileFacts, WantedTree

if TYPE_CHECKING:
    import belay

# The board's half by the words of `belay.files.scope` and `belay.files.digests`, for a board without mounts.
BOARD_HALF = """
import os, hashlib, binascii

class _Crc:
    def __init__(self):
        self.c = 0
    def update(self, data):
        self.c = binascii.crc32(data, self.c)
    def hex(self):
        return "%08x" % (self.c & 0xFFFFFFFF)

class _Sha:
    def __init__(self):
        self.h = hashlib.sha256()
        self.update = self.h.update
    def hex(self):
        return binascii.hexlify(self.h.digest()).decode()

def tree_digest(root, skip, also, new):
    if new == "crc32":
        new = _Crc
    else:
        new = _Sha
    h = new()
    b = bytearray(256)
    def line(f):
        g = new()
        s = 0
        with open(f, "rb") as o:
            while True:
                n = o.readinto(b)
                if not n:
                    break
                s += n
                g.update(memoryview(b)[:n])
        h.update(("%s\\0%d\\0%s\\n" % (f, s, g.hex())).encode())
    def walk(p):
        e = sorted((i[0], i[1]) for i in os.ilistdir(p or "/"))
        if not e:
            h.update((p + "/\\n").encode())
        for n, t in e:
            f = p + "/" + n
            d = t & 0x4000
            if f in skip or n[:6] == ".belay" and (d or n[:7] not in (".belay-", ".belay!")):
                continue
            if d:
                walk(f)
            else:
                line(f)
    if root is not None:
        try:
            os.ilistdir(root)
        except OSError:
            root = None
    if root is not None:
        walk(root.rstrip("/"))
    for f in also:
        try:
            t = os.stat(f)[0]
        except OSError:
            continue
        if t & 0x4000:
            h.update((f + "/\\n").encode())
        else:
            line(f)
    return h.hex()
"""

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
    """One piece or many, known values for both algorithms."""
    assert content_digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert content_digest(b"", "crc32") == "00000000"
    assert content_digest(b"123456789", "crc32") == "cbf43926"
    assert stream_digest([b"123", b"", b"456789"], "crc32") == "cbf43926"
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
]


@pytest.mark.parametrize("algorithm", ["sha256", "crc32"])
def test_the_board_computes_what_the_host_does(device: belay.Device, algorithm: Algorithm) -> None:
    """On the real interpreter: equal for the same tree, different after any change, but for what is kept."""
    device(BOARD_HALF)
    own = tuple("/" + row[0] for row in device("list(os.ilistdir('/'))"))
    device(
        "for name in ('/a', '/lib', '/hollow'):\n    if name not in "
        + repr(own)
        + ":\n        os.mkdir(name)"
    )
    for path, content in FILES.items():
        device(_write(path, content))
    facts = {path: FileFacts(len(data), content_digest(data, algorithm)) for path, data in FILES.items()}
    wanted = WantedTree({path: one for path, one in facts.items() if "theirs" not in path}, ("/hollow",))
    scope = digest_scope(wanted, Kept(False, ("/lib", *own)))
    assert scope is not None
    question = f"tree_digest({scope.root!r}, {scope.skip!r}, {scope.also!r}, {algorithm!r})"

    expected = tree_digest(wanted, scope, algorithm=algorithm)

    assert device(question) == expected
    for change, back in CHANGES:
        device(change)
        assert device(question) != expected, change
        device(back)
    for change in (_write("/lib/theirs.py", b"4"), _write("/a/.belay", b""), "os.mkdir('/.belay-folder')"):
        device(change)
        assert device(question) == expected, change


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
