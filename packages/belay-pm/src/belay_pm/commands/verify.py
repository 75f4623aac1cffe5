"""`belay verify`: is what lies there what the lock says?"""

from __future__ import annotations

from belay_pm.command_line.syntax import Syntax

__all__ = ["SYNTAX", "run"]

_DETAILS = """\
A line on stdout for each file that is missing, changed, or was put there once and is not in `belay.lock`.
Files of others in the folders of the packages are told beside that: `import` finds them too.
The exit code is 1 when something differs, or when `belay.lock` was made for another `pyproject.toml`.
"""

SYNTAX = Syntax(details=_DETAILS)


def run() -> None:
    """Compare, and tell what differs."""
    import sys

    from belay_pm.command_line.console import coloured, data, words
    from belay_pm.command_line.counting import counted
    from belay_pm.command_line.errors import CommandError
    from belay_pm.commands.getting import project_here, tell_stray
    from belay_pm.updating import verify

    verified = verify(project_here())
    files = verified.files
    differing = {"missing": files.missing, "changed": files.changed, "extra": files.extra}
    for what, paths in differing.items():
        for path in paths:
            data(f"{what} {path}")
    tell_stray(files.stray)
    wrong = sum(map(len, differing.values()))
    if wrong:
        raise CommandError(
            f"{counted(wrong, 'file')} differ{'s' if wrong == 1 else ''} from what `belay.lock` says",
            hint="`belay update --locked` lays what is missing, with `--overwrite-edits` all of it",
        )
    if not verified.fits:
        raise CommandError(
            "`belay.lock` was made before the last change of `pyproject.toml`",
            hint="`belay lock` brings it up to date, and `belay update` gets what is new",
        )
    many = counted(verified.packages, "package")
    words(coloured(f"{many}, {counted(files.files, 'file')}: as `belay.lock` says", "green", sys.stderr))
