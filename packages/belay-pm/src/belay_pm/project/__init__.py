"""What a project's `pyproject.toml` says about packages: found, read, checked, all problems at once."""

from belay_pm.project.finding import PROJECT_FILE, belay_table, find_project, parse_tables, read_text
from belay_pm.project.model import DEFAULT_BUNDLES, DEFAULT_DEPENDENCIES_PATH, DEFAULT_INDICES, Group, Project
from belay_pm.project.reading import parse_project, read_project

__all__ = [
    "DEFAULT_BUNDLES",
    "DEFAULT_DEPENDENCIES_PATH",
    "DEFAULT_INDICES",
    "PROJECT_FILE",
    "Group",
    "Project",
    "belay_table",
    "find_project",
    "parse_project",
    "parse_tables",
    "read_project",
    "read_text",
]
