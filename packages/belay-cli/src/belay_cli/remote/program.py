"""`belay remote`: from its words to an exit code."""

from __future__ import annotations

import sys

from belay_pm.command_line import console

from .config import read_config
from .errors import RemoteError
from .grammar import read_chain
from .sequence import run_chain

__all__ = ["run_remote"]


def run_remote(words: list[str]) -> int:
    """Do what the words say; the whole chain is read before the board is touched.

    Returns:
        The exit code: 0 done, 1 failed, 2 misuse, or what the code on the board said.

    Raises:
        BelayException, CommandError: what is not mpremote's own: told as with every command.
    """
    try:
        config = read_config()
        code = run_chain(read_chain(words, config.macros), resets=config.resets)
        console.flush()
    except RemoteError as error:
        console.flush()
        print(f"{error.label}{error}", file=sys.stdout if error.is_data else sys.stderr)
        return error.exit_code
    return code
