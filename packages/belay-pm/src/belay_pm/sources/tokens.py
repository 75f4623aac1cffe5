"""Which token of the environment belongs to which host, and what it is; one never goes to another.

What `~/.netrc` has is for the HTTP client to find.
"""

from __future__ import annotations

import os
from base64 import b64encode
from typing import TYPE_CHECKING, NamedTuple

from belay_pm.sources.addresses import host_of, is_private_way

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Token", "basic", "token_for", "variable_of"]

_GITHUB_VARIABLES = ("BELAY_TOKEN_GITHUB_COM", "GITHUB_TOKEN", "GH_TOKEN")

_KNOWN = {
    "github.com": _GITHUB_VARIABLES,
    # Where else GitHub takes its tokens; the hosts that it sends downloads to refuse them.
    "api.github.com": _GITHUB_VARIABLES,
    "codeload.github.com": _GITHUB_VARIABLES,
    "raw.githubusercontent.com": _GITHUB_VARIABLES,
    "gitlab.com": ("GITLAB_TOKEN",),
    "codeberg.org": ("CODEBERG_TOKEN",),
}
"""Host -> the variables that people have for it anyway."""


class Token(NamedTuple):
    """What a variable has for its host: a token, `USER:PASSWORD`, or a header's value, `Bearer …`.

    Attributes:
        variable: for messages.
        secret: for the host alone.
    """

    variable: str
    secret: str

    @property
    def bearer(self) -> str | None:
        """What stands behind `Bearer`, or None for what is no header's value."""
        scheme, _, bare = self.secret.partition(" ")
        return bare.strip() or None if scheme.lower() == "bearer" else None

    @property
    def login(self) -> tuple[str, str] | None:
        """User and password, or None for what is no such pair."""
        user, colon, password = self.secret.partition(":")
        return (user, password) if colon and self.bearer is None else None

    @property
    def authorization(self) -> str:
        """The header's value that a request of the web is signed with; git has its own ways."""
        if self.login is not None:
            return basic(*self.login)
        return f"Bearer {self.bearer or self.secret}"

    def __repr__(self) -> str:
        return f"Token({self.variable})"


def token_for(url: str, environment: Mapping[str, str] = os.environ) -> Token | None:
    """Return the token that a request of an address may carry, or None.

    That is the one in `BELAY_TOKEN_<HOST>`, see `variable_of`; for GitHub also `GITHUB_TOKEN` or `GH_TOKEN`,
    for GitLab `GITLAB_TOKEN`, for Codeberg `CODEBERG_TOKEN`. None goes over a way on which others can read
    along.
    """
    if not is_private_way(url):
        return None
    host = host_of(url)
    variables = [variable] if (variable := variable_of(host)) else []
    for name in (*variables, *_KNOWN.get(host, ())):
        secret = environment.get(name, "").strip()
        if secret and secret.isascii() and secret.isprintable():
            return Token(name, secret)
    return None


def basic(user: str, password: str) -> str:
    """Return what HTTP makes of a user and a password: `Basic …`."""
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


def variable_of(host: str) -> str | None:
    """Return the variable for a host's token: `BELAY_TOKEN_CODE_EXAMPLE_COM_80` for `code.example.com:80`.

    A dash becomes two underscores: else whoever owns `code-example.com` got the token of `code.example.com`.
    A host with an underscore has none, for the same reason.
    """
    if "_" in host or not host.isascii():
        return None
    return "BELAY_TOKEN_" + host.upper().replace("-", "__").replace(".", "_").replace(":", "_")
