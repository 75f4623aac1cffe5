"""What a sync or an install has sent, or would: as values for `--json`, and in words.

Knows plans, and neither a board nor a stream.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from belay_pm.command_line.counting import counted

if TYPE_CHECKING:
    from pathlib import Path

    from belay.files.actions import SyncPlan
    from belay_cli.actions.installing import Installed

__all__ = ["count_removed", "install_facts", "install_steps", "sync_facts", "told"]


def sync_facts(plan: SyncPlan, seconds: float, *, dry_run: bool) -> dict[str, Any]:  # Any: JSON
    """Return what a sync did, for `--json`."""
    return {
        "actions": [action._asdict() for action in plan.actions],
        "unchanged": plan.unchanged,
        "left": plan.left,
        "size_bytes": plan.bytes_to_send,
        "seconds": round(seconds, 3),
        "dry_run": dry_run,
    }


def install_facts(installed: Installed, seconds: float, *, dry_run: bool) -> dict[str, Any]:  # Any: JSON
    """Return what an install did, for `--json`."""
    plan, removed = installed
    return {
        "actions": [action._asdict() for action in plan.actions],
        "removed": removed,
        "unchanged": plan.unchanged,
        "size_bytes": plan.bytes_to_send,
        "seconds": round(seconds, 3),
        "dry_run": dry_run,
    }


def install_steps(installed: Installed, script: Path | None, *, follow: bool) -> list[str]:
    """Return the steps of an install, a line each.

    Args:
        installed: what would be sent and removed.
        script: what would be run then, if anything.
        follow: whether somebody would look at what `main.py` prints.
    """
    planned = {
        action.path for action in installed.plan.actions
    }  # a sync removes the twin of what it compiles
    stale = (path for path in installed.removed if path not in planned)
    gone = (f"remove file {path} (no longer of the project)" for path in stale)
    run = [] if script is None else [f"run {script} (not written to the board)"]
    return [*map(str, installed.plan.actions), *gone, *run, *(["follow /main.py"] if follow else [])]


def count_removed(plan: SyncPlan) -> int:
    """Return how many files and folders a sync removes."""
    return sum(action.verb.startswith("remove") for action in plan.actions)


def told(plan: SyncPlan, removed: int, seconds: float, *, dry_run: bool) -> str:
    """Return what was sent in a sentence."""
    return (
        f"{'Would send' if dry_run else 'Sent'} {counted(len(plan.puts), 'file')}, "
        f"{counted(plan.bytes_to_send, 'byte')}, in {seconds:.2f} s; "
        f"{removed} removed, {len(plan.unchanged)} unchanged"
    )
