"""A TOML text as tomlkit's document and back, with the ends of its lines; the border to tomlkit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from belay_pm.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping, Sequence
    from pathlib import Path

__all__ = ["edited", "end_with_blank_line", "put", "table_at"]


def edited(text: str, path: Path, change: Callable[[MutableMapping[str, Any]], None]) -> str:
    """Return a text of TOML with a change, and everything else as it was.

    Args:
        text: what the file at `path` holds.
        path: for errors.
        change: is given the top table, and changes it: tomlkit's, then a plain one.

    Raises:
        ProjectError: it is not TOML, something is no table that should be one, or tomlkit cannot make this
            change; what it would have written is compared with what a plain table becomes by the same.
    """
    import tomlkit  # noqa: PLC0415 - only a change needs it
    from tomlkit.exceptions import TOMLKitError  # noqa: PLC0415 - as above

    from belay_pm.project import parse_tables  # noqa: PLC0415 - as above

    wanted = parse_tables(text, path)
    try:
        change(wanted)
        document = tomlkit.parse(text)
        change(document)
        changed = tomlkit.dumps(document)
    except (TOMLKitError, TypeError, ValueError, KeyError, AttributeError, IndexError) as error:
        raise _uneditable(path) from error
    if changed.endswith("\n\n") and not text.endswith("\n\n"):
        changed = changed[:-1]  # a new table at the end
    if "\r\n" in text:
        changed = changed.replace("\r\n", "\n").replace("\n", "\r\n")
    try:
        is_wanted = parse_tables(changed, path) == wanted
    except ProjectError as error:
        raise _uneditable(path) from error
    if not is_wanted:
        raise _uneditable(path)
    return changed


def table_at(document: MutableMapping[str, Any], names: Sequence[str]) -> MutableMapping[str, Any]:
    """Return a table by its names from the top, which is made when it is not there.

    Raises:
        TypeError: something else is there.
    """
    table = document
    for at, name in enumerate(names):
        if name not in table:
            table[name] = _new_table(table, is_last=at == len(names) - 1)
        table = table[name]
        if not hasattr(table, "keys"):
            raise TypeError(f"`{name}` is no table")
    return table


def put(table: MutableMapping[str, Any], key: str, value: object) -> None:
    """Set a key that a table does not have, behind its others: in front of the blank line that ends it.

    Comments behind that blank line are of what follows, and stay there.
    """
    from tomlkit.items import Table, Whitespace  # noqa: PLC0415 - only a change needs it

    if not isinstance(table, Table):
        table[key] = value
        return
    body = table.value.body
    end = len(body)
    while end and body[end - 1][0] is None:
        end -= 1
    while end < len(body) and not isinstance(body[end][1], Whitespace):
        end += 1
    rest = body[end:]
    del body[end:]
    table.append(key, value)
    body.extend(rest)


def end_with_blank_line(table: MutableMapping[str, Any]) -> None:
    """Part a new table from the next one, as people do."""
    from tomlkit import nl  # noqa: PLC0415 - as above
    from tomlkit.items import Table  # noqa: PLC0415 - as above

    if isinstance(table, Table):
        table.add(nl())


def _new_table(inside: MutableMapping[str, Any], *, is_last: bool) -> Any:  # Any: tomlkit's or a plain one
    if type(inside) is dict:
        return {}
    import tomlkit  # noqa: PLC0415 - as above
    from tomlkit.items import InlineTable  # noqa: PLC0415 - as above

    if isinstance(inside, InlineTable):
        return tomlkit.inline_table()
    return tomlkit.table(is_super_table=not is_last)


def _uneditable(path: Path) -> ProjectError:
    return ProjectError(
        f"`{path}` is laid out in a way that cannot be changed without a loss",
        hint="change it by hand",
    )
