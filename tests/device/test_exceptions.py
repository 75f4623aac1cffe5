"""Every error of `belay`: all are one family, and each is what Python calls it as well."""

from __future__ import annotations

import pytest

import belay.exceptions
from belay.exceptions import (
    ArgumentTypeError,
    ArgumentValueError,
    BelayException,
    BoardException,
    NestedCallError,
    NotBelayResponseError,
    ProtocolError,
    PyboardError,
    PyboardException,
    UnknownDeviceClassError,
    UnreturnableValueError,
    UnsendableValueError,
    UnsupportedFunctionError,
)
from belay_transport import errors


def test_the_links_errors_are_here_too() -> None:
    """One module has every error, and the incumbent's names mean ours."""
    for name in errors.__all__:
        assert getattr(belay.exceptions, name) is getattr(errors, name)
        assert name in belay.exceptions.__all__
    assert PyboardException is BoardException
    assert PyboardError is ProtocolError
    assert issubclass(NotBelayResponseError, ProtocolError)


@pytest.mark.parametrize("name", belay.exceptions.__all__)
def test_every_error_is_a_belay_exception_with_a_docstring(name: str) -> None:
    """`except BelayException` catches all that is public, and each says what it is."""
    thing = getattr(belay.exceptions, name)

    assert thing.__doc__
    assert not isinstance(thing, type) or issubclass(thing, BelayException)


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (ArgumentTypeError, TypeError),
        (ArgumentValueError, ValueError),
        (NestedCallError, RuntimeError),
        (UnknownDeviceClassError, KeyError),
    ],
)
def test_misuse_is_pythons_type_too(kind: type[BelayException], builtin: type[Exception]) -> None:
    """Misuse is what Python calls it as well, and its text is the message and no more."""
    error = kind("text", hint="do this")

    assert isinstance(error, builtin)
    assert (str(error), error.hint) == ("text", "do this")


@pytest.mark.parametrize("kind", [UnsendableValueError, UnreturnableValueError, UnsupportedFunctionError])
def test_what_the_caller_passed_is_a_value_error(kind: type[BelayException]) -> None:
    """An argument, a result or a function that does not fit is a ValueError, with a hint."""
    error = kind("text", hint="do this")

    assert isinstance(error, ValueError)
    assert (str(error), error.hint) == ("text", "do this")
