"""Links, short forms and addresses of repositories, as what `git clone` takes. Asks nobody."""

from __future__ import annotations

from belay_pm.hosts.known import DEFAULT_HOSTS, KINDS, Hosts
from belay_pm.hosts.parts import checked_ref
from belay_pm.hosts.repositories import git_source
from belay_pm.hosts.urls import split_url, without_credentials

__all__ = ["DEFAULT_HOSTS", "KINDS", "Hosts", "checked_ref", "git_source", "split_url", "without_credentials"]
