"""`serve_simulated`: a simulated board behind the path of a port."""

from __future__ import annotations

import pytest

import belay
from belay_transport.errors import AddressError
from belay_transport.opening import serve_simulated


def test_a_served_board_is_a_serial_port() -> None:
    """The path can be opened like any serial port, and its pins are read from outside."""
    with serve_simulated("sim:?heap=256k") as board:
        with belay.Device(board.path) as device:
            device("Pin(25, Pin.OUT).value(1)")

        assert board.simulated.pin(25).value == 1


@pytest.mark.parametrize("address", ["/dev/ttyACM0", "exec:true"])
def test_only_simulated_boards_can_be_served(address: str) -> None:
    """Another address is refused, with the way out."""
    with pytest.raises(AddressError, match="not the address of a simulated board") as caught:
        serve_simulated(address)

    assert caught.value.hint == "begin it with `sim:`"
