"""What runs on the board: which Python, which version, on which machine.

This room turns what the board reports about itself into one value. It asks no board.
An architecture or a flag it has never heard of is a fact to keep, never an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ARCHITECTURES", "Implementation"]

ARCHITECTURES = (
    None,  # 0: the board loads no native code
    "x86",
    "x64",
    "armv6",
    "armv6m",
    "armv7m",
    "armv7em",
    "armv7emsp",
    "armv7emdp",
    "xtensa",
    "xtensawin",
    "rv32imc",
    "rv64imc",
)
"""Source: MicroPython reference, "MicroPython .mpy files", versioning and compatibility of .mpy files."""

_ARCHITECTURE_SHIFT = 10
_ARCHITECTURE_MASK = 0x0F  # four bits; bits 16 and up are flags of the architecture (RISC-V extensions)
_VERSION_PARTS = 3


class Implementation(NamedTuple):
    """The Python on a board.

    Attributes:
        name: "micropython" or "circuitpython".
        version: major, minor, patch of the firmware; zeros where the board does not say.
        platform: the board's `sys.platform`; MicroPython says "rp2" where CircuitPython says "RP2040".
        arch: the architecture whose native code the board loads, such as "armv6m"; "unknown-13" for one
            that is newer than this list; None when it loads none or does not say.
        emitters: which of "native" and "viper" compile on the board.
    """

    name: str
    version: tuple[int, int, int] = (0, 0, 0)
    platform: str = ""
    arch: str | None = None
    emitters: tuple[str, ...] = ()

    @classmethod
    def from_board(
        cls,
        name: str,
        version: Iterable[object] = (),
        platform: str = "",
        *,
        mpy: int | None = None,
        emitters: Iterable[str] = (),
    ) -> Implementation:
        """Build the value from what the board reports.

        Args:
            name: its `sys.implementation.name`.
            version: its `sys.implementation.version`: of any length, words such as "preview" allowed.
            platform: its `sys.platform`.
            mpy: its `sys.implementation._mpy`, or None where there is none.
            emitters: those that compiled a probe.

        Example:
            >>> Implementation.from_board("micropython", (1, 29, 0, "preview"), "rp2", mpy=4870).arch
            'armv6m'
        """
        numbers = [part for part in version if isinstance(part, int)][:_VERSION_PARTS]
        numbers += [0] * (_VERSION_PARTS - len(numbers))
        return cls(name, (numbers[0], numbers[1], numbers[2]), platform, _architecture(mpy), tuple(emitters))

    def matches(self, wanted: str) -> bool:
        """Whether this is the implementation called `wanted`.

        Args:
            wanted: a name; case, "-" and "_" do not count, so "circuit-python" is "circuitpython".
                "" matches every implementation.
        """
        return not wanted or _plain(wanted) == _plain(self.name)


def _architecture(mpy: int | None) -> str | None:
    if not mpy:
        return None
    number = mpy >> _ARCHITECTURE_SHIFT & _ARCHITECTURE_MASK
    return ARCHITECTURES[number] if number < len(ARCHITECTURES) else f"unknown-{number}"


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")
