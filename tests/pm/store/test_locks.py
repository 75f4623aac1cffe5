from __future__ import annotations

import subprocess
import sys
from threading import Thread
from typing import TYPE_CHECKING

from belay_pm.store.locks import Locks

if TYPE_CHECKING:
    from pathlib import Path

_COUNT = """
import sys
from pathlib import Path
from belay_pm.store.locks import Locks
locks, number = Locks(Path("locks")), Path("number")
for _ in range(50):
    with locks.hold("x"):
        number.write_text(str(int(number.read_text()) + 1))
"""


def test_processes_wait_for_each_other(folder: Path) -> None:
    """A number that four processes add to under the lock misses nothing."""
    (folder / "number").write_text("0")

    processes = [subprocess.Popen([sys.executable, "-c", _COUNT]) for _ in range(4)]
    codes = [process.wait() for process in processes]

    assert codes == [0, 0, 0, 0]
    assert (folder / "number").read_text() == "200"


def test_threads_wait_for_each_other(folder: Path) -> None:
    """The same of threads of one process, with one `Locks` for all."""
    number = folder / "number"
    number.write_text("0")
    locks = Locks(folder / "locks")

    def count() -> None:
        for _ in range(50):
            with locks.hold("x"):
                number.write_text(str(int(number.read_text()) + 1))

    threads = [Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert number.read_text() == "200"


def test_who_holds_a_lock_may_take_it_again(folder: Path) -> None:
    """A function that locks may call another one that does, and the lock is free afterwards."""
    locks = Locks(folder / "locks")

    with locks.hold("x"), locks.hold("x"):
        pass
    with locks.hold("x"):
        pass

    assert [path.name for path in (folder / "locks").iterdir()] == ["x.lock"]
