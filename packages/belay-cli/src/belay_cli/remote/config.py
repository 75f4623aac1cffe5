"""The user's own macros: from `config.toml` of Belay, and from the `config.py` that mpremote reads.

A `config.py` is read as data: nothing in it runs, unless the user's own settings say that it shall.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from .errors import RemoteError
from .macros import macro_from

if TYPE_CHECKING:
    from .macros import Macro

__all__ = ["Config", "read_config"]


class Config(NamedTuple):
    """What the user wrote down.

    Attributes:
        macros: by their names.
        resets: whether the first use of a board after each connecting soft-resets it, as mpremote 1.29 does.
    """

    macros: dict[str, Macro]
    resets: bool


def read_config() -> Config:
    """Return what the files say; without any, mpremote's own ways.

    Raises:
        RemoteError: a file cannot be read, or says what makes no sense.
        CommandError: Belay's own file cannot be read.
    """
    from belay_cli.settings import remote_table  # noqa: PLC0415 - it loads with the first command that needs it

    table = remote_table()
    resets = table.get("soft-reset", True)
    runs = table.get("run-config", False)
    commands = table.get("commands", {})
    if not (isinstance(resets, bool) and isinstance(runs, bool) and isinstance(commands, dict)):
        raise RemoteError(
            "`soft-reset`, `run-config` and `commands` under `[remote]` are true, false and a table"
        )
    found = {**_python_commands(runs=runs), **commands}
    return Config(dict(macro_from(str(key), value) for key, value in found.items()), resets)


def _folder() -> str:
    import platformdirs  # noqa: PLC0415 - as above

    return platformdirs.user_config_dir("mpremote", appauthor=False)


def _python_commands(*, runs: bool) -> dict[object, object]:
    path = os.path.join(_folder(), "config.py")  # noqa: PTH118 - `pathlib` costs each command 4 ms
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - as above
            text = file.read()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise RemoteError(f"could not read '{path}': {error}") from error
    value = _run(text, path) if runs else _read(text, path)
    if not isinstance(value, dict):
        raise RemoteError(f"`commands` in '{path}' is not a dict")
    return value


def _read(text: str, path: str) -> object:
    """Return the value of the last `commands = …`, which must be a literal."""
    import ast  # noqa: PLC0415 - as above

    value: object = {}
    line = 0
    try:
        for statement in ast.parse(text, path).body:
            if isinstance(statement, ast.Assign):
                targets, expression = statement.targets, statement.value
            elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
                targets, expression = [statement.target], statement.value
            else:
                continue
            line = statement.lineno
            if any(isinstance(target, ast.Name) and target.id == "commands" for target in targets):
                value = ast.literal_eval(expression)
    except SyntaxError as error:
        raise RemoteError(f"'{path}' is no Python, line {error.lineno}: {error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise RemoteError(
            f"`commands` in '{path}', line {line}, is more than a value; "
            "`run-config = true` under `[remote]` in Belay's config.toml runs the file"
        ) from error
    return value


def _run(text: str, path: str) -> object:
    names: dict[str, object] = {"__file__": path, "config_path": os.path.dirname(path)}  # noqa: PTH120 - as above
    before = os.getcwd()  # noqa: PTH109 - as above
    try:
        os.chdir(os.path.dirname(path))  # noqa: PTH120 - as above
        exec(compile(text, path, "exec"), names)  # noqa: S102 - the user's own settings ask for it
    except Exception as error:
        raise RemoteError(f"running '{path}' failed: {type(error).__name__}: {error}") from error
    finally:
        os.chdir(before)
    return names.get("commands", {})
