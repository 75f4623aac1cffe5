"""A board on which something is done again and again: whenever a file changes, and when it has come back.

Knows what ends it (Ctrl-C, a folder that is gone, a board that cannot come back) and what is told and waited
over: an exception on the board, a project that is wrong for a moment.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from belay.exceptions import (
    ArgumentTypeError,
    ArgumentValueError,
    BelayException,
    CallInterrupted,
    ConnectionLost,
    ProtocolError,
)
from belay.files.errors import CompilerError
from belay.reconnecting import Connector
from belay_cli.boards import ended_by_signals
from belay_cli.console import words
from belay_cli.failures import RULES
from belay_cli.targets import find_address, source_told
from belay_cli.terminal.staying import LOOK_S, NOT_THERE_YET, can_come_back
from belay_pm.command_line.console import fail
from belay_pm.command_line.errors import CommandError, MisuseError, OutputError
from belay_pm.command_line.failures import failure_for
from belay_pm.errors import PackageError

from .sights import told
from .watcher import Watcher

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay import Device
    from belay_transport.links import Link

    from .watcher import Look

    Work = Callable[[Device, Watcher], None]

__all__ = ["keep_doing"]

_NOTHING_TO_SAVE = (ArgumentTypeError, ArgumentValueError, CompilerError, MisuseError)
"""What was asked for makes no sense, and no file that is saved will change that."""


def keep_doing(
    work: Work,
    look: Look,
    *,
    what: str,
    named: str | None,
    password: str | None,
    checks_python: bool,
) -> None:
    """Do something on the board that is meant, and again after each change, until Ctrl-C.

    Args:
        work: does it; what it does in `watcher.interrupting` is ended by a change.
        look: sees what is watched.
        what: that, for a message.
        named: the word that names the board, or None.
        password: for boards that ask for one; None for the one that they come with.
        checks_python: as for `Watcher`.

    Raises:
        BelayException: the board cannot be opened, or is gone and cannot come back.
        FolderGoneError: there is nothing left to watch.
        KeyboardInterrupt: somebody has seen enough; the program on the board has ended.
    """
    address = find_address(named)
    options: dict[str, Any] = {} if password is None else {"password": password}  # Any: keywords
    connector = Connector(address, **options)
    with ended_by_signals(), Watcher(look, checks_python=checks_python, tell=words) as watcher:
        with source_told(named):
            link = connector.open()
        device = _opened(link)
        words(f"Watching {what}; Ctrl-C ends it")
        while True:
            with device:
                connector.remember()
                try:
                    _stay(device, watcher, work)
                except ConnectionLost as error:
                    if not can_come_back(address):
                        raise
                    words(f"{error}; waiting until it is back")
            device = _wait(connector)
            words("The board is back")


def _stay(device: Device, watcher: Watcher, work: Work) -> None:
    """Do it again and again, until the link is lost.

    Raises:
        ConnectionLost: it is.
    """
    session = device._belay_runtime.session  # noqa: SLF001 - to hear that the board is gone, no call is made
    while True:
        try:
            work(device, watcher)
        except CallInterrupted:
            pass  # by the change that is taken below
        except (OutputError, *_NOTHING_TO_SAVE):
            raise
        except (BelayException, PackageError, CommandError) as error:
            if session.is_lost:
                raise
            _tell(error)
            words("Waiting for a change")
        while not (changes := watcher.take(LOOK_S)):
            if session.is_lost:
                device("None", record=False)  # raises what has happened
        words(told(changes, watcher.sight))


def _opened(link: Link) -> Device:
    from belay import Device  # noqa: PLC0415 - a simulated board boots meanwhile

    try:
        return Device(link, startup="")
    except BaseException:
        link.close()
        raise


def _wait(connector: Connector) -> Device:
    """Look for the board until it is there, and answers."""
    while True:
        time.sleep(LOOK_S)
        try:
            return _opened(connector.open())
        except (*NOT_THERE_YET, ConnectionLost, ProtocolError):
            continue


def _tell(error: Exception) -> None:
    """Tell what would have ended any other command."""
    failure = failure_for(RULES, error)
    if failure is None:
        raise error
    fail(failure)
