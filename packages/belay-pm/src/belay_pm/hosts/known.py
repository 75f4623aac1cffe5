"""Which websites have code, and what stands for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DEFAULT_HOSTS", "KINDS", "Hosts"]

KINDS = ("github", "gitlab", "gitea")
"""What websites for code are made of; Codeberg and Forgejo are `gitea`."""

_KNOWN = MappingProxyType(
    {"github.com": "github", "gitlab.com": "gitlab", "codeberg.org": "gitea", "gitea.com": "gitea"}
)

_SHORT_FORMS = MappingProxyType(
    {
        "github": "https://github.com",
        "gitlab": "https://gitlab.com",
        "codeberg": "https://codeberg.org",
        "gitea": "https://gitea.com",
    }
)


@dataclass(frozen=True, slots=True)
class Hosts:
    """Which websites have code, and what the short forms stand for.

    Attributes:
        kinds: a host, with its port if it has one -> one of `KINDS`.
        short_forms: what stands in front of the colon -> where its repositories are, without a slash at
            the end: `github` -> `https://github.com`.
    """

    kinds: Mapping[str, str] = field(default_factory=lambda: _KNOWN)
    short_forms: Mapping[str, str] = field(default_factory=lambda: _SHORT_FORMS)

    def extended(self, kinds: Mapping[str, str], short_forms: Mapping[str, str]) -> Hosts:
        """Return these and others; the host of a short form that has a kind's name has that kind.

        `github` -> `https://ghe.example.com` makes `github:o/r` and links of that host work.
        """
        implied = {
            urlsplit(base).netloc.lower(): {"codeberg": "gitea"}.get(name, name)
            for name, base in short_forms.items()
            if name in (*KINDS, "codeberg")
        }
        return Hosts({**self.kinds, **implied, **kinds}, {**self.short_forms, **short_forms})


DEFAULT_HOSTS = Hosts()
"""GitHub, GitLab, Codeberg and Gitea."""
