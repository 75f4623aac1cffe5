"""What this project does; the same code runs on the board and in tests."""


def greeting(name):
    """Return what the board says to somebody."""
    return "Hello, " + name + "!"
