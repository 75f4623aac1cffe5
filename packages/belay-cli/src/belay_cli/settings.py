"""What people wrote down for `belay`: the project's board, the user's names for boards.

Knows two files and what may stand in them. Whether a text is an address is not for this room to say.
What reads files loads with the first one that is there: most commands need neither.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from belay_pm.command_line.errors import CommandError, MisuseError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["PROJECT_FILE", "alias", "alias_names", "project_device", "remote_table", "user_file"]

PROJECT_FILE = "pyproject.toml"

_WITHOUT = "correct the file; an address, as in `--port /dev/ttyACM0`, needs no settings"


def project_device() -> tuple[str, str | None]:
    """Return where the project of the current folder names its board, and the board, or None.

    The project is that of the nearest `pyproject.toml` with `[tool.belay]`, here or above.

    Raises:
        CommandError: the file cannot be read, or says something else there.
    """
    path, table = _project()
    device = table.get("device")
    if device is None:
        _refuse_misspelt(table, ["device"], f"`[tool.belay]` in `{path}`")
    where = f"`device` in `{path}`"
    return where, None if device is None else _address(device, where)


def _project() -> tuple[str, dict[str, Any]]:  # Any: see `_read`
    """Return the project's file, and its `[tool.belay]`; an empty one when there is none."""
    folder, path = os.getcwd(), PROJECT_FILE  # noqa: PTH109 - `pathlib` costs each command 4 ms
    while True:
        table: Any = _read(path)
        for name in ("tool", "belay"):
            table = table.get(name, {})
            if not isinstance(table, dict):
                raise CommandError(
                    f"`{path}`: `{name}` is not a table",
                    hint='write a board as in `[tool.belay]`, `device = "/dev/ttyACM0"`',
                )
        above = os.path.dirname(folder)  # noqa: PTH120 - as above
        if table or above == folder:
            return (path, table) if table else (PROJECT_FILE, {})
        folder, path = above, os.path.join(os.pardir, path)  # noqa: PTH118 - as above


def _refuse_misspelt(table: Iterable[str], known: Iterable[str], where: str) -> None:
    """Refuse a key that is none and resembles one: nobody would see that it counts for nothing."""
    from belay_pm.near import near_miss  # noqa: PLC0415 - see the module's docstring

    for key in table:
        meant = None if key in known else near_miss(key, known)
        if meant is not None:
            raise CommandError(f"{where} has no key `{key}`", hint=f"did you mean `{meant}`?")


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
    table = _user_table(path, "remote")
    if not isinstance(table, dict):
        raise CommandError(
            f"`{path}`: `remote` is not a table", hint="write it as in `[remote]`, `soft-reset = true`"
        )
    _refuse_misspelt(table, ("soft-reset", "run-config", "commands"), f"`[remote]` in `{path}`")
    return table


def user_file() -> str:
    """Return where the user's settings are, if there are any."""
    from platformdirs import user_config_dir  # noqa: PLC0415 - see the module's docstring

    return f"{user_config_dir('belay', appauthor=False)}/config.toml"


def _user_table(path: str, name: str) -> Any:  # Any: see `_read`
    tables = _read(path)
    _refuse_misspelt(tables, ("aliases", "remote"), f"`{path}`")
    return tables.get(name, {})


def _aliases() -> dict[str, object]:
    path = user_file()
    table = _user_table(path, "aliases")
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
