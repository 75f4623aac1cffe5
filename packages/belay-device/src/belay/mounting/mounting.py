"""Puts a folder of the host's onto a board, and takes it off again; also onto a board that started anew."""

from __future__ import annotations

import logging
import os
import string
from pathlib import Path
from typing import TYPE_CHECKING

from belay.arguments import check_path, check_text
from belay.exceptions import ArgumentValueError, BelayException, FeatureUnavailableError
from belay.meta import check_device
from belay.mounting.folder import HostFolder
from belay.mounting.link import AnsweringLink
from belay.mounting.server import Server
from belay.onboard import alone
from belay.roles import refuse_in_batch
from belay.values import encode
from belay_transport.text_only import is_text_only

if TYPE_CHECKING:
    from types import TracebackType

    from belay.device import Device
    from belay.mounting.server import Compile
    from belay_transport.links import Link

__all__ = ["MOUNT_POINT", "Mount", "check_mount_point", "mount"]

_log = logging.getLogger("belay.mounting")

MOUNT_POINT = "/remote"
"""Where a folder is mounted if nobody says otherwise, as mpremote has it."""

_CAREFUL_BYTES = 160
"""Content of an answer where nothing holds bytes back: with head and escapes it fits a ring of 256 bytes."""

_LEAST_BYTES, _MOST_BYTES = 256, 8192
_HEAP_SHARE = 16
"""Part of a board's free heap that an answer may take; it is there up to three times while it is unpacked."""


def check_mount_point(at: str) -> None:
    """Refuse what is no place for a folder on a board.

    Raises:
        ArgumentTypeError: it is no text.
        ArgumentValueError: it is not one name behind a slash.
    """
    check_text("at", at)
    if (
        not at.isprintable()
        or at.count("/") != 1
        or not at.startswith("/")
        or len(at) == 1
        or at in ("/.", "/..")
    ):
        raise ArgumentValueError(
            f"`at` must be a name behind one slash, not {at!r}", hint=f"write it as in `{MOUNT_POINT}`"
        )


def mount(
    device: Device,
    folder: str | os.PathLike[str],
    at: str = MOUNT_POINT,
    *,
    read_only: bool = False,
    unsafe_links: bool = False,
    compile_source: Compile | None = None,
) -> Mount:
    """Make a folder of this computer a folder of the board, until it is unmounted or the device is closed.

    The board reads and writes the files themselves, over the link. They stay mounted when the board is reset
    or connected again.

    Args:
        device: the board; MicroPython.
        folder: what it gets to see, with all folders in it.
        at: where on the board: an absolute path, a name behind one slash.
        read_only: whether the board may change nothing.
        unsafe_links: whether links may lead out of the folder.
        compile_source: makes what an import loads in the place of a source; everything else sees the source.

    Returns:
        The mount; it is a context manager.

    Raises:
        ArgumentTypeError, ArgumentValueError: the folder is none; `at` is no such path.
        FeatureUnavailableError: the board cannot do it.
        BelayException: what calls raise.

    Example:
        >>> with belay.mount(device, "src"):
        ...     device("import remote_module", path="/remote")
    """
    check_device(device)
    check_path("folder", folder)
    refuse_in_batch(device._belay_runtime, "`belay.mounting.mount`")  # noqa: SLF001 - this room is a part of the device
    check_mount_point(at)
    path = Path(folder)
    if not path.is_dir():
        what = "is no folder" if path.exists() else "is not there"
        raise ArgumentValueError(f"`{path}` cannot be mounted: it {what}")
    return Mount(
        device, path, at, read_only=read_only, unsafe_links=unsafe_links, compile_source=compile_source
    )


class Mount:
    """A folder of the host's that is mounted on a board; `mount` makes it.

    Attributes:
        at: where on the board.
    """

    def __init__(
        self,
        device: Device,
        folder: str | os.PathLike[str],
        at: str,
        *,
        read_only: bool,
        unsafe_links: bool,
        compile_source: Compile | None,
    ) -> None:
        self.at = at
        self._device = device
        self._runtime = device._belay_runtime  # noqa: SLF001 - this room is a part of the device
        self._token = _new_token()
        link = self._runtime.session.link
        most_bytes = self._most_bytes(flow_control=link.flow_control)
        served = HostFolder(Path(folder), read_only=read_only, unsafe_links=unsafe_links)
        self._server = Server(served, most_bytes=most_bytes, compile_source=compile_source)
        self._code = alone("mount", token=self._token, A=at, Z=most_bytes, W=not link.flow_control)
        self._runtime.session.tap(self._tapped)
        try:
            self._install()
        except BaseException:
            self._runtime.session.untap(self._tapped)
            raise
        self._runtime.always(self._install)
        self._runtime.mounts.add(at)
        self._mounted = True

    def unmount(self) -> None:
        """Take the folder off the board; unmounting twice is no error.

        Raises:
            BelayException: the board does not do it.
        """
        if not self._mounted:
            return
        self._mounted = False
        self._runtime.no_longer(self._install)
        self._runtime.mounts.discard(self.at)
        try:
            self._runtime.call(f"_belay_um({encode(self.at)})", helpers=("unmount",))
        finally:
            self._runtime.session.untap(self._tapped)
            self._server.close()

    def __enter__(self) -> Mount:
        return self

    def __exit__(
        self,
        _error_class: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        try:
            self.unmount()
        except BelayException:
            # The error of the block is the one to see.
            if error is None:
                raise
            _log.warning("unmounting `%s` of %r failed too", self.at, self._device, exc_info=True)

    def _most_bytes(self, *, flow_control: bool) -> int:
        if is_text_only(self._runtime.session.link):
            raise FeatureUnavailableError(
                f"{self._runtime.description} cannot mount a folder of this computer: "
                "its link carries text alone, and files are asked for in bytes",
                hint="copy the files instead: `device.sync(folder)`",
            )
        facts = self._runtime.call("_belay_mf()", helpers=("mountable",))
        if not isinstance(facts, list):
            raise FeatureUnavailableError(
                f"{self._runtime.description} cannot mount a folder of this computer: it lacks `{facts}`",
                hint="copy the files instead: `device.sync(folder)`",
            )
        (free_bytes,) = facts
        if not flow_control:
            return _CAREFUL_BYTES
        return max(_LEAST_BYTES, min(_MOST_BYTES, int(free_bytes) // _HEAP_SHARE))

    def _install(self) -> None:
        self._server.close()
        self._runtime.call(self._code)

    def _tapped(self, link: Link) -> Link:
        session = self._runtime.session
        return AnsweringLink(link, self._token.encode(), self._server.answer, session.was_fed)


def _new_token() -> str:
    return "".join(string.ascii_letters[byte % len(string.ascii_letters)] for byte in os.urandom(4))
