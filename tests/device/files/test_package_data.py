"""Board code inside of installed packages."""

from __future__ import annotations

import importlib
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from belay.exceptions import BelayException
from belay.files.host_tree import host_tree
from belay.files.package_data import package_folders

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = {
    "__init__.py": "",
    "dependencies/main/a.py": "A = 1",
    "dependencies/main/inner/b.py": "B = 2",
    "dependencies/dev/c.py": "C = 3",
}


@pytest.fixture(params=["folder", "zip"])
def package(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An importable package with data, in a folder or in a zip file."""
    name = f"belay_test_package_{request.param}"
    for path, text in FILES.items():
        target = tmp_path / "root" / name / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    root = tmp_path / "root"
    if request.param == "zip":
        with zipfile.ZipFile(tmp_path / "packed.zip", "w") as packed:
            for file in sorted(root.rglob("*")):
                packed.write(file, file.relative_to(root).as_posix())
        root = tmp_path / "packed.zip"
    monkeypatch.syspath_prepend(str(root))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield name
    sys.modules.pop(name, None)


def test_the_folders_of_a_package_are_folders(package: str) -> None:
    """By name or as a module, from a folder or from a zip file, several at once; the copies of a zip file go."""
    with package_folders(package, "dependencies/main", Path("dependencies", "dev")) as (main, dev):
        assert list(host_tree(main).files) == ["/a.py", "/inner/b.py"]
        assert list(host_tree(dev).files) == ["/c.py"]
        assert (main / "a.py").read_text(encoding="utf-8") == "A = 1"
    with package_folders(importlib.import_module(package), "dependencies") as (both,):
        assert list(host_tree(both, dst="/lib").files) == [
            "/lib/dev/c.py",
            "/lib/main/a.py",
            "/lib/main/inner/b.py",
        ]
    assert main.exists() == ("folder" in package)


@pytest.mark.parametrize(
    ("subfolders", "message"),
    [
        ((), "no folder of"),
        (("missing",), "no folder `missing`"),
        (("dependencies/prod",), "no `prod` in it"),
        (("dependencies/main/a.py",), "no `a.py` in it"),
        (("../elsewhere",), "not inside"),
        (("dependencies/../../x",), "not inside"),
        (("/etc",), "not inside"),
        (("C:\\x",), "no folder"),
    ],
)
def test_a_folder_that_is_none_of_the_packages_is_refused(
    package: str, subfolders: tuple[str, ...], message: str
) -> None:
    """A missing one, a file, one outside, or none at all: a ValueError of ours."""
    with pytest.raises(ValueError, match=message) as caught, package_folders(package, *subfolders):
        pass

    assert isinstance(caught.value, BelayException)


@pytest.mark.parametrize("name", ["belay_no_such_package", "belay.no_such", "", "belay.minify"])
def test_a_package_that_is_none_is_refused(name: str) -> None:
    """A name that cannot be imported, or a module without folders."""
    with pytest.raises(ValueError, match=r"cannot be imported|is a module"), package_folders(name, "x"):
        pass


@pytest.mark.parametrize("package", [None, 5, b"json"])
def test_what_cannot_be_a_package_is_refused(package: object) -> None:
    """Something that is neither a module nor a name is a TypeError of ours."""
    with (
        pytest.raises(TypeError, match="`package` must be a package or the name of one") as caught,
        package_folders(package, "x"),  # type: ignore[arg-type] # on purpose
    ):
        pass

    assert isinstance(caught.value, BelayException)
