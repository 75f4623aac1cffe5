"""The words that mean many boards, and whether they make sense together.

Knows words only: no board, no port, no settings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from belay_pm.command_line.errors import MisuseError
from belay_pm.command_line.syntax import Option

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ABOUT_FLEETS", "ALL_HELP", "FLEET", "IDS_HELP", "PORTS_HELP", "USB_HELP", "Choice"]

PORTS_HELP = "The board's address or alias; several times for several boards"
ALL_HELP = "Every board plugged in, at once"
USB_HELP = "With `--all`: whose USB identity fits, `2e8a:0005`, `product=Pico` or JSON; repeatable"
IDS_HELP = "With `--all`: whose `machine.unique_id()` this is, in hex; repeatable"

FLEET = (
    Option("ports", ("-p", "--port"), "PORT", PORTS_HELP, several=True),
    Option("every", ("--all",), "", ALL_HELP),
    Option("usb", ("--usb",), "WHAT", USB_HELP, several=True),
    Option("ids", ("--id",), "ID", IDS_HELP, several=True),
)
"""The options of a command that may be done on many boards; `Choice` takes their values."""

ABOUT_FLEETS = """\
With several `--port`, or with `--all`, the same is done on many boards at once: each line that a board
prints has its name in front, a table tells what came of it, and the exit code is 1 if any failed."""
"""For the help of those commands."""


class Choice(NamedTuple):
    """What was typed to name boards.

    Attributes:
        ports: addresses and aliases, in their order.
        every: whether all boards plugged in are meant.
        usb: what the USB identity of those must have, as typed.
        ids: which identities of their own those may have, as typed.
    """

    ports: Sequence[str] = ()
    every: bool = False
    usb: Sequence[str] = ()
    ids: Sequence[str] = ()

    @property
    def is_many(self) -> bool:
        """Whether this may mean more than one board; if not, `port` is all there is."""
        return self.every or bool(self.usb or self.ids) or len(self.ports) > 1

    @property
    def port(self) -> str | None:
        """What `--port` names, if it stands there once."""
        return self.ports[0] if len(self.ports) == 1 else None

    def check(self, word: str | None = None) -> None:
        """Refuse words that contradict each other.

        Args:
            word: PORT, which names a board as well, or None.

        Raises:
            MisuseError: boards are named in two ways, or a filter has nothing to choose from.
        """
        if self.every and self.ports:
            raise MisuseError(
                f"Boards are named twice: `--all` and `--port {self.ports[0]}`",
                hint="leave one of them out",
            )
        if not self.every and (self.usb or self.ids):
            name = "--usb" if self.usb else "--id"
            raise MisuseError(
                f"`{name}` chooses among all boards", hint=f"write `--all` in front of `{name}`"
            )
        if word is not None:
            said = "--all" if self.every else f"--port {self.ports[0]}"
            raise MisuseError(f"Boards are named twice: `{word}` and `{said}`", hint="leave one of them out")
