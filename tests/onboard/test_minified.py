"""The files that run on the board."""

from __future__ import annotations

import ast
import symtable
from importlib.resources import files

import pytest

from belay.minify import minify
from belay.onboard import board_code

FOLDER = files("belay").joinpath("_onboard")
NAMES = sorted(entry.name.removesuffix(".py") for entry in FOLDER.iterdir() if entry.name.endswith(".py"))

EXPORT = 'G.update(i for i in globals().items()if"_b"in i[0])\n'
"""What ends a file whose names the calls must find."""

EITHER = {"intake64": "intake", "mounts_circuit": "mounts"}
"""Files that stand in for another one, with its names."""

MEANT = {"_belay_w": {"runtime", "events"}}
"""A file that puts itself in front of what another one, which came before it, has defined."""


def test_no_name_is_used_twice() -> None:
    """Files that may meet on one board, in any order, do not overwrite each other's globals."""
    owners: dict[str, set[str]] = {}

    for file in NAMES:
        for name in _assigned(FOLDER.joinpath(f"{file}.py").read_text(encoding="utf-8")):
            if name.startswith("_belay"):
                owners.setdefault(name, set()).add(EITHER.get(file, file))

    assert len(owners) > 10
    assert {name: several for name, several in owners.items() if len(several) > 1} == MEANT


def _assigned(code: str) -> set[str]:
    """Return the names that code binds at its outermost level."""
    table = symtable.symtable(code, "board", "exec")
    return {
        symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()
    }


@pytest.mark.parametrize("name", NAMES)
def test_each_file_is_made_small(name: str) -> None:
    """No comment and no empty line of a board file goes over the wire, and a level is one space."""
    code = board_code(name)

    assert code.endswith("\n")
    assert "\n\n" not in code
    assert "#" not in code
    indents = [len(line) - len(line.lstrip()) for line in code.splitlines()]
    assert min((indent for indent in indents if indent), default=1) == 1


@pytest.mark.parametrize("name", NAMES)
def test_short_suites_stand_behind_their_colon(name: str) -> None:
    """A suite of one statement costs no line of its own, and the program stays what the file says."""
    body = board_code(name).partition("r'''")[2].partition("'''")[0].removesuffix(EXPORT)

    assert ast.dump(ast.parse(body)) == ast.dump(
        ast.parse(minify(FOLDER.joinpath(f"{name}.py").read_text(encoding="utf-8"), is_file=True))
    )
    assert "except ImportError:\n 0" not in body
