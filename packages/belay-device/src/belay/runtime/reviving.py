"""Connecting to a board, and giving one that started anew what it had.

It knows what every session brings, and what was recorded; when that is due is `belay.runtime.submitting`'s.
"""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING, NamedTuple

from belay.blocks import dedent
from belay.exceptions import InternalError
from belay.implementation import Implementation
from belay.memory import too_small
from belay.onboard import board_code
from belay.origins import SourceOrigin
from belay.portions import portions
from belay.runtime.submitting import KEPT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from belay.expressions import ExpressionWriter
    from belay.history import History
    from belay.replies import ReplyReader
    from belay.runtime.submitting import Submitter
    from belay.tracebacks import CodeOrigin
    from belay_transport.links import Link

__all__ = ["CONVENIENCE_NAMES", "DEFINITIONS_BYTES", "BoardFacts", "Reviver"]

CONVENIENCE_NAMES = (
    "os sys time.sleep machine.ADC.I2C.Pin.PWM.SPI.Timer micropython.const"
    " board digitalio analogio busio.I2C.SPI"
)
"""Modules, each with the names of it that a board's globals get as well; what a board lacks is left out.

Source: Belay's manual, chapter 4.2 (MicroPython); the others are CircuitPython's counterparts, and `sys`,
which Belay 0.30 has on every board.
"""

DEFINITIONS_BYTES = 4096
"""Code of several definitions that is sent together: what a small board can hold beside itself."""


class BoardFacts(NamedTuple):
    """What a board tells when it is connected.

    Attributes:
        implementation: what runs on it.
        has_threads: whether it has `_thread`.
        mpy: its `sys.implementation._mpy`: which `.mpy` files it loads; 0 where it does not tell.
    """

    implementation: Implementation = Implementation("")
    has_threads: bool = False
    mpy: int = 0


class Reviver:
    """Connects to one board, and revives it.

    Args:
        submitter: sends.
        replies: reads what comes.
        expressions: writes code.
        history: what a reconnection repeats.

    Attributes:
        facts: what the board has told.
        history: what a reconnection repeats.
        always: what a board that started anew gets before all else, whatever was promised.
    """

    def __init__(
        self, submitter: Submitter, replies: ReplyReader, expressions: ExpressionWriter, history: History
    ) -> None:
        self.facts = BoardFacts()
        self.history = history
        self.always: list[Callable[[], None]] = []
        self._submitter = submitter
        self._replies = replies
        self._expressions = expressions
        self._startup: str | None = None
        self._startup_origin: CodeOrigin | None = None
        self._definitions: list[str] = []
        submitter.revive = _reviving(weakref.ref(self))

    def connect(self, startup: str | None, origin: CodeOrigin | None = None) -> None:
        """Enter the raw REPL, send the wrapper and learn what the board is, in one submission.

        Args:
            startup: None binds the convenience names, "" none; other code runs instead of that.
            origin: where that code stands on the host; None if nowhere.

        Raises:
            ProtocolError: the board did not answer as a board does.
            ConnectionLost: the link broke.
            BoardException: `startup` raised.
            ConnectionFailedError: the board has too little memory for the wrapper.
        """
        self._startup, self._startup_origin = startup, origin
        session, description = self._submitter.session, self._submitter.description
        session.enter()
        names = CONVENIENCE_NAMES + " _thread" if startup is None else "_thread"
        code = board_code("runtime").replace("TOKEN", session.token)
        code += board_code("startup").replace("NAMES", repr(names))
        try:
            answer = session.call('_belay_n.pop("f")', prefix=code, output=self._submitter.output)
            told = self._replies.settle(answer)
        except MemoryError as error:
            raise too_small(description, session.link, code_bytes=len(code)) from error
        if not isinstance(told, list):
            raise InternalError(f"the board described itself as {told!r}")
        name, version, platform, mpy, has_threads, *emitters = told
        implementation = Implementation.from_board(name, version, platform, mpy=mpy, emitters=emitters)
        self.facts = BoardFacts(implementation, bool(has_threads), mpy)
        if startup:
            origin = origin or SourceOrigin("<startup>", 1, startup)
            expression = self._expressions.text(dedent(startup), origin)
            self._replies.settle(self._submitter.submit(f"lambda:{expression}"))

    def add_definition(self, expression: str) -> None:
        """Have a board that started anew get a definition again."""
        self.record(expression)
        self._definitions.append(expression)

    def record(self, what: str | Callable[[], object], *, ignore_errors: bool = False) -> None:
        """Have a reconnection repeat an expression that has just been evaluated, or a call that was made.

        An expression that names an object kept for a proxy is left out: the object is gone by then.
        """
        is_kept = isinstance(what, str) and KEPT in what
        if not self._submitter.is_reviver and not is_kept:
            self.history.add(what, ignore_errors=ignore_errors)

    def restore(self, link: Link) -> None:
        """Go on over a new link: reset the board, and repeat all that was recorded.

        The link is closed if that fails.

        Raises:
            BoardException: something that was recorded raised.
            ConnectionLost, ProtocolError: the link broke, or the board did not answer as a board does.
        """
        submitter = self._submitter
        with submitter.waking:
            submitter.session = session = submitter.session.renewed(link)
            try:
                session.enter()
                if link.survives_reset:
                    # What is left there would be in the way of what is repeated.
                    session.soft_reset()
                submitter.forget()
                self._remind(everything=True)
            except BaseException:
                session.close()
                raise
            session.listen()

    def revive(self) -> None:
        """Give a board that has started anew what it had, as far as was promised."""
        self._remind(everything=self._submitter.recover is not None)

    def _remind(self, *, everything: bool) -> None:
        """Give a board that has started anew what every call needs, and the functions that it had.

        Args:
            everything: whether it also gets back what calls have made of it.
        """
        submitter = self._submitter
        with submitter.waking:
            if not submitter.is_forgetful or submitter.reviver is not None:
                return
            submitter.helpers.forget()
            submitter.releases.forget_generators()
            submitter.reviver = threading.get_ident()
            try:
                self.connect(self._startup, self._startup_origin)
                for work in self.always:
                    work()
                if everything:
                    self._replay()
                else:
                    self._evaluate(self._definitions)
                submitter.is_forgetful = False
            finally:
                submitter.reviver = None

    def _replay(self) -> None:
        """Repeat what was recorded, in as few submissions as its size allows."""
        waiting: list[str] = []
        for what, ignore_errors in self.history.entries():
            if isinstance(what, str) and not ignore_errors:
                waiting.append(what)
                continue
            self._evaluate(waiting)
            waiting = []
            if callable(what):
                what()
            else:
                self._submitter.submit(f"lambda:{what}")  # whatever it raises
        self._evaluate(waiting)

    def _evaluate(self, expressions: Sequence[str]) -> None:
        """Evaluate expressions, in as few submissions as their size allows, and drop their values."""
        for block in portions(expressions, DEFINITIONS_BYTES):
            arguments = ",".join(f"lambda:{expression}" for expression in block)
            answer = self._submitter.submit(arguments, replies=len(block))
            for index in range(len(block)):
                error = self._replies.error_of(answer, index)
                if error is not None:
                    raise error


def _reviving(reference: weakref.ref[Reviver]) -> Callable[[], None]:
    """Return what revives as long as there is a reviver; the submitter must not make a circle with it."""

    def revive() -> None:
        reviver = reference()
        if reviver is None:
            raise InternalError("a board is called that nobody has any more")
        reviver.revive()

    return revive
