"""Objects of the board that the host holds on to: `device.proxy(…)` and what it gives.

The rooms below: `kept` knows which objects the board keeps and for how long; `operators` what Python's
signs mean for a proxy, `conversions` what becomes of it elsewhere, `iteration` how its items come,
`proxy_object` everything else that it does;
`making` how the first one is made.
"""

from __future__ import annotations

from belay.proxy.kept import Objects
from belay.proxy.making import make_proxy
from belay.proxy.proxy_object import ProxyObject

__all__ = ["Objects", "ProxyObject", "make_proxy"]
