"""Where a board looks for packages, and which form of them it loads."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from belay.exceptions import BelayException, BoardPathError, NotBelayResponseError
from belay.files.board_paths import absolute_path, is_ours

if TYPE_CHECKING:
    from belay import Device

__all__ = ["Facts", "board_facts", "default_target", "package_folders", "target_folder"]

_FACTS = (
    "(lambda s,i:(s.path,getattr(i,'_mpy',getattr(i,'mpy',0))))"
    "(__import__('sys'),__import__('sys').implementation)"
)


class Facts(NamedTuple):
    """What a board says of its packages.

    Attributes:
        path: its `sys.path`.
        mpy: the major number of the `.mpy` format that it loads, such as `6`; `py` for none.
    """

    path: tuple[str, ...]
    mpy: str


def board_facts(device: Device) -> Facts:
    """Return what the board says, in one turnaround.

    Raises:
        NotBelayResponseError: it makes no sense.
    """
    told = device(_FACTS, record=False)
    match told:
        case (list(path), int(number)) if all(isinstance(each, str) for each in path):
            is_micropython = device.implementation.name == "micropython"
            return Facts(tuple(path), str(number & 0xFF) if number & 0xFF and is_micropython else "py")
        case _:
            raise NotBelayResponseError(
                f"the board told of its `sys.path`: {told!r}", hint="`belay soft-reset` starts it anew"
            )


def default_target(facts: Facts) -> str:
    """Return the folder for packages: the first of `sys.path` that ends in `/lib` and is no ROM.

    Raises:
        BelayException: there is none.
    """
    for folder in facts.path:
        if folder.endswith("/lib") and not folder.startswith("/rom"):
            return target_folder(folder)
    raise BelayException(
        f"No folder of the board's `sys.path` ends in `/lib`: {list(facts.path)!r}",
        hint="name one: `--target /lib`",
    )


def target_folder(text: str) -> str:
    """Return a folder for packages, absolute.

    Raises:
        BoardPathError: it is no path, has `..` in it, or is Belay's own.
    """
    path = absolute_path(text, what="the target")
    if is_ours(path):
        raise BoardPathError(
            f"the target is `{path}`: names that begin with `.belay` are Belay's own",
            hint="name another folder, as in `--target /lib`",
        )
    return path


def package_folders(device: Device, facts: Facts) -> tuple[str, ...]:
    """Return the folders in which the board looks for packages, in their order."""
    folders: dict[str, None] = {}
    for folder in facts.path:
        if folder == "":
            folders[str(device.fs.current_folder())] = None
        elif folder.startswith("/") and not folder.startswith("/rom"):
            folders[target_folder(folder)] = None
    return tuple(folders)
