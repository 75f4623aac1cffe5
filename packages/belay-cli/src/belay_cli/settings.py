"""What people wrote down for `belay`: the project's board, the user's names for boards.

Knows two files and what may stand in them. Whether a text is an address is not for this room to say.
Their readers load with the first file that is there: most commands need neither.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from belay_pm.command_line.errors import CommandError

__all__ = ["PROJECT_FILE", "aliases", "project_device", "user_file"]

PROJECT_FILE = "pyproject.toml"


def project_device() -> str | None:
    """Return the board that this folder's `pyproject.toml` names, under `[tool.belay] device`, or None.

    Raises:
        CommandError: the file cannot be read, or says something else there.
    """
    path = Path(PROJECT_FILE)
    tables = _read(path)
    for name in ("tool", "belay"):
        tables = tables.get(name, {})
        if not isinstance(tables, dict):
            raise CommandError(f"`{path}`: `{name}` is not a table")
    device = tables.get("device")
    return None if device is None else _address(device, f"`device` in `{path}`")


def aliases() -> dict[str, str]:
    """Return the user's names for boards, each with its address.

    Raises:
        CommandError: the file cannot be read, or an alias is neither a text nor a table.
    """
    path = user_file()
    table = _read(path).get("aliases", {})
    if not isinstance(table, dict):
        raise CommandError(f"`{path}`: `aliases` is not a table", hint=_ALIAS_HINT)
    return {name: _address(value, f"the alias `{name}` in `{path}`") for name, value in table.items()}


def user_file() -> Path:
    """Return where the user's settings are, if there are any."""
    from platformdirs import user_config_path  # noqa: PLC0415 - see the module's docstring

    return user_config_path("belay", appauthor=False) / "config.toml"


_ALIAS_HINT = 'write aliases as in `[aliases]`, `garden = "/dev/ttyACM0"`'


def _address(value: object, where: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        import json  # noqa: PLC0415 - only this kind of alias needs it

        return json.dumps(value)  # a table of USB facts; the JSON of a `UsbSpecifier` is an address
    raise CommandError(
        f"{where} is neither an address nor a table of USB facts: {value!r}",
        hint='write it as in `"/dev/ttyACM0"` or `{ serial_number = "E6614" }`',
    )


def _read(path: Path) -> dict[str, Any]:  # Any: a TOML file holds what its author wrote
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise CommandError(f"`{path}` cannot be read: {error.strerror}") from error
    if sys.version_info >= (3, 11):
        import tomllib  # noqa: PLC0415 - see the module's docstring
    else:
        import tomli as tomllib  # noqa: PLC0415 - see the module's docstring

    try:
        return tomllib.loads(data.decode())
    except ValueError as error:  # of the encoding or of the syntax
        raise CommandError(f"`{path}` is not TOML: {error}") from error
