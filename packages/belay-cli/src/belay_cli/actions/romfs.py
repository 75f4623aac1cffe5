"""Images of read-only file systems: made for a board, and written into one of its ROM partitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay.exceptions import FeatureUnavailableError
from belay.rom import write_rom
from belay_pm.imaging import folder_image

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from belay import Device
    from belay.files.compiler import Compiler
    from belay_pm.imaging import Image
    from belay_pm.payload import PayloadFile

__all__ = ["deploy_image", "image_for"]


class _ForBoard:
    """Makes the `.mpy` files that one board loads."""

    def __init__(self, compiler: Compiler) -> None:
        self._compiler = compiler

    def compile(self, source: bytes, /, *, name: str, opt: int | None, origin: str) -> bytes:
        """Return the `.mpy` file of a source."""
        return self._compiler.compile(source, name=name, opt=opt or 0, origin=origin)


def image_for(
    device: Device,
    files: Sequence[PayloadFile],
    *,
    mpy: bool = True,
    mpy_cross_binary: str | None = None,
    opt: int | None = None,
) -> Image:
    """Return the image of files for a board, whose own kind of `.mpy` is made.

    Args:
        device: the board.
        files: what `belay_pm.imaging.image_files` found.
        mpy: compile Python.
        mpy_cross_binary: the compiler; None finds one.
        opt: mpy-cross's level of optimisation.

    Raises:
        BelayException: there is no compiler for this board, or it refused a file.
        PackageError: the files cannot be in one image.
    """
    if not (mpy and any(file.target.endswith(".py") for file in files)):
        return folder_image(files)
    from belay.files.compiler import find_compiler  # noqa: PLC0415 - only compiling needs it
    from belay.files.mpy_format import mpy_target  # noqa: PLC0415 - as above

    runtime = device._belay_runtime  # noqa: SLF001 - it knows what the board loads
    facts = runtime.implementation
    try:
        compiler = find_compiler(mpy_target(facts.name, facts.version, runtime.mpy), mpy_cross_binary)
    except FeatureUnavailableError as error:
        raise FeatureUnavailableError(str(error), hint="`--no-mpy` leaves Python as it is") from error
    return folder_image(files, compiler=_ForBoard(compiler), opt=opt)


def deploy_image(
    device: Device,
    image: bytes,
    *,
    partition: int = 0,
    update: Callable[..., object],
    warn: Callable[[str], object],
) -> None:
    """Write an image into a ROM partition; a soft reset mounts it then.

    Args:
        device: the board.
        image: one that our own reader has read.
        partition: which.
        update: gets `description`, `total` and `advance`.
        warn: gets a sentence when somebody ends it in the middle.

    Raises:
        FeatureUnavailableError, RomError, RomIncompleteError: see `belay.rom.write_rom`.
    """
    is_erased = False

    def noted(**told: object) -> None:
        nonlocal is_erased
        is_erased = is_erased or "advance" in told
        update(**told)

    try:
        write_rom(device, image, partition, progress_update=noted)
    except KeyboardInterrupt:
        if is_erased:
            warn(
                f"ROM partition {partition} counts as empty now: its beginning, which is written last, is "
                "missing; `belay romfs deploy` writes it anew"
            )
        raise
