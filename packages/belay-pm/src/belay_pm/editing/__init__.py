"""A project's `pyproject.toml` changed: comments and order stay, and it makes sense, or stays as it was."""

from belay_pm.editing.dependencies import Added, add_dependency, remove_dependency, undo
from belay_pm.editing.filling import filled
from belay_pm.editing.writing import write_text

__all__ = ["Added", "add_dependency", "filled", "remove_dependency", "undo", "write_text"]
