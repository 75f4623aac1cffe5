"""What the host makes of a reply with times in it: scripted texts, as no board sends the worst of them."""

from __future__ import annotations

import pytest

from belay.exceptions import NotBelayResponseError
from belay.replies import ReplyReader
from belay_transport.repl import Reply

READER = ReplyReader("Device('paper')", lambda _: None)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("vtuple,int", "(7, 100, 105)", 7),
        ("vtuple,int", "((1, 2), 100, 105)", (1, 2)),
        ("vtuple,str,int", "('1), 5, 6', 100, 105)", "1), 5, 6"),
        ("qvtuple,list,int", repr("([1, 2\n], 100, 105)"), [1, 2]),
    ],
)
def test_the_times_are_taken_off_the_end(kind: str, text: str, value: object) -> None:
    """Whatever the value prints, the last two numbers are the times."""
    reply, span = READER.without_times(Reply(0, kind, text.encode()))

    assert span == (100, 105)
    assert READER.value(reply) == value


@pytest.mark.parametrize(
    "text",
    ["", "7", "(7, 100)", "(7, -1, 5)", "(7, 1.5, 2)", "(7, ٣, 5)", "(7, 1, " + "9" * 5000 + ")", "(, , )"],
)
def test_a_reply_without_times_is_refused(text: str) -> None:
    """What is no pair of clock readings is an error of the protocol, with what came."""
    with pytest.raises(NotBelayResponseError, match="sent a reply without times"):
        READER.without_times(Reply(0, "vtuple", text.encode()))
