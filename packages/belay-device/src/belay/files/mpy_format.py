"""The header of a `.mpy` file, and which headers a board loads.

Pure: numbers and bytes. Source: MicroPython reference, "MicroPython .mpy files", and `py/persistentcode.c`
of the versions that the table below names.
"""

from __future__ import annotations

from typing import NamedTuple

from belay.files.errors import MpyMismatchError
from belay.implementation import ARCHITECTURES

__all__ = ["MpyHeader", "MpyTarget", "check_mpy", "mpy_header", "mpy_target"]

_FORMAT_WITH_SUB_VERSIONS = 6
"""From here on (1.19), bits 8 and 9 are the version of native code; before, what the bytecode may contain."""

_THUMB = ("armv6m", "armv7m", "armv7em", "armv7emsp", "armv7emdp")
"""Each runs the code of those before it."""

_SMALL_INT_BITS = {"x64": 63, "rv64imc": 63}
_SMALL_INT_BITS_OF_OTHERS = 31

# Firmware from this version on -> .mpy format, where the firmware does not tell. (From 1.12 on it does.)
_UNTOLD_FORMATS = (((1, 12), None), ((1, 11), 4), ((1, 9, 3), 3), ((1, 9), 2))

_HEADER_BYTES = 4
_HAS_ARCHITECTURE_FLAGS = 0x40


class MpyTarget(NamedTuple):
    """What a board says of the `.mpy` files that it loads.

    Attributes:
        maker: "M" for MicroPython, "C" for CircuitPython: the first letter of the files.
        version: of the format.
        sub_version: of native code in it; in formats before 6, what the bytecode may contain: 1 for cached
            lookups, 2 for Unicode texts; None when the board does not tell.
        arch: the architecture whose native code it loads, or None.
        arch_flags: extensions of that architecture, one bit each.
    """

    maker: str
    version: int
    sub_version: int | None
    arch: str | None = None
    arch_flags: int = 0

    @property
    def name(self) -> str:
        """Format and architecture as people write them: "6.3 for armv6m"."""
        sub = f".{self.sub_version}" if self.version >= _FORMAT_WITH_SUB_VERSIONS and self.sub_version else ""
        return f"{self.version}{sub}" + (f" for {self.arch}" if self.arch else "")


class MpyHeader(NamedTuple):
    """The header of a `.mpy` file; what is not named here is as in `MpyTarget`.

    Attributes:
        small_int_bits: the longest of the integers in it that need no object of their own.
    """

    maker: str
    version: int
    sub_version: int
    arch: str | None
    arch_flags: int
    small_int_bits: int


def mpy_target(name: str, version: tuple[int, ...], mpy: int | None) -> MpyTarget | None:
    """Return what a board loads; None for one that loads no `.mpy` files.

    Args:
        name: its `sys.implementation.name`.
        version: of its firmware.
        mpy: its `sys.implementation._mpy` (1.19 and later) or `.mpy` (1.12 to 1.18); 0 or None for neither.

    Example:
        >>> mpy_target("micropython", (1, 29, 0), 4870).name
        '6.3 for armv6m'
    """
    maker = "C" if name == "circuitpython" else "M"
    if mpy:
        arch = _architecture(mpy >> 10 & 0xF)
        return MpyTarget(maker, mpy & 0xFF, mpy >> 8 & 3, arch, mpy >> 16)
    if maker == "C":
        return None
    for since, untold in _UNTOLD_FORMATS:
        if version >= since:
            return None if untold is None else MpyTarget(maker, untold, None)
    return None


def mpy_header(data: bytes) -> MpyHeader | None:
    """Return the header of a `.mpy` file; None for bytes that are no such file."""
    if len(data) < _HEADER_BYTES or data[:1] not in {b"M", b"C"}:
        return None
    maker, version, features, bits = chr(data[0]), data[1], data[2], data[3]
    flags = 0
    if version >= _FORMAT_WITH_SUB_VERSIONS and features & _HAS_ARCHITECTURE_FLAGS:
        for byte in data[_HEADER_BYTES:]:
            flags = flags << 7 | byte & 0x7F
            if byte < 0x80:  # noqa: PLR2004 - the last of a number in groups of seven bits
                break
    return MpyHeader(maker, version, features & 3, _architecture(features >> 2 & 0xF), flags, bits)


def check_mpy(data: bytes, target: MpyTarget, *, what: str) -> None:
    """Refuse a `.mpy` file that the board would refuse to load.

    Args:
        data: the file, or at least its first 16 bytes.
        target: what the board loads.
        what: what the message calls the file.

    Raises:
        MpyMismatchError: it is another maker's, format's or architecture's, or no `.mpy` file at all.
    """
    header = mpy_header(data)
    if header is None:
        raise MpyMismatchError(f"{what} is no .mpy file: it begins with {data[:4]!r}")
    problem = _problem(header, target)
    if problem:
        raise MpyMismatchError(
            f"{what} does not fit this board, which loads .mpy {target.name}: {problem}",
            hint="compile it for this board, or send its `.py`",
        )


def _problem(header: MpyHeader, target: MpyTarget) -> str:
    """What a board would complain about; "" for nothing."""
    if header.maker != target.maker:
        makers = {"M": "MicroPython", "C": "CircuitPython"}
        return f"it is for {makers[header.maker]}, and the board runs {makers[target.maker]}"
    if header.version != target.version:
        return f"its format is {header.version}"
    bits = _SMALL_INT_BITS.get(target.arch or "", _SMALL_INT_BITS_OF_OTHERS)
    if header.small_int_bits > bits and target.arch:
        return f"it has integers of {header.small_int_bits} bits, and the board's have {bits}"
    return "" if target.sub_version is None else _problem_of_code(header, target)


def _problem_of_code(header: MpyHeader, target: MpyTarget) -> str:
    if header.version < _FORMAT_WITH_SUB_VERSIONS and header.sub_version != target.sub_version:
        return f"its bytecode has features {header.sub_version}, and the board wants {target.sub_version}"
    if header.arch and not _runs(header.arch, target.arch):
        return f"its native code is for {header.arch}"
    if (
        header.arch
        and header.version >= _FORMAT_WITH_SUB_VERSIONS
        and header.sub_version != target.sub_version
    ):
        return f"its native code is of format {header.version}.{header.sub_version}"
    lacking = header.arch_flags & ~target.arch_flags
    return f"its native code needs extensions {lacking:#x} of the architecture" if lacking else ""


def _runs(code: str, board: str | None) -> bool:
    if code in _THUMB and board in _THUMB:
        return _THUMB.index(code) <= _THUMB.index(board)
    return code == board


def _architecture(number: int) -> str | None:
    return ARCHITECTURES[number] if number < len(ARCHITECTURES) else f"unknown-{number}"
