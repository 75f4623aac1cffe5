"""An image goes into a ROM partition: looked at first, then erased, written, and verified.

The beginning of an image is written last, once all else is there: a board that is cut off in the
middle finds no image, and never one that is half.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay.exceptions import (
    BelayException,
    NotBelayResponseError,
    RomError,
    RomIncompleteError,
    TransferError,
)
from belay.files.digests import content_digest
from belay.rom.partitions import ROM_HELPERS, rom_partitions
from belay.rom.sending import RomSender

if TYPE_CHECKING:
    from collections.abc import Callable

    from belay.device import Device
    from belay.files.digests import Algorithm
    from belay.rom.partitions import RomPartition

__all__ = ["find_partition", "write_rom"]

_ERASED_BYTES = 32768
"""At a time, where parts can be erased: half a second of slow flash, in which a board answers nobody."""

_SECTOR_BYTES = 4096
"""Where a board does not tell what it erases at a time: what a firmware makes whole sectors of."""

_SLOWEST_BYTES_PER_S = 4000
"""Of erasing and of hashing: old flash takes 0.4 s for a sector of 4 kB, and rarely a second."""

_LEAST_S = 30.0


def find_partition(device: Device, number: int, *, size_bytes: int) -> RomPartition:
    """Return the partition in which an image of that size has room.

    Raises:
        FeatureUnavailableError: the board has none at all.
        RomError: it has no such partition, or one that is too small.
    """
    there = rom_partitions(device)
    description = device._belay_runtime.description  # noqa: SLF001 - this room is a part of what a device does
    if not 0 <= number < len(there):
        numbers = ", ".join(str(each.number) for each in there)
        raise RomError(
            f"{description} has no ROM partition {number}: it has {numbers or 'none at all'}",
            hint="`belay.rom.rom_partitions(device)` tells of them"
            if there
            else "its firmware reserves no flash for one",
        )
    partition = there[number]
    if size_bytes > partition.size_bytes:
        raise RomError(
            f"The image has {size_bytes} bytes, and ROM partition {number} of {description} "
            f"has {partition.size_bytes}; nothing was changed",
            hint="leave files out",
        )
    return partition


def write_rom(
    device: Device,
    image: bytes,
    partition: int = 0,
    *,
    progress_update: Callable[..., object] | None = None,
) -> RomPartition:
    """Write an image into a ROM partition, in the place of what is there; a soft reset mounts it then.

    Whether it is an image is for the caller to know. What is mounted of a ROM partition is unmounted.

    Args:
        device: the board.
        image: its bytes.
        partition: which one.
        progress_update: gets the keywords `description`, `total` and `advance` (bytes).

    Returns:
        The partition as it was.

    Raises:
        FeatureUnavailableError: the board has no ROM partition.
        RomError: it has no such partition, or the image is larger; nothing was changed.
        RomIncompleteError: it could not be written to its end; the partition counts as empty.
    """
    found = find_partition(device, partition, size_bytes=len(image))
    writing = _Writing(device, image, found, progress_update or (lambda **_: None))
    writing.sender.require_channel()
    with device.fs.transfer.writing:
        try:
            writing.write()
        except BelayException as error:
            raise RomIncompleteError(
                f"Writing ROM partition {partition} of {writing.description} ended after "
                f"{writing.sender.written} of {len(image)} bytes, and it counts as empty now: {error}",
                partition=partition,
                written_bytes=writing.sender.written,
                size_bytes=len(image),
                hint="write the image again; the board's other files are as they were",
            ) from error
    return found


class _Writing:
    """One image on its way."""

    def __init__(
        self, device: Device, image: bytes, partition: RomPartition, update: Callable[..., object]
    ) -> None:
        self._runtime = device._belay_runtime  # noqa: SLF001 - this room is a part of what a device does
        self._transfer = device.fs.transfer
        self._image = image
        self._partition = partition
        self._update = update
        self.description = self._runtime.description
        self.sender = RomSender(
            self._runtime, self._transfer, partition.number, lambda count: update(advance=count)
        )

    def write(self) -> None:
        """Do it all."""
        self._transfer.prepare(ROM_HELPERS)
        smallest = self._erase()
        padded = self._image + b"\xff" * (-len(self._image) % smallest)
        piece = self.sender.piece_bytes(smallest)
        self._update(description="Writing", total=len(padded))
        self.sender.send(padded[piece:], piece, piece)
        self.sender.send(padded[:piece], 0, piece)
        self._runtime.call(f"_belay_rc({self._partition.number})")
        try:
            self._verify()
        except TransferError:
            self._erase()  # its beginning must not stay
            raise

    def _erase(self) -> int:
        """Erase as much as the image needs; return the fewest bytes that can be written at a time."""
        size, block = len(self._image), self._partition.block_bytes
        total = min(
            -(-size // (block or _SECTOR_BYTES)) * (block or _SECTOR_BYTES), self._partition.size_bytes
        )
        step = max(_ERASED_BYTES // block, 1) * block if block else total
        self._update(description="Erasing", total=total)
        smallest: object = 1
        for offset in range(0, total, step):
            length = min(step, total - offset)
            smallest = self._runtime.call(
                f"_belay_re({self._partition.number},{offset},{length})",
                helpers=ROM_HELPERS,
                timeout_s=_seconds(length),
            )
            self._update(advance=length)
        if not isinstance(smallest, int) or smallest < 1:
            raise NotBelayResponseError(f"{self.description} said of what it can write: {smallest!r}")
        return smallest

    def _verify(self) -> None:
        """Have the board hash what it reads there."""
        size = len(self._image)
        told = self._runtime.call(
            f"_belay_rh({self._partition.number},{size})", helpers=ROM_HELPERS, timeout_s=_seconds(size)
        )
        wanted = content_digest(self._image, self._algorithm)
        if not isinstance(told, bytes) or told.hex()[: len(wanted)] != wanted:
            raise TransferError(
                "what the board reads there is not what was written", hint="the flash may be worn out"
            )

    @property
    def _algorithm(self) -> Algorithm:
        abilities = self._transfer.abilities
        return "sha256" if abilities.sha256 else "crc32" if abilities.crc32 else "sum"


def _seconds(count: int) -> float:
    return _LEAST_S + count / _SLOWEST_BYTES_PER_S
