"""How Sphinx builds the manual."""

from __future__ import annotations

import builtins
import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.util import logging
from sphinx.util.nodes import make_refnode

sys.path.insert(0, str(Path(__file__).parent))

import session

if TYPE_CHECKING:
    from docutils.nodes import Element, Node
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

project = "Belay"
author = "the Belay contributors"
copyright = "2026, the Belay contributors"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = "Belay"
exclude_patterns = ["_build"]
myst_heading_anchors = 3
napoleon_use_ivar = True  # an attribute may be a property too, and stands once
autodoc_member_order = "bysource"
autodoc_typehints = "description"

# Names in signatures that this manual has no page for: the standard library's.
nitpick_ignore_regex = [
    (r"py:.*", r"(?:os|collections\.abc|typing|types|pathlib|logging|socket|ssl|subprocess)\..*"),
    (r"py:exc", r"BoardOSError|…"),  # the classes that are made for each builtin exception
    (
        r"py:class",
        r"(?:Callable|Iterable|Iterator|Sequence|Mapping|Any|TypeVar|optional|D|PortInfo|Address|Identifier|Board|Runtime|Kept|PathLike|Progress|Keep|Optimisation|ModuleType|(?:belay\.events\.events\.)?H|TracebackType|Handler|Worker|.*R_co)",
    ),
]


def find_by_last_name(
    app: Sphinx, environment: BuildEnvironment, node: Element, content: Node
) -> Node | None:
    """Resolve `ConnectionLost` to the one documented object of that name; builtins stay plain text."""
    name = str(node.get("reftarget", "")).rpartition(".")[2]
    if hasattr(builtins, name):
        return content
    objects = environment.domaindata["py"]["objects"]
    found = {(entry.docname, entry.node_id) for full, entry in objects.items() if full.endswith(f".{name}")}
    if len(found) != 1:
        return None
    page, anchor = found.pop()
    return make_refnode(app.builder, str(node["refdoc"]), page, anchor, content)


def restore_properties(
    _app: Sphinx, what: str, _name: str, documented: object, _options: object, lines: list[str]
) -> None:
    """Undo what napoleon makes of "The level on the pin, 0 or 1: …": a type and its description."""
    text = inspect.getdoc(documented) or ""
    if what == "property" and ":" in text and "Raises:" not in text:
        lines[:] = text.splitlines()


def draw_session(_app: Sphinx) -> None:
    """Draw the README's picture from a run of today; one that is no longer so is a warning, once."""
    if session.draw():
        logging.getLogger(__name__).warning("docs/session.svg was another one; it has been drawn anew")


def setup(app: Sphinx) -> None:
    """Take part in the resolving of references, behind napoleon in the reading of docstrings; draw."""
    app.connect("builder-inited", draw_session)
    app.connect("missing-reference", find_by_last_name)
    app.connect("autodoc-process-docstring", restore_properties, priority=600)
