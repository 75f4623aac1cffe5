"""`belay doctor`: look at what keeps boards from working, and say what mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_cli.targets import ABOUT_PORT, PASSWORD, PORT, named_once
from belay_pm.command_line.syntax import Argument, Option, Syntax

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from belay_cli.actions.examining import Finding
    from belay_transport.ports import UsbSpecifier

__all__ = ["SYNTAX", "run"]

SYNTAX = Syntax(
    Argument("word", "PORT", "The board's address or alias"),
    options=(PORT, PASSWORD, Option("as_json", ("--json",), "", "Print a JSON array of objects")),
    details=f"""\
Looks at this computer, at the settings, at the ports of the boards plugged in and the rules of udev for them,
at the fence of `sim:`, and at a board if one is named or is the only one. What runs on a board is interrupted
only when PORT or `--port` names it. The exit code is 1 when something is to mend.

{ABOUT_PORT}""",
)


def run(word: str | None, *, port: str | None, password: str | None, as_json: bool) -> None:
    """Look at each, and print what was found."""
    from belay_cli.actions.examining import examine_fence, examine_host, examine_ports, examine_rules
    from belay_cli.console import data, print_json
    from belay_pm.command_line.errors import CommandError
    from belay_transport.ports import list_devices

    named = named_once(word, port)
    boards = list_devices()
    settings = _examine_settings()
    findings = [
        examine_host(),
        *settings,
        *examine_ports(boards),
        *examine_rules(boards),
        examine_fence(),
        _examine_board(named, password, boards, known={each.told for each in settings}),
    ]
    if as_json:
        print_json([finding._asdict() for finding in findings])
    else:
        for finding in findings:
            data(f"{finding.subject}: {finding.told}")
            if finding.mending:
                data(f"  mend it: {finding.mending}")
    bad = sum(finding.mending is not None for finding in findings)
    if bad:
        raise CommandError(
            f"{bad} of {len(findings)} findings {'is' if bad == 1 else 'are'} to mend",
            hint="do what stands behind `mend it`, and look again with `belay doctor`",
        )


def _examine_settings() -> list[Finding]:
    """Return what is wrong with the files in which people write down boards; nothing when all is well."""
    from belay_cli.actions.examining import Finding
    from belay_cli.settings import alias_names, project_device, remote_table
    from belay_pm.command_line.errors import CommandError

    findings: dict[str, Finding] = {}
    for read in (project_device, alias_names, remote_table):
        try:
            read()
        except CommandError as error:  # noqa: PERF203 - each may be wrong by itself; two of them read one file
            findings[str(error)] = Finding("settings", str(error), error.hint or "correct the file")
    return list(findings.values())


def _examine_board(
    named: str | None, password: str | None, boards: Sequence[UsbSpecifier], *, known: Container[str]
) -> Finding:
    """Return how the board is, or why nothing can be said of it.

    Args:
        named: the word that names it, or None.
        password: for a board that asks for one.
        boards: those plugged in.
        known: what is a finding already.
    """
    from belay.exceptions import AddressError, BelayException
    from belay_cli.actions.examining import Finding, examine_board
    from belay_cli.actions.probing import quiet_answer
    from belay_cli.asking import NotAskedError
    from belay_cli.boards import connected
    from belay_cli.targets import find_address
    from belay_pm.command_line.errors import CommandError, MisuseError

    try:
        address = find_address(named)
        if address is None and len(boards) != 1:
            how_many = f"{len(boards)} are plugged in, and none is named" if boards else "none is plugged in"
            return Finding("board", how_many)
        if named is None:
            quiet_answer(address)  # nobody has asked for this board: what runs on it goes on
        with connected(named, password=password, startup="") as device:
            return examine_board(device)
    except NotAskedError as error:
        told = f"{error}; `belay doctor PORT` interrupts what runs there, and looks"
        return Finding("board", told)
    except (BelayException, CommandError) as error:
        if str(error) in known:
            return Finding("board", "not looked at: the settings do not say which one is meant")
        if named is not None and isinstance(error, AddressError | MisuseError):
            raise  # the word that was typed makes no sense
        return Finding("board", str(error), error.hint or "unplug it, plug it in, and look again")
