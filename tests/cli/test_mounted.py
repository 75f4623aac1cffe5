from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Result


def test_the_package_managers_failures_are_told(folder: Path, command: Callable[..., Result]) -> None:
    """Its commands run under `belay` as under `belay-pm`, and its errors end with message, hint and exit code 1."""
    (folder / "pyproject.toml").write_text("[tool.belay]\n")

    assert command("verify") == (
        1,
        "",
        f"error: `{folder}` has no `belay.lock`\n\nhint: `belay update` gets the packages and makes one\n",
    )


def test_a_mounted_command_says_how_it_is_written(command: Callable[..., Result]) -> None:
    """The usage line names the program that was typed."""
    assert command("update", "--nothing") == (
        2,
        "",
        (
            "error: No such option: --nothing\n\n"
            "hint: write it as in `belay update [OPTIONS] [PACKAGES]...`, with `--` in front of a word that begins with a dash\n"
        ),
    )
