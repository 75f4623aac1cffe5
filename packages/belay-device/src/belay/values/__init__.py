"""Values that travel: a host value as board code, and what a board prints as a host value.

Neither way evaluates anything: `encode` writes an expression for the board, `decode` parses a `repr`.
"""

from __future__ import annotations

from belay.values.decoding import decode, unreturnable
from belay.values.encoding import BoardExpression, encode
from belay.values.forms import BUILTINS

__all__ = ["BUILTINS", "BoardExpression", "decode", "encode", "unreturnable"]
