"""The board's role of a wrapper: what frames the replies of a call, for tests in memory.

The real one is a program on the board; what is asked of it stands in `frames`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from .asking import NOTHING_KIND
from .frames import encode_frame, start_mark
from .joining import ERROR_KIND

if TYPE_CHECKING:
    from collections.abc import Callable

    from .board import Ran

__all__ = ["BoardWrapper", "Called"]

_CALL = re.compile(rb"_belay\((\d+),(.*)\)\Z", re.DOTALL)
_QUESTION = re.compile(rb"\A_belay_a\((\d+)\)\Z")
_FORGOTTEN = (
    b'Traceback (most recent call last):\r\n  File "<stdin>", line 1, in <module>\r\n'
    b"NameError: name '_belay' isn't defined\r\n"
)
_INTERRUPTED = b"Traceback (most recent call last):\r\nKeyboardInterrupt: \r\n"


class Called(NamedTuple):
    """What a call does.

    Attributes:
        printed: what it prints.
        replies: its replies, each a kind and a payload; None if it runs on until Ctrl-C.
        error: what the REPL prints as the failure of the wrapper itself.
    """

    printed: bytes = b""
    replies: list[tuple[str, bytes]] | None = None
    error: bytes = b""


class BoardWrapper:
    """Runs what `Session.call` sends; its `run` and `interrupted` are for `BoardRepl`.

    Args:
        call: takes the text of the arguments and says what the call does.
        token: the session's token; None until the test knows it.

    Attributes:
        token: the session's token.
        calls: the numbers of the calls that ran.
        questions: the numbers of the questions that were answered.
        forgetful: whether the board has started anew, so that it does not know the wrapper.
    """

    def __init__(self, call: Callable[[bytes], Called], *, token: bytes = b"host") -> None:
        self._call = call
        self.token = token
        self.calls: list[int] = []
        self.questions: list[int] = []
        self.forgetful = False
        self._number = 0
        self._kept = b""

    def run(self, code: bytes) -> Ran:
        """Run code as the board would."""
        question = _QUESTION.match(code)
        call = _CALL.search(code)
        if self.forgetful:
            return b"", _FORGOTTEN
        if question is not None:
            return self._answer(int(question[1])), b""
        if call is None:
            return b"", b"Traceback (most recent call last):\r\nSyntaxError: invalid syntax\r\n"
        self._number = int(call[1])
        self._kept = b""
        self.calls.append(self._number)
        called = self._call(call[2])
        printed = start_mark(self.token, self._number) + called.printed
        if called.replies is None and not called.error:
            return printed, None
        return printed + self._keep(called.replies or []), called.error

    def finish(self, called: Called) -> Ran:
        """End the call that runs by itself."""
        return called.printed + self._keep(called.replies or []), called.error

    def interrupted(self) -> Ran:
        """End the call that runs with a KeyboardInterrupt."""
        return self._keep([(ERROR_KIND, _INTERRUPTED.replace(b"\n", b"\\n"))]), b""

    def _keep(self, replies: list[tuple[str, bytes]]) -> bytes:
        self._kept = b"".join(
            encode_frame(self.token, kind, self._number + index, payload)
            for index, (kind, payload) in enumerate(replies)
        )
        return self._kept

    def _answer(self, number: int) -> bytes:
        self.questions.append(number)
        kept = self._kept or encode_frame(self.token, NOTHING_KIND.decode(), number, b"")
        return start_mark(self.token, number) + kept
