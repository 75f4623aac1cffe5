"""`belay devices`: list the boards plugged in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_pm.command_line.syntax import Option, Syntax

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from belay_cli.actions.accessing import Access
    from belay_cli.actions.probing import Probed
    from belay_transport.ports import UsbSpecifier

__all__ = ["SYNTAX", "describe", "run"]

_TITLES = ("PORT", "VID:PID", "SERIAL", "MANUFACTURER", "PRODUCT", "STATE")
_UNKNOWN = "-"

_DETAILS = """\
Every serial port that is a USB device is listed, whether it is a board or not. The state of a port is `free`,
`busy`, `denied` or `gone`; why one cannot be opened, and what mends it, follows.
None is opened without `--probe`: some boards start anew when their port is opened, and what is no board may
take what is typed for something else. With it each port that is free is asked what runs there; a program
that runs is not interrupted, so that its board does not answer.
The facts in `--json`, without `device`, `access` and `answer`, choose a board:
`BELAY_DEVICE='{"serial_number": "E6614"}'`.
"""


SYNTAX = Syntax(
    options=(
        Option("asks", ("--probe",), "", "Open the ports that are free, and ask what runs there"),
        Option("as_json", ("--json",), "", "Print a JSON array of objects"),
    ),
    details=_DETAILS,
)


def run(*, asks: bool, as_json: bool) -> None:
    """List them, as a table or as JSON."""
    from belay_cli.actions.accessing import examine_access
    from belay_cli.console import data, print_json, words
    from belay_transport.ports import list_devices

    found = list_devices()
    accesses = [examine_access(each) for each in found]
    probed = _probed(found, accesses) if asks else [None] * len(found)
    accesses = [
        answer.access if answer is not None and answer.access is not None else access
        for answer, access in zip(probed, accesses, strict=True)
    ]
    if as_json:
        facts = [_facts(*each, asks=asks) for each in zip(found, accesses, probed, strict=True)]
        print_json(facts)
    elif found:
        states = [
            access.state if answer is None or answer.access else answer.told
            for access, answer in zip(accesses, probed, strict=True)
        ]
        data("\n".join(describe(found, states)))
        _tell_why(found, accesses)
    else:
        words("No board is plugged in; `sim:` is the address of a simulated one")


def describe(found: Sequence[UsbSpecifier], states: Iterable[str]) -> list[str]:
    """Return a line of titles, and one for each, in columns."""
    return _table([_TITLES, *map(_row, found, states)])


def _probed(found: Sequence[UsbSpecifier], accesses: Sequence[Access]) -> list[Probed | None]:
    """Ask those that are free, all at once: one that says nothing is waited for."""
    from concurrent.futures import ThreadPoolExecutor

    from belay_cli.actions.probing import probe

    def asked(board: UsbSpecifier, access: Access) -> Probed | None:
        return probe(str(board.device)) if access.state == "free" else None

    with ThreadPoolExecutor(max_workers=len(found) or 1) as pool:
        return list(pool.map(asked, found, accesses))


def _facts(board: UsbSpecifier, access: Access, probed: Probed | None, *, asks: bool) -> dict[str, object]:
    facts: dict[str, object] = {"device": board.device, **board.fields(), "access": access._asdict()}
    if asks:
        answer = None if probed is None or probed.answer is None else probed.answer._asdict()
        facts["answer"] = answer
    return facts


def _tell_why(found: Sequence[UsbSpecifier], accesses: Sequence[Access]) -> None:
    from belay_cli.console import words

    for board, access in zip(found, accesses, strict=True):
        if access.state != "free":
            words(f"{board.device}: {access.told}")
            if access.mending:
                words(f"  mend it: {access.mending}")


def _row(device: UsbSpecifier, state: str) -> tuple[str, ...]:
    vid, pid = (_UNKNOWN if number is None else f"{number:04x}" for number in (device.vid, device.pid))
    texts = (device.serial_number, device.manufacturer, device.product)
    return (device.device or _UNKNOWN, f"{vid}:{pid}", *(text or _UNKNOWN for text in texts), state)


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return [line.rstrip() for line in lines]
