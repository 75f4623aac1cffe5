"""Which ROM partitions a board has, and what their first bytes say. Nothing here changes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from belay.exceptions import FeatureUnavailableError, NotBelayResponseError
from belay.roles import refuse_in_batch

if TYPE_CHECKING:
    from belay.device import Device

__all__ = ["ROM_HELPERS", "RomPartition", "rom_partitions"]

ROM_HELPERS = ("check", "rom")
"""Files of `_onboard/` that all of this room needs."""

_MARK = b"\xd2\xcd\x31"
"""What an image begins with. Source: MicroPython, `extmod/vfs_rom.c`."""


class RomPartition(NamedTuple):
    """A part of a board's flash that holds one image of a read-only file system.

    Attributes:
        number: as the board counts them, from 0 on.
        size_bytes: how large an image may be.
        address: where the board sees it in its memory; None where it does not tell.
        block_bytes: what is erased at a time; 0 where only the whole can be.
        head: its first bytes, at most 12.
        is_blank: whether nothing is written in it at all.
    """

    number: int
    size_bytes: int
    address: int | None
    block_bytes: int
    head: bytes
    is_blank: bool

    @property
    def payload_bytes(self) -> int | None:
        """What the header of an image says of its length, without the header; None where there is none."""
        header = self._header
        return None if header is None else header[1]

    @property
    def image_bytes(self) -> int | None:
        """The size of the image that is in it, as its header says; None where there is none."""
        header = self._header
        return None if header is None else sum(header)

    @property
    def _header(self) -> tuple[int, int] | None:
        """The length of an image's header and of what is behind it."""
        if not self.head.startswith(_MARK):
            return None
        length = 0
        for position in range(len(_MARK), len(self.head)):
            length = length << 7 | self.head[position] & 0x7F
            if not self.head[position] & 0x80:
                return position + 1, length
        return None


def rom_partitions(device: Device) -> list[RomPartition]:
    """Return the ROM partitions of a board; one turnaround.

    Raises:
        FeatureUnavailableError: its firmware has no `vfs.rom_ioctl`, so there can be none.
        NotBelayResponseError: what it tells makes no sense.
        BoardException: it cannot look at one of them.
    """
    runtime = device._belay_runtime  # noqa: SLF001 - this room is a part of what a device does
    refuse_in_batch(runtime, "`belay.rom`")
    told = runtime.call("_belay_rq()", helpers=ROM_HELPERS)
    if told is None:
        version = ".".join(map(str, runtime.implementation.version))
        raise FeatureUnavailableError(
            f"{runtime.description} has no ROM partition: its firmware, {runtime.implementation.name} "
            f"{version}, has no `vfs.rom_ioctl`",
            hint="MicroPython has it from 1.25 on, where a board's firmware is built with ROMFS; "
            "what a partition would hold can lie in the board's file system",
        )
    try:
        assert isinstance(told, list)
        return [_partition(number, facts) for number, facts in enumerate(told)]
    except (AssertionError, TypeError, ValueError) as error:
        raise NotBelayResponseError(f"{runtime.description} told of its ROM partitions: {told!r}") from error


def _partition(number: int, facts: tuple[object, ...]) -> RomPartition:
    size, address, block, head, is_blank = facts
    assert isinstance(size, int)
    assert isinstance(address, int)
    assert isinstance(block, int)
    assert isinstance(head, bytes)
    return RomPartition(
        number, size, None if address < 0 else address, max(block, 0), head, is_blank=bool(is_blank)
    )
