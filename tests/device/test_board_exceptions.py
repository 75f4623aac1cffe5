"""A board's traceback text as an exception of the host."""

from __future__ import annotations

import builtins
import copy
import pickle

import pytest

from belay.exceptions import BelayException, BoardException, BoardSystemExit, board_exception

HEADER = "Traceback (most recent call last):\n"
FRAME = '  File "main.py", line 3, in foo\n'

NOT_TO_BE_CAUGHT_AS_SUCH = {
    "SystemExit",
    "KeyboardInterrupt",
    "GeneratorExit",
    "StopIteration",
    "StopAsyncIteration",
    "BaseExceptionGroup",
    "ExceptionGroup",
}
HOST_EXCEPTIONS = sorted(
    name
    for name in dir(builtins)
    if isinstance(kind := getattr(builtins, name), type) and issubclass(kind, BaseException)
)


@pytest.mark.parametrize(
    ("last_line", "builtin", "type_name", "message"),
    [
        ("ZeroDivisionError: divide by zero", ZeroDivisionError, "ZeroDivisionError", "divide by zero"),
        ("KeyError: a", KeyError, "KeyError", "a"),
        ("IndexError: list index out of range", IndexError, "IndexError", "list index out of range"),
        ("ValueError: ", ValueError, "ValueError", ""),
        ("ValueError", ValueError, "ValueError", ""),
        ("ValueError: a\nb: c\n", ValueError, "ValueError", "a\nb: c"),
        ("UnicodeError: ", UnicodeError, "UnicodeError", ""),
        ("UnicodeDecodeError: x", UnicodeError, "UnicodeDecodeError", "x"),
        ("ImportError: no module named 'x'", ImportError, "ImportError", "no module named 'x'"),
        ("MemoryError: memory allocation failed", MemoryError, "MemoryError", "memory allocation failed"),
        ("SyntaxError: invalid syntax", SyntaxError, "SyntaxError", "invalid syntax"),
        ("MyError: hi", BoardException, "MyError", "hi"),
        ("binascii.Error: odd", BoardException, "binascii.Error", "odd"),
        ("KeyboardInterrupt: ", BoardException, "KeyboardInterrupt", ""),
        ("print: not an exception", BoardException, "print", "not an exception"),
        ("what is this", BoardException, "Exception", "what is this"),
    ],
)
@pytest.mark.parametrize("before", ["", HEADER, HEADER + FRAME, HEADER + FRAME + FRAME])
def test_the_last_line_makes_the_class(
    before: str, last_line: str, builtin: type[Exception], type_name: str, message: str
) -> None:
    """A builtin's exception is that builtin, with the type's name and the message kept apart."""
    error = board_exception((before + last_line).replace("\n", "\r\n"))

    assert isinstance(error, BoardException)
    assert isinstance(error, builtin)
    assert (error.type_name, error.message) == (type_name, message)
    assert error.board_text == (before + last_line).replace("\n", "\r\n")


@pytest.mark.parametrize("name", HOST_EXCEPTIONS)
def test_every_builtin_is_itself_or_not_caught(name: str) -> None:
    """`except` of the builtin catches the board's, but for those that Python itself acts on."""
    error = board_exception(f"{name}: hi")

    kept = name in NOT_TO_BE_CAUGHT_AS_SUCH or name.startswith("Unicode")
    assert kept or isinstance(error, getattr(builtins, name))
    assert isinstance(error, BelayException)
    assert not isinstance(error, (SystemExit, KeyboardInterrupt, GeneratorExit, StopIteration))
    assert str(error) == f"{name}: hi"


@pytest.mark.parametrize(
    ("message", "number", "kind"),
    [
        ("[Errno 2] ENOENT", 2, FileNotFoundError),
        ("[Errno 2] ENOENT: main.py", 2, FileNotFoundError),
        ("[Errno 17] EEXIST", 17, FileExistsError),
        ("[Errno 20] ENOTDIR", 20, NotADirectoryError),
        ("[Errno 21] EISDIR", 21, IsADirectoryError),
        ("[Errno 28] ENOSPC", 28, OSError),
        ("[Errno 110] ETIMEDOUT", 110, OSError),
        ("(2, 3, 4)", 2, FileNotFoundError),
        ("-202", -202, OSError),
        ("9999", 9999, OSError),
        ("abc", None, OSError),
        ("", None, OSError),
    ],
)
def test_an_oserror_has_its_errno(message: str, number: int | None, kind: type[OSError]) -> None:
    """`errno` is the board's, and the errors of files are those that a host would raise."""
    error = board_exception(f"{HEADER}{FRAME}OSError: {message}\n")

    assert isinstance(error, kind)
    assert error.errno == number
    assert isinstance(error, BoardException)
    assert error.type_name == "OSError"


def test_a_timeout_on_the_board_is_no_timeout_of_the_call() -> None:
    """ETIMEDOUT on the board is not taken for a deadline of the caller's."""
    assert not isinstance(board_exception("OSError: [Errno 110] ETIMEDOUT"), TimeoutError)


def test_the_text_shows_the_summary_and_the_mapped_traceback() -> None:
    """`str()` begins with the cause; `args[0]` is the traceback with the host's lines, as the incumbent's."""
    board_text = f"{HEADER}{FRAME}ValueError: x\n"
    mapped = f'{HEADER}  File "/host/a.py", line 7, in foo\n    boom()\nValueError: x\n'

    error = board_exception(board_text, traceback_text=mapped)

    assert error.args == (mapped,)
    assert str(error) == f"ValueError: x\n\n{mapped}"
    assert board_exception("ValueError: x").args == ("ValueError: x",)


def test_an_uncaught_syntax_error_shows_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    """Python prints SyntaxErrors in a way of its own; the board's traceback is still seen."""
    import traceback  # noqa: PLC0415 - what is under test is how Python prints

    error = board_exception(f'{HEADER}  File "main.py", line 2\nSyntaxError: invalid syntax\n')

    traceback.print_exception(error)

    assert 'File "main.py", line 2' in capsys.readouterr().err


def test_a_class_of_the_users_is_also_its_builtin_base_when_the_board_tells() -> None:
    """`class My(ValueError)` on the board is caught by `except ValueError`."""
    error = board_exception("My: hi", base_name="ValueError")

    assert isinstance(error, ValueError)
    assert (error.type_name, str(error)) == ("My", "My: hi")


def test_a_chain_ends_with_the_exception_that_was_raised() -> None:
    """CircuitPython prints what came before, too; the last one counts, and the text is whole."""
    text = (
        f"{HEADER}{FRAME}KeyError: 1\n\n"
        "During handling of the above exception, another exception occurred:\n\n"
        f"{HEADER}{FRAME}ValueError: x\n"
    )

    error = board_exception(text)

    assert isinstance(error, ValueError)
    assert not isinstance(error, KeyError)
    assert error.board_text == text


@pytest.mark.parametrize(
    ("message", "code"),
    [("", None), ("None", None), ("0", 0), ("3", 3), ("-1", -1), ("bye", "bye"), ("True", "True")],
)
def test_system_exit_has_its_code(message: str, code: int | str | None) -> None:
    """`sys.exit` on the board is an ordinary exception here, with its code."""
    error = board_exception(f"{HEADER}{FRAME}SystemExit: {message}\n")

    assert isinstance(error, BoardSystemExit)
    assert error.code == code


@pytest.mark.parametrize("text", ["OSError: [Errno 2] ENOENT", "KeyError: a", "My: hi", "SystemExit: 3"])
def test_it_pickles_and_copies(text: str) -> None:
    """An exception crosses processes with its class and its facts."""
    error = board_exception(f"{HEADER}{text}\n", traceback_text="mapped")
    error.hint = "try `x`"

    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(twin) is type(error)
        assert (twin.args, vars(twin)) == (error.args, vars(error))
        assert getattr(twin, "errno", None) == getattr(error, "errno", None)


def test_the_classes_are_made_once() -> None:
    """Two exceptions of one builtin have the same class, named after it."""
    first, second = board_exception("KeyError: 1"), board_exception("KeyError: 2")

    assert type(first) is type(second)
    assert type(first).__name__ == "BoardKeyError"
    assert type(first).__module__ == "belay.exceptions"
