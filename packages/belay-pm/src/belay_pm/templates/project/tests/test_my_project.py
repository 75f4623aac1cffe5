"""Tests of my_project: `pytest` runs them, and no board needs to be there."""

from pathlib import Path

from my_project import greeting

ROOT = Path(__file__).parent.parent


def test_it_greets():
    """Plain Python is enough for what needs no board."""
    assert greeting("you") == "Hello, you!"


def test_the_board_greets(board):
    """The same package runs on a board: a simulated one, or with `pytest --board=PORT` yours."""
    board.sync(ROOT / "my_project", "/lib/my_project")
    board("from my_project import greeting")

    assert board("greeting('board')") == "Hello, board!"
