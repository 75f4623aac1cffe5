"""What went wrong, by the words that git says. Asks nobody.

git has one exit code for all of it. Its words are in English, because it is told to, see `program`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from belay_pm.errors import AccessError, NotFoundError, SourceError
from belay_pm.sources.addresses import host_of
from belay_pm.sources.tokens import variable_of

if TYPE_CHECKING:
    from belay_pm.sources.credentials import GitCredentials
    from belay_pm.sources.git.program import GitFailedError

__all__ = ["asks_for_all", "is_damage", "lacks_commit", "told"]

_NO_ACCESS = re.compile(
    r"could not read (?:username|password)|authentication failed|permission denied|"
    r"host key verification failed|returned error: (?:401|403)|access denied|terminal prompts disabled|"
    r"invalid username or (?:password|token)|http basic: access denied",
    re.IGNORECASE,
)
_NOT_THERE = re.compile(
    r"repository .*not found|does not appear to be a git repository|returned error: 404|not exported|"
    r"repository .*does not exist|project you were looking for could not be found|no such file or directory",
    re.IGNORECASE,
)
_NO_COMMIT = re.compile(r"not our ref|couldn't find remote ref|no such (?:remote )?ref", re.IGNORECASE)
_OLD = re.compile(
    r"unadvertised object|server does not allow request|dumb http|does not support (?:shallow|filter)",
    re.IGNORECASE,
)
_DAMAGED = re.compile(
    r"bad (?:object|config|tree|ref|signature|line)|missing (?:blob|tree|commit)|is missing|corrupt|broken|"
    r"object file .* is empty|unable to (?:read|parse|find)|failed to read|could not parse|inflate|"
    r"not a git repository:|invalid (?:sha1|object|index|pack)|index file .* (?:is|has)|shallow file|"
    r"did not send all necessary objects|not a valid object|unknown revision",
    re.IGNORECASE,
)
_NOT_ALLOWED = re.compile(r"transport '(?P<transport>[^']*)' not allowed", re.IGNORECASE)
_NOT_OWNED = re.compile(r"dubious ownership", re.IGNORECASE)


def lacks_commit(error: GitFailedError) -> bool:
    """Return whether the repository says that it does not have what was asked for."""
    return _NO_COMMIT.search(error.said) is not None


def asks_for_all(error: GitFailedError) -> bool:
    """Return whether the server is an old or plain one, of which only whole branches can be had."""
    return _OLD.search(error.said) is not None


def is_damage(error: GitFailedError) -> bool:
    """Return whether the mirror on this computer seems to be what is wrong."""
    return _DAMAGED.search(error.said) is not None


def told(error: GitFailedError, url: str, *, credentials: GitCredentials) -> SourceError:
    """Return an error that says what to do, for a failure of asking a repository."""
    if match := _NOT_ALLOWED.search(error.said):
        return SourceError(
            f"`{url}` leads to the transport `{match['transport']}`, which is not allowed",
            hint=f"if git is set up so on purpose, `GIT_ALLOW_PROTOCOL=https:ssh:file:{match['transport']}` "
            "allows plain http or git; no other is",
        )
    if _NO_ACCESS.search(error.said):
        return AccessError(
            f"`{url}` is not there, or not for everybody: {error.said}", hint=_hint(url, credentials)
        )
    if _NOT_OWNED.search(error.said):
        return AccessError(
            f"git does not trust the owner of `{url}`: {error.said}",
            hint="`git config --global --add safe.directory FOLDER` says that it is yours",
        )
    if _NOT_THERE.search(error.said):
        return NotFoundError(
            f"`{url}` is no repository that can be had: {error.said}", hint=_hint(url, credentials)
        )
    return SourceError(f"`{url}` cannot be had: {error.said}")


def _hint(url: str, credentials: GitCredentials) -> str | None:
    if credentials.variable is not None:
        return f"the token in `{credentials.variable}` was sent: it may have ended, or not be good for this"
    if not url.startswith(("https://", "http://")):
        return "see that `git ls-remote` can ask it" if not url.startswith("file:") else None
    known = {"github.com": "GITHUB_TOKEN", "gitlab.com": "GITLAB_TOKEN", "codeberg.org": "CODEBERG_TOKEN"}
    host = host_of(url)
    variable = known.get(host) or variable_of(host)
    ways = "git's credential helper, or `~/.netrc`"
    return (
        f"what is private needs a token in `{variable}`, {ways}"
        if variable
        else f"what is private needs {ways}"
    )
