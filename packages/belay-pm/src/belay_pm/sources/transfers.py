"""One attempt to get something from the web: redirects followed, limits kept.

Whether to try again is for `sources.http`.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from belay_pm.errors import AccessError, NotFoundError, SourceError
from belay_pm.masking import shown
from belay_pm.sources.addresses import host_of, joined, split
from belay_pm.sources.causes import told_apart
from belay_pm.sources.downloads import WorthRetryingError
from belay_pm.sources.tokens import token_for, variable_of
from belay_pm.sources.waits import seconds_asked_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from requests import PreparedRequest, Response, Session

    from belay_pm.sources.downloads import Download

__all__ = ["MOST_REDIRECTS", "find", "receive"]

MOST_REDIRECTS = 10
"""GitHub needs two for a release; browsers give up behind twenty."""

_CHUNK_BYTES = 64 * 1024

_OK, _PARTIAL, _UNCHANGED, _BAD_RANGE, _TOO_MANY, _FAULTY = 200, 206, 304, 416, 429, 500

_REDIRECTS = (301, 302, 303, 307, 308)

_NO_ACCESS = (401, 403, 407, 451)

_NOT_THERE = (404, 410)


def receive(
    session: Session, download: Download, *, timeout_s: float, told: Callable[[int, int | None], None]
) -> bool:
    """Get the content, or the rest of it; return False when nothing changed.

    Args:
        session: this thread's.
        download: filled.
        timeout_s: how long the server may be silent.
        told: hears how many bytes have come, and of how many, or None.

    Raises:
        WorthRetryingError: it came to nothing, and may the next time.
        SourceError: and one of its kinds: it may not.
    """
    with _answer(session, "GET", download.url, headers=download.asking(), timeout_s=timeout_s) as response:
        if response.status_code == _UNCHANGED and download.conditions:
            return False
        if response.status_code == _BAD_RANGE and download.content:
            download.content.clear()
            raise WorthRetryingError("the file became shorter meanwhile")
        _require_success(response, download.url)
        with told_apart(download.url, timeout_s):
            _read(response, download, told)
    return True


def find(session: Session, url: str, *, timeout_s: float) -> str:
    """Return where an address leads to in the end.

    Raises:
        WorthRetryingError: it came to nothing, and may the next time.
        SourceError: and one of its kinds: it may not.
    """
    headers = {"User-Agent": "belay-pm"}
    with _answer(session, "HEAD", url, headers=headers, timeout_s=timeout_s) as response:
        _require_success(response, url)
        return response.url or url


@contextmanager
def _answer(
    session: Session, method: str, url: str, *, headers: dict[str, str], timeout_s: float
) -> Iterator[Response]:
    """Return the answer at the end of all redirects, open for the block.

    They are followed here, and not by requests: each host gets its own token and no other's, and none leads
    from an encrypted address to one that everybody can read.
    """
    start = url
    for _ in range(MOST_REDIRECTS + 1):
        token = token_for(url)
        with told_apart(url, timeout_s):
            response = session.request(
                method,
                url,
                headers=headers,
                auth=_signed(token.authorization) if token else None,  # None: requests looks into `~/.netrc`
                stream=True,
                timeout=timeout_s,
                allow_redirects=False,
            )
        with response:
            link = response.headers.get("Location")
            if response.status_code not in _REDIRECTS or link is None:
                yield response
                return
        url = _followed(url, link)
    raise SourceError(
        f"`{shown(start)}` redirects more than {MOST_REDIRECTS} times, at last to `{shown(url)}`"
    )


def _followed(url: str, link: str) -> str:
    with suppress(UnicodeError):  # a header is Latin-1 to Python, and most often UTF-8
        link = link.encode("latin-1").decode("utf-8")
    target = joined(url, link)
    if split(url).scheme == "https" and split(target).scheme != "https":
        raise SourceError(
            f"`{shown(url)}` redirects to `{shown(target)}`, which is not encrypted, and that is refused"
        )
    return target


def _signed(authorization: str) -> Callable[[PreparedRequest], PreparedRequest]:
    def sign(request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = authorization
        return request

    return sign


def _require_success(response: Response, asked: str) -> None:
    status = response.status_code
    if status in (_OK, _PARTIAL):
        return
    said = f"`{shown(asked)}` answers {status} {_reason_phrase(response)}".rstrip()
    wait_s = seconds_asked_for(response.headers)
    if status == _TOO_MANY or status >= _FAULTY or (status in _NO_ACCESS and wait_s is not None):
        raise WorthRetryingError(said, wait_s=wait_s)
    if status in _NOT_THERE:
        raise NotFoundError(f"{said}: it is not there, or not for everybody", hint=_token_hint(response.url))
    if status in _NO_ACCESS:
        raise AccessError(said, hint=_token_hint(response.url))
    raise SourceError(said)


def _token_hint(url: str) -> str | None:
    token = token_for(url)
    if token is not None:
        return f"the token in `{token.variable}` was sent: it may have ended, or not be good for this"
    variable = variable_of(host_of(url))
    return f"for what is private, put a token into `{variable}`, or into `~/.netrc`" if variable else None


def _reason_phrase(response: Response) -> str:
    reason = response.reason or ""
    return reason if reason.isprintable() else ""


def _read(response: Response, download: Download, told: Callable[[int, int | None], None]) -> None:
    """Take all that comes, and see that it is all.

    Raises:
        WorthRetryingError: it ends too early, or is the rest of something else.
        SourceError: it is too large.
    """
    total = download.begin(response.headers, rest=response.status_code == _PARTIAL)
    response.raw.enforce_content_length = False  # urllib3 would throw away what came of the last chunk
    told(len(download.content), total)
    for chunk in response.iter_content(_CHUNK_BYTES):
        download.add(chunk)
        told(len(download.content), total)
    if total is not None and len(download.content) != total:
        raise WorthRetryingError(f"it ended behind {len(download.content)} of {total} bytes")
