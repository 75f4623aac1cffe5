"""Arguments of the verbs of files that cannot be what they are: each is refused by name, and nothing is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import belay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def device() -> Iterator[belay.Device]:
    """One board for all tests here, with a folder and a file that is no UTF-8."""
    with belay.Device("sim:") as connected:
        connected.fs.mkdir("/folder")
        connected.fs.write_bytes("/file", b"\xe4")
        yield connected


FLAGS: list[tuple[Any, str]] = [
    (lambda fs, no: fs.mkdir("/new", parents=no), "parents"),
    (lambda fs, no: fs.mkdir("/new", exist_ok=no), "exist_ok"),
    (lambda fs, no: fs.touch("/new", exist_ok=no), "exist_ok"),
    (lambda fs, no: fs.remove("/folder", recursive=no), "recursive"),
    (lambda fs, no: fs.remove("/folder", missing_ok=no), "missing_ok"),
    (lambda fs, no: fs.path("/file").unlink(missing_ok=no), "missing_ok"),
    (lambda fs, no: fs.rename("/file", "/new", overwrite=no), "overwrite"),
]


def test_a_flag_is_true_or_false(device: belay.Device) -> None:
    """A text such as "no" is neither, and is not taken for True."""
    for verb, name in FLAGS:
        with pytest.raises(belay.ArgumentTypeError) as caught:
            verb(device.fs, "no")
        assert str(caught.value) == f"`{name}` must be True or False, not 'no' (str)"

    assert [entry.name for entry in device.fs.list()] == ["file", "folder"]


WRONG: list[tuple[Any, str]] = [
    (lambda fs: fs.put(None, "/new"), "`source` must be a path, not None (NoneType)"),
    (lambda fs: fs.put(b"here", "/new"), "`source` must be a path, not b'here' (bytes)"),
    (lambda fs: fs.put("", "/new"), "`source` is empty"),
    (lambda fs: fs.put("a\0b", "/new"), "`source` is 'a\\x00b', and a path holds no NUL"),
    (lambda fs: fs.get("/file", None), "`target` must be a path, not None (NoneType)"),
    (lambda fs: fs.get("/file", ""), "`target` is empty"),
    (lambda fs: fs.get("/file", "\0"), "`target` is '\\x00', and a path holds no NUL"),
    (lambda fs: fs.hash("/file", ["crc32"]), "`algorithm` must be a str or None, not ['crc32'] (list)"),
    (
        lambda fs: fs.read_bytes("/file", offset=2**31),
        "`offset` must be at most 2147483647, not 2147483648",
    ),
    (lambda fs: fs.path("/file").open(3), "`mode` must be a str, not 3 (int)"),
    (lambda fs: fs.path("/file").match(3), "`pattern` must be a str, not 3 (int)"),
    (lambda fs: fs.path("/file").full_match(3), "`pattern` must be a str, not 3 (int)"),
    (lambda fs: fs.path("/").glob(3), "`pattern` must be a str, not 3 (int)"),
    (lambda fs: fs.path("/").rglob(3), "`pattern` must be a str, not 3 (int)"),
    (lambda fs: fs.path("/file").with_name(3), "`name` must be a str, not 3 (int)"),
    (lambda fs: fs.path("/file").with_stem(3), "`stem` must be a str, not 3 (int)"),
    (lambda fs: fs.path("/file").with_suffix(3), "`suffix` must be a str, not 3 (int)"),
    (
        lambda fs: fs.entries("/", levels="print(1) or 1"),
        "`levels` must be an int, not 'print(1) or 1' (str)",
    ),
    (lambda fs: fs.entries("/", levels=0), "`levels` must be 1 or more, not 0"),
    (lambda fs: fs.remove_only("/file", "disk"), '`kind` must be "file" or "folder", not \'disk\''),
]


def test_what_is_wrong_is_named(
    device: belay.Device, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error has the argument's name and its value, nothing is sent, and no file is made here."""
    monkeypatch.chdir(tmp_path)
    before = device._belay_runtime.submissions

    for verb, text in WRONG:
        with pytest.raises((belay.ArgumentTypeError, belay.ArgumentValueError)) as caught:
            verb(device.fs)
        assert str(caught.value) == text

    assert device._belay_runtime.submissions == before
    assert list(tmp_path.iterdir()) == []


def test_all_of_a_large_size_is_read(device: belay.Device) -> None:
    """A size is how many bytes at most, and may be more than a board can count."""
    assert device.fs.read_bytes("/file", size=10**30) == b"\xe4"


@pytest.mark.parametrize("encoding", ["no such", "rot13", "a\0b"])
def test_an_encoding_that_is_none(device: belay.Device, encoding: str) -> None:
    """It is refused before the file is read or written, where a file is opened too."""
    file = device.fs.path("/file")
    for attempt in (
        lambda: file.read_text(encoding=encoding),
        lambda: file.write_text("x", encoding=encoding),
        lambda: device.fs.append_text(file, "x", encoding=encoding),
        lambda: file.open("w", encoding=encoding),
    ):
        with pytest.raises(belay.ArgumentValueError, match=r"`encoding` is .*, which is no encoding of text"):
            attempt()
    with pytest.raises(belay.ArgumentValueError, match="`errors` is 'no such'"):
        file.read_text(errors="no such")
    with pytest.raises(belay.ArgumentTypeError, match=r"`encoding` must be a str, not 3 \(int\)"):
        file.open(encoding=3)  # type: ignore[arg-type] # the point
    assert file.read_bytes() == b"\xe4"


def test_content_that_the_encoding_does_not_have(device: belay.Device) -> None:
    """Reading and writing name the file, the place in it and what helps."""
    with pytest.raises(
        belay.ArgumentValueError, match=r"reading `/file` as text failed: 'utf-8' codec .* 0xe4 in position 0"
    ) as caught:
        device.fs.read_text("/file")
    with pytest.raises(belay.ArgumentValueError, match="writing text to `/file` failed: 'ascii' codec"):
        device.fs.write_text("/file", "ä", encoding="ascii")

    assert "`encoding=`" in str(caught.value.hint)
    assert device.fs.read_text("/file", encoding="latin-1") == "ä"


def test_a_question_about_one_path_names_it(device: belay.Device) -> None:
    """What the board refuses to tell is told of the path, not of several."""
    with pytest.raises(OSError, match=r"asking for `\.\.` on"):
        device.fs.exists("..")


def test_a_sync_of_what_is_none(device: belay.Device, tmp_path: Path) -> None:
    """Patterns that are no texts, a path with a NUL, and a package whole are refused; nothing is sent."""
    with pytest.raises(belay.ArgumentTypeError, match="its patterns must be texts"):
        device.sync(tmp_path, mpy=True, opt={3: 3})  # type: ignore[dict-item] # the point
    with pytest.raises(belay.BelayException, match="no path holds a NUL"):
        device.sync("a\0b")
    for folder in ("", "."):
        with pytest.raises(belay.BelayException, match="no folder of `json` was named"):
            device.sync_dependencies("json", folder)

    assert [entry.name for entry in device.fs.list()] == ["file", "folder"]
