"""The board's files share one namespace: none may take another's name."""

from __future__ import annotations

from collections import defaultdict
from importlib.resources import files

ALTERNATIVES = {"intake64": "intake", "mounts_circuit": "mounts"}
"""Of these a board gets one."""


def test_no_name_is_two_files() -> None:
    """A global of one file under `_onboard/` is no other file's."""
    owners: dict[str, set[str]] = defaultdict(set)
    for entry in files("belay").joinpath("_onboard").iterdir():
        if entry.name.endswith(".py"):
            name = entry.name.removesuffix(".py")
            for line in entry.read_text(encoding="utf-8").splitlines():
                if line.startswith(("def ", "class ")):
                    word = line.split()[1].split("(")[0].rstrip(":")
                elif line[:1].isalpha() and " = " in line:
                    word = line.split(" = ")[0]
                else:
                    continue
                owners[word].add(ALTERNATIVES.get(name, name))

    assert len(owners) > 20
    assert {word: names for word, names in owners.items() if len(names) > 1} == {}
