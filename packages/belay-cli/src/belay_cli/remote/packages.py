"""mpremote's `mip`: its words for what `actions.packages` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_cli.console import data

from .errors import RemoteError
from .paths import board_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from belay import Device
    from belay_pm.gathering import Gathered

    from .grammar import Step

__all__ = ["install"]

_FILES = (".py", ".mpy")


def install(device: Device, step: Step) -> None:
    """Install the packages that a step names.

    Raises:
        RemoteError: it cannot be done; nothing is installed then.
    """
    from belay.exceptions import BelayException, ConnectionLost  # noqa: PLC0415 - loads with the device
    from belay_cli.actions.packages import board_facts, default_target  # noqa: PLC0415 - as above
    from belay_pm.errors import PackageError  # noqa: PLC0415 - as above

    try:
        facts = board_facts(device)
        shown = step.text("target") or default_target(facts)
        mpy = facts.mpy if step.is_set("mpy") else "py"
        gathered, unchanged = _installed(device, step, board_path(device, shown), mpy=mpy)
    except ConnectionLost:
        raise
    except (BelayException, PackageError) as error:
        raise RemoteError(str(error)) from error
    for package in gathered:
        for note in package.notes:
            _note(f"`{package.name}`: {note}")
    _tell(step, gathered, unchanged, shown.rstrip("/"))


def _installed(device: Device, step: Step, target: str, *, mpy: str) -> tuple[Sequence[Gathered], set[str]]:
    """Install them, and return what came and which of its files were there already."""
    from pathlib import Path  # noqa: PLC0415 - as above

    from belay_cli.actions.packages import Package, install_packages  # noqa: PLC0415 - as above
    from belay_cli.progress import Progress  # noqa: PLC0415 - as above
    from belay_pm.command_line.progress import showing_progress  # noqa: PLC0415 - as above
    from belay_pm.gathering import gather  # noqa: PLC0415 - as above

    with showing_progress() as heard:
        gathered = gather(
            step.words[1:], folder=Path.cwd(), mpy=mpy, index=step.text("index"), progress=heard
        )
    with Progress() as update:
        packages = [Package(*each[:-1]) for each in gathered]
        done = install_packages(device, packages, target=target, replace=True, progress=update)
    below = len(target.rstrip("/")) + 1
    return gathered, {path[below:] for path in done.plan.unchanged}


def _tell(step: Step, gathered: Sequence[Gathered], unchanged: set[str], shown: str) -> None:
    named = {package.name: package for package in gathered}
    index = (step.text("index") or _default_index()).rstrip("/")
    there = set(unchanged)
    asked = set(step.words[1:])
    for package in gathered:
        if package.source in asked:
            data(f"Install {package.source.partition('@')[0]}")
            for each in _with_needed(package, named):
                data(f"{_headline(each, index)} to {shown}")
                for path in each.files:
                    data(f"{'Exists' if path in there else 'Installing'}: {shown}/{path}")
                    there.add(path)
            data("Done")


def _with_needed(package: Gathered, named: Mapping[str, Gathered]) -> Sequence[Gathered]:
    found: dict[str, Gathered] = {}
    todo = [package.name]
    while todo:
        name = todo.pop()
        if name not in found:
            found[name] = named[name]
            todo += reversed(named[name].requires)
    return list(found.values())


def _headline(package: Gathered, index: str) -> str:
    """Return what mpremote says of a package: never its ref."""
    name, _, version = package.source.partition("@")
    if "/" not in name and ":" not in name and not name.endswith((*_FILES, ".json")):
        return f"Installing {name} ({version or 'latest'}) from {index}"
    if name.endswith(_FILES):
        return f"Downloading {name}"
    return f"Installing {name if name.endswith('.json') else f'{name}/package.json'}"


def _default_index() -> str:
    from belay_pm.project import DEFAULT_INDICES  # noqa: PLC0415 - as above

    return DEFAULT_INDICES[0]


def _note(text: str) -> None:
    from belay_cli.console import words  # noqa: PLC0415 - as above

    words(f"note: {text}")
