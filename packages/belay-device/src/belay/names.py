"""Which names a function for the board must not have, and why.

This room knows words only: it looks at no class and no board.

Reserved everywhere, because they are Python's or ours:
    names that start and end with two underscores, names that start with `_belay` or `__belay`, `belay_emit`.
Reserved for methods of a `Device` class, because the method would hide what `Device` itself offers:
    the words in `DEVICE_VERBS`. As a function (`@device.task def sync(): …`) each of them is free.
Free on purpose: `task`, `setup`, `thread`, `teardown`. A method of that name and the decorator share
the attribute; see `belay.roles.namesake`.
"""

from __future__ import annotations

from belay.exceptions import SpecialFunctionNameError

__all__ = ["DEVICE_VERBS", "ROLE_KINDS", "check_function_name", "check_method_name"]

ROLE_KINDS = ("task", "setup", "thread", "teardown")
"""The decorators of a `Device`."""

DEVICE_VERBS = frozenset(
    {
        "MAX_CMD_HISTORY_LEN",
        "aio",
        "batch",
        "close",
        "events",
        "fs",
        "implementation",
        "proxy",
        "reconnect",
        "simulated",
        "soft_reset",
        "sync",
        "sync_dependencies",
        "sync_time",
        "terminal",
        "time_offset",
        "wait_for_board",
    }
)
"""Everything public that stands, or will stand, on `Device` itself, but for the decorators."""

_OURS = ("_belay", "__belay")

_EMIT = "belay_emit"  # what Belay puts among the board's global names


def check_function_name(name: str) -> None:
    """Refuse a name that is reserved on the board.

    Raises:
        SpecialFunctionNameError: a dunder name, or one of ours.
    """
    if name.startswith("__") and name.endswith("__"):
        raise SpecialFunctionNameError(
            f"a function for the board cannot be called `{name}`: such names are Python's own",
            hint=f"call it `{name.strip('_') or 'something'}`",
        )
    if name == _EMIT:
        raise SpecialFunctionNameError(
            f"a function for the board cannot be called `{name}`: Belay's own has this name there",
            hint="call it something else",
        )
    if name.startswith(_OURS):
        raise SpecialFunctionNameError(
            f"a function for the board cannot be called `{name}`:"
            " names that start with `_belay` are Belay's own",
            hint="call it something else",
        )


def check_method_name(name: str) -> None:
    """Refuse a name that a method of a `Device` class with a role cannot have.

    Raises:
        SpecialFunctionNameError: as `check_function_name`, or the name of something that `Device` offers.
    """
    check_function_name(name)
    if name in DEVICE_VERBS:
        raise SpecialFunctionNameError(
            f"a method for the board cannot be called `{name}`: it would hide `Device.{name}`",
            hint=f"call it `{name}_` or `board_{name}`",
        )
