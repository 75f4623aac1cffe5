"""Who writes which file: two who write different things to one path cannot both be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_pm.errors import ConflictError
from belay_pm.masking import printable
from belay_pm.target_paths import refuse_clashes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from belay_pm.packages import Package, PackageFile

__all__ = ["refuse_target_conflicts"]


def refuse_target_conflicts(packages: Iterable[Package]) -> None:
    """Refuse packages whose files cannot all lie in the folder of a group.

    The same content twice is fine: it is one file, or one module.

    Raises:
        ConflictError: two packages, or two parts of one, have different contents for a path; two packages
            have different modules of one name, of which `import` would find one and never the other.
        UnsafePathError: two paths differ in the case of letters only, or a file is a folder of another.
    """
    written: dict[str, dict[str, tuple[PackageFile, Package]]] = {}
    modules: dict[str, dict[str, tuple[PackageFile, Package]]] = {}
    for package in packages:
        for file in (file for part in package.parts for file in part.fetched.files):
            for group in package.groups:
                there, writer = written.setdefault(group, {}).setdefault(file.path, (file, package))
                if there.sha256 != file.sha256:
                    what = f"`{file.path}` comes twice, with different contents"
                    raise _conflict(what, (there, writer), (file, package))
                if (name := _module(file.path)) is None:
                    continue
                there, writer = modules.setdefault(group, {}).setdefault(name, (file, package))
                if there.sha256 != file.sha256 and writer.name != package.name:
                    what = (
                        f"`{name}` is both `{there.path}` and `{file.path}`, and `import` finds one of them"
                    )
                    raise _conflict(what, (there, writer), (file, package))
    for group, files in written.items():
        refuse_clashes(sorted(files), source=f"the packages of group {group}")


def _module(path: str) -> str | None:
    """Return what a file is imported as, with `/` for the dots, or None for what is no module."""
    stem, dot, ending = path.rpartition(".")
    return stem.removesuffix("/__init__") if dot and ending in ("py", "mpy") else None


def _conflict(what: str, *writers: tuple[PackageFile, Package]) -> ConflictError:
    lines = [f"  of `{package.name}`, from `{printable(file.origin)}`" for file, package in writers]
    return ConflictError("\n".join([f"{what}:", *lines]), hint="leave one of them out: only one can be there")
