"""Whole texts on a board: a script with its arguments, a piece of code from somewhere else than a call.

This room knows files and what a script expects of the world around it (`sys.argv`).
How code travels is for `belay.runtime` to know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from belay.arguments import check_flag, check_path, check_seconds, check_text
from belay.exceptions import FeatureUnavailableError, UnsendableValueError
from belay.meta import check_device
from belay.origins import SourceOrigin
from belay.output import STDOUT, OutputWriter
from belay.source import BoardSource, dedent
from belay.values import BUILTINS, encode

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from belay.device import Device
    from belay.runtime import Runtime

__all__ = ["evaluate_text", "run_file", "run_text"]

_SYS = f"{BUILTINS}.__import__('sys')"


def run_file(
    device: Device,
    path: str | os.PathLike[str],
    arguments: Sequence[str] = (),
    *,
    minify: bool = True,
    stream_out: Any = STDOUT,  # Any: a text or a binary stream
    record: bool = True,
    timeout_s: float | None = None,
) -> None:
    """Run a script of the host's on the board, in the board's globals, as its `main.py` would run.

    The board's `sys.argv` becomes the path as given and the arguments, and stays so.
    Tracebacks name the path as given.

    Args:
        device: where.
        path: a file of Python for the board, in UTF-8.
        arguments: what the script finds in `sys.argv[1:]`.
        minify: shorten the script on its way; names and line numbers stay.
        stream_out: gets what the script prints, as it comes: a text stream, a binary stream, or None.
        record: a reconnection runs the script once more, without setting `sys.argv`.
        timeout_s: seconds that it may run; None lets it run for ever.

    Raises:
        OSError: the file cannot be read.
        UnsendableValueError: the file is not UTF-8.
        FeatureUnavailableError: there are arguments, and the board has no `sys.argv`.
        BoardException: the script raised; `BoardSystemExit` when it called `sys.exit`.
        CallTimeout: `timeout_s` passed; the script was interrupted.
        ConnectionLost: the link broke.

    Example:
        >>> belay.run_file(device, "blink.py", ["--times", "3"])
    """
    check_device(device)
    check_path("path", path)
    check_flag("minify", minify)
    check_flag("record", record)
    check_seconds("timeout_s", timeout_s)
    name = str(path)
    text = _read(name)
    runtime = _runtime(device)
    if arguments and not runtime.call(f"{BUILTINS}.hasattr({_SYS},'argv')"):
        raise FeatureUnavailableError(
            f"{runtime.description} has no `sys.argv`: `{name}` cannot be given {len(arguments)} arguments",
            hint="write what the script needs into its source",
        )
    runtime.execute(
        BoardSource(text, name, name, 1),
        # Binds no name in the globals; where there is no `sys.argv`, a list that nobody has is set.
        prelude=f"{BUILTINS}.getattr({_SYS},'argv',[])[:]={encode([name, *arguments])}",
        minify=minify,
        record=record,
        timeout_s=timeout_s,
        output=_writer(stream_out),
    )


def run_text(
    device: Device,
    text: str,
    *,
    name: str = "<text>",
    minify: bool = True,
    stream_out: Any = STDOUT,  # Any: a text or a binary stream
    record: bool = True,
    timeout_s: float | None = None,
) -> None:
    """Run statements in the board's globals; like `device(text)`, but tracebacks name the text itself.

    The value of an expression is dropped, so that it does not matter whether it could come back.

    Args:
        device: where.
        text: Python for the board, of any length, indented as you like.
        name: what tracebacks call it, in the place of a file.
        minify: shorten the text on its way; names and line numbers stay.
        stream_out: gets what the code prints, as it comes: a text stream, a binary stream, or None.
        record: a reconnection repeats it.
        timeout_s: seconds that it may run; None lets it run for ever.

    Raises:
        BoardException: the code raised.
        CallTimeout: `timeout_s` passed; the code was interrupted.
        ConnectionLost: the link broke.
    """
    check_device(device)
    check_text("text", text)
    check_flag("minify", minify)
    check_flag("record", record)
    check_seconds("timeout_s", timeout_s)
    _runtime(device).execute(
        BoardSource(dedent(text), name, name, 1),
        minify=minify,
        record=record,
        timeout_s=timeout_s,
        output=_writer(stream_out),
    )


def evaluate_text(
    device: Device,
    expression: str,
    *,
    name: str = "<text>",
    stream_out: Any = STDOUT,  # Any: a text or a binary stream
    timeout_s: float | None = None,
) -> Any:  # Any: whatever the board's expression is
    """Return the value of an expression; like `device(expression)`, but tracebacks name the text itself.

    Args:
        device: where.
        expression: Python for the board.
        name: what tracebacks call it, in the place of a file.
        stream_out: gets what the evaluation prints, as it comes: a text stream, a binary stream, or None.
        timeout_s: seconds that it may take; None lets it run for ever.

    Raises:
        BoardException: it raised.
        UnreturnableValueError: it ran, and its value cannot come back.
        CallTimeout: `timeout_s` passed; it was interrupted.
        ConnectionLost: the link broke.
    """
    check_device(device)
    check_text("expression", expression)
    check_seconds("timeout_s", timeout_s)
    runtime = _runtime(device)
    origin = SourceOrigin(name, 1, expression)
    code = runtime.text_expression(dedent(expression), origin)
    return runtime.call(code, timeout_s=timeout_s, output=_writer(stream_out))


def _runtime(device: Device) -> Runtime:
    return device._belay_runtime  # noqa: SLF001 - this room is a part of what a device does, kept apart from its face


def _writer(stream_out: Any) -> OutputWriter | None:  # Any: a text or a binary stream
    return None if stream_out is STDOUT else OutputWriter(stream_out)


def _read(name: str) -> str:
    from pathlib import Path  # noqa: PLC0415 - 3 ms that `import belay` does not pay

    data = Path(name).read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnsendableValueError(
            f"`{name}` is not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}",
            hint="save it as UTF-8, the only encoding that a board reads",
        ) from error
    # Every line end that an editor writes counts as one, here as on the board.
    return text.replace("\r\n", "\n").replace("\r", "\n")
