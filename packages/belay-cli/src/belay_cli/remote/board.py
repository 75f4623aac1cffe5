"""The one connection of a chain: opened when a command needs it, at whichever prompt the command needs.

Code runs over a session alone, which costs nothing on the board; files and mounts need a `belay.Device`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_cli.kept import KeptLink

from .connecting import connect
from .errors import RemoteError

if TYPE_CHECKING:
    from belay import Device
    from belay.mounting import Mount
    from belay_transport.links import Link
    from belay_transport.session import Session

    from .grammar import Step

__all__ = ["Board"]


class Board:
    """A board, or none yet.

    Args:
        resets: whether its first use after each connecting soft-resets it.
    """

    def __init__(self, *, resets: bool) -> None:
        self.resets = resets
        self.name = ""
        self.mount: Mount | None = None
        self._reset_due = resets
        self._link: Link | None = None
        self._session: Session | None = None
        self._device: Device | None = None
        self._mounted: Step | None = None

    def connect(self, word: str) -> None:
        """Open the board that a word means; the one before is let go."""
        self.disconnect()
        self._link = connect(word)
        self.name = word.removeprefix("port:")

    def disconnect(self) -> None:
        """Leave the board at its prompt, and close the link."""
        self.leave()
        self._mounted = None
        if self._link is not None:
            self._link.close()
            self._link = None
        self._reset_due = self.resets

    def lose(self) -> None:
        """Forget what is on a board that is gone: nothing can be said to it."""
        from contextlib import suppress  # noqa: PLC0415 - few boards go away

        from belay_transport.errors import ConnectionLost  # noqa: PLC0415 - as above

        with suppress(ConnectionLost):
            self.unmount()
        with suppress(ConnectionLost):
            self.leave()

    def resume(self) -> None:
        """Leave out the soft reset that is due."""
        self._reset_due = False

    @property
    def mounted_folder(self) -> str:
        """The folder that is mounted, as it was typed; "" for none."""
        return "" if self._mounted is None else self._mounted.words[0].rstrip("/")

    def is_mounted(self, path: str) -> bool:
        """Tell whether a path of the board leads into a folder of this computer."""
        return self.mount is not None and f"{path}/".startswith(f"{self.mount.at}/")

    @property
    def link(self) -> Link:
        """The open link; the board that settings name, or the first one, if none was named."""
        if self._link is None:
            from belay_cli.targets import find_address  # noqa: PLC0415 - most chains name their board

            due = self._reset_due
            self.connect(find_address(None) or "auto")
            self._reset_due = due
        assert self._link is not None
        return self._link

    @property
    def session(self) -> Session:
        """A session with the board at its raw prompt."""
        if self._device is not None:
            return self._device._belay_runtime.session  # noqa: SLF001 - a chain is both, a device and a prompt
        if self._session is None:
            from belay_transport.session import Session  # noqa: PLC0415 - as above

            self._session = Session(KeptLink(self.link))
            self._session.enter()
            if self._reset_due:
                self._session.soft_reset()
            self._reset_due = False
        return self._session

    @property
    def device(self) -> Device:
        """The board as a device; what is mounted is mounted again if need be."""
        if self._device is None:
            if self._reset_due:
                _ = self.session
            self.leave()
            from belay import Device  # noqa: PLC0415 - code alone needs none

            self._device = Device(KeptLink(self.link), startup="")
            if self._mounted is not None:
                self.mount_folder(self._mounted)
        return self._device

    def mount_folder(self, step: Step) -> Mount:
        """Mount a folder and go there."""
        from belay.mounting import mount  # noqa: PLC0415 - only this command needs it
        from belay.mounting.compiling import ImportCompiler  # noqa: PLC0415 - as above
        from belay_cli.console import words  # noqa: PLC0415 - as above
        from belay_cli.terminal.mounted import go_to_mount  # noqa: PLC0415 - as above

        self.unmount()
        device = self.device
        (folder,) = step.words
        compiler = None
        if step.is_set("auto-mpy"):
            tell = words if step.is_set("verbose") else None
            compiler = ImportCompiler(
                device, warn=lambda text: words(f"note: {text}"), tell=tell, folder=folder
            )
        self.mount = mount(device, folder, unsafe_links=step.is_set("unsafe-links"), compile_source=compiler)
        self._mounted = step
        go_to_mount(device, self.mount)
        return self.mount

    def unmount(self) -> None:
        """Take the folder off again, if one is mounted."""
        mount, self.mount, self._mounted = self.mount, None, None
        if mount is not None:
            mount.unmount()

    def soft_reset(self) -> None:
        """Soft-reset the board without running its `main.py`; what was mounted is mounted again."""
        mounted = self._mounted
        if self._device is not None:
            self.mount = None
            self.leave()
        self.resume()
        self.session.soft_reset()
        if mounted is not None:
            self.mount_folder(mounted)

    def leave(self) -> None:
        """Bring the board to its friendly prompt, if something of ours is on it."""
        device, self._device = self._device, None
        session, self._session = self._session, None
        mount, self.mount = self.mount, None
        if mount is not None:
            mount.unmount()
        if device is not None:
            device.close()
        if session is not None:
            session.close()

    def start(self, code: str) -> None:
        """Run code without waiting for its end."""
        if self._device is not None:
            self.leave()
        self.session.start(code)

    def require_text(self, path: str) -> str:
        """Return the text of a script of this computer.

        Raises:
            RemoteError: it cannot be read.
        """
        try:
            with open(path, encoding="utf-8-sig") as file:  # noqa: PTH123 - `pathlib` costs 4 ms
                return file.read()
        except (OSError, UnicodeDecodeError) as error:
            raise RemoteError(f"could not read file '{path}'") from error
