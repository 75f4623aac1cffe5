"""What is to be had of the web, and what of it has come so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from belay_pm.errors import SourceError
from belay_pm.masking import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Download", "WorthRetryingError"]


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
