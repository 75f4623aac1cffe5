"""What is to be written: a file's path, size and content; or a step between two files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Progress = Callable[[int], object]

__all__ = ["Upload", "Verb"]

Verb = Literal["write", "append", "remove_file", "remove_folder", "make_folder"]

_FLAGS: dict[Verb, str] = {
    "write": "",
    "append": "a",
    "remove_file": "x",
    "remove_folder": "d",
    "make_folder": "m",
}
"""As `_onboard/put.py` calls them."""

_ATTEMPTS: dict[Verb, str] = {
    "write": "writing",
    "append": "writing",
    "remove_file": "removing",
    "remove_folder": "removing the folder",
    "make_folder": "making the folder",
}


class Upload(NamedTuple):
    """A file to write, or a step to take between two of them.

    Attributes:
        path: where on the board; without NUL and newline.
        size: bytes of content; 0 for a step.
        read: returns the content in pieces, anew each time.
        verb: what to do; a step that is done already is no error.
    """

    path: str
    size: int = 0
    read: Callable[[], Iterable[bytes]] = tuple
    verb: Verb = "write"

    @property
    def is_step(self) -> bool:
        """Whether it has no content."""
        return self.verb not in {"write", "append"}

    @property
    def header(self) -> bytes:
        """What stands in front of its content in the stream."""
        size = -1 if self.is_step else self.size
        return f"{self.path}\0{size}\0{_FLAGS[self.verb]}\n".encode()

    @property
    def attempt(self) -> str:
        """What messages say of it: "writing `/main.py`"."""
        return f"{_ATTEMPTS[self.verb]} `{self.path}`"
