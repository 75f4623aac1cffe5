"""One attempt to get something from the web: redirects followed, limits kept, what went wrong told apart.

Knows `requests`, and loads it with the first attempt. Whether to try again is for `sources.http`.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import IncompleteRead
from typing import TYPE_CHECKING

from belay_pm.errors import AccessError, NotFoundError, SourceError
from belay_pm.masking import shown
from belay_pm.sources.addresses import host_of, joined, split
from belay_pm.sources.tokens import token_for, variable_of
from belay_pm.sources.waits import seconds_asked_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from requests import PreparedRequest, Response, Session

__all__ = ["MOST_REDIRECTS", "Download", "WorthRetryingError", "find", "receive"]

MOST_REDIRECTS = 10
"""GitHub needs two for a release; browsers give up behind twenty."""

_CHUNK_BYTES = 64 * 1024

_OK, _PARTIAL, _UNCHANGED, _BAD_RANGE, _TOO_MANY, _FAULTY = 200, 206, 304, 416, 429, 500
_REDIRECTS = (301, 302, 303, 307, 308)
_NO_ACCESS = (401, 403, 407, 451)
_NOT_THERE = (404, 410)


class WorthRetryingError(Exception):
    """An attempt failed, and another one may not.

    Attributes:
        wait_s: how many seconds the server wants to be left alone, or None.
    """

    def __init__(self, reason: str, *, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


@dataclass
class Download:
    """What is to be had, and what of it has come so far.

    Attributes:
        url: where.
        most_bytes: more is refused.
        conditions: headers that ask only for what changed.
        content: what has come.
        headers: those of the answer that it came with.
    """

    url: str
    most_bytes: int
    conditions: dict[str, str]
    content: bytearray = field(default_factory=bytearray)
    headers: dict[str, str] = field(default_factory=dict)

    def asking(self) -> dict[str, str]:
        """Return the headers of the next request: for the rest, if it is known what of."""
        # What is compressed on the way has no length to check, and no place to go on from.
        headers = {"Accept-Encoding": "identity", "User-Agent": "belay-pm"}
        validator = self.headers.get("etag", "")
        if not validator or validator.startswith("W/"):  # a weak one promises no equal bytes
            validator = self.headers.get("last-modified", "")
        if self.content and validator and not self._is_encoded():
            return {**headers, "Range": f"bytes={len(self.content)}-", "If-Range": validator}
        self.content.clear()
        return {**headers, **self.conditions}

    @property
    def begun(self) -> tuple[bytes, dict[str, str]]:
        """What has come of the file as it is, and the headers that it came with."""
        return (b"" if self._is_encoded() else bytes(self.content)), self.headers

    def go_on(self, content: bytes, headers: Mapping[str, str]) -> None:
        """Take what an earlier run got, if there is room for it."""
        if len(content) <= self.most_bytes:
            self.content += content
            self.headers = dict(headers)

    def begin(self, headers: Mapping[str, str], *, rest: bool) -> int | None:
        """Take the headers of what comes now, and return how many bytes there will be, or None.

        Raises:
            WorthRetryingError: it is the rest of something else.
            SourceError: it is too large.
        """
        self.headers = {name.lower(): value for name, value in headers.items()}
        begins_here = self.headers.get("content-range", "").startswith(f"bytes {len(self.content)}-")
        if not rest or self._is_encoded() or not begins_here:
            self.content.clear()
        if rest and not self.content:
            raise WorthRetryingError("it sent another part than it was asked for")
        length = self.headers.get("content-length", "")
        if not length.isdecimal() or self._is_encoded():
            return None
        total = len(self.content) + int(length)
        self._require_room(total)
        return total

    def add(self, chunk: bytes) -> None:
        """Take what came.

        Raises:
            SourceError: it is too much.
        """
        self._require_room(len(self.content) + len(chunk))
        self.content += chunk

    def _require_room(self, size_bytes: int) -> None:
        if size_bytes > self.most_bytes:
            raise SourceError(
                f"`{shown(self.url)}` has {size_bytes} bytes or more, and {self.most_bytes} is the most"
            )

    def _is_encoded(self) -> bool:
        return self.headers.get("content-encoding", "identity").lower() not in ("", "identity")


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
        with _told_apart(download.url, timeout_s):
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
        with _told_apart(url, timeout_s):
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


@contextmanager
def _told_apart(url: str, timeout_s: float) -> Iterator[None]:
    """Turn what requests raises into what is worth another attempt, and what is not.

    Its own texts are not used: they have the address with everything that is secret in it.
    """
    import requests  # noqa: PLC0415 - a tenth of a second that only who asks the web pays

    try:
        yield
    except (SourceError, WorthRetryingError):
        raise
    except requests.exceptions.SSLError as error:
        raise SourceError(
            f"`{shown(url)}` cannot be trusted: {_cause(error, timeout_s)}",
            hint="`REQUESTS_CA_BUNDLE` names a file with the certificates of a house of its own",
        ) from error
    except (
        requests.exceptions.ConnectionError,
        requests.exceptions.Timeout,
        requests.exceptions.ChunkedEncodingError,
    ) as error:
        raise WorthRetryingError(_cause(error, timeout_s)) from error
    except Exception as error:  # also some of urllib3's, which requests lets pass
        raise SourceError(f"`{shown(url)}` cannot be asked: {type(error).__name__}") from error


def _cause(error: BaseException, timeout_s: float) -> str:
    """Return the innermost reason that a computer gave."""
    reasons = list(_inside(error))
    if any(isinstance(reason, TimeoutError) for reason in reasons):
        return f"it was silent for {timeout_s:g} s"
    if any(isinstance(reason, IncompleteRead) for reason in reasons):
        return "it ended before its end"
    texts = [
        getattr(reason, "verify_message", None) or getattr(reason, "strerror", None) for reason in reasons
    ]
    return next((text for text in reversed(texts) if text), type(reasons[-1]).__name__)


def _inside(error: BaseException) -> Iterator[BaseException]:
    """Return an error and what it was made of, outermost first."""
    seen: list[BaseException] = []
    inner: object = error
    while isinstance(inner, BaseException) and inner not in seen:
        seen.append(inner)
        yield inner
        wrapped = getattr(inner, "reason", None)
        nested = next((each for each in reversed(inner.args) if isinstance(each, BaseException)), None)
        inner = (
            wrapped if isinstance(wrapped, BaseException) else nested or inner.__cause__ or inner.__context__
        )
