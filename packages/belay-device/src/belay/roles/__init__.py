"""Decorators that make functions run on a board: `task`, `setup`, `thread`, `teardown`; batches of calls.

The rooms below: `board` is the seam to the wire; `task` (and `tasking`, which makes them), `thread`, `setup`
and `teardown` are the roles; `marks` and `binding` are their class form, `namespace` their instance form;
`generator` and `batch` are what calls may become.
"""

from __future__ import annotations

from belay.roles.batch import Batch, open_batch, refuse_in_batch
from belay.roles.binding import bind_roles, class_roles, find_registered, run_autoinit, run_teardowns
from belay.roles.board import Board, Definition, GeneratorStep
from belay.roles.errors import BatchError, NotRunError, NotSentError, UnsupportedOptionError
from belay.roles.generator import BoardGenerator
from belay.roles.handle import Handle
from belay.roles.setup import Setup, SetupNamespace, SetupRole
from belay.roles.task import Task
from belay.roles.tasking import TaskNamespace, TaskRole
from belay.roles.teardown import Teardown, TeardownNamespace, TeardownRole
from belay.roles.thread import Thread, ThreadNamespace, ThreadRole

__all__ = [
    "Batch",
    "BatchError",
    "Board",
    "BoardGenerator",
    "Definition",
    "GeneratorStep",
    "Handle",
    "NotRunError",
    "NotSentError",
    "Setup",
    "SetupNamespace",
    "SetupRole",
    "Task",
    "TaskNamespace",
    "TaskRole",
    "Teardown",
    "TeardownNamespace",
    "TeardownRole",
    "Thread",
    "ThreadNamespace",
    "ThreadRole",
    "UnsupportedOptionError",
    "bind_roles",
    "class_roles",
    "find_registered",
    "open_batch",
    "refuse_in_batch",
    "run_autoinit",
    "run_teardowns",
]
