"""Boards as candidates: those plugged in, the user's names for them, simulated ones. None is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_pm.command_line.completion.candidates import Candidate
from belay_pm.command_line.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from belay_pm.command_line.completion.candidates import Asked

__all__ = ["complete_kept", "complete_port", "complete_profile"]

_PROFILES = {
    "direct": "as fast as this computer",
    "usb": "a board that is USB itself",
    "uart": "behind a bridge, 115200 baud",
    "wifi": "a WebREPL",
}


def complete_port(asked: Asked) -> Iterator[Candidate]:
    """Give what can name a board."""
    from belay_cli import settings  # noqa: PLC0415 - most questions are about something else
    from belay_transport.opening import kept_simulated  # noqa: PLC0415 - as above
    from belay_transport.ports import list_devices  # noqa: PLC0415 - as above

    del asked
    for found in list_devices():
        texts = (found.manufacturer, found.product, found.serial_number)
        yield Candidate(str(found.device), " ".join(text for text in texts if text))
    try:
        for name in settings.alias_names():
            yield Candidate(name, "alias")
    except CommandError:
        pass  # settings that cannot be read are told by the command itself
    yield Candidate("sim:", "a simulated board")
    for name in kept_simulated():
        yield Candidate(f"sim:{name}", "a simulated board that is kept")


def complete_kept(asked: Asked) -> Iterator[Candidate]:
    """Give the names of simulated boards that are kept."""
    from belay_transport.opening import kept_simulated  # noqa: PLC0415 - as above

    del asked
    return (Candidate(name) for name in kept_simulated())


def complete_profile(asked: Asked) -> Iterator[Candidate]:
    """Give the kinds of links that a simulated board may have."""
    del asked
    return (Candidate(name, help_) for name, help_ in _PROFILES.items())
