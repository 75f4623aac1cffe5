"""Which `.mpy` files a board loads."""

from __future__ import annotations

import pytest

from belay.exceptions import FeatureUnavailableError
from belay.files.errors import MpyMismatchError
from belay.files.mpy_format import MpyHeader, MpyTarget, check_mpy, mpy_header, mpy_target

PICO = MpyTarget("M", 6, 3, "armv6m")
PYBOARD = MpyTarget("M", 6, 3, "armv7emsp")
RISCV = MpyTarget("M", 6, 3, "rv32imc", 1)
UNIX = MpyTarget("M", 6, 3, "x64")
OLD = MpyTarget("M", 5, 2, "xtensa")


@pytest.mark.parametrize(
    ("name", "version", "mpy", "target"),
    [
        ("micropython", (1, 29, 0), 0xB06, UNIX),
        ("micropython", (1, 29, 0), 4870 | 2 << 8, PICO),
        ("micropython", (1, 29, 0), 6 | 3 << 8 | 11 << 10 | 1 << 16, RISCV),
        ("micropython", (1, 30, 0), 7 | 15 << 10, MpyTarget("M", 7, 0, "unknown-15")),
        ("micropython", (1, 12, 0), 5 | 2 << 8 | 9 << 10, OLD),
        ("micropython", (1, 12, 0), 0, None),
        ("micropython", (1, 29, 0), None, None),
        ("micropython", (1, 11, 0), None, MpyTarget("M", 4, None)),
        ("micropython", (1, 10, 0), None, MpyTarget("M", 3, None)),
        ("micropython", (1, 9, 3), None, MpyTarget("M", 3, None)),
        ("micropython", (1, 9, 2), None, MpyTarget("M", 2, None)),
        ("micropython", (1, 8, 7), None, None),
        ("circuitpython", (9, 2, 1), 6, MpyTarget("C", 6, 0)),
        ("circuitpython", (2, 0, 0), None, None),
    ],
)
def test_a_board_says_what_it_loads(
    name: str, version: tuple[int, ...], mpy: int | None, target: MpyTarget | None
) -> None:
    """Format, version of native code, architecture, extensions; old boards are known by their firmware."""
    assert mpy_target(name, version, mpy) == target


def test_a_target_has_a_name() -> None:
    """Messages say it as people do."""
    assert [target.name for target in (PICO, OLD, MpyTarget("M", 6, 0), MpyTarget("M", 4, None))] == [
        "6.3 for armv6m",
        "5 for xtensa",
        "6",
        "4",
    ]


@pytest.mark.parametrize(
    ("data", "header"),
    [
        ("4d06001f0301", MpyHeader("M", 6, 0, None, 0, 31)),
        ("4d06131f0301", MpyHeader("M", 6, 3, "armv6m", 0, 31)),
        ("4d066f1f01", MpyHeader("M", 6, 3, "rv32imc", 1, 31)),
        ("4d066f1f8100", MpyHeader("M", 6, 3, "rv32imc", 128, 31)),
        ("4d05021f2038", MpyHeader("M", 5, 2, None, 0, 31)),
        ("4306001f", MpyHeader("C", 6, 0, None, 0, 31)),
        ("4d06003f", MpyHeader("M", 6, 0, None, 0, 63)),
        ("4d06", None),
        ("", None),
        ("23207079", None),
    ],
)
def test_a_header_is_read(data: str, header: MpyHeader | None) -> None:
    """Bytes as compilers wrote them; what is no `.mpy` file has none."""
    assert mpy_header(bytes.fromhex(data)) == header


@pytest.mark.parametrize(
    ("data", "target"),
    [
        ("4d06001f", PICO),
        ("4d06001f", MpyTarget("M", 6, 0)),  # bytecode alone is the same in all of 6
        ("4d06131f", PICO),
        ("4d06131f", PYBOARD),  # code for a smaller Thumb
        ("4d06001f", UNIX),
        ("4d06003f", UNIX),
        ("4d066f1f01", RISCV),
        ("4d05021f", OLD),
        ("4d04021f", MpyTarget("M", 4, None)),
        ("4306001f", MpyTarget("C", 6, 0)),
    ],
)
def test_what_a_board_loads_passes(data: str, target: MpyTarget) -> None:
    """Bytecode of the format, and native code that the architecture runs."""
    check_mpy(bytes.fromhex(data), target, what="a file")


@pytest.mark.parametrize(
    ("data", "target", "reason"),
    [
        ("4d05021f", PICO, "its format is 5"),
        ("4306001f", PICO, "it is for CircuitPython"),
        ("4d06001f", MpyTarget("C", 6, 0), "it is for MicroPython"),
        ("4d061f1f", PICO, "its native code is for armv7em"),
        ("4d060b1f", PICO, "its native code is for x64"),
        ("4d06121f", PICO, r"its native code is of format 6\.2"),
        ("4d06131f", MpyTarget("M", 6, 3), "its native code is for armv6m"),
        ("4d066f1f03", RISCV, "extensions 0x2"),
        ("4d06003f", PICO, "integers of 63 bits"),
        ("4d05031f", OLD, "features 3"),
        ("23202020", PICO, "is no .mpy file"),
    ],
)
def test_what_a_board_refuses_is_refused_before_it_is_sent(data: str, target: MpyTarget, reason: str) -> None:
    """The message names the file, what the board loads, and what is wrong."""
    with pytest.raises(MpyMismatchError, match=reason) as caught:
        check_mpy(bytes.fromhex(data), target, what="`lib/x.mpy`")

    assert str(caught.value).startswith("`lib/x.mpy`")
    assert isinstance(caught.value, FeatureUnavailableError)
