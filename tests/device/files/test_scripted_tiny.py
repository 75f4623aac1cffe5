"""A board of the 1.9 era, on a scripted link: no raw paste, no stdin, a few kilobytes of heap.

The board's role of the REPL answers; what the calls do is played here, word for word as they come.
"""

from __future__ import annotations

import ast
import re

from belay.files.filesystem import FileSystem
from belay.output import OutputWriter
from belay.runtime import Runtime
from belay_transport.repl import running_check
from belay_transport.repl.board import BoardRepl
from belay_transport.repl.wrapper import BoardWrapper, Called
from belay_transport.session import Session
from belay_transport.testing import FakeClock, ScriptedLink

RING_BYTES = 255
CALL_BYTES = 400
"""What such a board compiles with 8 kB of heap: a line of this length, and not much more."""

FACTS = "['micropython', (1, 9, 4), 'microbit', 0, False]"
LITERAL = rb"b'(?:[^'\\]|\\.)*'|b\"(?:[^\"\\]|\\.)*\""


class TinyBoard:
    """Plays a board that can do nothing but run short calls."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.calls: list[bytes] = []

    def call(self, arguments: bytes) -> Called:
        """Do what a call says, and answer as the wrapper would."""
        if arguments != b'_belay_n.pop("f")':
            self.calls.append(arguments)
        kind, text = self._do(arguments.removeprefix(b"lambda:"))
        return Called(replies=[("v" + kind, text.encode())])

    def _do(self, code: bytes) -> tuple[str, str]:
        if code == b'_belay_n.pop("f")':
            return "list,str,tuple,int,bool", FACTS
        if code == b"_belay_ab()":
            return "list,int", "[0, 0, 0, 0, 0, 8000]"
        words = [ast.literal_eval(word.decode()) for word in re.findall(LITERAL + rb"|'[^']*'|\d+", code)]
        if code.startswith(b"_belay_tw("):
            path, data, *mode = words
            self.files[path] = (b"" if mode else self.files[path]) + data
        elif code.startswith(b"_belay_tm("):
            beside, path, check = words
            assert running_check(self.files[beside], 0, is_sum=True) == check
            self.files[path] = self.files.pop(beside)
        elif code.startswith(b"_belay_tr("):
            path, offset, size = words
            return "bytes", repr(self.files[path][offset : offset + size])
        else:
            assert code == b"0", code
        return "NoneType", "None"


def test_files_cross_as_literals() -> None:
    """A file is written and read in calls that such a board can hold, each sent without raw paste."""
    board = TinyBoard()
    wrapper = BoardWrapper(board.call)
    repl = BoardRepl(wrapper.run, interrupted=wrapper.interrupted, raw_paste="unknown")
    link = ScriptedLink(board=repl.feed, clock=(clock := FakeClock()), flow_control=False)
    session = Session(link, clock=clock)
    wrapper.token = session.token.encode()
    runtime = Runtime(session, OutputWriter(None), description="the board")
    runtime.connect("")
    files = FileSystem(runtime)
    content = bytes(range(256)) * 3 + b"a text\n" * 20
    connected = len(board.calls)

    files.write_bytes("/data.bin", content)
    read = files.read_bytes("/data.bin")

    assert read == content
    assert list(board.files) == ["/data.bin"]
    assert max(map(len, board.calls[connected:])) <= CALL_BYTES
    assert max(map(len, link.writes)) <= RING_BYTES
