"""The parts of a URL, which has nothing secret in it."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from belay_pm.errors import ProjectError
from belay_pm.masking import shown

__all__ = ["split_url", "without_credentials"]

_SECRET_NAMES = re.compile(r"(?i)(^|[&;])[^&;=]*(token|secret|passw|api_?key|signature)[^&;=]*=")


def split_url(url: str) -> SplitResult:
    """Return the parts of a URL.

    Raises:
        ProjectError: it is none, such as `https://[x`; the text leaves out what may be secret.
    """
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - asking raises, when it is no number
    except ValueError:
        # Python's own text may have the user and the password.
        raise ProjectError(f"`{shown(url)}` is no URL: its host or port cannot be understood") from None
    return parts


def without_credentials(url: str) -> SplitResult:
    """Return the parts of a URL that has neither password nor token in it.

    Raises:
        ProjectError: it has, or it is none; the text does not repeat what is secret.
    """
    parts = split_url(url)
    user, at, _ = parts.netloc.rpartition("@")
    if (at and (":" in user or not parts.scheme.endswith("ssh"))) or _SECRET_NAMES.search(parts.query):
        raise ProjectError(
            f"`{shown(url)}` has a password or token in it, which would end up in the lock and in git",
            hint="leave it out of the URL: git's credential helper and `~/.netrc` are asked, "
            "and environment variables such as `GITHUB_TOKEN`",
        )
    return parts
