"""`belay doctor`: look at what keeps boards from working, and say what mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_cli.targets import ABOUT_PORT, PASSWORD, PORT, named_once
from belay_pm.command_line.syntax import Argument, Option, Syntax

if TYPE_CHECKING:
    from belay_cli.actions.examining import Finding

__all__ = ["SYNTAX", "run"]

SYNTAX = Syntax(
    Argument("word", "PORT", "The board's address or alias"),
    options=(PORT, PASSWORD, Option("as_json", ("--json",), "", "Print a JSON array of objects")),
    details=f"""\
Looks at this computer, at the ports of the boards plugged in, at the fence of `sim:`, and at a board if one
is named or is the only one. The exit code is 1 when something is to mend.

{ABOUT_PORT}""",
)


def run(word: str | None, *, port: str | None, password: str | None, as_json: bool) -> None:
    """Look at each, and print what was found."""
    from belay_cli.actions.examining import Finding, examine_fence, examine_host, examine_ports
    from belay_cli.console import data
    from belay_cli.targets import find_address
    from belay_pm.command_line.errors import CommandError
    from belay_transport.ports import list_devices

    named = named_once(word, port)
    boards = list_devices()
    findings = [examine_host(), *examine_ports(boards), examine_fence()]
    if find_address(named) is not None or len(boards) == 1:
        findings.append(_examine_board(named, password))
    elif not boards:
        findings.append(Finding("board", "none is plugged in"))
    else:
        findings.append(Finding("board", f"{len(boards)} are plugged in, and none is named"))
    if as_json:
        import json

        data(json.dumps([finding._asdict() for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            data(f"{finding.subject}: {finding.told}")
            if finding.mending:
                data(f"  mend it: {finding.mending}")
    bad = sum(finding.mending is not None for finding in findings)
    if bad:
        raise CommandError(f"{bad} of {len(findings)} findings are to mend")


def _examine_board(named: str | None, password: str | None) -> Finding:
    """Return what runs on the board, or why nothing can be said of it."""
    from belay.exceptions import BelayException
    from belay_cli.actions.examining import Finding
    from belay_cli.boards import connected

    try:
        with connected(named, password=password, startup="") as device:
            facts = device.implementation
    except BelayException as error:
        return Finding("board", str(error), error.hint or "unplug it, plug it in, and look again")
    return Finding("board", f"{facts.name} v{'.'.join(map(str, facts.version))} - {facts.platform}")
