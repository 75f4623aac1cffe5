"""What a page of a website shows of a repository.

Knows how the pages of GitHub, GitLab and Gitea are called. Where a branch ends and a path begins is not to be
seen in each link, and `GitSource.link` says so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote

from belay_pm.errors import ProjectError
from belay_pm.hosts.parts import SHORTEST, checked_path, checked_ref, repository_url
from belay_pm.masking import shown
from belay_pm.requirements import GitSource

if TYPE_CHECKING:
    from belay_pm.hosts.known import Hosts

__all__ = ["RAW_HOSTS", "linked"]

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")

_VIEWS = ("blob", "tree", "raw", "blame", "edit", "src", "media")

_DOWNLOADS = (
    "archive",
    "releases",
    "zipball",
    "tarball",
    "suites",
    "attachments",
    "uploads",
    "jobs",
    "packages",
)

RAW_HOSTS = {"raw.githubusercontent.com": "github.com"}


def linked(parts: SplitResult, host: str, hosts: Hosts) -> GitSource | None:
    """Return what a page of a website shows, or None for something to download."""
    text = shown(parts.geturl())
    names = [unquote(name) for name in parts.path.split("/") if name]
    if host in RAW_HOSTS:
        base = f"{parts.scheme}://{RAW_HOSTS[host]}"
        names[SHORTEST:SHORTEST] = ["raw"]
        host = RAW_HOSTS[host]
    else:
        base = f"{parts.scheme}://{host}"
    kind = hosts.kinds.get(host, "github")
    if kind == "gitea" and names[:3] == ["api", "v1", "repos"]:
        return _asked_of_api(base, names[3:], parts.query, text)
    if kind == "github" and host != "github.com" and names[:1] == ["raw"]:
        names = [*names[1:3], "raw", *names[3:]]  # GitHub Enterprise has raw files at `/raw/o/r/ref/path`
    repository, page = _split_page(names, kind)
    if len(repository) < SHORTEST:
        raise ProjectError(f"`{text}` names no repository", hint=f"write it as in `{base}/OWNER/REPOSITORY`")
    if page and page[0] in _DOWNLOADS:
        return None
    ref = None
    if not page:
        last, at, ref = repository[-1].partition("@")
        repository[-1] = last
        ref = checked_ref(ref, text) if at else None
        return GitSource(repository_url(base, repository, text), ref)
    return _page(repository_url(base, repository, text), kind, page, text)


def _split_page(names: list[str], kind: str) -> tuple[list[str], list[str]]:
    """Return the names of the repository and those of a page of it."""
    if kind != "gitlab":
        return names[:SHORTEST], names[SHORTEST:]
    if "-" in names:
        at = names.index("-")
        return names[:at], names[at + 1 :]
    # GitLab before version 12 had no `-`, and groups may be in groups.
    for at, name in enumerate(names):
        if at >= SHORTEST and name in ("blob", "tree", "raw", "archive"):
            return names[:at], names[at:]
    return list(names), []


def _page(url: str, kind: str, page: list[str], text: str) -> GitSource:
    view, *rest = page
    is_commit = view == "commit"
    if kind == "gitea" and view in ("src", "raw", "media") and rest[:1] in (["branch"], ["tag"], ["commit"]):
        is_commit = rest.pop(0) == "commit"
    elif view not in _VIEWS and view != "commit":
        raise ProjectError(
            f"`{text}` is a page that shows neither a file nor a folder of a repository",
            hint="open the file or folder on the website, and take the link of that page",
        )
    if rest[:2] in (["refs", "heads"], ["refs", "tags"]):
        rest = rest[2:]
    if not rest:
        raise ProjectError(f"`{text}` names no branch, tag or commit")
    ref, *path = rest
    is_commit = is_commit or _COMMIT.fullmatch(ref) is not None
    return GitSource(
        url, checked_ref(ref, text), checked_path("/".join(path), text), link=bool(path) and not is_commit
    )


def _asked_of_api(base: str, names: list[str], query: str, text: str) -> GitSource:
    """Return what mip's addresses at Codeberg mean: `/api/v1/repos/o/r/raw/path?ref=REF`."""
    from urllib.parse import parse_qs  # noqa: PLC0415 - hardly anybody writes these

    if len(names) <= SHORTEST or names[SHORTEST] not in ("raw", "media"):
        raise ProjectError(
            f"`{text}` is no file of a repository", hint=f"write it as in `{base}/OWNER/REPOSITORY`"
        )
    refs = parse_qs(query).get("ref")
    url = repository_url(base, names[:SHORTEST], text)
    return GitSource(
        url, checked_ref(refs[0], text) if refs else None, checked_path("/".join(names[3:]), text)
    )
