"""Child processes with an end: whatever happens, each is over when its function returns."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from environments import TOP, clean_variables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["ChildError", "follow", "run"]

_TIMEOUT_S = 20.0
"""Longer than anything here takes on a slow machine, but for what says so itself."""


class ChildError(Exception):
    """A child process failed, or did not end."""


def run(command: list[str], *, timeout_s: float = _TIMEOUT_S, variables: dict[str, str] | None = None) -> str:
    """Run a command and return what it printed.

    Args:
        command: what to run.
        timeout_s: how long it may take.
        variables: of its environment, beside the clean ones.

    Raises:
        ChildError: it failed, or did not end in time.
    """
    with _child(command, timeout_s, variables) as process:
        printed, complaint = process.communicate()
    return _judge(process, printed, complaint, timeout_s)


def follow(command: list[str], on_mark: Callable[[str], None]) -> None:
    """Run a worker that stops at marks: lines `mark NAME`, after which it waits for a line.

    Args:
        command: what to run.
        on_mark: called with each name while the worker waits.

    Raises:
        ChildError: it failed, or did not end in time.
    """
    with _child(command, _TIMEOUT_S) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line in process.stdout:
            word, _, name = line.strip().partition(" ")
            if word == "mark":
                on_mark(name)
                process.stdin.write("\n")
                process.stdin.flush()
        _, complaint = process.communicate()
    _judge(process, "", complaint, _TIMEOUT_S)


@contextmanager
def _child(
    command: list[str], timeout_s: float, variables: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=clean_variables() | (variables or {}),
            cwd=TOP / ".bench",
            start_new_session=True,  # so that what hangs can be ended with its own children
        )
    except OSError as error:
        raise ChildError(f"it cannot be started: {error.strerror}") from error
    killer = threading.Timer(timeout_s, _kill, [process])
    killer.start()
    try:
        yield process
    finally:
        killer.cancel()
        if process.poll() is None:
            _kill(process)
        process.communicate()


def _kill(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _judge(process: subprocess.Popen[str], printed: str, complaint: str, timeout_s: float) -> str:
    if process.returncode == -signal.SIGKILL:
        raise ChildError(f"it did not end within {timeout_s:g} s")
    if process.returncode:
        last = (complaint.strip() or printed.strip() or "without a word").splitlines()[-1]
        raise ChildError(f"exit code {process.returncode}: {last}")
    return printed
