"""Which of our files a board holds: sent when they are needed, freed when they are in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import belay
from belay.onboard import forgetting_code
from belay.runtime.helpers import Helpers

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def device() -> Iterator[belay.Device]:
    """A board of its own."""
    with belay.Device("sim:", startup="") as device:
        yield device


def test_what_is_discarded_goes_with_the_next_that_are_needed(device: belay.Device) -> None:
    """Freeing takes no turnaround of its own, leaves the user's names alone, and what is needed comes again."""
    runtime = device._belay_runtime
    device("N = T = 7")
    device.fs.mkdir("/folder")
    runtime.send_helpers(["beside", "usage"])
    before = runtime.submissions

    runtime.discard_helpers(["beside", "usage", "paths"])

    assert device("'_belay_du' in globals()") is True
    assert device.fs.walk() != []
    assert device("['_belay_du' in globals(), 'F' in _belay_n, N, T]") == [False, False, 7, 7]
    assert device.fs.usage().folders == 1
    assert device("'_belay_du' in globals()") is True
    assert runtime.submissions == before + 5


def test_what_is_needed_again_stays(device: belay.Device) -> None:
    """What the next call needs is neither freed nor sent once more."""
    runtime = device._belay_runtime
    assert device.fs.usage().files == 0
    device("first = _belay_du")
    runtime.discard_helpers(["usage"])

    assert device.fs.usage().files == 0

    assert device("first is _belay_du") is True


def test_a_board_that_starts_anew_has_nothing_to_free(device: belay.Device) -> None:
    """After a reset all comes again, whatever was to be freed before."""
    runtime = device._belay_runtime
    assert device.fs.usage().files == 0
    runtime.discard_helpers(["usage", "entries"])

    device.soft_reset()

    assert device.fs.usage().files == 0
    assert device.fs.walk() == []
    assert device("'_belay_du' in globals()") is True


def test_a_submission_that_fails_leaves_nothing_that_is_believed_to_be_there(device: belay.Device) -> None:
    """Where the code in front of a call raises, what it was to free comes again when it is needed."""
    runtime = device._belay_runtime
    assert device.fs.usage().files == 0
    runtime.discard_helpers(["usage"])
    with pytest.raises(belay.BelayException):
        runtime._replies.settle(runtime._submitter.send("lambda:0", helpers=("mend",), prefix="1/0\n"))

    assert device.fs.usage().files == 0


def test_what_another_thread_uses_is_not_freed() -> None:
    """A helper that a submission on its way needs stays until that has ended."""
    helpers = Helpers()
    helpers.add(["entries", "walk", "put"])
    assert helpers.claim(["entries", "walk"]) is True

    helpers.discard(["walk", "put"])

    assert helpers.claim(["get"]) is False
    assert helpers.take_unwanted(["get"]) == ["put"]
    assert "put" not in helpers
    assert "walk" in helpers
    helpers.know_freed(["put"])
    helpers.release(["entries", "walk"])
    assert helpers.take_unwanted(["get"]) == ["walk"]


def test_calls_of_the_user_wait_for_no_helper() -> None:
    """What a sync has left to be freed does not concern a call that needs none."""
    helpers = Helpers()
    helpers.add(["put"])
    helpers.discard(["put"])

    assert helpers.claim([]) is True


def test_all_that_a_file_defines_is_freed() -> None:
    """Functions and tables alike, in several files too."""
    assert "'R X W O Q M L'" in forgetting_code(["move", "entries"])
