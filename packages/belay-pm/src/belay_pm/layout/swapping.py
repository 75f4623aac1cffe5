"""Many files change at once, or none: whatever happens in between, the old state is there again.

```
stage    every new content is written beside, and read again
journal  what will change; from here on a run that finds it undoes what was done
swap     each old file is put aside, each new one takes its place
commit   the journal goes; from here on the new state counts
```

Source: the rename of a file within a file system happens whole or not at all (POSIX, rename).
"""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from belay_pm.errors import IntegrityError, PackageError, UnsafePathError
from belay_pm.layout.journal import Journal, Line, journal_text, read_journal
from belay_pm.layout.looking import is_real_folder
from belay_pm.layout.places import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    from belay_pm.layout.places import Places

__all__ = ["Change", "recover", "swap"]


class Change(NamedTuple):
    """A file that shall be another, or shall not be.

    Attributes:
        target: which one.
        content: what it shall be, or None to remove it.
    """

    target: Target
    content: bytes | None


def swap(places: Places, changes: Sequence[Change], *, before: Callable[[str], None] | None = None) -> None:
    """Carry out all changes, or none.

    Args:
        places: where; whoever calls has looked that no link lies on the way, and that nothing is under way.
        changes: what; removals come first.
        before: called before each step that changes something on disk, with what it is; what it raises ends
            the swap as an error of the disk would.

    Raises:
        PackageError: the disk did not do it; the old state is there, or comes back with the next `recover`.
    """
    step = before or _nothing
    try:
        _stage(places, changes, step)
        _swap(places, changes, step)
    except BaseException as error:
        _undo_all(places, step, error)
        if isinstance(error, OSError):
            raise PackageError(
                f"Laying the packages in `{places.dependencies}` failed: {_told(error)}; nothing was changed"
            ) from error
        raise
    # What is left over does no harm: the next run removes it.
    with suppress(OSError):
        _tidy(places, step)


def recover(places: Places, *, before: Callable[[str], None] | None = None) -> bool:
    """Undo what did not come to its end, and return whether there was something to undo.

    Raises:
        PackageError: the disk did not do it, or the journal is none of ours.
    """
    step = before or _nothing
    if not any(map(os.path.lexists, (places.work, *_beside_lock(places)))):
        return False
    _require_real(places)
    journal = read_journal(places)
    try:
        if journal is not None:
            _undo(places, journal, step)
        _tidy(places, step)
    except OSError as error:
        raise PackageError(
            f"Undoing an update that did not come to its end failed: {_told(error)}",
            hint=f"see that `{places.dependencies}` can be written, and try again",
        ) from error
    return journal is not None


def _stage(places: Places, changes: Sequence[Change], step: Callable[[str], None]) -> None:
    step("make the work folder")
    (places.work / "new").mkdir(parents=True)
    (places.work / "old").mkdir()
    for number, change in enumerate(changes):
        if change.content is not None:
            path = places.new(change.target, number)
            step(f"stage {change.target.path or change.target.area}")
            _write(path, change.content)
            if hashlib.sha256(path.read_bytes()).digest() != hashlib.sha256(change.content).digest():
                raise IntegrityError(f"`{path}` does not have what was written to it: the disk is not well")


def _swap(places: Places, changes: Sequence[Change], step: Callable[[str], None]) -> None:
    lines = tuple(Line(each.target, _is_replaced(places.path(each.target))) for each in changes)
    journal = Journal(lines, tuple(_missing_folders(places, changes)))
    step("write the journal")
    draft = places.journal.with_suffix(".draft")
    _write(draft, journal_text(journal).encode())
    step("begin")
    draft.replace(places.journal)
    staying = {parent for each in changes if each.content is not None for parent in _parents(each.target)}
    for number, (line, change) in enumerate(zip(lines, changes, strict=True)):
        path = places.path(line.target)
        name = line.target.path or line.target.area
        if line.replaces and os.path.lexists(path):  # it may have gone under another spelling
            step(f"put {name} aside")
            path.replace(places.old(line.target, number))
        if change.content is None:
            _remove_empty(places, line.target, staying, step)
            continue
        step(f"make the folder of {name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        step(f"lay {name}")
        places.new(line.target, number).replace(path)
    step("commit")
    places.journal.unlink()


def _undo_all(places: Places, step: Callable[[str], None], error: BaseException) -> None:
    """Undo what was done before an error; when that fails too, the next `recover` does it."""
    try:
        journal = read_journal(places)
        if journal is not None:
            _undo(places, journal, step)
        _tidy(places, step)
    except OSError as second:
        raise PackageError(
            f"Laying the packages in `{places.dependencies}` failed: {_told(error)}; "
            f"so did undoing it: {_told(second)}",
            hint="the next command undoes it; see that the disk has room and can be written",
        ) from error


def _undo(places: Places, journal: Journal, step: Callable[[str], None]) -> None:
    """Put everything back; it may have been half done, and half undone before."""
    for line in journal.lines:
        _refuse_links(places, line.target)
    for number, (target, replaces) in enumerate(journal.lines):
        path = places.path(target)
        laid = not replaces and not os.path.lexists(places.new(target, number))
        if laid and os.path.lexists(path) and not is_real_folder(path):
            step(f"take {target.path or target.area} away again")
            path.unlink()
    for made in reversed(journal.made):  # a folder may lie where a file was
        folder = places.dependencies / made
        if is_real_folder(folder) and not any(folder.iterdir()):
            step(f"remove the folder {made}")
            folder.rmdir()
    for number, (target, _) in enumerate(journal.lines):
        path, old = places.path(target), places.old(target, number)
        if os.path.lexists(old):
            step(f"put {target.path or target.area} back")
            path.parent.mkdir(parents=True, exist_ok=True)
            old.replace(path)
    step("end undoing")
    places.journal.unlink()


def _tidy(places: Places, step: Callable[[str], None]) -> None:
    """Remove what is left over, and our own folder and those above when nothing is in them."""
    for path in _beside_lock(places):
        if os.path.lexists(path):
            step("remove what is left of the lock")
            path.unlink()
    if os.path.lexists(places.work):
        step("remove the work folder")
        shutil.rmtree(places.work)
    folder = places.own
    while folder != places.folder and is_real_folder(folder) and not any(folder.iterdir()):
        step("remove an empty folder")
        folder.rmdir()
        folder = folder.parent


def _remove_empty(
    places: Places, target: Target, staying: Collection[str], step: Callable[[str], None]
) -> None:
    """Remove the folders of a file that went, from the inside out, as long as they are empty."""
    for parent in reversed(list(_parents(target))):
        folder = places.dependencies / parent
        if parent in staying or any(folder.iterdir()):
            return
        step(f"remove the folder {parent}")
        folder.rmdir()


def _missing_folders(places: Places, changes: Sequence[Change]) -> list[str]:
    parents = {parent for each in changes if each.content is not None for parent in _parents(each.target)}
    return sorted(parent for parent in parents if not is_real_folder(places.dependencies / parent))


def _parents(target: Target) -> Iterator[str]:
    """Yield the folders of a target below that of the packages, outer ones first."""
    names = target.path.split("/")
    for end in range(1, len(names)):
        yield "/".join(names[:end])


def _is_replaced(path: Path) -> bool:
    # A folder is not put aside: its files are, one by one, and then it is empty and goes.
    return os.path.lexists(path) and not is_real_folder(path)


def _refuse_links(places: Places, target: Target) -> None:
    for parent in _parents(target):
        folder = places.dependencies / parent
        if folder.is_symlink():
            raise _link(folder)


def _require_real(places: Places) -> None:
    for folder in (places.own, places.work):
        if os.path.lexists(folder) and not is_real_folder(folder):
            raise _link(folder)


def _link(path: Path) -> UnsafePathError:
    return UnsafePathError(
        f"`{path}` is a link, or no folder: what `belay update` began is not undone through it",
        hint="remove it",
    )


def _beside_lock(places: Places) -> tuple[Path, Path]:
    lock = Target("lock")
    return places.new(lock, 0), places.old(lock, 0)


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # a rename may reach the disk before what was written


def _told(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror} (`{error.filename}`)" if error.filename else error.strerror
    return str(error) or type(error).__name__


def _nothing(_: str) -> None:
    pass
