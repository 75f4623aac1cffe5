from __future__ import annotations

import subprocess
import sys

_SCRIPT = """\
import gc
from belay_pm.command_line.memory import let_collector_sleep
before = gc.get_threshold()[0]
let_collector_sleep()
print(gc.isenabled(), gc.get_threshold()[0] > before)
"""


def test_the_collector_sleeps_and_is_not_dead() -> None:
    """Start-up is spared most collections; a command that runs for long still has them."""
    done = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True)

    assert (done.stdout, done.stderr) == ("True True\n", "")
