from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
import typer

from belay_pm.app import PROGRAM
from belay_pm.command_line.failures import RULES, told
from belay_pm.command_line.program import run_program
from belay_pm.command_line.table import Command, Program

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], int]:
    """Run a command that ends with this error, and return the exit code."""

    def run(error: BaseException) -> int:
        def fail() -> None:
            raise error

        module = ModuleType("failing_command")
        module.app = typer.Typer()
        module.app.command()(fail)
        monkeypatch.setitem(sys.modules, module.__name__, module)
        program = Program(
            name="program",
            distribution="belay-pm",
            help="Fail",
            commands=(Command("fail", module.__name__, "Fail"),),
            failures=lambda: {**RULES, OSError: told()},
        )
        return run_program(program, ["fail"])

    return run


@pytest.mark.parametrize(
    ("error", "exit_code", "stderr"),
    [
        (KeyboardInterrupt(), 130, "interrupted\n"),
        (typer.Abort(), 130, "interrupted\n"),
        (OSError("no space"), 1, "error: no space\n"),
        (typer.Exit(7), 7, ""),
    ],
    ids=repr,
)
def test_the_programs_table_tells_how_a_command_ended(
    ends: Callable[[BaseException], int],
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    exit_code: int,
    stderr: str,
) -> None:
    """Ctrl-C is told, however it came; a command may choose its exit code."""
    ended = ends(error)

    assert (ended, *capsys.readouterr()) == (exit_code, "", stderr)


@pytest.mark.parametrize("words", [(), ("nope",)], ids=["alone", "unknown"])
def test_a_group_of_commands(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    """Alone it tells its help, as the program itself does; what it does not have is an error."""
    ended = run_program(PROGRAM, ["cache", *words])
    stdout, stderr = capsys.readouterr()

    assert (ended, stdout) == (2, "")
    if words:
        assert stderr.startswith("error: ")
        assert stderr.endswith("\n\nhint: `belay-pm cache --help` lists what there is\n")
    else:
        assert stderr.startswith("Usage: belay-pm cache [OPTIONS] COMMAND [ARGS]...\n")
        assert "hint" not in stderr


def test_a_defect_is_raised(ends: Callable[[BaseException], int]) -> None:
    """What no table knows is a bug of ours, and its traceback is wanted."""
    with pytest.raises(ZeroDivisionError):
        ends(ZeroDivisionError("a bug"))
