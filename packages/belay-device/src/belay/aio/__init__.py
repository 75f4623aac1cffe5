"""`device.aio`: the same device, driven from asyncio without blocking the event loop.

The rooms below: `face` is what a program awaits and iterates; `worker` does it, in the order of the calls.
It is imported when it is first used: asyncio takes long to load.
"""

from __future__ import annotations

from belay.aio.face import AsyncDevice, AsyncItems
from belay.aio.worker import Worker

__all__ = ["AsyncDevice", "AsyncItems", "Worker"]
