"""What a board reports about itself, as one value."""

from __future__ import annotations

import pickle

import pytest

from belay.implementation import Implementation


@pytest.mark.parametrize(
    ("mpy", "arch"),
    [
        (None, None),
        (0, None),
        (6, None),  # loads bytecode only
        (6 | 1 << 10, "x86"),
        (2822, "x64"),  # the unix build, 1.29-preview
        (4870, "armv6m"),  # a Pico, 1.19
        (6 | 7 << 10, "armv7emsp"),
        (6 | 9 << 10, "xtensa"),
        (6 | 10 << 10, "xtensawin"),
        (6 | 11 << 10, "rv32imc"),
        (6 | 12 << 10, "rv64imc"),
        (6 | 11 << 10 | 5 << 16, "rv32imc"),  # RISC-V flags above
        (6 | 13 << 10, "unknown-13"),
        (6 | 15 << 10 | 0xFFFF << 16, "unknown-15"),
    ],
)
def test_the_architecture_is_read_and_never_an_error(mpy: int | None, arch: str | None) -> None:
    """Known architectures have names; unknown ones and flag bits are no error."""
    assert Implementation.from_board("micropython", mpy=mpy).arch == arch


@pytest.mark.parametrize(
    ("reported", "version"),
    [
        ((), (0, 0, 0)),
        ((1, 9), (1, 9, 0)),
        ((1, 22, 2), (1, 22, 2)),
        ((1, 29, 0, "preview"), (1, 29, 0)),
        ([9, 2, 1, "", 0], (9, 2, 1)),
        (("v1", 20), (20, 0, 0)),
    ],
)
def test_a_version_of_any_length_has_three_numbers(
    reported: tuple[object, ...], version: tuple[int, int, int]
) -> None:
    """Words and further parts are dropped, missing parts are zero."""
    assert Implementation.from_board("micropython", reported).version == version


@pytest.mark.parametrize(
    ("name", "wanted", "fits"),
    [
        ("micropython", "", True),
        ("circuitpython", "", True),
        ("circuitpython", "circuitpython", True),
        ("circuitpython", "circuit-python", True),
        ("circuitpython", "CircuitPython", True),
        ("micropython", "circuitpython", False),
        ("circuitpython", "python", False),
    ],
)
def test_both_spellings_of_an_implementation_match(name: str, wanted: str, fits: bool) -> None:
    """The manual's `circuit-python` is `circuitpython`; an empty wish fits all."""
    assert Implementation(name).matches(wanted) is fits


def test_it_is_a_frozen_value_with_the_manuals_defaults() -> None:
    """Attributes are those of the manual, cannot be set, and compare, hash and pickle."""
    board = Implementation.from_board(
        "micropython", (1, 29, 0), "rp2", mpy=4870, emitters=["native", "viper"]
    )

    assert Implementation("micropython") == Implementation("micropython", (0, 0, 0), "", None, ())
    assert board == Implementation("micropython", (1, 29, 0), "rp2", "armv6m", ("native", "viper"))
    assert pickle.loads(pickle.dumps(board)) == board
    assert hash(board) == hash(pickle.loads(pickle.dumps(board)))
    with pytest.raises(AttributeError):
        board.name = "other"  # type: ignore[misc] # frozen
