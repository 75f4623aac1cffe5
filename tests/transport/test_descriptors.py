"""Waiting on descriptors: what the conformance check cannot ask often enough."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from contextlib import closing, suppress
from pathlib import Path

import pytest

from belay_transport.errors import ConnectionLost
from belay_transport.links.descriptors import DescriptorWire
from belay_transport.testing.bounded import Call, loses_link

pytestmark = pytest.mark.skipif(os.name != "posix", reason="only POSIX can wait on descriptors")


def lost(attempt: str, error: Exception | None) -> ConnectionLost:
    """Return the error of a broken wire."""
    return ConnectionLost(f"{attempt}: {error}")


def open_wire() -> tuple[DescriptorWire, socket.socket]:
    """Return a wire, and the socket at its other end."""
    near, far = socket.socketpair()
    wire = DescriptorWire(near.fileno(), near.fileno(), description="socket", lost=lost, release=near.close)
    return wire, far


def test_a_close_never_looks_like_a_wake() -> None:
    """However a close meets a read, the read raises `ConnectionLost`."""
    for _ in range(200):
        wire, far = open_wire()
        with far:
            call = Call(lambda wire=wire: wire.read(None))
            wire.close()
            with loses_link():
                call.result()


def test_a_signal_handler_may_close() -> None:
    """A handler that closes the link during a read in the same thread does not hang."""
    wire, far = open_wire()
    before = signal.signal(signal.SIGALRM, lambda *_: wire.close())
    try:
        with far:
            signal.setitimer(signal.ITIMER_REAL, 0.01)
            with pytest.raises(ConnectionLost, match=r"^Reading from socket failed: the link is closed$"):
                wire.read(None)
    finally:
        signal.signal(signal.SIGALRM, before)


def test_closing_gives_every_descriptor_back() -> None:
    """No descriptor is left open."""
    before = len(list(Path("/dev/fd").iterdir()))

    for _ in range(10):
        wire, far = open_wire()
        far.close()
        with suppress(ConnectionLost):
            wire.read(0)
        wire.close()

    assert len(list(Path("/dev/fd").iterdir())) == before


def test_more_wakes_than_a_pipe_holds_are_no_error() -> None:
    """Waking never blocks, and a hundred thousand wakes are one."""
    wire, far = open_wire()
    with far, closing(wire):
        for _ in range(100_000):
            wire.wake()
        far.send(b"x")

        assert wire.read(None) == b""
        assert wire.read(None) == b"x"


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS cannot poll a tty, so `select` it is there")
def test_links_work_with_many_files_open() -> None:
    """Descriptors above 1023, which `select` cannot take, are waited on all the same."""
    import resource  # noqa: PLC0415 - only POSIX has it

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2000:
        pytest.skip("this machine allows too few open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2000), hard))
    files = [os.open("/dev/null", os.O_RDONLY) for _ in range(1100)]
    try:
        wire, far = open_wire()
        with far, closing(wire):
            answer = Call(lambda: wire.read(10))
            far.send(b"x")
            assert answer.result() == b"x"
    finally:
        for file in files:
            os.close(file)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_two_threads_may_close_at_once() -> None:
    """Closing from many threads closes once."""
    wire, far = open_wire()
    with far:
        threads = [threading.Thread(target=wire.close) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with pytest.raises(ConnectionLost):
            wire.read(0)
