"""A repository's mirror in the cache: bare, with the commits that were asked for, and of those what was read.

```
<element>/<digits of the address>.git/                a bare repository, shallow and partial
<element>/<digits of the address>.git/refs/belay/…    a ref for each commit that is there whole, but for files
<element>/<digits of the address>.refs                what the repository called its commits at last
```
"""

from __future__ import annotations

import os
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from belay_pm.errors import NotFoundError, OfflineError, SourceError
from belay_pm.masking import scrub
from belay_pm.sources.git.bare import (
    contents,
    discard,
    fresh,
    is_repository,
    on_disk,
    remove_leftovers,
)
from belay_pm.sources.git.failures import asks_for_all, is_damage, lacks_commit
from belay_pm.sources.git.program import MOST_OUTPUT_BYTES, GitFailedError, TooMuchError, run
from belay_pm.sources.git.refs import Refs
from belay_pm.sources.git.remote import Remote
from belay_pm.sources.git.urls import element_of, mirror_name
from belay_pm.store import folders

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from belay_pm.store import Store

__all__ = ["Mirror"]

Result = TypeVar("Result")

_EVERYTHING = ("+refs/heads/*:refs/all/heads/*", "+refs/tags/*:refs/all/tags/*")
_MOST_REFS_BYTES = 64 << 20  # a line has some 60 bytes: a million branches and pull requests


class _DamagedError(SourceError):
    """The mirror is not as git left it."""


class Mirror:
    """A repository, as far as it was needed; threads and processes share it.

    Args:
        url: of the repository; `require_safe` let it pass.
        store: the cache.
        transports: over which others may be asked.
        offline: ask nobody.
        progress: hears that something is got, see `Web`.

    Attributes:
        url: as above.
    """

    def __init__(
        self,
        url: str,
        store: Store,
        *,
        transports: Sequence[str],
        offline: bool = False,
        progress: Callable[[str, int, int | None], None] | None = None,
    ) -> None:
        self.url = url
        self._store = store
        self._element = element_of(url)
        self._remote = Remote(url, transports=transports)
        self._offline = offline
        self._progress = progress
        self._guard = Lock()
        self._made = 0  # how often it was made anew
        self._lacking: dict[str, set[str]] = {}  # commit -> the files of it that are not here
        self._is_whole = False  # the server gives no single files

    def __repr__(self) -> str:
        return f"Mirror({scrub(self.url)!r})"

    def ask_refs(self) -> Refs:
        """Return what the repository calls its commits; offline, what it called them when last asked.

        Raises:
            SourceError: it cannot be asked; offline, it never was.
        """
        known = self._folder().with_suffix(".refs")
        if self._offline:
            try:
                return Refs.parse(known.read_text("utf-8"))
            except (OSError, UnicodeDecodeError):
                raise self._offline_error("its branches") from None
        printed = self._remote.ask(
            ["ls-remote", "--quiet", "--", self.url], folder=known.parent, most_bytes=_MOST_REFS_BYTES
        )
        refs = Refs.parse(printed.decode("utf-8", "replace"))
        with on_disk(known):
            folders.write_whole(known, refs.text().encode(), scratch=known.parent)
        return refs

    def has(self, commit: str) -> bool:
        """Return whether a commit is here."""
        return (self._folder() / "refs" / "belay" / commit).exists()

    def beginning(self, digits: str) -> set[str]:
        """Return the commits that are here and begin so."""
        folder = self._folder() / "refs" / "belay"
        try:
            return {name for name in os.listdir(folder) if name.startswith(digits.lower())}  # noqa: PTH208 - names alone
        except FileNotFoundError:
            return set()

    def find(self, digits: str) -> str:
        """Return the whole name of a commit of which the first digits are known; asks for all commits.

        Raises:
            NotFoundError: there is none, or more than one.
            SourceError: it cannot be asked.
        """
        if self._offline:
            raise self._offline_error(f"`{digits}`")
        with self._store.lock(self._element):
            scratch = fresh(self._folder().parent, self.url)
            try:
                self._remote.ask(
                    ["fetch", "--quiet", "--no-tags", "--filter=tree:0", "origin", *_EVERYTHING],
                    folder=scratch,
                )
                return (
                    run(["rev-parse", "--verify", "--quiet", f"{digits}^{{commit}}"], folder=scratch)
                    .decode()
                    .strip()
                )
            except GitFailedError as error:
                raise NotFoundError(
                    f"`{digits}` is not the beginning of one commit of `{self.url}`",
                    hint="write the whole name of the commit, 40 digits",
                ) from error
            finally:
                discard(scratch)

    def ensure(self, commit: str) -> None:
        """See that a commit is here: its tree, and those of its files that come along.

        Raises:
            NotFoundError: the repository does not have it.
            SourceError: it cannot be had; offline, it is not here.
        """
        if self.has(commit):
            return
        if self._offline:
            raise self._offline_error(f"its commit `{commit}`")
        with self._store.lock(self._element):
            if not self.has(commit):
                self._tell()
                self._tidy(commit)
                try:
                    self._get(commit)
                except _DamagedError:
                    self._make_anew(commit)

    def names(self, commit: str) -> bytes:
        """Return all names of a commit, as `git ls-tree -r -t -z` prints them."""
        return self._repaired(
            commit, lambda: run(["ls-tree", "-r", "-t", "-z", "--full-tree", commit], folder=self._folder())
        )

    def read(
        self,
        commit: str,
        blobs: Collection[str],
        *,
        beside: Collection[str] = (),
        most_bytes: int = MOST_OUTPUT_BYTES,
    ) -> dict[str, bytes]:
        """Return contents of files: those that are not here are got together.

        Args:
            commit: they are of it.
            blobs: their names in git.
            beside: those that are got along, if any has to be got.
            most_bytes: of all of them.

        Raises:
            TooMuchError: they have more.
            SourceError: they cannot be had; offline, they are not here.
        """
        return self._repaired(
            commit, lambda: self._read(commit, list(dict.fromkeys(blobs)), beside, most_bytes)
        )

    def lacking(self, commit: str) -> set[str]:
        """Return the files of a commit that are not here."""
        with self._guard:
            known = self._lacking.get(commit)
        if known is None:
            # This asks nobody for what is missing, as `cat-file` would, file by file.
            arguments = [
                "rev-list",
                "--objects",
                "--no-object-names",
                "--missing=print",
                "--max-count=1",
                commit,
            ]
            printed = run(arguments, folder=self._folder()).decode("ascii")
            known = {line[1:] for line in printed.split("\n") if line.startswith("?")}
            with self._guard:
                self._lacking[commit] = known
        return known

    def _read(
        self, commit: str, blobs: list[str], beside: Collection[str], most_bytes: int
    ) -> dict[str, bytes]:
        lacking = self.lacking(commit)
        if not lacking.isdisjoint(blobs):
            if self._offline:
                count = len(lacking.intersection(blobs))
                raise self._offline_error(f"{count} of the files of its commit `{commit}`")
            self._get_files(commit, sorted(lacking.intersection([*blobs, *beside])))
        headers = len(blobs) * 100
        given = "".join(f"{blob}\n" for blob in blobs).encode()
        printed = run(
            ["cat-file", "--batch"], folder=self._folder(), given=given, most_bytes=most_bytes + headers
        )
        found = contents(printed, len(blobs))
        if sum(len(content) for content in found) > most_bytes:
            raise TooMuchError(f"{len(blobs)} files have more than {most_bytes} bytes")
        return dict(zip(blobs, found, strict=True))

    def _get_files(self, commit: str, blobs: list[str]) -> None:
        with self._store.lock(self._element):
            self._tell()
            remove_leftovers(self._folder())
            given = "".join(f"{blob}\n" for blob in blobs).encode()
            arguments = ["-c", "fetch.negotiationAlgorithm=noop", "fetch", "--quiet", "--no-tags"]
            arguments += ["--no-write-fetch-head", "--filter=blob:none", "--stdin", "origin"]
            try:
                self._remote.try_to_ask(arguments, folder=self._folder(), given=given)
            except GitFailedError as error:
                if not (asks_for_all(error) or lacks_commit(error)):
                    raise self._remote.told(error) from error
                self._is_whole = True
                self._make_anew(commit)
        with self._guard:
            for lacking in self._lacking.values():
                lacking.difference_update(blobs)

    def _get(self, commit: str) -> None:
        if self._is_marked(commit):
            return  # it came with everything else, from an old server
        filters = [] if self._is_whole else ["--filter=blob:none"]
        arguments = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head"]
        try:
            self._remote.try_to_ask(
                [*arguments, "--depth=1", *filters, "origin", f"{commit}:refs/belay/{commit}"],
                folder=self._folder(),
            )
        except GitFailedError as error:
            if lacks_commit(error):
                raise self._no_commit(commit) from error
            if is_damage(error):
                raise _DamagedError(*error.args) from error
            if not asks_for_all(error):
                raise self._remote.told(error) from error
            with on_disk(self._folder()):
                discard(self._folder())  # a shallow one would stay so
            self._tidy(commit)
            self._remote.ask([*arguments, "origin", *_EVERYTHING], folder=self._folder())
        if not self._is_marked(commit):
            raise self._no_commit(commit)

    def _is_marked(self, commit: str) -> bool:
        """Make the ref of a commit that is here, and say whether it is."""
        try:
            run(["update-ref", f"refs/belay/{commit}", f"{commit}^{{commit}}"], folder=self._folder())
        except GitFailedError:
            return False
        return True

    def _no_commit(self, commit: str) -> NotFoundError:
        return NotFoundError(f"`{self.url}` has no commit `{commit}`")

    def _tidy(self, commit: str) -> None:
        """Make the mirror if there is none; take away what a process left that died in the middle."""
        folder = self._folder()
        with on_disk(folder):
            if is_repository(folder):
                remove_leftovers(folder)
                return
            discard(folder)
            fresh(folder.parent, self.url, digits=len(commit)).replace(folder)

    def _repaired(self, commit: str, act: Callable[[], Result]) -> Result:
        """Do something with the mirror; if that fails, make the mirror anew, and try once more."""
        made = self._made
        try:
            return act()
        except GitFailedError as error:
            if self._offline:
                raise OfflineError(
                    f"The mirror of `{self.url}` in the cache is damaged, and offline nobody is asked: "
                    f"{error.said}",
                    hint="do it once without `--offline`",
                ) from error
        with self._store.lock(self._element):
            if made == self._made:
                self._make_anew(commit)
        return act()

    def _make_anew(self, commit: str) -> None:
        discard(self._folder())
        with self._guard:
            self._made += 1
            self._lacking.clear()
        self._tidy(commit)
        self._get(commit)

    def _folder(self) -> Path:
        return self._store.folder(self._element) / mirror_name(self.url)

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(self.url, 0, None)

    def _offline_error(self, what: str) -> OfflineError:
        return OfflineError(
            f"The cache does not have {what} of `{self.url}`, and offline nobody is asked".replace(
                "its ", "", 1
            ),
            hint="do it once without `--offline`",
        )
