"""What a project's `pyproject.toml` says about packages: found, read, checked, all problems at once."""

from belay_pm.project.finding import PROJECT_FILE, find_project
from belay_pm.project.model import DEFAULT_BUNDLES, DEFAULT_DEPENDENCIES_PATH, DEFAULT_INDICES, Group, Project
from belay_pm.project.reading import read_project

__all__ = [
    "DEFAULT_BUNDLES",
    "DEFAULT_DEPENDENCIES_PATH",
    "DEFAULT_INDICES",
    "PROJECT_FILE",
    "Group",
    "Project",
    "find_project",
    "read_project",
]
