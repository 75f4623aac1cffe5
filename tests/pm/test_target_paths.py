from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belay_pm.errors import UnsafePathError
from belay_pm.target_paths import LONGEST_NAME, LONGEST_PATH, refuse_clashes, target_path

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
TRICKS = st.sampled_from(["..", ".", "", "~", "C:", "\\\\host", "con", "AUX.py", "x ", "y.", "\0"])


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("module.py", "module.py"),
        ("./package//inner/./x.py", "package/inner/x.py"),
        ("für/ελ.py", "für/ελ.py"),
        (".hidden", ".hidden"),
        ("console.py", "console.py"),
        ("a b.py", "a b.py"),
    ],
)
def test_a_path_below_its_folder_is_let_pass(text: str, path: str) -> None:
    """Ordinary destinations come through, spelt in one way."""
    assert target_path(text, source="package.json") == path


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it names nothing"),
        ("./.", "it names nothing"),
        ("/etc/passwd", "it does not start at the folder of the package"),
        ("~/x", "it does not start at the folder of the package"),
        ("./~", "it does not start at the folder of the package"),
        ("../x", "`..` leaves the folder of the package"),
        ("a/../../x", "`..` leaves the folder of the package"),
        ("a/../b", "`..` leaves the folder of the package"),
        ("C:/x", "':' cannot be in the name of a file everywhere"),
        ("a\\..\\b", "'\\\\' cannot be in the name of a file everywhere"),
        ("a\0b", "'\\x00' cannot be in the name of a file everywhere"),
        ("a\nb", "'\\n' cannot be in the name of a file everywhere"),
        ("x/con", "`con` is a device on Windows"),
        ("NUL.py", "`NUL.py` is a device on Windows"),
        ("x./y", "another name on Windows"),
        ("x /y", "another name on Windows"),
        ("\ud800", "it is not text"),
        ("n" * (LONGEST_NAME + 1), f"a name has {LONGEST_NAME + 1} bytes, and {LONGEST_NAME} is the most"),
        ("ab/" * LONGEST_PATH, f"it has {3 * LONGEST_PATH} bytes, and {LONGEST_PATH} is the most"),
    ],
)
def test_a_path_that_could_leave_is_refused(text: str, reason: str) -> None:
    """What is not a plain relative name everywhere is refused, and the error says who wanted it and why."""
    with pytest.raises(UnsafePathError) as caught:
        target_path(text, source="package.json")

    assert str(caught.value).startswith("`package.json` wants to write")
    assert reason in str(caught.value)
    assert caught.value.hint


@given(st.lists(NAMES | TRICKS, max_size=5).map("/".join) | NAMES)
def test_what_passes_stays_below_its_folder(text: str) -> None:
    """Whatever is let pass is relative, without `..`, as POSIX and as Windows read it, and passes again."""
    try:
        path = target_path(text, source="x")
    except UnsafePathError:
        return

    for flavour in (PurePosixPath(path), PureWindowsPath(path)):
        assert not flavour.is_absolute()
        assert not flavour.drive
        assert ".." not in flavour.parts
        assert "/".join(flavour.parts) == path
    assert target_path(path, source="x") == path


def test_paths_that_differ_by_case_only_clash() -> None:
    """Two names that are one on Windows and macOS are refused, also those of folders."""
    with pytest.raises(UnsafePathError, match="both `a` and `A`, which are one name"):
        refuse_clashes(["a/x.py", "A/y.py"], source="p")


@pytest.mark.parametrize("paths", [["a", "a/b"], ["a/b", "a"]])
def test_a_file_is_no_folder(paths: list[str]) -> None:
    """A path cannot be the folder of another."""
    with pytest.raises(UnsafePathError, match="`a` as a file and as a folder"):
        refuse_clashes(paths, source="p")


def test_paths_that_fit_together_are_let_pass() -> None:
    """Folders may be shared, and a path may be named twice."""
    refuse_clashes(["a/x.py", "a/y.py", "b.py", "a/x.py"], source="p")
