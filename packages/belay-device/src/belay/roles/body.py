"""Functions whose body runs in the board's globals: what setups and teardowns share.

This room knows how arguments become globals. When a body runs is `setup`'s and `teardown`'s.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Generic, ParamSpec

from belay.exceptions import BoardException, UnsendableValueError
from belay.roles.batch import refuse_in_batch
from belay.roles.executer import Executer
from belay.roles.expressions import assignments
from belay.source import body_source
from belay.values import encode

if TYPE_CHECKING:
    from types import FunctionType

    from belay.source import BoardSource

__all__ = ["Body"]

P = ParamSpec("P")

_log = logging.getLogger("belay.roles")


class Body(Executer, Generic[P]):
    """A function of the user's whose body runs in the board's globals each time it is called."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Assign the arguments to globals of the board, then run the body there.

        A parameter that is left out takes the default's value on the host, or, if that cannot travel,
        what the default's source means on the board.

        Raises:
            ArgumentTypeError: the arguments do not fit the parameters; nothing was sent.
            UnsendableValueError: an argument cannot travel; nothing was sent.
            BoardException: the body raised, unless `ignore_errors` is set.
            CallTimeout: `timeout_s` passed.
        """
        refuse_in_batch(self.board, f"the {self.kind} `{self.name}`")
        self.run(args, kwargs)

    def run(self, args: tuple[object, ...] = (), kwargs: dict[str, object] | None = None) -> None:
        """Do what a call does, in a batch too."""
        prelude = assignments(self._globals(args, kwargs or {}))
        options = self.options
        try:
            self.board.execute(
                self.source,
                prelude=prelude,
                minify=options.minify,
                record=options.record,
                ignore_errors=options.ignore_errors,
                timeout_s=options.timeout_s,
            )
        except BoardException as error:
            if not options.ignore_errors:
                raise
            _log.info("%s `%s` failed, which is ignored: %s", self.kind, self.name, error)

    def definition(self) -> None:
        """Return None: the body travels with each call."""

    @staticmethod
    def _read(function: FunctionType) -> BoardSource:
        return body_source(function)

    def _globals(self, args: tuple[object, ...], kwargs: dict[str, object]) -> dict[str, str]:
        """Return board expressions for the parameters' values."""
        facts = self.source
        if not (args or kwargs or facts.parameters or facts.has_varargs or facts.has_varkeywords):
            return {}
        bound = self.parameters.bind(args, kwargs)
        given = dict(bound.arguments)
        bound.apply_defaults()
        written = dict(facts.defaults)
        expressions: dict[str, str] = {}
        for name, value in bound.arguments.items():
            try:
                expressions[name] = encode(value, board=self.board)
            except UnsendableValueError as error:  # noqa: PERF203 - each argument has its own words
                if name in given or name not in written:
                    error.add_place(f"argument `{name}` of `{self.name}`")
                    raise
                expressions[name] = written[name]
        return expressions
