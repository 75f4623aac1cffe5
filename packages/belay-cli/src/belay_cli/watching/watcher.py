"""Waits for files to change, and interrupts what must not go on then.

The operating system's events are watchdog's to get; here they are a reason to look, once they have ceased.
Where none come (some network drives), a look now and then finds the same.
"""

from __future__ import annotations

import os
import threading
import time
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from belay.exceptions import BelayException
from belay_pm.command_line.errors import CommandError
from belay_pm.errors import PackageError

from .half_saved import half_saved
from .sights import changed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from watchdog.events import FileSystemEvent

    from belay_transport.session import Session

    from .sights import Place, Sight

    Look = Callable[[], Sight]

__all__ = ["FolderGoneError", "Watcher"]

_QUIET_S = 0.05
"""What ends a save: an editor that truncates and then writes takes less, and nobody notices it."""

_ROUNDS = 10
"""How often that is waited for: a log that grows in the folder all the time must not hide a change."""

_GLANCE_S = 1.0
"""Between two looks without an event."""

_GLANCING = 0.02
"""The share of the time that those may take, in a folder of any size."""

_HAPPENINGS = frozenset(("created", "modified", "moved", "deleted", "closed"))
"""Events that can mean a change. Others tell of files that are read, which we do ourselves."""


class FolderGoneError(CommandError):
    """A folder that is watched is not there any more."""


class Watcher:
    """Watches while its block is open, in threads of its own.

    Args:
        look: returns what is there now; called from two threads, never at the same time.
        checks_python: whether a change waits as long as a `.py` file has a `SyntaxError`.
        tell: shows a sentence, about what is waited for.

    Raises:
        FolderGoneError: from `take`: a folder is gone without which there is nothing to watch.
    """

    def __init__(self, look: Look, *, checks_python: bool, tell: Callable[[str], None]) -> None:
        self._look = look
        self._checks_python = checks_python
        self._tell = tell
        self._events = _Events(tell)
        self._waiting: set[str] = set()  # changed, and not yet fit to be told
        self._said = ""
        self._ended = threading.Event()
        self._publishing = threading.Lock()
        self._published = threading.Event()
        self._changes: set[str] = set()
        self._failure: Exception | None = None
        self._interrupt: Callable[[], object] | None = None
        self._thread = threading.Thread(target=self._work, name="belay watching", daemon=True)

    def __enter__(self) -> Watcher:
        self._events.follow(self._look().places)
        self.sight = self._look()  # what happens from now on is noticed
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._events.happened.set()
        self._thread.join()
        self._events.end()

    def take(self, timeout_s: float) -> frozenset[str]:
        """Wait for changes, and return the files; none when the time has passed.

        Raises:
            FolderGoneError: there is nothing left to watch.
        """
        self._published.wait(timeout_s)
        with self._publishing:
            if self._failure is not None:
                raise self._failure
            changes = frozenset(self._changes)
            self._changes.clear()
            self._published.clear()
        return changes

    @contextmanager
    def interrupting(self, session: Session) -> Iterator[None]:
        """In the block a change interrupts the calls of this thread: they raise `CallInterrupted`."""
        thread = threading.get_ident()
        with self._publishing:
            self._interrupt = lambda: session.bar(thread)
            if self._published.is_set():
                session.bar(thread)  # it has come already
        try:
            yield
        finally:
            with self._publishing:
                self._interrupt = None
            session.admit(thread)

    def _work(self) -> None:
        try:
            pause_s = _GLANCE_S
            while not self._ended.is_set():
                if self._events.happened.wait(pause_s):
                    self._settle()
                began_s = time.monotonic()
                if not self._ended.is_set():
                    self._consider()
                pause_s = max(_GLANCE_S, (time.monotonic() - began_s) / _GLANCING)
        except Exception as error:  # noqa: BLE001 - whatever it is, the thread that waits must hear of it
            self._publish(set(), error)

    def _settle(self) -> None:
        """Wait until nothing more happens."""
        for _ in range(_ROUNDS):
            self._events.happened.clear()
            if self._ended.wait(_QUIET_S) or not self._events.happened.is_set():
                return

    def _consider(self) -> None:
        """Look, and tell of what has changed unless it is half of something."""
        self._require_places()
        try:
            sight = self._look()
        except (BelayException, PackageError, CommandError) as error:
            self._require_places()
            self._say(f"{error}; waiting for a change")
            return
        self._events.follow(sight.places)
        changes = changed(self.sight, sight)
        self.sight = sight
        if not changes:
            return
        self._waiting |= changes
        if self._checks_python and (half := half_saved(self._waiting)):
            self._say(f"{half}; waiting until it is saved whole")
            return
        self._said = ""
        self._publish(self._waiting)
        self._waiting = set()

    def _say(self, text: str) -> None:
        """Tell it once, however often it is seen."""
        if text != self._said:
            self._said = text
            self._tell(text)

    def _require_places(self) -> None:
        for place in sorted(self.sight.places):
            if place.is_needed and not os.path.isdir(place.path):  # noqa: PTH112 - as in the other rooms
                raise FolderGoneError(
                    f"The folder `{place.path}` is gone: nothing is left to watch",
                    hint="run the command again when it is back",
                )

    def _publish(self, changes: set[str], failure: Exception | None = None) -> None:
        with self._publishing:
            self._changes |= changes
            self._failure = failure
            self._published.set()
            if self._interrupt is not None:
                self._interrupt()


class _Events:
    """Listens in folders, and in others when they are others."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        # watchdog 7.1 warns of folders in new folders, which it hears of twice, from a thread of its own.
        warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"watchdog\.")
        from watchdog.observers import Observer  # noqa: PLC0415 - 60 ms that only watching pays

        self.happened = threading.Event()
        self._tell = tell
        self._observer = Observer()
        self._followed: dict[Place, int] = {}

    def follow(self, places: frozenset[Place]) -> None:
        """Listen in these folders; one that was made anew is another one."""
        numbers = {place: number for place in places if (number := _number(place.path)) is not None}
        if numbers == self._followed:
            return
        self._followed = numbers
        try:
            self._observer.unschedule_all()
            for place in _outermost(numbers):
                self._observer.schedule(self, place.path, recursive=place.is_whole)  # type: ignore[arg-type] # it needs `dispatch` alone
            if not self._observer.is_alive():
                self._observer.start()
        except OSError as error:  # on Linux, a user may listen in so many folders only
            self._tell(
                f"note: the system tells of no changes ({error.strerror or error}): they are looked for"
            )
        self.happened.set()  # who knows what happened before

    def dispatch(self, event: FileSystemEvent) -> None:
        """Take an event; watchdog calls it."""
        if event.event_type in _HAPPENINGS:
            self.happened.set()

    def end(self) -> None:
        """Stop listening."""
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join()


def _outermost(places: dict[Place, int]) -> list[Place]:
    """Return each folder once: two ears for one folder are refused on some systems."""
    whole = {place.path for place in places if place.is_whole}
    return [place for place in places if place.is_whole or place.path not in whole]


def _number(path: str) -> int | None:
    try:
        return os.stat(path).st_ino  # noqa: PTH116 - as in the other rooms
    except OSError:
        return None
