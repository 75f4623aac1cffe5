from __future__ import annotations

from typing import TYPE_CHECKING

import belay
from belay_pm.updating import update

if TYPE_CHECKING:
    from conftest import Home


def test_packages_can_be_imported_on_a_board(home: Home) -> None:
    """What lies in a group's folder is what `/lib` must hold: each package, and what it needs (incumbent's defect)."""
    home.write("lib/single.py", "VALUE = 'a module'\n")
    home.write("lib/folder/__init__.py", "from folder.inner import VALUE\n")
    home.write("lib/folder/inner.py", "VALUE = 'a folder'\n")
    project = home.project({"single": "lib/single.py", "folder": "lib/folder", "good": "*"})
    update(project, store=home.store, sources=home.sources)

    with belay.Device("sim:") as device:
        device.sync(home.dependencies / "main", "/lib")
        values = [device(f"__import__({name!r}).VALUE") for name in ("single", "folder", "good", "dep")]

    assert values == ["a module", "a folder", 42, 40]
