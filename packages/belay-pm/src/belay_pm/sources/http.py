"""Plain addresses of the web: got once, asked again only for what changed, tried again when that may help."""

from __future__ import annotations

import time
from contextlib import ExitStack
from threading import Lock, local
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from belay_pm.errors import OfflineError, SourceError
from belay_pm.masking import shown
from belay_pm.sources.addresses import element_of, split
from belay_pm.sources.downloads import Download, WorthRetryingError
from belay_pm.sources.parts import keep_part, take_part
from belay_pm.sources.transfers import find, receive
from belay_pm.sources.waits import LONGEST_WAIT_S, seconds_before

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import Session

    from belay_pm.store import Store

__all__ = ["MOST_BYTES", "Progress", "Web"]

Answered = TypeVar("Answered")

Progress: TypeAlias = "Callable[[str, int, int | None], None]"
"""Hears what is being got, how many bytes have come, and of how many, or None; in the thread that gets it."""

MOST_BYTES = 64 * 1024 * 1024
"""Unless the caller allows more: no file for a board is larger, and few archives are."""


class Web:
    """The web, as far as it is needed; threads may share it.

    Every content that came is in the store, with what the server said about it: it is asked again only for
    what changed, and not at all when offline.

    Args:
        store: where contents are kept.
        offline: ask nobody, and take what the store has.
        progress: hears what comes.
        timeout_s: how long a server may be silent.
        attempts: how often something is tried when that may help: a server that is silent, breaks off, has
            no time (429) or fails (500 and above).
        sleep: waits between attempts, for this many seconds.
    """

    def __init__(
        self,
        store: Store,
        *,
        offline: bool = False,
        progress: Progress | None = None,
        timeout_s: float = 30.0,
        attempts: int = 4,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.store = store
        self.offline = offline
        self._progress = progress
        self._timeout_s = timeout_s
        self._attempts = attempts
        self._sleep = sleep
        self._mine = local()
        self._sessions = ExitStack()
        self._opening = Lock()

    def __enter__(self) -> Web:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections; the next request opens new ones."""
        with self._opening:
            self._sessions.close()
            self._mine = local()

    def get(
        self,
        url: str,
        *,
        element: str | None = None,
        most_bytes: int = MOST_BYTES,
        is_final: Callable[[bytes], bool] | None = None,
    ) -> bytes:
        """Return what is at an address.

        Args:
            url: http or https.
            element: what the store keeps it for; None for `web-<host>`.
            most_bytes: more is refused.
            is_final: says of what the store has that it never changes, so that nobody is asked; by its
                content, since a server may have sent something else, once.

        Raises:
            NotFoundError: it is not there.
            AccessError: it is not for us.
            OfflineError: nobody may be asked, and the store does not have it.
            SourceError: it is too large, or cannot be had for another reason.
        """
        split(url)
        element = element_of(url) if element is None else element
        noted = self.store.noted(element, url) or {}
        known = self.store.get(noted.get("sha256", ""))
        if (
            known is not None
            and len(known) <= most_bytes
            and (self.offline or (is_final and is_final(known)))
        ):
            return known
        self._require_online(url)
        conditions = {} if known is None else _conditions(noted)
        download = Download(url, most_bytes, conditions)
        if (part := take_part(self.store, element, url)) is not None:
            download.go_on(*part)
        try:
            is_new = self._persistently(url, lambda session: self._received(session, download))
        except BaseException:  # Ctrl-C too
            keep_part(self.store, element, url, *download.begun)
            raise
        if not is_new and known is not None:
            return known
        content = bytes(download.content)
        facts = {name: download.headers[name] for name in _VALIDATORS if name in download.headers}
        self.store.note(element, url, {**facts, "sha256": self.store.put(content, element=element)})
        return content

    def where(self, url: str, *, element: str | None = None) -> str:
        """Return the address that one leads to in the end, through redirects; offline, where it led before.

        Raises:
            SourceError: as `get`.
        """
        split(url)
        element = element_of(url) if element is None else element
        key = f"where {url}"
        if self.offline and (noted := self.store.noted(element, key)) and "url" in noted:
            return noted["url"]
        self._require_online(url)
        target = self._persistently(url, lambda session: find(session, url, timeout_s=self._timeout_s))
        parts = split(target)
        # Neither a user nor a query: a server may redirect to an address that is itself a key.
        target = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
        self.store.note(element, key, {"url": target})
        return target

    def _received(self, session: Session, download: Download) -> bool:
        return receive(
            session,
            download,
            timeout_s=self._timeout_s,
            told=lambda done, total: self._tell(download.url, done, total),
        )

    def _tell(self, url: str, done: int, total: int | None) -> None:
        if self._progress is not None:
            self._progress(shown(url), done, total)

    def _require_online(self, url: str) -> None:
        if self.offline:
            raise OfflineError(
                f"`{shown(url)}` is not in the cache, and offline nobody is asked",
                hint="do it once without `--offline`",
            )

    def _persistently(self, url: str, act: Callable[[Session], Answered]) -> Answered:
        for attempt in range(1, self._attempts + 1):
            try:
                return act(self._session())
            except WorthRetryingError as error:
                failure = error
            wait_s = max(failure.wait_s or 0.0, seconds_before(attempt + 1))
            if wait_s > LONGEST_WAIT_S or attempt == self._attempts:
                break
            self._sleep(wait_s)
        asked = f"; it asks to be left alone for {wait_s:.0f} s" if wait_s > LONGEST_WAIT_S else ""
        times = "once" if attempt == 1 else f"{attempt} times"
        raise SourceError(
            f"Getting `{shown(url)}` was tried {times}, and at last: {failure}{asked}",
            hint="do it again when the server can be reached: what has come until then is not got twice",
        ) from failure

    def _session(self) -> Session:
        with self._opening:
            session: Session | None = getattr(self._mine, "session", None)
            if session is None:
                import requests  # noqa: PLC0415 - a tenth of a second that only who asks the web pays

                session = self._mine.session = self._sessions.enter_context(requests.Session())
            return session


_VALIDATORS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


def _conditions(noted: dict[str, str]) -> dict[str, str]:
    return {header: noted[name] for name, header in _VALIDATORS.items() if name in noted}
