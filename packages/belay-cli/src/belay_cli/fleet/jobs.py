"""What can be done on each board of a fleet; what is the same for all is done once, before any is opened.

Knows actions and what came of them in words. Which boards, and how it is shown, is for others to know.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from belay_cli.fleet.summary import Done

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from threading import Event

    from belay import Device
    from belay.files.actions import SyncPlan
    from belay_cli.actions.installing import Layout

__all__ = ["Job", "Post", "code_job", "info_job", "install_job", "script_job", "sync_job"]

Job: TypeAlias = "Callable[[Device, Post], Done]"


class Post(NamedTuple):
    """What a job has besides the device.

    Attributes:
        update: takes how far a transfer is, as `progress_update` of `Device.sync`.
        show: takes what is being done, in a few words.
        stopping: set once nobody shall go on.
    """

    update: Callable[..., object]
    show: Callable[[str], None]
    stopping: Event


def code_job(code: str, *, timeout_s: float | None) -> Job:
    """Return what runs a piece of code."""

    def work(device: Device, post: Post) -> Done:
        from belay.scripts import run_text  # noqa: PLC0415 - once the boards boot

        post.show("running")
        run_text(device, code, name="<exec>", timeout_s=timeout_s)
        return Done("ran")

    return work


def script_job(script: str, arguments: Sequence[str], *, minify: bool, timeout_s: float | None) -> Job:
    """Return what runs a script with its arguments."""

    def work(device: Device, post: Post) -> Done:
        from belay import run_file  # noqa: PLC0415 - as above

        post.show("running")
        run_file(device, script, arguments, minify=minify, record=False, timeout_s=timeout_s)
        return Done("ran")

    return work


def info_job() -> Job:
    """Return what asks which firmware runs."""

    def work(device: Device, _post: Post) -> Done:
        facts = device.implementation
        line = f"{facts.name} v{'.'.join(map(str, facts.version))} - {facts.platform}"
        return Done("asked", lines=line, facts=facts._asdict())

    return work


def sync_job(
    folder: str,
    dst: str,
    *,
    ignore: Sequence[str] | None,
    dry_run: bool,
    **options: Any,  # Any: keywords of `Device.sync`
) -> Job:
    """Return what syncs a folder, which is read once.

    Raises:
        BelayException: the folder cannot be sent to any board.
    """
    from belay.device import use_preparation  # noqa: PLC0415
    from belay.files.preparation import SharedPreparation  # noqa: PLC0415 - only this and an install need it
    from belay_cli.actions.sent import count_removed, sync_facts  # noqa: PLC0415

    shared = SharedPreparation()
    shared.tree(folder, dst=dst, ignore=ignore)  # for its errors, before any board is opened

    def work(device: Device, post: Post) -> Done:
        use_preparation(device, shared)
        began = time.monotonic()
        plan = device.sync(
            folder, dst, ignore=ignore, dry_run=dry_run, progress_update=post.update, **options
        )
        facts = sync_facts(plan, time.monotonic() - began, dry_run=dry_run)
        words = _counts(plan, count_removed(plan), dry_run=dry_run)
        return Done(words, plan.bytes_to_send, str(plan) if dry_run else "", facts)

    return work


def install_job(
    layout: Layout,
    script: Path | None,
    *,
    follow: bool,
    dry_run: bool,
    **options: Any,  # Any: keywords of `install_layout`
) -> Job:
    """Return what brings a project to a board, and starts what is to run."""
    from belay.device import use_preparation  # noqa: PLC0415
    from belay.files.preparation import SharedPreparation  # noqa: PLC0415 - as above
    from belay_cli.actions.installing import install_layout  # noqa: PLC0415
    from belay_cli.actions.sent import install_facts, install_steps  # noqa: PLC0415

    shared = SharedPreparation()

    def work(device: Device, post: Post) -> Done:
        use_preparation(device, shared)
        began = time.monotonic()
        installed = install_layout(device, layout, dry_run=dry_run, progress=post.update, **options)
        facts = install_facts(installed, time.monotonic() - began, dry_run=dry_run)
        if not dry_run:
            _start(device, post, script, follow=follow, minify=bool(options.get("minify", True)))
        words = _counts(installed.plan, len(installed.removed), dry_run=dry_run)
        lines = "\n".join(install_steps(installed, script, follow=follow)) if dry_run else ""
        return Done(words, installed.plan.bytes_to_send, lines, facts)

    return work


def _start(device: Device, post: Post, script: Path | None, *, follow: bool, minify: bool) -> None:
    """Start what is to run; what it prints goes where all goes that the device prints."""
    if script is not None:
        from belay import run_file  # noqa: PLC0415 - only this needs it

        post.show(f"running `{script}`")
        run_file(device, script, minify=minify, record=False)
    elif follow:
        device.soft_reset()
        post.show("following `main.py`; Ctrl-C interrupts it")
        post.stopping.wait()
    else:
        from belay_cli.actions.starting import soft_reset  # noqa: PLC0415 - as above

        soft_reset(device)


def _counts(plan: SyncPlan, removed: int, *, dry_run: bool) -> str:
    would = "would be " if dry_run else ""
    return f"{len(plan.puts)} {would}sent, {removed} {would}removed, {len(plan.unchanged)} unchanged"
