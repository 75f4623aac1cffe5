from __future__ import annotations

import pytest

import belay
from belay.exceptions import (
    AddressError,
    BelayException,
    BoardPathError,
    BoardSystemExit,
    CallTimeout,
    ConnectionLost,
    DeviceNotFoundError,
    NotBelayResponseError,
    StaleProxyError,
    TransferError,
    UnreturnableValueError,
    board_exception,
)
from belay_cli.app import PROGRAM
from belay_cli.boards import EndedError
from belay_cli.failures import RULES
from belay_pm.command_line.errors import CommandError, MisuseError
from belay_pm.command_line.failures import failure_for
from belay_pm.command_line.table import Failure
from belay_pm.errors import PackageError


def _told(error: BaseException) -> Failure:
    """How the table tells of an error."""
    failure = failure_for(RULES, error)
    assert failure is not None
    return failure


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (BelayException("it broke", hint="mend it"), Failure(1, "it broke", "mend it")),
        (
            BoardPathError("full", hint="send less: `ignore=`, `mpy=True`; see `device.fs.usage(PATH)`"),
            Failure(1, "full", "send less: `--ignore`, `--mpy`; see `belay fs du PATH`"),
        ),
        (DeviceNotFoundError("none"), Failure(1, "none", None)),
        (
            NotBelayResponseError("it told of 7"),
            Failure(
                1,
                "it told of 7",
                "`belay soft-reset` starts the interpreter of the board anew; then try it again",
            ),
        ),
        (
            TransferError("parts were lost"),
            Failure(
                1, "parts were lost", "run the command again: each file of the board is whole or as it was"
            ),
        ),
        (AddressError("what?", hint="`sim:`"), Failure(2, "what?", "`sim:`")),
        (
            ConnectionLost("gone", hint="connect again with `belay.Device(...)`"),
            Failure(1, "gone", "look whether the board is there, and run the command again"),
        ),
        (PackageError("no such version", hint="1.2"), Failure(1, "no such version", "1.2")),
        (CommandError("cannot"), Failure(1, "cannot", None)),
        (MisuseError("no"), Failure(2, "no", None)),
        (KeyboardInterrupt(), Failure(130, "interrupted", None, label="")),
        (EndedError(15), Failure(143)),
        (board_exception("Traceback (most recent call last):\nSystemExit: 3\n"), Failure(3)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_kind_of_failure_is_told_in_its_way(error: BaseException, failure: Failure) -> None:
    """Message, hint and exit code, by the nearest class in the table."""
    assert _told(error) == failure


@pytest.mark.parametrize(
    "error_class",
    sorted(
        {
            each
            for each in map(vars(belay).get, belay.__all__)
            if isinstance(each, type) and issubclass(each, BelayException) and each is not BoardSystemExit
        },
        key=lambda each: each.__name__,
    ),
    ids=lambda each: each.__name__,
)
def test_every_hint_is_shown(error_class: type[BelayException]) -> None:
    """Whatever kind of error carries one: its own, or the one that fits a command line better."""
    told = _told(error_class("it broke", hint="mend it"))

    assert told.message == "it broke"
    assert told.hint
    if error_class not in {CallTimeout, ConnectionLost, StaleProxyError, UnreturnableValueError}:
        assert told.hint == "mend it"


def test_both_roots_are_in_the_table() -> None:
    """Whatever the device library or the package manager raises has a rule."""
    assert {BelayException, PackageError} <= set(PROGRAM.failures())


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("reading `/a` on Device('simulated board w') failed", "reading `/a` on simulated board w failed"),
        (
            "No board fits UsbSpecifier(vid=1, product='a (b)'); none",
            "No board fits vid=1, product='a (b)'; none",
        ),
        ('one: UsbSpecifier(product="it\'s one")\ntwo', 'one: product="it\'s one"\ntwo'),
        ("`UsbSpecifier(vid=1)` or `BELAY_DEVICE='{\"vid\": 1}'`", "`BELAY_DEVICE='{\"vid\": 1}'`"),
    ],
)
def test_a_board_is_called_as_a_person_would(told: str, shown: str) -> None:
    """Message and hint have no Python in them."""
    assert _told(BelayException(told, hint=told)) == Failure(1, shown, shown)


def test_a_program_on_the_board_speaks_for_itself() -> None:
    """Its traceback stays as it is; the hint below it is what a person types."""
    text = "Traceback (most recent call last):\nMemoryError: no room for Device('x')\n"

    assert _told(board_exception(text)) == Failure(
        1,
        text.rstrip("\n"),
        "free memory on the board; a large value travels in smaller pieces, or as a file: `belay fs cp`",
        label="",
    )


def test_a_builtin_exception_of_the_board_is_the_boards() -> None:
    """`OSError` on the board is told as its program's traceback, not as a failure of this computer."""
    text = 'Traceback (most recent call last):\n  File "main.py", line 1, in <module>\nOSError: [Errno 2]\n'
    error = board_exception(text)

    assert isinstance(error, OSError)
    assert _told(error) == Failure(1, text.rstrip("\n"), None, label="")
