"""Is it a board that is plugged in? A port is opened and asked; what runs there is not interrupted."""

from __future__ import annotations

from typing import NamedTuple

from belay_cli.actions.accessing import Access
from belay_cli.asking import Found, NotAskedError, ask
from belay_transport.errors import BelayException, ConnectionFailedError
from belay_transport.opening import open_link

__all__ = ["Answer", "Probed", "probe", "quiet_answer"]

_TIMEOUT_S = 2.0
"""A board at its prompt answers in some hundredths of a second."""

_CODE = """\
def _belay_told():
 import sys
 i=sys.implementation
 print(i.name,'.'.join(str(n) for n in i[1][:3]),sys.platform)
_belay_told()
del _belay_told
"""

_TOLD = {
    Found.SILENCE: "says nothing: a program runs, or it is no MicroPython",
    Found.SOMETHING: "is not at MicroPython's prompt: a program runs, or it is no MicroPython",
}


class Answer(NamedTuple):
    """What runs on a board.

    Attributes:
        name: "micropython" or "circuitpython".
        version: such as "1.29.0".
        platform: what it was built for.
    """

    name: str
    version: str
    platform: str


class Probed(NamedTuple):
    """What came of asking a port.

    Attributes:
        answer: what runs there; None for what is no MicroPython, or is not at its prompt.
        told: how it is, one sentence.
        access: why it cannot be opened, when that was seen only now; else None.
    """

    answer: Answer | None
    told: str
    access: Access | None = None


def probe(port: str) -> Probed:
    """Open a port, ask what runs there, and close it."""
    try:
        answer = quiet_answer(port)
    except NotAskedError as error:
        return Probed(None, _TOLD[error.found])
    except ConnectionFailedError as error:
        return Probed(None, str(error), Access("busy", str(error), error.hint))
    except BelayException as error:
        return Probed(None, str(error))
    return Probed(answer, f"{answer.name} v{answer.version} - {answer.platform}")


def quiet_answer(address: str | None) -> Answer:
    """Return what runs on a board that waits at its prompt.

    Raises:
        NotAskedError: what is there does not wait at a prompt.
        BelayException: it cannot be opened, or the link broke.
    """
    link = open_link(address)
    try:
        words = ask(link, _CODE, timeout_s=_TIMEOUT_S).split()
    finally:
        link.close()
    if len(words) != len(Answer._fields) or not all(word.isprintable() for word in words):
        raise NotAskedError(Found.SOMETHING)
    return Answer(*words)
