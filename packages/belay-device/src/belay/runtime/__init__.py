"""The device runtime on the host's side: sends code, reads replies, turns them into values and exceptions.

It knows the helpers under `_onboard/` and how they are called, not decorators, files or addresses.
`runtime` is its face; `submitting` sends one submission, `helpers` and `releases` know what goes in front of
it, `reviving` connects and gives a board that started anew its state back, `board_clock` and
`board_generators` are what calls can be beside values.
"""

from __future__ import annotations

from belay.runtime.board_generators import GeneratorStep
from belay.runtime.reviving import CONVENIENCE_NAMES
from belay.runtime.runtime import Runtime

__all__ = ["CONVENIENCE_NAMES", "GeneratorStep", "Runtime"]
