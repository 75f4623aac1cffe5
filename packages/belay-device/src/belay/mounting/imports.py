"""What an import from a mounted folder will ask for next, and gets in the place of a source.

Knows the order in which a board looks for a module; what it says of one, and how, is the server's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from belay.mounting.folder import Facts

if TYPE_CHECKING:
    from belay.mounting.folder import HostFolder

__all__ = ["Compile", "Imports", "Told"]


class Compile(Protocol):
    """Makes a `.mpy` file of a source."""

    def __call__(self, path: str, source: bytes) -> bytes | None:
        """Return the content of the `.mpy` file, or None for the board to take the source.

        Args:
            path: of the source on the board, from the root of the mount.
            source: its content.
        """
        ...


class Told(NamedTuple):
    """What is told of a path before it is asked for.

    Attributes:
        path: from the root.
        facts: None for nothing there.
        content: of a file, where it is short enough; else None.
    """

    path: str
    facts: Facts | None
    content: bytes | None = None


class Imports:
    """The imports of one board from one folder.

    Args:
        folder: what is served.
        most_bytes: of content that is told ahead.
        compile_source: what imports get in the place of sources; None for the sources.
    """

    def __init__(self, folder: HostFolder, *, most_bytes: int, compile_source: Compile | None) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._compile = compile_source
        self._stem = ""
        self._made: dict[str, bytes] = {}
        # Of the import under way: what stands in the place of a source.

    def pause(self) -> None:
        """Note that something else than a probe was asked for: the next one is no further step."""
        self._stem = ""

    def end(self) -> None:
        """Note that no import is under way, or not any more."""
        self._stem = ""
        self._made = {}

    def made(self, path: str) -> bytes | None:
        """Return what stands at a path in the place of a source; None for what the folder has there."""
        return self._made.get(path)

    def probe(self, path: str) -> tuple[Facts | None, list[Told]]:
        """Tell what is at a path, and what an import will ask for next if it is one.

        An import asks for `x` first, then for `x.py`, then for `x.mpy`; in a folder, for `x/__init__.py`.
        So `x.py` behind `x` is an import, and gets the compiled source; everybody else sees the source.
        """
        stem, self._stem = self._stem, ""
        if path in self._made:
            return _made_facts(self._made[path]), []
        facts = self._facts(path)
        if path.endswith(".py"):
            if facts is None or facts.is_dir or path[:-3] != stem:
                return facts, []
            ahead = self._module(stem)
            return ahead[0].facts, ahead[1:]
        self._stem = path if facts is None or not facts.is_dir else f"{path}/__init__"
        return facts, self._module(self._stem)

    def _module(self, stem: str) -> list[Told]:
        """Tell of the file that an import finds for a stem; nothing when there is none."""
        path = f"{stem}.py"
        facts = self._facts(path)
        if facts is None or facts.is_dir:
            path = f"{stem}.mpy"
            compiled = self._facts(path)
            if compiled is None or compiled.is_dir:
                return []
            return [Told(f"{stem}.py", None), self._whole(path, compiled)]
        made = self._compiled(path, facts)
        if made is None:
            return [self._whole(path, facts)]
        self._made = {f"{stem}.mpy": made}
        content = made if len(made) <= self._most_bytes else None
        return [Told(path, None), Told(f"{stem}.mpy", _made_facts(made), content)]

    def _whole(self, path: str, facts: Facts) -> Told:
        if facts.size_bytes <= self._most_bytes:
            try:
                with self._folder.open(path, "r") as file:
                    content = file.read(facts.size_bytes + 1)
            except OSError:
                return Told(path, facts)
            if len(content) == facts.size_bytes:
                return Told(path, facts, content)
        return Told(path, facts)

    def _compiled(self, path: str, facts: Facts) -> bytes | None:
        if self._compile is None:
            return None
        try:
            with self._folder.open(path, "r") as file:
                return self._compile(path, file.read(facts.size_bytes + 1))
        except OSError:
            return None  # the board asks for the source, and hears of it then

    def _facts(self, path: str) -> Facts | None:
        try:
            return self._folder.facts(path)
        except OSError:
            return None


def _made_facts(made: bytes) -> Facts:
    return Facts(is_dir=False, size_bytes=len(made), modified_s=0)
