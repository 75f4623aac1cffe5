"""Results kept on the host."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from belay.files.cache import Cache, cache_folder


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_result_is_found_again_by_another_process(tmp_path: Path) -> None:
    """What one keeps, the next one gets; what nobody kept is None."""
    Cache(tmp_path / "new" / "folder").put(Cache.key("a"), b"result")

    other = Cache(tmp_path / "new" / "folder")

    assert other.get(Cache.key("a")) == b"result"
    assert other.get(Cache.key("b")) is None
    assert other.get(Cache.key("a")) == b"result"


def test_a_key_depends_on_every_part_and_on_where_it_ends() -> None:
    """No two lists of parts have the same key."""
    keys = [Cache.key("ab"), Cache.key("a", "b"), Cache.key("a", "", "b"), Cache.key("b", "a"), Cache.key()]

    assert len(set(keys)) == len(keys)
    assert Cache.key("a", b"\xff") == Cache.key(b"a", b"\xff")


@pytest.mark.parametrize("damage", [b"", b"short", b"\0" * 40])
def test_a_damaged_result_is_made_again(tmp_path: Path, damage: bytes) -> None:
    """Cut short, overwritten or empty: not used, and replaced by the next one that is kept."""
    Cache(tmp_path).put("0" * 64, b"result")
    (path,) = _files(tmp_path)
    path.write_bytes(damage)

    assert Cache(tmp_path).get("0" * 64) is None
    Cache(tmp_path).put("0" * 64, b"result")
    assert Cache(tmp_path).get("0" * 64) == b"result"


def test_a_folder_that_cannot_be_used_is_no_error(tmp_path: Path) -> None:
    """Then results are kept in this process."""
    (tmp_path / "file").write_bytes(b"")
    cache = Cache(tmp_path / "file" / "below")

    cache.put("0" * 64, b"result")

    assert cache.get("0" * 64) == b"result"
    assert cache.get("1" * 64) is None
    assert Cache(tmp_path / "file" / "below").get("0" * 64) is None
    assert _files(tmp_path) == [tmp_path / "file"]


def test_a_cache_without_a_folder_keeps_results_in_this_process(tmp_path: Path) -> None:
    """Nothing is written."""
    cache = Cache(None)

    cache.put("0" * 64, b"result")

    assert cache.get("0" * 64) == b"result"


def test_the_oldest_results_go_when_the_limit_is_passed(tmp_path: Path) -> None:
    """Down to half of the limit; the newest stay."""
    writer = Cache(tmp_path)
    for number in range(10):
        writer.put(f"{number}" * 64, bytes(1000 - 32))
        os.utime(tmp_path / "prepared" / (f"{number}" * 2) / (f"{number}" * 62 + ".bin"), (number, number))

    Cache(tmp_path, limit_bytes=10_500).put("a" * 64, bytes(1000 - 32))

    reader = Cache(tmp_path)
    kept = [name for name in "0123456789a" if reader.get(name * 64) is not None]
    assert kept == ["6", "7", "8", "9", "a"]


def test_processes_may_share_a_folder(tmp_path: Path) -> None:
    """Several that write the same results at once leave them whole, and nothing else."""
    script = (
        "import pathlib, sys; from belay.files.cache import Cache\n"
        "cache = Cache(pathlib.Path(sys.argv[1]))\n"
        "for number in range(100): cache.put(Cache.key(str(number)), b'%d' % number * 1000)"
    )
    writers = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path)]) for _ in range(3)]

    codes = [writer.wait() for writer in writers]

    reader = Cache(tmp_path)
    assert codes == [0, 0, 0]
    assert len(_files(tmp_path)) == 100
    assert all(reader.get(Cache.key(str(number))) == b"%d" % number * 1000 for number in range(100))


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {"BELAY_CACHE_DIR": "/chosen", "XDG_CACHE_HOME": "/xdg"}, "/chosen"),
        ("linux", {"XDG_CACHE_HOME": "/xdg"}, "/xdg/belay"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "/home/me/.cache/belay"),
        ("linux", {}, "/home/me/.cache/belay"),
        ("darwin", {"XDG_CACHE_HOME": "/xdg"}, "/home/me/Library/Caches/belay"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/belay"),
        ("win32", {}, "/home/me/AppData/Local/belay"),
    ],
)
def test_where_results_are_kept(
    monkeypatch: pytest.MonkeyPatch, platform: str, environment: dict[str, str], expected: str
) -> None:
    """Each system's own place, and one's own choice before it."""
    for name in ("BELAY_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/me"))

    assert cache_folder() == Path(expected)
