"""What somebody's package asks for: never something of this computer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from belay_pm.errors import ManifestError, ProjectError
from belay_pm.hosts import checked_ref
from belay_pm.requirements import BundleSource, Entry, GitSource, IndexSource, PathSource
from belay_pm.specs.naming import infer_name
from belay_pm.specs.texts import parse_source
from belay_pm.versions import VersionRange

if TYPE_CHECKING:
    from belay_pm.hosts import Hosts

__all__ = ["dependency_entry"]


def dependency_entry(text: str, version: str | None, *, hosts: Hosts) -> tuple[str, Entry]:
    """Return what somebody's package asks for, by name: an item of `deps`, or `require(name, version)`.

    Args:
        text: a name, a link, a short form or a URL; never a path or a `file:` of this computer.
        version: of an index's package, or the ref of a repository; what the text says itself comes first.
        hosts: which websites are known.

    Raises:
        ManifestError: it cannot be understood, or asks for something of this computer.
    """
    try:
        source = parse_source(text, hosts=hosts)
        if isinstance(source, IndexSource | BundleSource) and version and source.version == "*":
            source = replace(source, version=VersionRange.parse(version).text)
        if isinstance(source, GitSource) and source.ref is None and version not in (None, "", "*", "latest"):
            source = replace(source, ref=checked_ref(version, text))
    except ProjectError as error:
        raise ManifestError(f"a dependency cannot be understood: {error}", hint=error.hint) from error
    if isinstance(source, PathSource) or (isinstance(source, GitSource) and source.url.startswith("file:")):
        raise ManifestError(f"a package wants `{text}`, which is of this computer, and none of its business")
    name = source.name if isinstance(source, IndexSource | BundleSource) else infer_name(source)
    return name, Entry(source, text if not version or "@" in text else f"{text}@{version}")
