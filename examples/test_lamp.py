"""Tests of `lamp.py`: on a simulated board, or with `--board=/dev/ttyACM0` on a real one."""

import pytest
from lamp import Lamp


@pytest.fixture
def board_class():
    """What `board` is made with."""
    return Lamp


def test_the_lamp_is_on_while_the_button_is_pressed_in_the_dark(board):
    outside = board.simulated or pytest.skip("somebody would have to press the button")
    outside.set_analog(26, 1000)

    outside.pin(14).drive(0)
    assert board.follow()
    assert outside.pin(25).value == 1

    outside.pin(14).drive(None)
    assert not board.follow()


def test_the_lamp_blinks(board, capsys):
    board.blink(2)

    assert capsys.readouterr().out == "blinked 1\nblinked 2\n"
    if board.simulated:
        levels = [entry.value for entry in board.simulated.timeline(identifier=25) if entry.what == "value"]
        assert levels[-4:] == [1, 0, 1, 0]


@pytest.mark.board("sim:?heap=64k")
def test_a_small_board_is_enough(board):
    board.blink(3)
