"""Logging in: words are found however what the far end says is cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from belay_transport.links.dialogue import Dialogue


@given(st.data())
def test_words_are_found_at_any_cut(draw: st.DataObject) -> None:
    """Each word is found in its turn, and what stands behind it is kept."""
    said = b"hello\r\nlogin: \xff\r\nPassword: \r\nwelcome\r\nand so on"
    coming = said

    def receive() -> bytes:
        nonlocal coming
        cut = draw.draw(st.integers(1, len(coming)))
        data, coming = coming[:cut], coming[cut:]
        return data

    dialogue = Dialogue(receive)

    assert dialogue.wait_for(b"login: ", b"user: ", awaited="a prompt") == b"login: "
    assert dialogue.wait_for(b"Password: ", awaited="another prompt") == b"Password: "
    assert dialogue.wait_for(b"denied", b"welcome", awaited="the answer") == b"welcome"
    assert dialogue.awaited == "the answer"
    assert dialogue.heard + coming == b"\r\nand so on"


def test_the_first_of_several_words_counts() -> None:
    """The first in what was said, not the first that was asked for."""
    dialogue = Dialogue(lambda: b"one two one")

    assert dialogue.wait_for(b"two", b"one", awaited="a number") == b"one"
    assert dialogue.heard == b" two one"


def test_a_far_end_that_chatters_fills_no_memory() -> None:
    """Of what comes before a word only the end is kept, and the word is found all the same."""
    pieces = [b"x" * 100_000] * 50 + [b"log", b"in: "]
    kept = []
    dialogue = Dialogue(lambda: (kept.append(len(dialogue.heard)), pieces.pop(0))[1])

    assert dialogue.wait_for(b"login: ", awaited="the prompt") == b"login: "
    assert max(kept) <= 104_096
