"""A repository where others keep it: git asked about it, with the token of its host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_pm.masking import scrub
from belay_pm.sources.credentials import git_credentials
from belay_pm.sources.git.failures import told
from belay_pm.sources.git.program import MOST_OUTPUT_BYTES, GitFailedError, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from belay_pm.errors import SourceError

__all__ = ["Remote"]


class Remote:
    """What is asked of a repository; threads share it.

    Args:
        url: of the repository; `require_safe` let it pass.
        transports: over which others may be asked.

    Attributes:
        url: as above.
    """

    def __init__(self, url: str, *, transports: Sequence[str]) -> None:
        self.url = url
        self._transports = transports
        self._credentials = git_credentials(url)

    def __repr__(self) -> str:
        return f"Remote({scrub(self.url)!r})"

    def ask(self, arguments: Sequence[str], *, folder: Path, most_bytes: int = MOST_OUTPUT_BYTES) -> bytes:
        """Return what git prints, run in a folder.

        Raises:
            SourceError: and one of its kinds: git failed.
        """
        try:
            return self.try_to_ask(arguments, folder=folder, most_bytes=most_bytes)
        except GitFailedError as error:
            raise self.told(error) from error

    def try_to_ask(
        self,
        arguments: Sequence[str],
        *,
        folder: Path,
        given: bytes = b"",
        most_bytes: int = MOST_OUTPUT_BYTES,
    ) -> bytes:
        """Return what git prints, run in a folder.

        Raises:
            GitFailedError: it failed; there may be another way.
        """
        return run(
            arguments,
            folder=folder,
            given=given,
            transports=self._transports,
            credentials=self._credentials,
            most_bytes=most_bytes,
        )

    def told(self, error: GitFailedError) -> SourceError:
        """Return the error that says to a person what git said."""
        return told(error, self.url, credentials=self._credentials)
