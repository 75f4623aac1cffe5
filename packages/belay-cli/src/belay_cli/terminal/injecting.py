"""What two keys of a terminal do: type a text, run a file.

A file runs in the raw REPL, so that nothing of it is echoed and no line of it is taken for a command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_cli.host_paths import file_trouble
from belay_cli.kept import KeptLink
from belay_pm.command_line.errors import CommandError
from belay_transport.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay_transport.links import Link

__all__ = ["read_script", "run_script", "typed_text"]

_SCRIPT = "give `--inject-file` the path of a `.py` file"


def typed_text(code: str) -> bytes:
    r"""Return the keys that type a text: `\n` in it, two characters, is the Enter key."""
    return code.replace("\\n", "\r").replace("\n", "\r").encode()


def read_script(path: str) -> str:
    """Return the text of a file that shall run.

    Raises:
        CommandError: it cannot be read, or is no text.
    """
    trouble = file_trouble(path)
    if trouble is not None:
        raise CommandError(f"`{path or '--inject-file'}` {trouble}", hint=_SCRIPT)
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - as in the other rooms
            return file.read()
    except OSError as error:
        raise CommandError(f"`{path}` cannot be read: {error.strerror}", hint=_SCRIPT) from error
    except UnicodeDecodeError as error:
        raise CommandError(f"`{path}` is not text in UTF-8: {error.reason}", hint=_SCRIPT) from error


def run_script(link: Link, script: str, write: Callable[[bytes], None]) -> None:
    """Run code on the board, and leave it at its friendly prompt.

    Whatever runs there is interrupted first. Ctrl-C on the host interrupts the code, and is no error.

    Args:
        link: to the board; it stays open.
        script: Python source.
        write: gets what it prints, and its traceback if it raises.

    Raises:
        BelayException: the board does not answer, or is gone.
    """
    session = Session(KeptLink(link), output=write)
    try:
        session.enter()
        traceback = session.run(script)
    except KeyboardInterrupt:
        traceback = "KeyboardInterrupt: \n"
    finally:
        session.close()
    if traceback:
        write(traceback.encode())
    write(b">>> ")  # what the friendly prompt said while the session left it
