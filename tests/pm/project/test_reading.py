from __future__ import annotations

import os
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from belay_pm.errors import PackageError, ProjectError
from belay_pm.hosts import DEFAULT_HOSTS
from belay_pm.project import DEFAULT_BUNDLES, DEFAULT_INDICES, find_project, parse_project, read_project
from belay_pm.requirements import IndexSource, PathSource

WHOLE = """\
[tool.belay]
name = "app"
dependencies_path = "vendor/x"
ignore = ["*.txt"]
mpy_version = 6
package_indices = ["https://me.github.io/lib/mip/main/", "https://micropython.org/pi/v2"]
circuitpython_bundles = ["me/bundle"]
device = { serial_number = "E6614" }
hosts = { "git.example.com" = "gitea", github = "ghe.example.com" }
variables = { MPY_DIR = "../micropython" }

[tool.belay.dependencies]
pathlib = "*"
os = ["./a.py", "github:o/r/b.py"]
unittest-discover = "*"

[tool.belay.group.dev]
optional = true
dependencies = { unittest = "^1" }
"""


def test_everything_that_can_be_said(folder: Path) -> None:
    """Each key arrives, with its groups in order and `main` first."""
    project = parse_project(folder, WHOLE)

    assert (project.folder, project.name, project.mpy_version) == (folder, "app", "6")
    assert project.dependencies_path == folder / "vendor/x"
    assert not project.dependencies_path_is_default
    assert project.ignore == ("*.txt",)
    assert project.package_indices == ("https://me.github.io/lib/mip/main", "https://micropython.org/pi/v2")
    assert project.circuitpython_bundles == ("me/bundle",)
    assert project.device == {"serial_number": "E6614"}
    assert project.hosts.kinds["git.example.com"] == "gitea"
    assert project.hosts.kinds["ghe.example.com"] == "github"
    assert project.hosts.short_forms["github"] == "https://ghe.example.com"
    assert project.variables == {"MPY_DIR": "../micropython"}
    assert [(group.name, group.optional) for group in project.groups.values()] == [
        ("main", False),
        ("dev", True),
    ]
    assert [each.name for each in project.groups["main"].requirements] == [
        "pathlib",
        "os",
        "unittest-discover",
    ]
    assert project.groups["main"].requirements[1].entries[0].source == PathSource("./a.py")
    assert project.groups["dev"].requirements[0].entries[0].source == IndexSource("unittest", "^1")


def test_nothing_has_to_be_said(folder: Path) -> None:
    """An empty table is a project, with the defaults of the first Belay."""
    project = parse_project(folder, "[tool.belay]\n")

    assert project.name is None
    assert list(project.groups) == ["main"]
    assert project.dependencies_path == folder / ".belay/dependencies"
    assert project.dependencies_path_is_default
    assert (project.mpy_version, project.package_indices) == ("py", DEFAULT_INDICES)
    assert project.circuitpython_bundles == DEFAULT_BUNDLES
    assert project.hosts == DEFAULT_HOSTS


def test_all_problems_are_told_at_once(folder: Path) -> None:
    """The file, and for each its line, key and what may be meant."""
    (folder / "libdir").mkdir()
    text = """\
[tool.belay]
names = "x"
name = "my-project"

[tool.belay.dependencies]
libdir = "libdir"
my-x = "./x"
os = [1, "./os.py"]

[tool.belay.group.dev]
optionals = true
"""

    with pytest.raises(ProjectError) as caught:
        parse_project(folder, text)

    assert str(caught.value) == (
        f"`{folder / 'pyproject.toml'}` has 6 problems:\n"
        "- line 2, `tool.belay.names`: there is no such key; did you mean `name`?\n"
        "- line 3, `tool.belay.name`: it is what is imported, such as `my_project`, and not 'my-project'; "
        "did you mean `my_project`?\n"
        "- line 6, `tool.belay.dependencies.libdir`: `libdir` is a package of the index, and there is a folder of "
        "that name here; write `./libdir` for the folder, `mip:libdir` for the package\n"
        "- line 7, `tool.belay.dependencies.my-x`: 'my-x' cannot be imported; did you mean `my_x`?\n"
        "- line 8, `tool.belay.dependencies.os[0]`: it is a text, a table with `uri`, or a list of these, and not 1\n"
        "- line 11, `tool.belay.group.dev.optionals`: there is no such key; did you mean `optional`?"
    )


@pytest.mark.parametrize(
    ("line", "key", "said"),
    [
        ("dependencies = [1]", "dependencies", "a table of packages, and not [1]"),
        ("group = 1", "group", "a table of groups"),
        ("group.main.dependencies = {}", "group.main", "the group of `[tool.belay.dependencies]`"),
        ("group.dev = 3", "group.dev", "a table with `dependencies`"),
        ("group.dev.optional = 1", "group.dev.optional", "`true` or `false`"),
        ('group.".." = {}', "group...", "cannot be the name of a folder"),
        ("group.con = {}", "group.con", "cannot be the name of a folder"),
        ("group = {a = {}, A = {}}", "group", "one name on Windows"),
        ('dependencies = {a = "*", A = "*"}', "dependencies", "one name on Windows"),
        ('dependencies = {nul = "./x"}', "dependencies.nul", "a device on Windows"),
        ('dependencies = {import = "./x"}', "dependencies.import", "cannot be imported"),
        ('dependencies = {"../x" = "*"}', 'dependencies."../x"', "cannot be imported"),
        ('dependencies_path = "../x"', "dependencies_path", "`..` leaves the folder of the project"),
        ('dependencies_path = "/x"', "dependencies_path", "does not start at the folder of the project"),
        ('dependencies_path = "."', "dependencies_path", "names nothing"),
        ('dependencies_path = ".git/x"', "dependencies_path", "belongs to git"),
        ("dependencies_path = 1", "dependencies_path", "a path below"),
        ('ignore = "x"', "ignore", "a list of texts"),
        ('mpy_version = "six"', "mpy_version", 'it is "py", or'),
        ("mpy_version = true", "mpy_version", 'it is "py", or'),
        ('package_indices = ["x"]', "package_indices[0]", "no address of an index"),
        ('package_indices = ["https://me:s3cret@x/"]', "package_indices[0]", "password or token"),
        ("package_indices = [3]", "package_indices[0]", "a text, and not 3"),
        ('circuitpython_bundles = ["x"]', "circuitpython_bundles[0]", "no bundle"),
        ('hosts = {"x.y" = "githb"}', 'hosts."x.y"', "`github`, `gitlab`, `gitea`"),
        ("hosts = {github = 1}", 'hosts."github"', "an address such as"),
        ("hosts = {github = 'git example.com'}", 'hosts."github"', "an address such as"),
        ('hosts = {mip = "https://x"}', 'hosts."mip"', "neither a host nor a short form"),
        ('hosts = {work = "https://me:s3cret@x"}', 'hosts."work"', "password or token"),
        ('variables = {"A-B" = "x"}', "variables.A-B", "letters, digits"),
        ("variables = {A = 1}", "variables.A", "a path or another text"),
        ("variables = 1", "variables", "a table of paths"),
    ],
)
def test_each_key_is_checked(line: str, key: str, said: str, folder: Path) -> None:
    """What makes no sense is named by its key, and a secret is not repeated."""
    with pytest.raises(ProjectError) as caught:
        parse_project(folder, f"[tool.belay]\n{line}\n")

    assert f"`tool.belay.{key}`: " in str(caught.value)
    assert said in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_project_cannot_command_a_screen(folder: Path) -> None:
    """The file may be of a repository of anybody's: what a screen would obey is escaped in what is told of it."""
    (folder / "pyproject.toml").write_text(
        '[tool.belay]\nname = "\\u001b[2J"\n"\\u001b[31mx" = 1\n[tool.belay.group."\\u009b1m"]\nz = 1\n'
        '[tool.belay.dependencies]\n"\\u001b[2J" = "\\u0007"\nx = { "\\u001bq" = 1 }\n'
    )

    with pytest.raises(ProjectError) as caught:
        read_project(folder)

    assert str(caught.value).replace("\n", "").isprintable()
    assert len(str(caught.value).splitlines()) > 5
    assert (caught.value.hint or "").isprintable()


def test_the_packages_stay_in_the_project(folder: Path) -> None:
    """A link that leads out of the project is no place for packages."""
    (folder / "out").symlink_to(folder.parent)

    with pytest.raises(ProjectError, match="leaves the folder of the project, by a link"):
        parse_project(folder, '[tool.belay]\ndependencies_path = "out/x"\n')


def test_the_manuals_slip_is_told(folder: Path) -> None:
    """Dependencies of ours under `tool.poetry.group` are an error; Poetry's own are none of our business."""
    poetry = "[tool.belay]\n[tool.poetry.group.dev.dependencies]\n"

    assert parse_project(folder, f'{poetry}pytest = "^8"\n').groups.keys() == {"main"}
    with pytest.raises(ProjectError, match=r"dependencies go to `tool\.belay\.group\.dev`"):
        parse_project(folder, f'{poetry}unittest = ["https://github.com/o/r/blob/main/unittest.py"]\n')


def test_the_digest_is_of_what_an_update_depends_on(folder: Path) -> None:
    """Comments, order, groups being optional and the board do not count; sources, indices and hosts do."""
    digest = parse_project(folder, WHOLE).digest
    same = "# x\n" + WHOLE.replace("optional = true", "optional = false").replace("E6614", "E7").replace(
        'name = "app"', 'name = "other"'
    )

    assert len(digest) == 64
    assert parse_project(folder, same).digest == digest
    for old, new in [
        ("^1", "^2"),
        ("./a.py", "./c.py"),
        ("mpy_version = 6", "mpy_version = 5"),
        ("ghe.example.com", "g.example.com"),
        ("/mip/main/", "/mip/dev/"),
        ("../micropython", "../mp"),
        ("me/bundle", "me/other"),
        ("group.dev", "group.test"),
    ]:
        assert parse_project(folder, WHOLE.replace(old, new)).digest != digest, old


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[tool.belay", "is not TOML: "),
        (b"\xff", "is not UTF-8: byte 0"),
        (b"tool = 1", "`tool` is not a table"),
        (b"[tool]\nbelay = 1", "`tool.belay` is not a table"),
        (b"[tool.poetry]", "has no `[tool.belay]`"),
        (b"x = " + b"[" * 100_000, "is not TOML: "),
    ],
)
def test_a_file_that_cannot_be_understood_is_named(content: bytes, said: str, folder: Path) -> None:
    """Whatever is in the file, the error is ours and names it."""
    (folder / "pyproject.toml").write_bytes(content)

    with pytest.raises(ProjectError) as caught:
        read_project(folder)

    assert str(folder / "pyproject.toml") in str(caught.value)
    assert said in str(caught.value)


def test_the_mark_of_windows_editors_is_no_problem(folder: Path) -> None:
    """UTF-8 with a byte order mark is read."""
    (folder / "pyproject.toml").write_bytes(b'\xef\xbb\xbf[tool.belay]\r\nname = "app"\r\n')

    assert read_project(folder).name == "app"


VALUES = st.recursive(
    st.booleans()
    | st.integers(-3, 9)
    | st.text(max_size=6)
    | st.sampled_from(["./x", "github:o/r", "*", "a@b:c"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["uri", "main", "dev", "rev", "x.y"]), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = "name dependencies group dependencies_path ignore mpy_version package_indices circuitpython_bundles hosts variables device"


@given(st.dictionaries(st.sampled_from(KEYS.split()), VALUES, max_size=6))
def test_any_table_is_a_project_or_an_error_of_ours(table: dict[str, object]) -> None:
    """Whatever TOML can say there is read or refused, and never a traceback."""
    problem = "pyproject.toml"
    try:
        text = tomlkit.dumps({"tool": {"belay": table}})
        parse_project(Path("nowhere"), text)
    except PackageError as error:
        problem = str(error)

    assert "pyproject.toml" in problem


def test_a_project_is_found_from_below(folder: Path) -> None:
    """The nearest folder with `[tool.belay]` counts; a `pyproject.toml` without is passed by."""
    below = folder / "a" / "b"
    below.mkdir(parents=True)
    (folder / "pyproject.toml").write_text("[tool.belay]\n")
    (folder / "a" / "pyproject.toml").write_text("[project]\n")

    assert find_project(below) == folder


def test_no_project_says_how_to_make_one(folder: Path) -> None:
    """Without one the hint is `belay new`, and `belay init` where a `pyproject.toml` is."""
    with pytest.raises(ProjectError, match=r"in `.*` or above") as caught:
        find_project(folder)
    assert "`belay new my-project`" in str(caught.value.hint)

    (folder / "pyproject.toml").write_text("")
    with pytest.raises(ProjectError, match=r"has no `\[tool\.belay\]`") as caught:
        find_project(folder)
    assert caught.value.hint == f"`belay init {folder}` adds what is missing"
