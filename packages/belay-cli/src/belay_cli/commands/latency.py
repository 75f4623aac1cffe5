"""`belay latency`: how long a call of a board takes."""

from __future__ import annotations

import os
import statistics
from typing import TYPE_CHECKING, Annotated

import typer

from belay_cli.commands.options import Json, Password, Port, Word  # noqa: TC001 - typer reads them
from belay_cli.targets import ABOUT_PORT

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["app"]

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_TITLE = "latency_ms"
"""The first line of the CSV."""


@app.command(epilog=ABOUT_PORT)
def latency(
    word: Word = None,
    *,
    port: Port = None,
    password: Password = None,
    count: Annotated[int, typer.Option("-c", "--count", min=1, max=1_000_000, help="How many calls")] = 10,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Print each call, too")] = False,
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write each call as CSV", show_default=False),
    ] = None,
    with_timing: Annotated[
        bool, typer.Option("-t", "--with-timing/--without-timing", help="Ask for the board's time as well")
    ] = False,
    as_json: Json = False,
) -> None:
    """Measure how long a call takes, in milliseconds."""
    from belay_cli.actions.latency import measure_latency
    from belay_cli.boards import connected
    from belay_cli.console import data, words
    from belay_cli.targets import named_once

    if output is not None:
        _require_writable(output)
    with connected(named_once(word, port), password=password, startup="") as device:
        taken = measure_latency(device, count, with_timing=with_timing)
    if output is not None:
        _write_csv(output, taken)
    if verbose:
        for number, each in enumerate(taken, 1):
            words(f"{number}: {each:.3f} ms")
    facts = _summary(taken)
    if as_json:
        import json

        data(json.dumps({**facts, "latency_ms": taken}))
        return
    for name, value in facts.items():
        data(f"{name:8} {value:10.3f} ms")


def _summary(taken: Sequence[float]) -> dict[str, float]:
    return {
        "min": min(taken),
        "max": max(taken),
        "average": statistics.fmean(taken),
        "median": statistics.median(taken),
        "stdev": statistics.pstdev(taken),
    }


def _require_writable(path: str) -> None:
    """Refuse a file that cannot be written before anything is measured for it."""
    from belay_cli.host_paths import output_trouble
    from belay_pm.command_line.errors import MisuseError

    trouble = output_trouble(path)
    if trouble is not None:
        raise MisuseError(f"`{path or '-o'}` {trouble}", hint="give `-o` a file, as in `-o latency.csv`")
    if os.path.isfile(path) and os.path.getsize(path) and not _is_ours(path):  # noqa: PTH113, PTH202 - see `belay_cli.host_paths`
        raise MisuseError(
            f"`{path}` is there already, and is no CSV of `belay latency`",
            hint="give `-o` another name, or remove that file",
        )


def _is_ours(path: str) -> bool:
    from pathlib import Path

    try:
        with Path(path).open("rb") as file:
            return file.readline(len(_TITLE) + 2).strip() == _TITLE.encode()
    except OSError:
        return False


def _write_csv(path: str, taken: Sequence[float]) -> None:
    from pathlib import Path

    from belay_pm.command_line.errors import CommandError

    try:
        Path(path).write_text("".join(f"{line}\n" for line in [_TITLE, *taken]), encoding="utf-8")
    except OSError as error:
        raise CommandError(f"`{path}` cannot be written: {error.strerror}") from error
