"""Words that name files: those with a colon in front are the board's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from belay import Device

__all__ = ["board_path", "is_remote", "named"]


def is_remote(word: str) -> bool:
    """Tell whether a word of `cp` names a file of the board."""
    return word.startswith(":")


def named(word: str) -> str:
    """Return the path that a word names, as it is written."""
    return word.removeprefix(":")


def board_path(device: Device, word: str) -> str:
    """Return the absolute path that a word means from the current folder on; a slash at its end stays."""
    path = named(word)
    if path.startswith("/"):
        return path
    folder = str(device.fs.current_folder()).rstrip("/")
    parts: list[str] = []
    for part in path.rstrip("/").split("/"):
        if part == "..":
            folder = folder if parts else folder.rpartition("/")[0]
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part)
    absolute = "/".join([folder, *parts]) or "/"
    return f"{absolute}/" if path.endswith("/") and absolute != "/" else absolute
