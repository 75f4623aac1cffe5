"""Asking a board for a verb of `device.fs`: with the helpers that it needs, and a failure that says which.

What there is to ask is `belay.files.filesystem`'s to know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay.exceptions import BoardException, ConnectionLost, NotBelayResponseError
from belay.files.refusals import NO_SPACE, explained, no_space
from belay.files.transfer import FILE_HELPERS
from belay.portions import portions
from belay.roles import refuse_in_batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from belay.files.transfer import Transfer
    from belay.runtime import Runtime
    from belay_transport.repl import Note

__all__ = ["SHORT_CALL", "Verbs"]

_FEW_HELPERS = 3
# So many, any board compiles together.

SHORT_CALL = 1000
"""Bytes of arguments that any board can compile; for more, how much it can take is asked first."""


class Verbs:
    """Asks one board.

    Args:
        runtime: the board.
        transfer: knows what it can compile.
    """

    def __init__(self, runtime: Runtime, transfer: Transfer) -> None:
        self._runtime = runtime
        self._transfer = transfer

    def do(
        self,
        what: str,
        path: str,
        expression: str,
        *,
        helpers: Sequence[str] = (),
        respond: Callable[[Note], bytes] | None = None,
        to: str = "",
        written: str = "",
        repeatable: bool = True,
    ) -> object:
        """Evaluate a verb on the board; its failure says what was attempted.

        Args:
            what: was attempted: "removing".
            path: on what.
            expression: for the board.
            helpers: files of `_onboard/` beside those that every verb needs.
            respond: gets the notes.
            to: what else the message says.
            written: the file that has no room, where there is one.
            repeatable: whether it may be done twice, where the link broke and the board was found again.
        """
        refuse_in_batch(self._runtime, "`device.fs`")
        needed = (*FILE_HELPERS, *helpers)
        if len(needed) > _FEW_HELPERS:
            self._transfer.prepare(needed)
        try:
            return self._runtime.call(expression, helpers=needed, respond=respond, repeatable=repeatable)
        except BoardException as error:
            if written and getattr(error, "errno", None) == NO_SPACE:
                raise no_space(error, written, 0, runtime=self._runtime) from error
            failure = explained(error, f"{what} `{path}`{to}", path=path, runtime=self._runtime)
            if failure is error:
                raise
            raise failure from error

    def do_once(
        self,
        what: str,
        path: str,
        expression: str,
        *,
        again: Callable[[], object] | None,
        helpers: Sequence[str] = (),
        to: str = "",
    ) -> None:
        """Evaluate a verb that cannot be done twice.

        Args:
            what: was attempted, as for `do`.
            path: on what.
            expression: for the board.
            helpers: as for `do`.
            to: what else the message says.
            again: does what is left on a board that was found again since the link broke; None for a verb
                of which nobody can tell.
        """
        try:
            self.do(what, path, expression, helpers=helpers, to=to, repeatable=False)
        except ConnectionLost:
            if again is None or not self._runtime.is_found_again:
                raise
            again()

    def portions(self, texts: list[str]) -> Iterator[list[str]]:
        """Cut arguments into as few calls as the board can compile."""
        most = self._runtime.block_bytes if sum(map(len, texts)) > SHORT_CALL else SHORT_CALL
        return portions(texts, most)

    def numbers(self, told: object, count: int) -> Sequence[int]:
        """Return so many numbers that the board told.

        Raises:
            NotBelayResponseError: it told something else.
        """
        if isinstance(told, (list, tuple)) and len(told) == count:
            numbers = [value for value in told if isinstance(value, int)]
            if len(numbers) == count:
                return numbers
        raise NotBelayResponseError(f"{self._runtime.description} told of sizes: {told!r}")
