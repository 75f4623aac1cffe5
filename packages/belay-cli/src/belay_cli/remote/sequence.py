"""Does the steps of a chain, one after the other, on one connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from belay_cli.console import board_stdout, data
from belay_transport.errors import ConnectionLost

from .board import Board
from .errors import FAILED, RemoteError

if TYPE_CHECKING:
    from collections.abc import Callable

    from .grammar import Chain, Step

__all__ = ["run_chain"]


def run_chain(chain: Chain, *, resets: bool) -> int:
    """Do the steps, then be at the prompt if nothing was an action; return the exit code.

    Raises:
        RemoteError: a step cannot be done; those behind it are left out.
        BelayException: the board does not answer.
    """
    board = Board(resets=resets)
    try:
        for step in chain.steps:
            code = _STEPS[step.command](board, step)
            if code:
                return code
        if chain.ends_at_prompt:
            from .grammar import Step  # noqa: PLC0415 - only a person needs it

            _repl(board, Step("repl", (), {}))
    finally:
        board.disconnect()
    return 0


def _connect(board: Board, step: Step) -> None:
    if step.words[0] == "list":
        board.disconnect()
        from .connecting import list_ports  # noqa: PLC0415 - a board needs no list

        for line in list_ports():
            data(line)
    else:
        board.connect(step.words[0])


def _disconnect(board: Board, _step: Step) -> None:
    board.disconnect()


def _resume(board: Board, _step: Step) -> None:
    board.resume()


def _eval(board: Board, step: Step) -> int:
    return _execute(board, f"print({step.words[0]})")


def _exec(board: Board, step: Step) -> int:
    if step.is_set("follow"):
        return _execute(board, step.words[0])
    board.start(step.words[0])
    return 0


def _run(board: Board, step: Step) -> int:
    text = board.require_text(step.words[0])
    if step.is_set("follow"):
        return _execute(board, text)
    board.start(text)
    return 0


def _execute(board: Board, code: str) -> int:
    """Run code and show what it prints, its traceback too, as mpremote does; return the exit code."""
    if "exit" in code or "SystemExit" in code:
        return _execute_with_exit(board, code)
    with board_stdout() as output:

        def write(piece: bytes) -> None:
            output.write(piece)
            output.flush()

        traceback = board.session.run(code, output=write)
        if traceback:
            output.write(traceback.encode())
    return FAILED if traceback else 0


def _execute_with_exit(board: Board, code: str) -> int:
    """Run code that may end itself: only a device hears which exit code it says."""
    from belay.exceptions import BoardException, BoardSystemExit  # noqa: PLC0415 - loads with the device
    from belay.scripts import run_text  # noqa: PLC0415 - as above

    with board_stdout() as output:
        try:
            run_text(board.device, code, name="<stdin>", minify=False, stream_out=output)
        except BoardSystemExit as error:
            if error.code in {"True", "False"}:
                return int(error.code == "True")
            if isinstance(error.code, str):
                raise RemoteError(error.code) from error
            return error.code or 0
        except BoardException as error:
            output.write(f"{_as_the_board_prints(str(error.args[0]))}\n".encode())
            return FAILED
    return 0


def _as_the_board_prints(traceback: str) -> str:
    """Return a traceback without the lines of source that Belay puts below each place."""
    kept: list[str] = []
    is_place = False
    for line in traceback.rstrip().split("\n"):
        if not (is_place and line.startswith("    ")):
            kept.append(line)
        is_place = line.startswith("  File ")
    return "\n".join(kept)


def _soft_reset(board: Board, _step: Step) -> None:
    board.soft_reset()


def _sleep(_board: Board, step: Step) -> None:
    import time  # noqa: PLC0415 - only this command waits

    time.sleep(float(step.words[0]))


def _rtc(board: Board, step: Step) -> int:
    if not step.is_set("set"):
        return _execute(board, "import machine;print(machine.RTC().datetime())")
    from datetime import datetime  # noqa: PLC0415 - only this needs it

    from belay_cli.actions.clock import set_clock  # noqa: PLC0415 - as above

    set_clock(board.device, datetime.now().astimezone())
    return 0


def _fs(board: Board, step: Step) -> None:
    from .files import run_fs  # noqa: PLC0415 - code alone needs no files

    run_fs(board, step)


def _df(board: Board, _step: Step) -> None:
    from .files import print_room  # noqa: PLC0415 - as above

    print_room(board.device)


def _edit(board: Board, step: Step) -> None:
    from .editing import edit  # noqa: PLC0415 - as above

    edit(board.device, step.words)


def _mip(board: Board, step: Step) -> None:
    from .packages import install  # noqa: PLC0415 - as above

    install(board.device, step)


def _romfs(board: Board, step: Step) -> int:
    from .romfs import run_romfs  # noqa: PLC0415 - as above

    return run_romfs(board, step)


def _mount(board: Board, step: Step) -> None:
    import os  # noqa: PLC0415 - as above

    if not os.path.isdir(step.words[0]):  # noqa: PTH112 - `pathlib` costs 4 ms
        raise RemoteError(f"mount: {step.words[0]}: Not a directory.")
    at = board.mount_folder(step).at
    data(f"Local directory {step.words[0]} is mounted at {at}")


def _umount(board: Board, _step: Step) -> None:
    board.unmount()


def _repl(board: Board, step: Step) -> int:
    from .prompt import be_there  # noqa: PLC0415 - only a person needs it

    try:
        be_there(board, step)
    except ConnectionLost:
        board.lose()
        data("\ndevice disconnected")
    return 0


def _version(_board: Board, _step: Step) -> int:
    from importlib.metadata import version  # noqa: PLC0415 - takes 20 ms

    data(f"belay {version('belay-cli')}, with the commands of mpremote 1.29")
    return 0


def _help(_board: Board, step: Step) -> int:
    from .helping import command_help, whole_help  # noqa: PLC0415 - only those who ask need it

    data(command_help(step.words[0]) if step.words else whole_help(step.options))
    return 0


_STEPS: dict[str, Callable[[Board, Step], int | None]] = {
    "connect": _connect,
    "df": _df,
    "disconnect": _disconnect,
    "edit": _edit,
    "eval": _eval,
    "exec": _exec,
    "fs": _fs,
    "help": _help,
    "mip": _mip,
    "mount": _mount,
    "repl": _repl,
    "resume": _resume,
    "romfs": _romfs,
    "rtc": _rtc,
    "run": _run,
    "sleep": _sleep,
    "soft-reset": _soft_reset,
    "umount": _umount,
    "version": _version,
}
"""Command -> what does it, and returns an exit code that ends the chain unless it is 0."""
