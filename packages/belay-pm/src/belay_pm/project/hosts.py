"""`[tool.belay.hosts]`: websites of one's own, and short forms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from belay_pm.errors import ProjectError
from belay_pm.hosts import DEFAULT_HOSTS, KINDS, Hosts, without_credentials

if TYPE_CHECKING:
    from belay_pm.project.problems import Problems

__all__ = ["read_hosts"]


def read_hosts(value: object, problems: Problems) -> Hosts:
    """Return the known websites, and those of the table: host -> kind, short form -> address."""
    if not isinstance(value, dict):
        problems.add("tool.belay.hosts", f"it is a table, and not {value!r}")
        return DEFAULT_HOSTS
    kinds: dict[str, str] = {}
    short_forms: dict[str, str] = {}
    for name, said in value.items():
        key = f'tool.belay.hosts."{name}"'
        if "." in name or ":" in name:
            if not re.fullmatch(r"[\w.-]+(:\d{1,5})?|\[[0-9a-fA-F:]+\](:\d{1,5})?", name):
                problems.add(key, "it is no host, such as `git.example.com` or `git.example.com:8443`")
            elif said in KINDS:
                kinds[name.lower()] = said
            else:
                problems.add(key, f"it is {', '.join(f'`{kind}`' for kind in KINDS)}, and not {said!r}")
        elif not re.fullmatch(r"[A-Za-z][\w-]*", name) or name in (
            "http",
            "https",
            "ssh",
            "git",
            "file",
            "mip",
        ):
            problems.add(key, "it is neither a host nor a short form such as `work`")
        elif (base := _base(said, key, problems)) is not None:
            short_forms[name] = base
    return DEFAULT_HOSTS.extended(kinds, short_forms)


def _base(value: object, key: str, problems: Problems) -> str | None:
    """Return the address that a short form stands for; a host alone is one of https."""
    sentence = f"it is an address such as `https://ghe.example.com`, and not {value!r}"
    if not isinstance(value, str) or re.search(r"\s", value):
        problems.add(key, sentence)
        return None
    try:
        parts = without_credentials(value if "://" in value else f"https://{value}")
    except ProjectError as error:
        problems.add(key, str(error), error.hint)
        return None
    if parts.scheme not in ("http", "https", "ssh") or not parts.hostname or parts.query or parts.fragment:
        problems.add(key, sentence)
        return None
    return parts.geturl().rstrip("/")
