"""Images of folders, and images in files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from belay_pm.errors import IntegrityError, PackageError, UnsafePathError
from belay_pm.imaging import (
    ImageFile,
    folder_image,
    image_files,
    image_path,
    is_image_name,
    listed_image,
    read_image,
    save_image,
)
from belay_pm.romfs import build_romfs

if TYPE_CHECKING:
    from pathlib import Path


class Upper:
    """Stands for a compiler."""

    def compile(self, source: bytes, /, *, name: str, opt: int | None, origin: str) -> bytes:
        """Return what can be told from the source."""
        return source.upper() + name.encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two modules and data."""
    folder = tmp_path / "app"
    (folder / "lib").mkdir(parents=True)
    (folder / "main.py").write_bytes(b"run")
    (folder / "lib" / "a.py").write_bytes(b"a")
    (folder / "data.bin").write_bytes(b"\0")
    return folder


def test_an_image_of_a_folder(folder: Path) -> None:
    """Python is compiled but for what a firmware starts by its name; each file says where it came from."""
    built = folder_image(image_files(folder), compiler=Upper())

    assert built.files == (
        ImageFile("data.bin", 1, "data.bin"),
        ImageFile("lib/a.mpy", 10, "lib/a.py"),
        ImageFile("main.py", 3, "main.py"),
    )
    assert built.content == build_romfs({"data.bin": b"\0", "lib/a.mpy": b"A/lib/a.py", "main.py": b"run"})


def test_two_that_become_one(folder: Path) -> None:
    """A module that is there compiled and not cannot be in one image."""
    (folder / "lib" / "a.mpy").write_bytes(b"M")

    with pytest.raises(UnsafePathError, match=r"would be `lib/a.mpy`"):
        folder_image(image_files(folder), compiler=Upper())


def test_the_image_is_no_part_of_itself(folder: Path) -> None:
    """An older image in the folder is left out; another file in its place is not lost."""
    place = folder / "app.romfs"
    save_image(build_romfs({"x": b"1"}), place)
    assert "app.romfs" not in {file.target for file in image_files(folder, output=place)}

    place.write_bytes(b"mine")
    with pytest.raises(PackageError, match="is a file of the project, and no bundle"):
        image_files(folder, output=place)


def test_an_image_is_read_back(tmp_path: Path) -> None:
    """What was saved is what is read, file by file."""
    content = build_romfs({"x": b"1", "d/y": b"22"})
    save_image(content, tmp_path / "x.img")

    image = listed_image(*read_image(tmp_path / "x.img"))

    assert (image.content, image.files) == (content, (ImageFile("d/y", 2, "d/y"), ImageFile("x", 1, "x")))


@pytest.mark.parametrize("length", range(1, 19))
def test_a_part_of_an_image_is_none(tmp_path: Path, length: int) -> None:
    """Wherever an image is cut off, that is found."""
    content = build_romfs({"x": b"0123456789"})
    assert len(content) > 18
    (tmp_path / "x.img").write_bytes(content[:length])

    with pytest.raises(IntegrityError, match=r"`.*x.img` cannot go onto a board"):
        read_image(tmp_path / "x.img")


@pytest.mark.parametrize(
    ("folder", "image"), [("app", "app.romfs"), ("app/", "app.romfs"), ("a/../b", "b.romfs")]
)
def test_where_an_image_goes(folder: str, image: str) -> None:
    """Beside the folder, however its name is written."""
    assert str(image_path(folder)) == image


def test_names_of_images() -> None:
    """Two endings are an image's."""
    assert [is_image_name(name) for name in ("a.romfs", "a.IMG", "a.zip", "a")] == [True, True, False, False]
