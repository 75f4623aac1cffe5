"""`belay devices`: list the boards plugged in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_pm.command_line.syntax import Option, Syntax

if TYPE_CHECKING:
    from collections.abc import Sequence

    from belay_transport.ports import UsbSpecifier

__all__ = ["SYNTAX", "describe", "run"]

_TITLES = ("PORT", "VID:PID", "SERIAL", "MANUFACTURER", "PRODUCT")
_UNKNOWN = "-"

_DETAILS = """\
Every serial port that is a USB device is listed, whether it is a board or not; none is opened.
The facts in `--json`, without `device`, choose a board: `BELAY_DEVICE='{"serial_number": "E6614"}'`.
"""


SYNTAX = Syntax(
    options=(Option("as_json", ("--json",), "", "Print a JSON array of objects"),), details=_DETAILS
)


def run(*, as_json: bool) -> None:
    """List them, as a table or as JSON."""
    from belay_cli.console import data, words
    from belay_transport.ports import list_devices

    found = list_devices()
    if as_json:
        import json

        data(json.dumps([{"device": each.device, **each.fields()} for each in found], ensure_ascii=False))
    elif found:
        data("\n".join(describe(found)))
    else:
        words("No board is plugged in; `sim:` is the address of a simulated one")


def describe(found: Sequence[UsbSpecifier]) -> list[str]:
    """Return a line of titles, and one for each, in columns."""
    return _table([_TITLES, *map(_row, found)])


def _row(device: UsbSpecifier) -> tuple[str, ...]:
    vid, pid = (_UNKNOWN if number is None else f"{number:04x}" for number in (device.vid, device.pid))
    texts = (device.serial_number, device.manufacturer, device.product)
    return (device.device or _UNKNOWN, f"{vid}:{pid}", *(text or _UNKNOWN for text in texts))


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return [line.rstrip() for line in lines]
