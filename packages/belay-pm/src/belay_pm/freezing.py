"""A `manifest.py` that freezes a project into a firmware: from what a board gets to text.

Literals only, and sorted. What it says is read again by our own evaluator, and has to be what went in.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, NamedTuple

from belay_pm.errors import IntegrityError
from belay_pm.manifest import evaluate_manifest
from belay_pm.payload import LIBRARY
from belay_pm.sources.folder import MemoryTree
from belay_pm.trees import Place

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from belay_pm.payload import PayloadFile

__all__ = ["BOARD_MANIFEST", "PORT_MANIFEST", "Frozen", "freezing_manifest"]

PORT_MANIFEST = "$(PORT_DIR)/boards/manifest.py"
"""What most boards freeze by themselves, `asyncio` among it."""

BOARD_MANIFEST = "$(BOARD_DIR)/manifest.py"
"""The same of a board that has a manifest of its own."""

_MODULES = (".py", ".mpy")


class Frozen(NamedTuple):
    """What becomes of a project in a firmware.

    Attributes:
        text: the manifest.
        modules: the paths that programs import them by, sorted.
        data: files that cannot be frozen, by their targets, sorted.
        elsewhere: files whose name on this computer is not the one that they are imported by, sorted.
    """

    text: str
    modules: tuple[str, ...]
    data: tuple[str, ...]
    elsewhere: tuple[str, ...]


class _Line(NamedTuple):
    base: str
    top: str
    opt: int | None
    kind: str


def freezing_manifest(
    files: Iterable[PayloadFile], folder: Path, *, include: str | None, top: Path | None = None
) -> Frozen:
    """Return the manifest that freezes these files.

    Args:
        files: what a board gets.
        folder: where the manifest will lie.
        top: that folder or one above it, which all that it names is below: the project's. None for `folder`.
        include: a manifest that it begins with; None for none.

    Raises:
        IntegrityError: it would not say what it should, which is a defect.
    """
    top = folder if top is None else top
    lines: dict[_Line, list[str]] = {}
    data, elsewhere, expected = [], [], {}
    for file in files:
        target = file.target.removeprefix(f"{LIBRARY}/")
        base = _base(file, target, folder, top)
        if not target.endswith(_MODULES):
            data.append(target)
        elif base is None:
            elsewhere.append(target)
        else:
            kind = "mpy" if target.endswith(".mpy") else "package" if "/" in target else "module"
            lines.setdefault(_Line(base, target.partition("/")[0], file.opt, kind), []).append(target)
            expected[target] = file.opt
    parts = [] if include is None else [f"include({_text(include)})"]
    parts += [_said(line, sorted(lines[line])) for line in sorted(lines, key=_order)]
    frozen = Frozen(
        "".join(f"{part}\n" for part in parts), *(tuple(sorted(x)) for x in (expected, data, elsewhere))
    )
    _require_said(frozen, files, folder, top, expected)
    return frozen


def _base(file: PayloadFile, target: str, folder: Path, top: Path) -> str | None:
    """Return the folder from which a file has its target's name, seen from the manifest, or None."""
    source = _seen(file, top)
    if source is None or not f"/{source}".endswith(f"/{target}"):
        return None
    base = os.path.relpath(top / source.removesuffix(target), folder)
    return base.replace(os.sep, "/")


def _seen(file: PayloadFile, top: Path) -> str | None:
    """Return the path of a file from the top, or None when it is not below."""
    try:
        source = os.path.relpath(file.source, top).replace(os.sep, "/")
    except ValueError:
        return None  # on another drive
    return None if source.startswith("../") else source


def _order(line: _Line) -> tuple[str, str, int, str]:
    return line.base, line.top, -1 if line.opt is None else line.opt, line.kind


def _said(line: _Line, targets: list[str]) -> str:
    opt = "" if line.opt is None else f", opt={line.opt}"
    if line.kind == "module":
        return f"module({_text(line.top)}, base_path={_text(line.base)}{opt})"
    if line.kind == "mpy":
        return f"freeze_mpy({_text(line.base)}, {_several(targets)}{opt})"
    inner = _several([target.removeprefix(f"{line.top}/") for target in targets])
    return f"package({_text(line.top)}, files={inner}, base_path={_text(line.base)}{opt})"


def _several(texts: list[str]) -> str:
    return f"[{', '.join(map(_text, texts))}]"


def _text(text: str) -> str:
    """Return a text as Python and JSON both have it."""
    return json.dumps(text, ensure_ascii=False)


def _require_said(
    frozen: Frozen, files: Iterable[PayloadFile], folder: Path, top: Path, expected: dict[str, int | None]
) -> None:
    """Read the manifest as a firmware's build does, and compare."""
    seen = ((_seen(file, top), file.content) for file in files)
    there = {path: content for path, content in seen if path is not None}
    path = (folder.relative_to(top) / ".belay-manifest.py").as_posix()
    tree = MemoryTree({**there, path: frozen.text.encode()}, label=str(top))
    said = evaluate_manifest(Place(tree, path))
    if {file.target: file.opt for file in said.files} != expected:
        raise IntegrityError("The manifest that was written does not say what it was written for")
