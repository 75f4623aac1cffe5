"""Proxies of a device that finds its board again."""

# Functions here are board code.
# ruff: noqa: F841

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import belay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def unplug(device: belay.Device) -> None:
    """End the board at once; opening its address again gives another."""
    device._belay_runtime.session.link._launcher.end()  # type: ignore[attr-defined] # a simulated board's


@pytest.fixture
def device(tmp_path: Path) -> Iterator[belay.Device]:
    """A board that keeps its flash, and a device that tries again."""
    with belay.Device(f"sim:?disk={tmp_path / 'flash'}", attempts=3) as connected:
        yield connected


@pytest.mark.parametrize(
    "use",
    [
        lambda proxy, length: proxy.append(1),
        lambda proxy, length: proxy[0],
        lambda proxy, length: length(proxy),
        lambda proxy, length: list(proxy),
    ],
    ids=["method", "item", "argument", "iteration"],
)
def test_what_is_gone_is_not_asked_of_the_new_board(
    device: belay.Device, use: Callable[[Any, Any], object]
) -> None:
    """A use that finds the link broken is an error and is not repeated, as is each later one."""
    device("numbers = [1, 2]")

    @device.task
    def length(values):
        return len(values)

    proxy = device.proxy("numbers")
    unplug(device)

    with pytest.raises(belay.ConnectionLost):
        use(proxy, length)
    with pytest.raises(belay.StaleProxyError):
        use(proxy, length)
    assert device("numbers") == [1, 2]


def test_a_proxy_that_finds_the_link_broken(device: belay.Device) -> None:
    """A proxy whose making found the board again stands for the new board's object, imports included."""
    device("numbers = [1, 2]")
    device.proxy("import math as m")
    unplug(device)

    numbers = device.proxy("numbers")

    assert numbers[1] == 2
    assert device("m.floor(2.5)") == 2


def test_a_recorded_call_with_a_proxy_is_not_repeated(device: belay.Device) -> None:
    """A setup that was given a proxy is left out by a reconnection: what it stood for is gone."""

    @device.setup
    def keep(found):
        same = found

    keep(3)
    keep(device.proxy("[1]"))
    assert device("same") == [1]

    device.reconnect()

    assert device("same") == 3
