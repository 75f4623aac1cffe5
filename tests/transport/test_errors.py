"""What an error says: the message to programs, the hint to people, in Python's own traceback too."""

from __future__ import annotations

import copy
import pickle
import sys
import traceback

import pytest

from belay_transport.errors import BelayException, ProtocolError


def test_the_hint_is_no_part_of_the_message() -> None:
    """Programs match on the message; the hint is beside it."""
    error = ProtocolError("the board is silent", hint="press reset")

    assert (str(error), error.args, error.hint) == (
        "the board is silent",
        ("the board is silent",),
        "press reset",
    )


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 shows no notes")
def test_an_uncaught_error_shows_its_hint_once() -> None:
    """A traceback ends with the message, the hint and what was noted besides, a line each."""
    error = ProtocolError("the board is silent", hint="press reset")
    error.add_note("in call 2")

    shown = "".join(traceback.format_exception(error)).splitlines()

    assert shown == [
        "belay_transport.errors.ProtocolError: the board is silent",
        "hint: press reset",
        "in call 2",
    ]


def test_a_hint_that_is_changed_is_shown_as_it_is_then() -> None:
    """A hint that is given later takes the place of the first; None takes it away."""
    error = BelayException("text", hint="first")

    error.hint = "second"
    second = list(error.__notes__)
    error.hint = None

    assert second == ["hint: second"]
    assert error.__notes__ == []


def test_an_error_without_a_hint_has_no_note() -> None:
    """Nothing is shown where there is nothing to say."""
    error = BelayException("text")

    assert error.hint is None
    assert not hasattr(error, "__notes__")


def test_the_hint_crosses_processes() -> None:
    """A copy has the hint, and shows it once."""
    error = BelayException("text", hint="do this")

    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (twin.hint, twin.__notes__) == ("do this", ["hint: do this"])
