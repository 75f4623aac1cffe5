from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from belay_pm.editing import add_dependency, remove_dependency, undo
from belay_pm.errors import ProjectError
from belay_pm.requirements import IndexSource, PathSource

if TYPE_CHECKING:
    from pathlib import Path

BEFORE = """\
# A project.
[project]
name = "x"   # as it is

[tool.belay]
name = "app"

[tool.belay.dependencies]
os = '*' # why

# of pytest
[tool.pytest.ini_options]
x=1
"""


@pytest.fixture
def project(folder: Path) -> Path:
    """A project with a comment at every corner, and a module beside."""
    (folder / "pyproject.toml").write_text(BEFORE)
    (folder / "lib").mkdir()
    (folder / "lib" / "driver.py").touch()
    return folder


def text_of(folder: Path) -> str:
    """The project's file."""
    return (folder / "pyproject.toml").read_bytes().decode()


def test_a_dependency_is_a_line_more(project: Path) -> None:
    """It comes behind the others, and nothing else changes, comments and quotes and all."""
    added = add_dependency(project, ("pathlib@^1",))

    assert text_of(project) == BEFORE.replace("# why\n", '# why\npathlib = "^1"\n')
    assert (added.name, added.value) == ("pathlib", "^1")
    assert added.project.groups["main"].requirements[1].entries[0].source == IndexSource("pathlib", "^1")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("pathlib",), 'pathlib = "*"'),
        (("unittest-discover",), 'unittest-discover = "*"'),
        (("p", "pathlib"), 'p = "pathlib"'),
        (("lib/driver.py",), 'driver = "./lib/driver.py"'),
        (("d", "./lib/driver.py"), 'd = "./lib/driver.py"'),
        (
            ("https://github.com/o/r/blob/main/a/b.py?raw=1",),
            'b = "https://github.com/o/r/blob/main/a/b.py?raw=1"',
        ),
        (("github:o/micro-driver@v1",), 'micro_driver = "github:o/micro-driver@v1"'),
        (("circuitpython:neopixel",), 'neopixel = "circuitpython:neopixel"'),
    ],
)
def test_a_name_is_told_or_given(words: tuple[str, ...], line: str, project: Path) -> None:
    """One word is a source that says its name; of an index's package the version is what is written."""
    add_dependency(project, words)

    assert f"\n{line}\n" in text_of(project)


def test_a_new_group_has_blank_lines_around_it(project: Path) -> None:
    """As people part their tables; the file does not end with one."""
    path = project / "pyproject.toml"
    path.write_text('[tool.belay]\nname = "app"\n\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\n')

    made = add_dependency(project, ("os",), group="dev")
    again = add_dependency(project, ("json",), group="dev")

    assert (made.made_group, again.made_group) == (True, False)
    assert path.read_text() == (
        '[tool.belay]\nname = "app"\n\n[tool.belay.group.dev.dependencies]\nos = "*"\njson = "*"\n\n'
        '[tool.pytest.ini_options]\ntestpaths = ["tests"]\n'
    )


def test_a_group_is_made(project: Path) -> None:
    """Options make a table, a new group is appended."""
    add_dependency(project, ("lib/driver.py",), group="dev", develop=True, rename_to_init=False, opt=3)

    line = 'driver = {uri = "./lib/driver.py", develop = true, rename_to_init = false, opt = 3}'
    assert f"[tool.belay.group.dev.dependencies]\n{line}\n" in text_of(project)


def test_a_path_starts_at_the_project(project: Path) -> None:
    """Typed in a folder below, a relative path is written as the project sees it."""
    added = add_dependency(project, ("../lib/driver.py",), here=project / "lib")

    assert added.project.groups["main"].requirements[1].entries[0].source == PathSource("./lib/driver.py")


@pytest.mark.parametrize(
    ("words", "said", "hint"),
    [
        (("os",), "has a dependency `os` already: `*`", "`belay remove os`"),
        (("lib",), "a folder of that name here", "`./lib`"),
        (("./nothing.py",), "is not there", "misspelling"),
        (("^1.2",), "of no package", "a source is a path"),
        (("my-x", "./lib"), "'my-x' cannot be imported; did you mean `my_x`?", ""),
        (("https://s3cret@host/x.py",), "password or token", "credential helper"),
        (("https://host/1.py",), "could be the name of a package", "give the name"),
    ],
)
def test_what_makes_no_sense_changes_nothing(
    words: tuple[str, ...], said: str, hint: str, project: Path
) -> None:
    """A second of a name, an ambiguous word, a path to nothing: the file stays, the hint says what to type."""
    with pytest.raises(ProjectError) as caught:
        add_dependency(project, words)

    assert said in str(caught.value)
    assert hint in (caught.value.hint or "")
    assert text_of(project) == BEFORE


@pytest.mark.parametrize(
    "before",
    [
        "[tool.belay]",
        "[tool.belay]\r\nname = 'a'\r\n\r\n[x]\r\n",
        "[tool]\nbelay = {name = 'a'}\n",
        "[tool.belay]\ndependencies.os = '*'\n[tool.x]\ny = 1\n",
        "[tool.belay.dependencies]\nos = '*'\n[x]\ny = 1\n[tool.belay]\nname = 'a'\n",
        "[tool.belay.group.dev]\noptional = true\n[tool.belay]\n",
    ],
)
def test_every_layout_of_toml_is_edited(before: str, project: Path) -> None:
    """Inline and dotted tables, tables apart, CRLF, no line end: added and removed, and its lines are there still."""
    (project / "pyproject.toml").write_bytes(before.encode())

    add_dependency(project, ("pathlib",))
    added = add_dependency(project, ("json",), group="dev")

    assert [each.name for each in added.project.groups["main"].requirements][-1] == "pathlib"
    assert [each.name for each in added.project.groups["dev"].requirements] == ["json"]
    if "\r\n" in before:
        assert "\n" not in text_of(project).replace("\r\n", "")
    remove_dependency(project, "json")
    removed = remove_dependency(project, "pathlib")
    assert "pathlib" not in text_of(project)
    assert removed.project.digest != added.project.digest
    if "{" not in before:
        assert set(before.splitlines()) <= set(text_of(project).splitlines())


def test_a_layout_that_would_lose_something_is_refused(project: Path) -> None:
    """What comes out is compared with what was meant; when it differs, nothing is written."""
    before = "[tool]\nbelay.name = 'a'\n"
    (project / "pyproject.toml").write_text(before)

    with pytest.raises(ProjectError, match="cannot be changed without a loss"):
        add_dependency(project, ("pathlib",))

    assert text_of(project) == before


def test_a_broken_project_is_not_added_to(project: Path) -> None:
    """Other problems of the file are told first."""
    (project / "pyproject.toml").write_text("[tool.belay]\nnames = 1\n")

    with pytest.raises(ProjectError, match="did you mean `name`"):
        add_dependency(project, ("pathlib",))


def test_removing_takes_the_line(project: Path) -> None:
    """Added and removed, the file is what it was."""
    add_dependency(project, ("pathlib",))

    remove_dependency(project, "pathlib")

    assert text_of(project) == BEFORE


def test_removing_says_which_is_meant(project: Path) -> None:
    """A near miss, the wrong group and several groups are different errors."""
    add_dependency(project, ("os",), group="dev")

    with pytest.raises(ProjectError, match="no dependency `oss`") as caught:
        remove_dependency(project, "oss")
    assert caught.value.hint == "did you mean `os`?"
    with pytest.raises(ProjectError, match="several groups") as caught:
        remove_dependency(project, "os")
    assert caught.value.hint == "say which: `--group dev`"
    with pytest.raises(ProjectError, match="the group `x` has no dependency `os`; the group `main` has it"):
        remove_dependency(project, "os", group="x")

    remove_dependency(project, "os", group="dev")
    assert "os = '*' # why" in text_of(project)


def test_undone_unless_somebody_wrote_meanwhile(project: Path) -> None:
    """A change is taken back, byte for byte; what somebody wrote since is kept."""
    undo(add_dependency(project, ("pathlib",)))
    assert text_of(project) == BEFORE

    added = add_dependency(project, ("pathlib",))
    (project / "pyproject.toml").write_text(f"{added.after}# mine\n")
    undo(added)
    assert text_of(project).endswith("# mine\n")


@pytest.mark.skipif(os.name == "nt", reason="links and permissions are others on Windows")
def test_a_link_stays_a_link(project: Path) -> None:
    """The file that it leads to is replaced, permissions and all; nothing else is left behind."""
    real = project / "real.toml"
    (project / "pyproject.toml").rename(real)
    real.chmod(0o640)
    (project / "pyproject.toml").symlink_to("real.toml")

    add_dependency(project, ("pathlib",))

    assert (project / "pyproject.toml").is_symlink()
    assert "pathlib" in real.read_text()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert sorted(path.name for path in project.iterdir()) == ["lib", "pyproject.toml", "real.toml"]
