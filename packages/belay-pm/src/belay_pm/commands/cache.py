"""`belay cache`: what the package manager keeps of what it downloaded."""

from __future__ import annotations

from typing import Annotated

import typer

from belay_pm.command_line.console import ask, data, words
from belay_pm.command_line.errors import CommandError, MisuseError
from belay_pm.command_line.group import command_group

__all__ = ["app"]

app = command_group()


@app.command()
def info(*, as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object")] = False) -> None:
    """Print where the cache is, and how large."""
    from belay_pm.store import Store

    store = Store()
    if as_json:
        import json

        facts = {"location": str(store.location), "elements": len(store.elements())}
        data(json.dumps({**facts, "size_bytes": store.size_bytes()}))
        return
    data(f"Location: {store.location}")
    data(f"Elements: {len(store.elements())}")
    data(f"Total Size: {store.size_bytes() / 1_000_000:.2f}MB")


@app.command("list")
def list_elements(
    *, as_json: Annotated[bool, typer.Option("--json", help="Print a JSON array of objects")] = False
) -> None:
    """Print the elements, a name on each line."""
    from belay_pm.store import Store

    elements = Store().elements()
    if as_json:
        import json

        data(json.dumps([element._asdict() for element in elements]))
        return
    for element in elements:
        data(element.name)


@app.command()
def clear(
    prefix: Annotated[
        str | None,
        typer.Argument(metavar="[PREFIX]", help="Those whose names begin with it", show_default=False),
    ] = None,
    *,
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Do not ask")] = False,
    every: Annotated[bool, typer.Option("-a", "--all", help="All elements")] = False,
) -> None:
    """Remove the elements whose names begin with PREFIX, or all of them."""
    from belay_pm.store import Store

    if not prefix and not every:
        raise CommandError(
            "Nothing was cleared: neither PREFIX nor `--all` says what",
            hint="`belay cache clear git` clears what begins with `git`",
        )
    if prefix and every:
        raise MisuseError("PREFIX and `--all` are given", hint="give one of them")
    store = Store()
    names = [element.name for element in store.elements(prefix or "")]
    if not names:
        words("There is nothing to clear")
        return
    if not yes and not _confirmed(names):
        raise CommandError("Nothing was cleared", hint="`--yes` clears without asking")
    for name in store.clear(prefix or ""):
        words(f"Cleared `{name}`")


def _confirmed(names: list[str]) -> bool:
    for name in names:
        words(name)
    question = f"Clear {'this element' if len(names) == 1 else f'these {len(names)} elements'}? [y/N] "
    return (ask(question) or "").lower() in ("y", "yes")
