"""How git gets a token: through its environment, for one host, and never by a command line or a file.

`tokens` says which token belongs to whom. git's credential helper, `~/.netrc` and ssh's agent are git's own
affair, and go on as ever. Whatever git prints passes `masking.scrub` before anybody sees it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from belay_pm.sources.addresses import split
from belay_pm.sources.tokens import basic, token_for

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["NO_CREDENTIALS", "GitCredentials", "git_credentials"]

_USER = "x-access-token"
"""What GitHub wants to be called with a token; GitLab and Gitea take any name."""

_HELPER = (
    '!f() { test "$1" = get && '
    'printf "username=%s\\npassword=%s\\n" "$BELAY_GIT_USER" "$BELAY_GIT_PASSWORD"; }; f'
)
"""A command that tells git what its environment has; git gives it to the shell that it brings along.

Why not the header `http.<url>.extraHeader`, as build services do: git 2.39 sends it on to wherever
a server redirects it, with its second request, and asks a helper anew for each host.
"""


class GitCredentials(NamedTuple):
    """What git is told about a host.

    Attributes:
        settings: git's own, in order, such as `credential.https://github.com.helper`.
        environment: what goes with them.
        secrets: texts that must not be seen.
        variable: where the token comes from, or None.
    """

    settings: tuple[tuple[str, str], ...]
    environment: Mapping[str, str]
    secrets: tuple[str, ...]
    variable: str | None

    def __repr__(self) -> str:
        return f"GitCredentials({self.variable})"


NO_CREDENTIALS = GitCredentials((), {}, (), None)
"""For what needs none."""


def git_credentials(url: str, environment: Mapping[str, str] = os.environ) -> GitCredentials:
    """Return what makes git give the token for the host of a repository to that host, and no other.

    All code websites take a token as the password of a user. One that is written `Bearer …` goes as a header,
    and then no redirect is followed.
    """
    if not url.startswith(("https://", "http://")):
        return NO_CREDENTIALS  # ssh and files have no tokens
    token = token_for(url, environment)
    if token is None:
        return NO_CREDENTIALS
    parts = split(url)
    base = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    if token.bearer is not None:
        settings = (
            (f"http.{base}/.extraHeader", f"Authorization: {token.authorization}"),
            ("http.followRedirects", "false"),
        )
        return GitCredentials(settings, {}, _forms(token.bearer), token.variable)
    user, password = token.login or (_USER, token.secret)
    # The empty one takes away whatever helpers there are: they would be told to keep what was good.
    settings = ((f"credential.{base}.helper", ""), (f"credential.{base}.helper", _HELPER))
    told = {"BELAY_GIT_USER": user, "BELAY_GIT_PASSWORD": password}
    encoded = basic(user, password).partition(" ")[2]
    return GitCredentials(settings, told, _forms(token.secret, password, encoded), token.variable)


def _forms(*secrets: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*secrets, *(quote(secret, safe="") for secret in secrets))))
