"""From options to a running board: flash, launcher, and who holds which end of the wire.

Knows which descriptors a launcher gets; must not know what goes over the wire.
"""

from __future__ import annotations

import mmap
import os
import socket
from typing import TYPE_CHECKING, NamedTuple

from belay_transport.sim.cooking import TOKEN_BYTES
from belay_transport.sim.disk import open_flash, open_memory
from belay_transport.sim.launching import Launcher, interpreter_library
from belay_transport.sim.page import PAGE_BYTES
from belay_transport.sim.standard import fill_standard_descriptors, free

if TYPE_CHECKING:
    from belay_transport.sim.options import SimOptions

__all__ = ["Started", "start"]

_DRIVER_BYTES = 4096
# Of a shaped wire: what a serial driver keeps; the system's own 200 kB would hide the wire's speed.


class Started(NamedTuple):
    """A board that has been started.

    Attributes:
        launcher: the process that keeps it.
        wire: the host's end of its wire; None when that is a pty.
        token: what marks output that is raw, see cooking.py.
        page: memory shared with the board, see page.py; the caller closes it.
    """

    launcher: Launcher
    wire: socket.socket | None
    token: bytes
    page: mmap.mmap


def start(options: SimOptions, *, with_terminal: bool = False) -> Started:
    """Start a board.

    Args:
        options: what it is like.
        with_terminal: its wire is a pty, for other tools.

    Raises:
        AddressError, ConnectionFailedError: it cannot be.
    """
    options.check()
    library = interpreter_library()
    filled = fill_standard_descriptors()
    try:
        return _start(options, library, with_terminal=with_terminal)
    finally:
        free(filled)


def _start(options: SimOptions, library: str, *, with_terminal: bool) -> Started:
    flash = open_flash(options.name, options.disk, options.flash_bytes)
    page = open_memory(PAGE_BYTES)
    sockets: list[socket.socket] = []
    try:
        # A byte that begins no ASCII text, so that the search for a token ends at its first byte.
        token = b"\x1d" + os.urandom(TOKEN_BYTES - 1)
        host, board, near, outside = _wire(options, sockets, with_terminal=with_terminal)
        config = {
            "library": library,
            "heap_bytes": options.heap_bytes,
            "rom_bytes": options.rom_bytes,
            "rom_path": f"{flash.path}.rom" if flash.path else None,
            "flash": flash.descriptor,
            "page": page,
            "token": token,
            "unique_id": flash.identity,
            "wire": board.fileno(),
            "near": near.fileno() if near else None,
            "outside": outside.fileno() if outside else None,
            "rate": options.bytes_per_s,
            "latency_s": options.latency_s,
            "jitter_s": options.jitter_s,
            "ring_bytes": options.ring_bytes,
            "flow_control": options.flow_control,
            "personality": options.personality,
            "stall_s": options.stall_s,
            "stall_every": options.stall_every,
            "noise": {
                side: options.noise if options.noise_at in {side, "both"} else 0.0
                for side in ("board", "host")
            },
            "noise_seed": options.noise_seed,
            "unplug_after": options.unplug_after,
            "reset_after": options.reset_after,
        }
        inherited = [end.fileno() for end in (board, near, outside) if end]
        launcher = Launcher(config, (flash.descriptor, page, *inherited))
        shared = mmap.mmap(page, PAGE_BYTES)
    except BaseException:
        for end in sockets:
            end.close()
        raise
    finally:
        os.close(flash.descriptor)
        os.close(page)
    for end in sockets:
        if end is not host:
            end.close()
    return Started(launcher, host, token, shared)


def _wire(
    options: SimOptions, sockets: list[socket.socket], *, with_terminal: bool
) -> tuple[socket.socket | None, socket.socket, socket.socket | None, socket.socket | None]:
    """Return the ends: the host's, the board's, and the two of a relay between them, if there is one."""
    near, board = socket.socketpair()
    sockets += [near, board]
    if not (options.is_shaped or with_terminal):
        return near, board, None, None
    if options.is_shaped:
        board.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _DRIVER_BYTES)
        if options.ring_bytes is None:
            # A ring is counted by the byte; a socket's size counts 800 bytes for each small piece as well,
            # and would lose what comes one by one long before the ring is full.
            near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _DRIVER_BYTES)
    if with_terminal:
        return None, board, near, None
    host, outside = socket.socketpair()
    sockets += [host, outside]
    for end in (host, outside):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _DRIVER_BYTES)
    return host, board, near, outside
