"""Two names that programs for the first Belay may compare with.

It returned them where there was no value. We return None, or raise `UnreturnableValueError`,
so nothing ever is one of these: a comparison with them is false, as it should be.
"""

from __future__ import annotations

__all__ = ["NO_RESULT", "UNPARSABLE_RESULT"]


class _Sentinel(type):
    def __bool__(cls) -> bool:
        return False

    def __repr__(cls) -> str:
        return f"<{cls.__name__}>"


class NO_RESULT(metaclass=_Sentinel):  # noqa: N801 - the public name since the first Belay
    """Never returned: what has no result returns None."""


class UNPARSABLE_RESULT(metaclass=_Sentinel):  # noqa: N801 - the public name since the first Belay
    """Never returned: a value that cannot come back raises `UnreturnableValueError`."""
