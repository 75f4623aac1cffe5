"""One submission to a board, whatever became of it since the last: helpers in front, lost links replaced.

It knows the session and when a board has forgotten; how it gets its state back is `belay.runtime.reviving`'s.
"""

from __future__ import annotations

import re
import threading
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from belay.exceptions import ConnectionLost
from belay.onboard import board_code, forgetting_code
from belay.printed_tracebacks import PrintedTracebacks
from belay.runtime.helpers import Helpers
from belay.runtime.releases import Releases
from belay_transport.text_only import is_text_only

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from belay.events import Events
    from belay.output import OutputWriter
    from belay.tracebacks import CodeOrigin
    from belay_transport.repl import Note
    from belay_transport.session import Answer, Session

__all__ = ["KEPT", "Submitter"]

KEPT = "_belay_o["
"""How an expression names an object that the board keeps for a proxy."""

_LITERAL = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
# As `belay.values.encode` writes them: on one line, never raw.

_PLUG_IN = "once it is plugged in, `device.reconnect()` goes on; with `attempts=` a device does so by itself"

_FORGOT = re.compile(r"NameError: name '_belay\w*'")
# Our wrapper was there; only a board that was reset does not know it any more.


class Submitter:
    """Sends to one board.

    Args:
        session: a session that nobody else uses.
        output: gets what the board prints.
        description: how messages call the device.
        origin_of: finds where the code of a board's file name came from.
        events: who hears events.

    Attributes:
        session: the conversation with the board; another one after a reconnection.
        helpers: what the board has of `_onboard/`.
        releases: what it shall free.
        recover: connects again when the link is gone; None if nobody shall.
        revive: gives a board that has forgotten everything back what it needs.
        on_forget: called when the board is known to have forgotten everything.
        waking: held while a board gets its state back.
        reviver: the thread that does so.
        is_forgetful: whether the board has to be revived before anything is sent.
        generation: how often the board has started, as far as is known; what it kept before is gone.
        submissions: how often something was sent; a number that did not change says that nothing was.
    """

    def __init__(
        self,
        session: Session,
        output: OutputWriter,
        *,
        description: str,
        origin_of: Callable[[str], CodeOrigin | None],
        events: Events,
    ) -> None:
        self.session = session
        self.output = output
        self.description = description
        self.helpers = Helpers()
        self.releases = Releases(self.helpers)
        self.recover: Callable[[], None] | None = None
        self.revive: Callable[[], None] = lambda: None
        self.on_forget: list[Callable[[], None]] = []
        self.waking = threading.RLock()
        self.reviver: int | None = None
        self.is_forgetful = False
        self.generation = 1
        self.submissions = 0
        self._origin_of = origin_of
        self._events = events

    def send(
        self,
        arguments: str,
        *,
        replies: int = 1,
        helpers: Sequence[str] = (),
        prefix: str = "",
        respond: Callable[[Note], bytes] | None = None,
        timeout_s: float | None = None,
        each_s: Sequence[float | None] = (),
        output: OutputWriter | None = None,
        repeatable: bool = True,
    ) -> Answer:
        """Have the board evaluate something; where `recover` is set, on a board that was found again, too.

        Args:
            arguments: what the wrapper gets.
            replies: how many replies come.
            helpers: files of `_onboard/` that are needed; each is sent once.
            prefix: code in front of the call.
            respond: gets each note, and returns what to send; see `Session.call`.
            timeout_s: seconds that all may take; None for ever.
            each_s: seconds that each reply may take.
            output: gets what is printed; None for the device's own.
            repeatable: whether it may be evaluated once more on a board that was found again.

        Raises:
            ConnectionLost: the link broke, or the board has started anew.
        """
        session = self.session

        def once() -> Answer:
            return self._send_once(
                arguments,
                replies=replies,
                helpers=helpers,
                prefix=prefix,
                respond=respond,
                timeout_s=timeout_s,
                each_s=each_s,
                output=output,
            )

        try:
            return once()
        except ConnectionLost:
            if self.recover is None or self.is_reviver:
                raise
            if session.is_lost:
                self._recover(session)
            if respond is not None or not repeatable or KEPT in arguments + prefix:
                raise
            return once()

    def submit(
        self,
        arguments: str,
        *,
        replies: int = 1,
        prefix: str = "",
        respond: Callable[[Note], bytes] | None = None,
        timeout_s: float | None = None,
        each_s: Sequence[float | None] = (),
        output: OutputWriter | None = None,
    ) -> Answer:
        """Call the wrapper, whatever state the board is in; what `belay_emit` needs goes in front, once."""
        # One thread at a time: who needs it too must not be quicker.
        with self.helpers.introducing if self.helpers.lacks_events(arguments) else nullcontext():
            introduces = self.helpers.lacks_events(arguments)
            if introduces:
                prefix = board_code("events") + prefix
                self._events.begin_anew()
            if output is not None:
                output.text_filter = PrintedTracebacks(self._origin_of)
            if not arguments.isascii() and is_text_only(self.session.link):
                arguments = _LITERAL.sub(_as_ascii, arguments)
            try:
                answer = self.session.call(
                    arguments,
                    replies=replies,
                    prefix=prefix,
                    respond=respond,
                    output=output or self.output,
                    timeout_s=timeout_s,
                    each_s=each_s,
                )
            finally:
                if output is not None:
                    output.end()
            if introduces and answer.started:
                self.helpers.add(("events",))
            return answer

    def forget(self) -> None:
        """Know that the board has forgotten everything."""
        self.is_forgetful = True
        self.generation += 1
        for forget in self.on_forget:
            forget()

    @property
    def is_reviver(self) -> bool:
        """Whether the calling thread is giving the board its state back."""
        return self.reviver == threading.get_ident()

    def _recover(self, session: Session) -> None:
        """Have the link replaced over which `session` ran, unless another thread has done so."""
        with self.waking:
            if self.session is session and self.recover is not None:
                self.recover()

    def _send_once(
        self,
        arguments: str,
        *,
        helpers: Sequence[str],
        **options: Any,  # Any: those of `_send_with`
    ) -> Answer:
        if self.is_forgetful:
            self.revive()
        is_settled = self.helpers.claim(helpers)
        try:
            if is_settled:
                return self._send_with([], [], arguments, **options)
            with self.helpers.lock:
                # Nobody else sends or frees one until that is done.
                unwanted = self.helpers.take_unwanted(helpers)
                return self._send_with(self.helpers.missing(helpers), unwanted, arguments, **options)
        finally:
            self.helpers.release(helpers)

    def _send_with(
        self,
        missing: Sequence[str],
        unwanted: Sequence[str],
        arguments: str,
        *,
        replies: int,
        prefix: str,
        respond: Callable[[Note], bytes] | None,
        timeout_s: float | None,
        each_s: Sequence[float | None],
        output: OutputWriter | None,
    ) -> Answer:
        """Send, behind the helpers that are missing and what frees those that nobody wants."""
        if missing:
            prefix = self.helpers.code(missing, self.session.token) + prefix
        if unwanted:
            prefix = forgetting_code(unwanted) + prefix
        dropped = self.releases.take_objects()
        prefix += self.releases.code(dropped, self.generation)
        self.submissions += 1
        is_started = False
        try:
            answer = self.submit(
                arguments,
                replies=replies,
                prefix=prefix,
                respond=respond,
                timeout_s=timeout_s,
                each_s=each_s,
                output=output,
            )
            is_started = answer.started
        except ConnectionLost as error:
            # If the link is still there, the board has started anew; of one that was closed nobody knows.
            if not self.session.is_closed:
                self.forget()
                if error.hint is None and self.recover is None:
                    error.hint = _PLUG_IN
            raise
        finally:
            if is_started:
                self.helpers.know_freed(unwanted)
                self.helpers.add(missing)
            else:
                self.releases.put_back(dropped)
        if not answer.started and _FORGOT.search(answer.error):
            self.forget()
            raise ConnectionLost(
                f"{self.description} has started anew since the last call; what it held in memory is gone",
                hint="call again what set it up; the functions that it had are sent again by themselves",
            )
        return answer


def _as_ascii(literal: re.Match[str]) -> str:
    """Return a literal with escapes for what is not ASCII; all source code is in one."""
    return literal[0].encode("ascii", "backslashreplace").decode()
