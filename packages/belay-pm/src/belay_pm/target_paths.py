"""Which names may become files: those that stay in their folder, on every computer and on a board.

Every destination of a package, member of an archive and path of a manifest passes here, and nowhere else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from belay_pm.errors import UnsafePathError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["LONGEST_NAME", "LONGEST_PATH", "refuse_clashes", "target_path"]

LONGEST_NAME = 200
"""Bytes of one name: littlefs and most computers take 255, and what is written beside it needs some."""

LONGEST_PATH = 500
"""Bytes of a whole path: more than any board has room for in a name, and less than computers refuse."""

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?", re.IGNORECASE)


def target_path(text: str, *, source: str) -> str:
    """Return a path that is safe below any folder: relative, with `/` between its names.

    Args:
        text: as the package, archive or manifest has it; `./` in front and doubled slashes are taken away.
        source: who says so, for the error.

    Raises:
        UnsafePathError: it is empty or absolute, has `..`, a drive, a backslash, a control character, a
            character or name that Windows keeps for itself, a name that ends with a dot or a space, a name
            of more than `LONGEST_NAME` bytes, or more than `LONGEST_PATH` bytes in all.
    """
    reason = _refusal(text)
    if reason is not None:
        raise UnsafePathError(
            f"`{source}` wants to write {text!r}, and that is refused: {reason}",
            hint="a destination is a relative path below the folder of the package, such as `name/module.py`",
        )
    return "/".join(_names(text))


def refuse_clashes(paths: Iterable[str], *, source: str) -> None:
    """Refuse paths that cannot all lie in one folder, on a computer whose names have no case.

    Raises:
        UnsafePathError: two differ in the case of letters only, or one is a file and a folder of another.
    """
    # What each folded path is spelt like, and whether it is a file or a folder.
    seen: dict[str, tuple[str, str]] = {}
    for path in paths:
        names = path.split("/")
        for end in range(1, len(names) + 1):
            part = "/".join(names[:end])
            kind = "file" if end == len(names) else "folder"
            spelt, known = seen.setdefault(part.casefold(), (part, kind))
            if spelt != part:
                raise UnsafePathError(
                    f"`{source}` has both `{spelt}` and `{part}`, which are one name on Windows and macOS"
                )
            if known != kind:
                raise UnsafePathError(f"`{source}` has `{part}` as a file and as a folder")


def _refusal(text: str) -> str | None:
    names = _names(text)
    if text.startswith("/") or (names and names[0].startswith("~")):
        return "it does not start at the folder of the package"
    if match := _FORBIDDEN.search(text):
        return f"{match.group()!r} cannot be in the name of a file everywhere"
    try:
        encoded = text.encode()
    except UnicodeEncodeError:
        return "it is not text"
    if len(encoded) > LONGEST_PATH:
        return f"it has {len(encoded)} bytes, and {LONGEST_PATH} is the most"
    if not names:
        return "it names nothing"
    return next((reason for name in names if (reason := _name_refusal(name)) is not None), None)


def _name_refusal(name: str) -> str | None:
    if name == "..":
        return "`..` leaves the folder of the package"
    if name.endswith((".", " ")) or name.startswith(" "):
        return "a name that ends with a dot, or starts or ends with a space, is another name on Windows"
    if _RESERVED.fullmatch(name):
        return f"`{name}` is a device on Windows"
    if len(name.encode()) > LONGEST_NAME:
        return f"a name has {len(name.encode())} bytes, and {LONGEST_NAME} is the most"
    return None


def _names(text: str) -> list[str]:
    return [name for name in text.split("/") if name not in ("", ".")]
