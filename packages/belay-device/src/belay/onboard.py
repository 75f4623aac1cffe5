"""The code that runs on the board: real files under `_onboard/`, made small for the wire.

This room knows how to read them, and how they stay apart from the user's code. What they say to the host is
for `belay.runtime` to know.

A user may call a task `set`, or a global `len`: our code must not see it. So the files run in a namespace of
their own, `_belay_n`, where every name that they do not define is the builtin; the user's globals are `G`
there. The names that begin with `_belay` go into the user's globals as well, for the calls to find.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from belay.exceptions import InternalError
from belay.values import BUILTINS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["alone", "board_code", "forgetting_code", "packed_code"]

_FIRST = "runtime"

_OPENING = f'import builtins as {BUILTINS}\n_belay_n={{"G":{BUILTINS}.globals()}}\n'
# What the first file of a session needs in front. The user's `exec` may be anything; the module's is `exec`.

_PACKED = (
    "import binascii,deflate,io\n"
    "for _ in deflate.DeflateIO(io.BytesIO(binascii.a2b_base64('%s')),1,%d).read().split(b'\\0'):exec(_)\n"
    "_=0\n"  # it would hold the last file
)
# Files that are inflated on the board, and compiled one by one, which takes less memory than all together.

_WINDOW_BITS = 12
# 4 kB: no pair of our files that share much is further apart.

_FORGETTING = "for _ in'%s'.split():globals().pop(_,0);'_b'in _ and G.pop(_,0)"
# Only what the files have put into the user's globals goes from there.

_EXPORT = 'G.update(i for i in globals().items()if"_b"in i[0])\n'


def board_code(name: str) -> str:
    """Return what runs the file `_onboard/NAME.py` in our namespace; it ends in a newline.

    "runtime" comes first: it makes the namespace.
    """
    return (_OPENING if name == _FIRST else "") + _in_namespace(_text(name))


def forgetting_code(names: Iterable[str]) -> str:
    """Return what frees all that the files `_onboard/NAME.py` have defined, as far as it is there."""
    words = [word for name in names for word in _defined(_text(name))]
    return _in_namespace(_FORGETTING % " ".join(words))


def alone(name: str, *, token: str, **names: object) -> str:
    """Return the expression that runs the file `_onboard/NAME.py` in a namespace that nobody else sees.

    Args:
        name: of the file.
        token: takes the place of TOKEN.
        names: what the file finds there, each a literal.
    """
    code = _text(name).replace("TOKEN", token)
    assert "'''" not in code, "it would end the raw string"
    compiled = f"{BUILTINS}.compile(r'''{code}''','_belay_{name}','exec')"  # such frames are not shown
    return f"{BUILTINS}.exec({compiled},{names!r})"


def packed_code(names: Sequence[str], *, token: str) -> str:
    """Return what runs several files in our namespace, for a board that can inflate: half the bytes.

    Args:
        names: of the files.
        token: the session's, which takes the place of TOKEN.
    """
    from binascii import b2a_base64  # noqa: PLC0415 - connecting needs neither of them
    from zlib import DEFLATED, compressobj  # noqa: PLC0415

    deflater = compressobj(9, DEFLATED, -_WINDOW_BITS)
    texts = "\0".join(map(_text, names)).replace("TOKEN", token)
    packed = deflater.compress(texts.encode()) + deflater.flush()
    return _in_namespace(_PACKED % (b2a_base64(packed, newline=False).decode(), _WINDOW_BITS))


@cache
def _text(name: str) -> str:
    """Return the file `_onboard/NAME.py`, minified; "A+B" is two in one, which the board compiles together.

    Its line numbers are not kept: frames of ours never stand in a traceback that a user reads.
    """
    from pkgutil import get_data  # noqa: PLC0415 - `importlib.resources` takes 10 ms to load, this one 0.5

    from belay.minify import minify  # noqa: PLC0415 - its patterns take a while to compile; connecting needs them

    code = ""
    for part in name.split("+"):
        data = get_data("belay", f"_onboard/{part}.py")
        if data is None:
            raise InternalError(f"the board's file `_onboard/{part}.py` is not part of this installation")
        lines = minify(data.decode(), is_file=True).split("\n")
        code += "".join(f"{line}\n" for line in _joined([line for line in lines if line]))
    if "_belay" in code:
        code += _EXPORT
    return code


def _defined(code: str) -> list[str]:
    """Return the globals that a file of ours defines at its left margin.

    What it imports behind a `try` stays: that takes next to nothing.
    """
    import re  # noqa: PLC0415 - connecting does without

    found = re.findall(r"^(?:def|class) (\w+)|^(\w+)=", code, re.MULTILINE)
    return [function or variable for function, variable in found]


def _in_namespace(code: str) -> str:
    assert "'''" not in code, "it would end the raw string"
    return f"{BUILTINS}.exec(r'''{code}''',_belay_n)\n"


def _joined(lines: list[str]) -> list[str]:
    """Put each suite that is one short statement behind its header's colon: some bytes less each."""
    joined: list[str] = []
    for index, line in enumerate(lines):
        header = joined[-1] if joined else ""
        ends = index + 1 == len(lines) or _indent(lines[index + 1]) <= _indent(header)
        if ends and _is_header(header) and _indent(line) > _indent(header) and line[-1] not in ":([{,":
            joined[-1] += line.lstrip()
        else:
            joined.append(line)
    return joined


def _is_header(line: str) -> bool:
    # What a bracket on a line above goes on in is left alone.
    return line.endswith(":") and all(
        line.count(pair[0]) == line.count(pair[1]) for pair in ("()", "[]", "{}")
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
