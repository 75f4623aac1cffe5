"""Answers of a reading thread, between the writes of another one."""

from __future__ import annotations

import threading

from belay_transport.links.asides import Asides


def test_an_answer_is_sent_at_once() -> None:
    """Nobody writes, so nobody is waited for."""
    sent: list[bytes] = []
    asides = Asides(sent.append)

    asides.answer(b"one")
    asides.answer(b"two")

    assert sent == [b"one", b"two"]


def test_an_answer_waits_for_a_write_and_its_giver_does_not() -> None:
    """What is answered during a write follows it; the last few are kept, however many there are."""
    sent: list[bytes] = []
    asides = Asides(sent.append)

    with asides.writing():
        sent.append(b"begin")
        for number in range(100):
            asides.answer(b"%d" % number)
        sent.append(b"end")

    assert sent == [b"begin", b"end", *(b"%d" % number for number in range(84, 100))]


def test_a_goodbye_waits_for_nobody() -> None:
    """It is sent unless a write is in progress or the wire is broken, and tells which."""
    sent: list[bytes] = []
    asides = Asides(sent.append)
    with asides.writing():
        assert not asides.try_last(b"bye")

    assert asides.try_last(b"bye")
    assert sent == [b"bye"]

    def broken(_: bytes) -> None:
        raise BrokenPipeError

    assert not Asides(broken).try_last(b"bye")


def test_no_two_threads_send_at_once() -> None:
    """However answers and writes meet, each is sent whole, and none is lost."""
    sending = threading.Lock()
    sent: list[bytes] = []

    def send(data: bytes) -> None:
        assert sending.acquire(blocking=False), "two threads send at once"
        sent.append(data)
        sending.release()

    asides = Asides(send)
    rounds = 2000

    def write() -> None:
        for _ in range(rounds):
            with asides.writing():
                send(b"write")

    writer = threading.Thread(target=write)
    writer.start()
    for _ in range(rounds):
        asides.answer(b"answer")
    writer.join()
    asides.answer(b"last")

    assert sent.count(b"write") == rounds
    assert sent[-1] == b"last"
