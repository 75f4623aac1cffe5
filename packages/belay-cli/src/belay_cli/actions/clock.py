"""The calendar clock of a board, read and set."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from belay.exceptions import BoardException, FeatureUnavailableError, NotBelayResponseError

if TYPE_CHECKING:
    from belay import Device

__all__ = ["read_clock", "set_clock"]

_CLOCK = "__import__('machine').RTC().datetime"
"""Its fields: year, month, day, weekday, hour, minute, second, and a part of it as each port counts."""


def read_clock(device: Device) -> datetime:
    """Return what the board's clock says, to the second; a board knows no time zone.

    Raises:
        FeatureUnavailableError: the board has no such clock.
        NotBelayResponseError: what it says is no date.
    """
    told = _asked(device, f"{_CLOCK}()")
    try:
        year, month, day, _weekday, hour, minute, second, _part = told
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - a board knows none
    except (TypeError, ValueError) as error:
        raise NotBelayResponseError(
            f"the board's clock says {told!r}, which is no date", hint="`belay rtc --set` sets it"
        ) from error


def set_clock(device: Device, moment: datetime) -> None:
    """Set the board's clock, to the second.

    Raises:
        FeatureUnavailableError: the board has no such clock.
    """
    fields = (
        *(moment.year, moment.month, moment.day, moment.weekday()),
        *(moment.hour, moment.minute, moment.second, 0),
    )
    _asked(device, f"{_CLOCK}({fields!r})")


def _asked(device: Device, code: str) -> Any:  # Any: whatever the clock says
    try:
        return device(code, record=False)
    except BoardException as error:
        if not isinstance(error, ImportError | AttributeError):
            raise
        raise FeatureUnavailableError(
            f"The board's {device.implementation.name} has no clock in `machine`: {_last_line(error)}",
            hint="`belay exec 'import time; print(time.localtime())'` prints what a board knows of the time",
        ) from error


def _last_line(error: BoardException) -> str:
    return str(error.args[0]).rstrip().rpartition("\n")[2]
