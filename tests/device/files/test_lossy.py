"""A wire that loses or changes bytes: found out, tried again in smaller pieces, or told."""

from __future__ import annotations

import os
import random
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

import belay
from belay.files.filesystem import FileSystem
from belay.output import OutputWriter
from belay.runtime import Runtime
from belay_transport.opening import open_link
from belay_transport.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from belay_transport.links import Link

    Damage = Callable[[bytes], bytes]

pytestmark = pytest.mark.once

OLDER = b"the older content"
TIMEOUT_S = 1.0
# What a block that is not whole costs; the board is a few milliseconds away.


class LossyLink:
    """A link that damages what goes through it, once it is told to.

    Args:
        link: what is below.
        up: what becomes of bytes to the board.
        down: what becomes of bytes from it.
    """

    def __init__(self, link: Link, up: Damage | None, down: Damage | None) -> None:
        self._link = link
        self._up = up
        self._down = down
        self.is_lossy = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._link, name)

    def read(self, timeout_s: float | None) -> bytes:
        """Read, and damage."""
        data = self._link.read(timeout_s)
        return self._down(data) if self._down and self.is_lossy else data

    def write(self, data: bytes, timeout_s: float | None) -> None:
        """Damage, and write. Calls, questions and what stops a program get through: they are no bulk data."""
        is_call = b"_belay" in data[:10] or b"{}[" in data[:10]
        bulk = self.is_lossy and self._up and not is_call and len(data) > 8
        self._link.write(self._up(data) if bulk and self._up else data, timeout_s)


def flipping(rate: float, seed: int) -> Damage:
    """Return a damage that flips one bit of some bytes, the same ones each time."""
    chance = random.Random(seed)

    def damage(data: bytes) -> bytes:
        # A byte that the prompt acts on would be another fault: of the prompt's, not of the data.
        return bytes(byte ^ 0x20 if byte > 0x40 and chance.random() < rate else byte for byte in data)

    return damage


def dropping(rate: float, seed: int) -> Damage:
    """Return a damage that drops some bytes, the same ones each time."""
    chance = random.Random(seed)

    def damage(data: bytes) -> bytes:
        return bytes(byte for byte in data if chance.random() >= rate)

    return damage


@contextmanager
def board(up: Damage | None = None, down: Damage | None = None) -> Iterator[tuple[FileSystem, LossyLink]]:
    """A board with an older file, and the wire to it."""
    link = LossyLink(open_link("sim:"), up, down)
    session = Session(link, timeout_s=TIMEOUT_S)  # type: ignore[arg-type] # the rest is passed on
    try:
        runtime = Runtime(session, OutputWriter(None), description="the board")
        runtime.connect("")
        fs = FileSystem(runtime)
        fs.write_bytes("/file", OLDER)
        fs.read_bytes("/file")
        yield fs, link
    finally:
        link.is_lossy = False
        session.close()


class Once:
    """A damage that is done to the first so many pieces."""

    def __init__(self, damage: Damage, pieces: int) -> None:
        self._damage = damage
        self.left = pieces

    def __call__(self, data: bytes) -> bytes:
        """Damage a piece."""
        self.left -= 1
        return self._damage(data) if self.left >= 0 else data


@pytest.mark.parametrize("damage", [flipping, dropping])
def test_what_is_damaged_once_is_sent_again(damage: Callable[[float, int], Damage]) -> None:
    """Bytes that are lost or changed on their way to the board come again, and the file is right."""
    content = os.urandom(20_000)
    once = Once(damage(0.01, 1), 2)

    with board(up=once) as (fs, link):
        link.is_lossy = True
        fs.write_bytes("/file", content)

        assert once.left < 0
        assert fs.read_bytes("/file") == content


@pytest.mark.parametrize("damage", [flipping, dropping])
def test_a_wire_that_damages_all(damage: Callable[[float, int], Damage]) -> None:
    """What cannot be done is told, with the blocks that were tried, and the older file is as it was."""
    with board(up=damage(0.05, 2)) as (fs, link):
        link.is_lossy = True
        with pytest.raises(
            belay.TransferError, match=r"failed 3 times: .* in blocks of 1\d\d bytes"
        ) as caught:
            fs.write_bytes("/file", os.urandom(20_000))
        link.is_lossy = False

        assert "cable" in str(caught.value.hint)
        assert fs.read_bytes("/file") == OLDER
        assert [entry.name for entry in fs.list()] == ["file"]


def test_an_append_is_not_done_twice() -> None:
    """Where only the end of the stream is damaged, what was appended before is not appended again."""

    def damage(data: bytes) -> bytes:
        stream = data.rstrip(b"\0")
        return stream[:-1] + b"!" + bytes(len(data) - len(stream))

    # Of this size, the end of the stream stands in a segment of its own.
    content = os.urandom(4096 - 16 - len("/file\0#4067\0a"))
    with board(up=Once(damage, 1)) as (fs, link):
        link.is_lossy = True
        fs.append_bytes("/file", content)

        assert fs.read_bytes("/file") == OLDER + content


@pytest.mark.parametrize(("damage", "rate"), [(flipping, 0.0003), (dropping, 0.0001)])
def test_reading_over_a_bad_wire(damage: Callable[[float, int], Damage], rate: float) -> None:
    """Bytes that are lost or changed on their way from the board are asked for again, from where they are missing."""
    content = os.urandom(40_000)

    with board(down=damage(rate, 3)) as (fs, link):
        fs.write_bytes("/file", content)
        link.is_lossy = True

        assert fs.read_bytes("/file") == content


def test_reading_over_a_wire_that_damages_all() -> None:
    """What cannot be read is told, and not a part of it passed on as the whole."""

    def damage(data: bytes) -> bytes:
        return data.replace(b"xd;", b"xe;")

    with board(down=damage) as (fs, link):
        link.is_lossy = True
        with pytest.raises(belay.TransferError, match=r"failed 3 times: .* after 0 bytes that are right"):
            fs.read_bytes("/file")


def test_a_listing_over_a_wire_that_damages_all() -> None:
    """A listing of which a part is lost each time is an error, and not shorter."""
    with board(down=lambda data: data.replace(b"xl;", b"xe;")) as (fs, link):
        link.is_lossy = True
        with pytest.raises(belay.TransferError, match=r"listing `/` .* failed 3 times"):
            fs.list()


def test_a_ring_of_260_bytes_without_flow_control_loses_nothing() -> None:
    """Over a UART whose receive ring overflows at 260 bytes, a file crosses at the first try."""
    content = os.urandom(6000)
    with belay.Device("sim:?ring=260&flow=no&baud=921600") as device:
        sent: list[int] = []
        device.fs.write_bytes("/file", content, progress=sent.append)

        assert sent == sorted(sent)
        assert device.fs.read_bytes("/file") == content


def test_a_slow_wire_far_away_without_flow_control(tmp_path: Path) -> None:
    """115200 baud, a millisecond away, a receive ring of 256 bytes that loses what overflows: all goes well."""
    content = os.urandom(1500)
    (tmp_path / "module.py").write_text("def answer():\n    return 42\n" * 20)
    with belay.Device("sim:?baud=115200&latency_ms=1&ring=256&flow=no") as device:

        @device.task
        def double(values):
            return [value * 2 for value in values]

        assert double(list(range(300))) == [value * 2 for value in range(300)]
        device.fs.write_bytes("/file", content)
        assert device.fs.read_bytes("/file") == content
        device.sync(tmp_path, "/lib")
        assert device("__import__('module').answer()") == 42
