from __future__ import annotations

import io
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belay_pm.errors import PackageError, SourceError, UnsafePathError
from belay_pm.sources.archives import archive_files


def zipped(members: dict[str, bytes], *, mode: int = 0o100644, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo("x")
            info.filename = name
            info.external_attr = mode << 16
            info.compress_type = method
            archive.writestr(info, content)
    return buffer.getvalue()


def tarred(*members: tuple[str, bytes, bytes, str], compression: str = "") -> bytes:
    """Return a tar of (name, type, content, link)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=f"w:{compression}") as archive:  # type: ignore[call-overload]
        for name, kind, content, link in members:
            info = tarfile.TarInfo(name)
            info.type, info.size, info.linkname = kind, len(content), link
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


FILE, LINK, HARD, FOLDER = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE
SAMPLES = [
    zipped({"a/b.py": b"b" * 300, "c.py": b""}),
    *(
        tarred(("a/b.py", FILE, b"b" * 300, ""), ("c.py", FILE, b"", ""), compression=c)
        for c in ("", "gz", "bz2", "xz")
    ),
]


@pytest.mark.parametrize("content", SAMPLES)
def test_every_kind_is_read(content: bytes) -> None:
    """zip, and tar in each compression, give the same files by path."""
    assert archive_files(content, name="x") == {"a/b.py": b"b" * 300, "c.py": b""}


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "C:/x", "a\\..\\x", "con", "a\0b"])
def test_no_member_leaves_its_folder(name: str) -> None:
    """A name that could be a file elsewhere refuses the whole archive, zip or tar."""
    with pytest.raises(UnsafePathError):
        archive_files(zipped({name: b"x"}), name="x.zip")
    if "\0" not in name:
        with pytest.raises(UnsafePathError):
            archive_files(tarred((name, FILE, b"x", "")), name="x.tar")


def test_links_inside_are_followed_and_others_are_not_there() -> None:
    """A link to a file or folder of the archive gives its files; one that leaves, or goes round, gives none."""
    content = tarred(
        ("./", FOLDER, b"", ""),
        ("lib/a.py", FILE, b"a", ""),
        ("b.py", LINK, b"", "lib/a.py"),
        ("c.py", HARD, b"", "lib/a.py"),
        ("more", LINK, b"", "lib"),
        ("lib/up", LINK, b"", ".."),
        ("out.py", LINK, b"", "../../etc/passwd"),
        ("abs.py", LINK, b"", "/etc/passwd"),
        ("r1", LINK, b"", "r2"),
        ("r2", LINK, b"", "r1"),
    )

    assert archive_files(content, name="x") == dict.fromkeys(["b.py", "c.py", "lib/a.py", "more/a.py"], b"a")


def test_a_zips_links_are_links() -> None:
    """A link of a zip is one, and not a file with a path in it."""
    assert archive_files(zipped({"x.py": b"../../etc/passwd"}, mode=0o120777), name="x") == {}


def test_devices_duplicates_and_clashes_are_refused() -> None:
    """What is no file, is there twice, or differs in capitals only, refuses the archive."""
    for content in (
        tarred(("dev", tarfile.CHRTYPE, b"", "")),
        tarred(("fifo", tarfile.FIFOTYPE, b"", "")),
        tarred(("a.py", FILE, b"1", ""), ("./a.py", FILE, b"2", "")),
        zipped({"a.py": b"1", "A.py": b"2"}),
        zipped({"a": b"1", "a/b": b"2"}),
    ):
        with pytest.raises(UnsafePathError):
            archive_files(content, name="x")


def test_bombs_are_not_unpacked() -> None:
    """What grows two hundredfold, or without end, is refused; so are too many members."""
    with pytest.raises(SourceError, match="unpacks to more than"):
        archive_files(zipped({"zeros": bytes(20_000_000)}), name="x")
    with pytest.raises(SourceError, match="unpacks to more than"):
        archive_files(tarred(("zeros", FILE, bytes(20_000_000), ""), compression="gz"), name="x")
    with pytest.raises(SourceError, match="more than 20000 members"):
        archive_files(zipped({f"f{number}": b"" for number in range(20_001)}), name="x")


def test_an_encrypted_zip_says_so() -> None:
    """A zip with a password is no damaged one."""
    content = bytearray(zipped({"a.py": b"a"}))
    content[content.index(b"PK\x01\x02") + 8] |= 1

    with pytest.raises(SourceError, match=r"`x.zip` is encrypted: `a.py` cannot be read"):
        archive_files(bytes(content), name="x.zip")


@given(
    sample=st.sampled_from(SAMPLES),
    cut=st.integers(0, 10**6),
    flips=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=4),
)
def test_a_damaged_archive_is_an_error_of_ours(sample: bytes, cut: int, flips: list[tuple[int, int]]) -> None:
    """Whatever is cut or changed, it is read, or refused with an error of the package manager's."""
    damaged = bytearray(sample[: cut % (2 * len(sample))])
    for place, value in flips:
        if damaged:
            damaged[place % len(damaged)] = value

    try:
        files = archive_files(bytes(damaged), name="x")
    except PackageError:
        return

    assert all(isinstance(content, bytes) for content in files.values())
