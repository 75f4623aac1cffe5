"""What people wrote down for `belay`: the project's board, the user's names for boards.

Knows two files and what may stand in them. Whether a text is an address is not for this room to say.
What reads files loads with the first one that is there: most commands need neither.
"""

from __future__ import annotations

import sys
from typing import Any

from belay_pm.command_line.errors import CommandError, MisuseError

__all__ = ["PROJECT_FILE", "alias", "alias_names", "project_device", "remote_table", "user_file"]

PROJECT_FILE = "pyproject.toml"

_WITHOUT = "mend it; an address, as in `--port /dev/ttyACM0`, needs no settings"


def project_device() -> str | None:
    """Return the board that this folder's `pyproject.toml` names, under `[tool.belay] device`, or None.

    Raises:
        CommandError: the file cannot be read, or says something else there.
    """
    tables = _read(PROJECT_FILE)
    for name in ("tool", "belay"):
        tables = tables.get(name, {})
        if not isinstance(tables, dict):
            raise CommandError(
                f"`{PROJECT_FILE}`: `{name}` is not a table",
                hint='write a board as in `[tool.belay]`, `device = "/dev/ttyACM0"`',
            )
    device = tables.get("device")
    return None if device is None else _address(device, f"`device` in `{PROJECT_FILE}`")


def alias_names() -> list[str]:
    """Return the user's names for boards, whatever each stands for.

    Raises:
        CommandError: the file cannot be read, or its `aliases` are no table.
    """
    return list(_aliases())


def alias(name: str) -> str:
    """Return the address that one of the user's names stands for.

    Raises:
        CommandError: the file cannot be read, or this alias is neither a text nor a table; others may be.
        KeyError: there is no such name.
    """
    return _address(_aliases()[name], f"The alias `{name}` in `{user_file()}`")


def remote_table() -> dict[str, object]:
    """Return what the user's settings say about `belay remote`, under `[remote]`.

    Raises:
        CommandError: the file cannot be read, or says something else there.
    """
    path = user_file()
    table = _read(path).get("remote", {})
    if not isinstance(table, dict):
        raise CommandError(
            f"`{path}`: `remote` is not a table", hint="write it as in `[remote]`, `soft-reset = true`"
        )
    return table


def user_file() -> str:
    """Return where the user's settings are, if there are any."""
    from platformdirs import user_config_dir  # noqa: PLC0415 - see the module's docstring

    return f"{user_config_dir('belay', appauthor=False)}/config.toml"


def _aliases() -> dict[str, object]:
    path = user_file()
    table = _read(path).get("aliases", {})
    if not isinstance(table, dict):
        raise CommandError(
            f"`{path}`: `aliases` is not a table",
            hint='write aliases as in `[aliases]`, `garden = "/dev/ttyACM0"`',
        )
    return table


def _address(value: object, where: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        import json  # noqa: PLC0415 - only this kind of alias needs it

        return json.dumps(value, default=str)  # of USB facts; the JSON of a `UsbSpecifier` is an address
    raise MisuseError(
        f"{where} is neither an address nor a table of USB facts: {value!r}",
        hint='write it as in `"/dev/ttyACM0"` or `{ serial_number = "E6614" }`',
    )


def _read(path: str) -> dict[str, Any]:  # Any: a TOML file holds what its author wrote
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - `pathlib` costs each command 4 ms
            data = file.read()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise CommandError(f"`{path}` cannot be read: {error.strerror}", hint=_WITHOUT) from error
    if sys.version_info >= (3, 11):
        import tomllib  # noqa: PLC0415 - see the module's docstring
    else:
        import tomli as tomllib  # noqa: PLC0415 - see the module's docstring

    try:
        return tomllib.loads(data.decode())
    except ValueError as error:  # of the encoding or of the syntax
        raise CommandError(f"`{path}` is not TOML: {error}", hint=_WITHOUT) from error
