from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Result


def test_new_tells_what_it_made(folder: Path, typed: Callable[..., Result]) -> None:
    """Every file, and what the package is called; stdout stays empty."""
    assert typed("new", "my-project") == (
        0,
        "",
        (
            "Wrote `.gitignore`\n"
            "Wrote `README.md`\n"
            "Wrote `main.py`\n"
            "Wrote `my_project/__init__.py`\n"
            "Wrote `pyproject.toml`\n"
            "Wrote `tests/test_my_project.py`\n"
            "The package of `my-project` is called `my_project`: that can be imported\n"
            f"`{folder / 'my-project'}` is a project\n"
        ),
    )


def test_new_wants_a_path(typed: Callable[..., Result]) -> None:
    """`belay-pm new` alone is misuse."""
    assert typed("new") == (
        2,
        "",
        "error: Missing argument 'PATH'\n\nhint: write it as in `belay-pm new [OPTIONS] PATH`\n",
    )


def test_an_empty_path_is_not_this_folder(folder: Path, typed: Callable[..., Result]) -> None:
    """A variable of a shell that is not set makes no project of the current folder."""
    assert typed("new", "") == (
        2,
        "",
        "error: `PATH` is empty\n\nhint: write it as in `belay-pm new my-project`\n",
    )
    assert typed("init", "") == (
        2,
        "",
        "error: `PATH` is empty\n\nhint: `.` is the current folder, as no word at all is\n",
    )
    assert not list(folder.iterdir())


def test_init_keeps_what_is_there(folder: Path, typed: Callable[..., Result]) -> None:
    """This folder becomes a project, and its files stay."""
    (folder / "main.py").write_text("mine")

    exit_code, stdout, stderr = typed("init", "--name", "app")

    assert (exit_code, stdout) == (0, "")
    assert "Kept `main.py`, which was there\n" in stderr
    assert (folder / "main.py").read_text() == "mine"
    assert typed("init").exit_code == 1


def test_add_gets_what_it_adds(project: Path, typed: Callable[..., Result]) -> None:
    """The line is in the file, the package where the board's is, and the others are as they were."""
    assert typed("add", "three", "lib/one.py", "--group", "dev", "--no-rename-to-init").exit_code == 0

    assert (
        'three = {uri = "./lib/one.py", rename_to_init = false}' in (project / "pyproject.toml").read_text()
    )
    assert (project / ".belay/dependencies/dev/three/one.py").read_text() == "x = 1\n"
    assert typed("verify").exit_code == 0


def test_add_below_the_project(
    project: Path, typed: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path is meant from where it is typed."""
    monkeypatch.chdir(project / "lib")

    exit_code, stdout, stderr = typed("add", "third", "two.py", "--develop", "--opt=3")

    assert (exit_code, stdout) == (0, "")
    assert stderr.startswith("`third` is `./lib/two.py` in the group `main`\n")
    line = 'third = {uri = "./lib/two.py", develop = true, opt = 3}'
    assert line in (project / "pyproject.toml").read_text()


def test_add_of_what_cannot_be_had_adds_nothing(project: Path, typed: Callable[..., Result]) -> None:
    """When it cannot be got, `pyproject.toml` is as it was, byte for byte."""
    before = (project / "pyproject.toml").read_bytes()

    exit_code, stdout, stderr = typed("add", "pathlib", "--offline")

    assert (exit_code, stdout) == (1, "")
    assert stderr.startswith("error: ")
    assert (project / "pyproject.toml").read_bytes() == before
    assert typed("add", "pathlib", "--no-update").exit_code == 0
    assert 'pathlib = "*"' in (project / "pyproject.toml").read_text()


def test_add_does_not_overwrite(project: Path, typed: Callable[..., Result]) -> None:
    """A second of a name is an error that says what to type."""
    before = (project / "pyproject.toml").read_bytes()

    assert typed("add", "one", "lib/two.py") == (
        1,
        "",
        (
            "error: the group `main` has a dependency `one` already: `lib/one.py`\n\n"
            "hint: `belay-pm remove one` removes it; `belay-pm update one` gets what is new of it\n"
        ),
    )
    assert (project / "pyproject.toml").read_bytes() == before


def test_add_of_three_words_is_misuse(project: Path, typed: Callable[..., Result]) -> None:
    """NAME and SOURCE are two."""
    assert typed("add", "a", "b", "c").exit_code == 2


def test_remove_takes_line_lock_and_files(project: Path, typed: Callable[..., Result]) -> None:
    """What was got for it is removed; files of the project's own stay."""
    assert typed("update").exit_code == 0

    assert typed("remove", "one") == (
        0,
        "",
        "Removed `one` from `pyproject.toml`\nRemoved `main/one/__init__.py`\n",
    )

    assert "one =" not in (project / "pyproject.toml").read_text()
    assert (project / "lib/one.py").exists()
    assert (project / ".belay/dependencies/dev/two/__init__.py").exists()
    assert typed("verify").exit_code == 0


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (("zzz",), "pyproject.toml` has no dependency `zzz`", "it has `one`, `two`"),
        (
            ("one", "-g", "dev"),
            "the group `dev` has no dependency `one`; the group `main` has it",
            "`belay-pm remove one --group main` removes it there",
        ),
        (("zzz", "-g", "dev"), "the group `dev` has no dependency `zzz`", "it has `one`, `two`"),
    ],
)
@pytest.mark.usefixtures("project")
def test_remove_of_what_is_not_there(
    typed: Callable[..., Result], words: tuple[str, ...], message: str, hint: str
) -> None:
    """What may have been meant is listed."""
    exit_code, _, stderr = typed("remove", *words)

    assert exit_code == 1
    assert stderr.endswith(f"{message}\n\nhint: {hint}\n")


def test_remove_of_several_is_all_or_nothing(project: Path, typed: Callable[..., Result]) -> None:
    """When one is not there, the others stay."""
    before = (project / "pyproject.toml").read_bytes()

    exit_code, _, stderr = typed("remove", "one", "tow")

    assert exit_code == 1
    assert "Removed" not in stderr
    assert "hint: did you mean `two`?" in stderr
    assert (project / "pyproject.toml").read_bytes() == before
