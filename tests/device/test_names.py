"""Which names a function for the board must not have."""

from __future__ import annotations

from pathlib import Path

import pytest

import belay
from belay.exceptions import SpecialFunctionNameError
from belay.names import DEVICE_VERBS, ROLE_KINDS, check_function_name, check_method_name


@pytest.mark.parametrize(
    "name", ["__init__", "__call__", "__foo__", "_belay", "_belay_x", "__belay_next", "belay_emit"]
)
def test_reserved_names_are_refused_everywhere(name: str) -> None:
    """Dunder names are Python's and `_belay` names are ours, for functions and for methods."""
    with pytest.raises(SpecialFunctionNameError, match=f"`{name}`"):
        check_function_name(name)
    with pytest.raises(SpecialFunctionNameError, match=f"`{name}`"):
        check_method_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *ROLE_KINDS,
        "on",
        "path",
        "read",
        "write",
        "emit",
        "wait",
        "_private",
        "__private",
        "belay",
        "foo_",
        "größe",
    ],
)
def test_ordinary_names_and_those_of_the_decorators_are_free(name: str) -> None:
    """A task may be called `read` or `setup`, as the manual's own example is."""
    check_function_name(name)
    check_method_name(name)


@pytest.mark.parametrize("name", sorted(DEVICE_VERBS))
def test_what_a_device_offers_is_refused_for_methods_only(name: str) -> None:
    """A method that would hide `Device.close` is refused with a way out; a function of that name is free."""
    check_function_name(name)

    with pytest.raises(SpecialFunctionNameError, match=f"it would hide `Device.{name}`") as caught:
        check_method_name(name)

    assert name in str(caught.value.hint)


def test_the_manual_lists_the_refused_names() -> None:
    """The page on tasks names each of them."""
    page = (Path(__file__).parents[2] / "docs" / "tasks.md").read_text(encoding="utf-8")
    listed = page.partition("## Names")[2].partition("Every other name is free")[0]

    for name in DEVICE_VERBS:
        assert f"`{name}`" in listed


def test_everything_public_on_a_device_is_in_the_table() -> None:
    """No verb is added to `Device` without being refused as a method's name."""
    public = {name for name in vars(belay.Device) if not name.startswith("_")}

    assert public - set(ROLE_KINDS) <= DEVICE_VERBS
