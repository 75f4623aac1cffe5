"""Which packages are in a folder of a board: a small file of ours beside them, `.belay_mip`.

A board, or whoever wrote to it, may have put anything there: all of it is data, its paths lead nowhere but
into the folder, and what cannot be understood is an error that says so.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from belay.exceptions import BelayException, BoardPathError, FeatureUnavailableError
from belay.files.board_paths import absolute_path, is_ours, join

if TYPE_CHECKING:
    from collections.abc import Mapping

    from belay import Device

__all__ = [
    "RECORD",
    "Recorded",
    "checked_digests",
    "checked_path",
    "is_as_installed",
    "parsed",
    "read_limited",
    "read_record",
    "record_content",
    "records",
]

RECORD = ".belay_mip"

_MOST_BYTES = 1_000_000
"""Of a record: a thousand packages take a tenth of it, and a board is not to fill this computer."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_FORMAT = 1


class Recorded(NamedTuple):
    """A package that is there.

    Attributes:
        version: as it said itself; "" for none.
        source: as it was asked for.
        requires: the names of what it needs.
        files: path below the folder -> SHA-256 of what was installed.
    """

    version: str
    source: str
    requires: tuple[str, ...]
    files: Mapping[str, str]


def read_record(device: Device, target: str) -> dict[str, Recorded]:
    """Return name -> package, of those in a folder.

    Raises:
        BelayException: the record cannot be understood.
    """
    path = join(target, RECORD)
    content = read_limited(device, path)
    return {} if content is None else records(parsed(content, path), path)


def read_limited(device: Device, path: str) -> bytes | None:
    """Return a file of ours, or None where there is none.

    Raises:
        BelayException: it is too long to be one, or a folder.
    """
    (stat,) = device.fs.stat_many([path])
    if stat is None:
        return None
    if stat.is_dir or stat.size_bytes > _MOST_BYTES:
        raise _nonsense(path, "a folder" if stat.is_dir else f"{stat.size_bytes} bytes")
    return device.fs.read_bytes(path, size=_MOST_BYTES)


def parsed(content: bytes, path: str) -> dict[str, Any]:  # Any: anybody's JSON
    """Return what a file of ours holds.

    Raises:
        BelayException: it is no JSON, or of a later form.
    """
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _nonsense(path, str(error)) from error
    if not isinstance(told, dict) or told.get("format") != _FORMAT:
        raise _nonsense(path, f"not of format {_FORMAT}")
    return told


def records(told: Mapping[str, object], path: str) -> dict[str, Recorded]:
    """Return the packages that a file of ours tells of.

    Raises:
        BelayException: they make no sense.
    """
    packages = told.get("packages")
    if not isinstance(packages, dict):
        raise _nonsense(path, "no packages")
    return {_text(name, path): _recorded(each, path) for name, each in packages.items()}


def record_content(packages: Mapping[str, Recorded], **more: object) -> bytes:
    """Return what a record holds; the same packages give the same bytes."""
    told = {name: package._asdict() for name, package in packages.items()}
    return json.dumps(
        {"format": _FORMAT, "packages": told, **more}, sort_keys=True, separators=(",", ":")
    ).encode()


def checked_path(path: object, where: str) -> str:
    """Return a path below a folder of packages.

    Raises:
        BelayException: it is none.
    """
    if not isinstance(path, str) or not path.isprintable():
        raise _nonsense(where, f"the path {path!r}")
    try:
        is_plain = absolute_path(f"/{path}") == f"/{path}" and path != ""
    except BoardPathError as error:
        raise _nonsense(where, f"the path {path!r}") from error
    if not is_plain or is_ours(path):
        raise _nonsense(where, f"the path {path!r}")
    return path


def checked_digests(told: object, where: str) -> dict[str, str]:
    """Return path -> SHA-256.

    Raises:
        BelayException: it is something else.
    """
    if not isinstance(told, dict):
        raise _nonsense(where, f"files {told!r:.50}")
    for digest in told.values():
        if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
            raise _nonsense(where, f"the hash {digest!r:.80}")
    return {checked_path(path, where): digest for path, digest in told.items()}


def is_as_installed(device: Device, path: str, sha256: str) -> bool:
    """Return whether a file of the board has this hash."""
    try:
        return device.fs.hash(path, "sha256").hexdigest == sha256
    except FeatureUnavailableError:
        return hashlib.sha256(device.fs.read_bytes(path)).hexdigest() == sha256


def _recorded(told: object, where: str) -> Recorded:
    match told:
        case {"version": str(version), "source": str(source), "requires": list(requires), "files": files}:
            return Recorded(
                _text(version, where),
                _text(source, where),
                tuple(_text(name, where) for name in requires),
                checked_digests(files, where),
            )
        case _:
            raise _nonsense(where, f"the package {told!r:.50}")


def _text(told: object, where: str) -> str:
    """Return a text that a screen can show."""
    if isinstance(told, str) and told.isprintable():
        return told
    raise _nonsense(where, f"the text {told!r:.50}")


def _nonsense(path: str, what: str) -> BelayException:
    return BelayException(
        f"`{path}` of the board is no record of packages: it has {what}",
        hint="remove that file with `belay fs rm`; the files of packages stay",
    )
