"""The program `git`: found, started in an environment of its own, stopped, and its failures told.

Why not GitPython: it starts git with the environment that it finds, and cannot take anything out of it, so
that an update in a git hook would work on the repository of that hook (`GIT_DIR`, `GIT_INDEX_FILE`); and to
import it takes a third of the time that an update with nothing to do may take.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from typing import TYPE_CHECKING

from belay_pm.errors import SourceError
from belay_pm.masking import scrub
from belay_pm.sources.credentials import NO_CREDENTIALS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from belay_pm.sources.credentials import GitCredentials

__all__ = ["MOST_OUTPUT_BYTES", "GitFailedError", "TooMuchError", "run"]

MOST_OUTPUT_BYTES = 256 << 20
"""Of one command: more than the names of a repository's files or branches ever take, less than memory has."""

_TIMEOUT_S = 900.0
"""A large repository over a slow line; git itself gives up on a line that is silent, see `_SETTINGS`."""

_KILL_AFTER_S = 5.0
_MOST_READ_BYTES = 1 << 16  # of what git says
_MOST_WORDS = 600  # characters of what git says that go into a message
_KILLED = "it took more than"

_LOCAL = (
    # What ties git to a repository: that of a hook in which we may be running, and not ours.
    "GIT_DIR",
    "GIT_COMMON_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_CONFIG",
    "GIT_ATTR_SOURCE",
    "SSH_ASKPASS",
)

_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",  # empty: neither this nor any other window
    "SSH_ASKPASS_REQUIRE": "never",
    "GCM_INTERACTIVE": "never",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",  # what is missing is fetched at once, and not by a process for each file
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LANGUAGE": "C",  # its words are looked at, see `failures`
    "LC_ALL": "C",
}

_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "credential.interactive": "false",
    "fetch.recurseSubmodules": "false",
    "submodule.recurse": "false",
    "fetch.writeCommitGraph": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "protocol.ext.allow": "never",
    "http.lowSpeedLimit": "100",
    "http.lowSpeedTime": "60",
}


class GitFailedError(SourceError):
    """git could not do it.

    Attributes:
        said: its words, without what is secret.
    """

    said = ""


class TooMuchError(SourceError):
    """git would have printed more than anybody wants to hear."""


def run(
    arguments: Sequence[str],
    *,
    folder: Path,
    given: bytes = b"",
    transports: Sequence[str] = (),
    credentials: GitCredentials = NO_CREDENTIALS,
    most_bytes: int = MOST_OUTPUT_BYTES,
    timeout_s: float = _TIMEOUT_S,
) -> bytes:
    """Run a command of git, and return what it prints.

    Args:
        arguments: of git, from the command on; nothing that comes from outside may stand where an option can.
        folder: where it runs; for one that is a bare repository, that is the repository.
        given: its input.
        transports: over which it may ask other computers; none for what must ask nobody.
        credentials: of the host that it asks.
        most_bytes: more output is refused.
        timeout_s: then it is stopped.

    Raises:
        GitFailedError: it ended with an error, or took too long.
        TooMuchError: it prints more.
        SourceError: there is no git.
    """
    command = [_program(), *(word for key, value in _SETTINGS.items() for word in ("-c", f"{key}={value}"))]
    repository = [f"--git-dir={folder}"] if (folder / "HEAD").exists() else []
    environment = _sealed(os.environ, transports, credentials)
    try:
        with TemporaryFile() as words, TemporaryFile() as source:
            source.write(given)
            source.seek(0)
            process = subprocess.Popen(  # noqa: S603 - git, see _program; no argument is an option that is not ours
                [*command, *repository, *arguments],
                cwd=folder,
                env=environment,
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=words,
                # It cannot ask at the terminal then, and can be stopped with all that it started.
                start_new_session=sys.platform != "win32",
            )
            with _stopped(process, timeout_s):
                printed = process.stdout.read(most_bytes + 1) if process.stdout else b""
                if len(printed) > most_bytes:
                    raise TooMuchError(f"`git {_command(arguments)}` prints more than {most_bytes} bytes")
                code = process.wait()
            words.seek(0)
            said = words.read(_MOST_READ_BYTES).decode(errors="replace")
    except (OSError, ValueError) as error:
        raise SourceError(f"Running `git {_command(arguments)}` failed: {error}") from error
    if code:
        raise _failure(_command(arguments), code, said, credentials, timeout_s)
    return printed


@contextmanager
def _stopped(process: subprocess.Popen[bytes], timeout_s: float) -> Iterator[None]:
    """See that a process ends with the block, and after some seconds, whatever happens."""
    timer = Timer(timeout_s, _stop, [process])
    timer.daemon = True
    with process:
        timer.start()
        try:
            yield
        except BaseException:
            _stop(process)
            raise
        finally:
            timer.cancel()


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
        return
    with suppress(ProcessLookupError):  # it ended meanwhile
        os.killpg(process.pid, signal.SIGTERM)  # git takes what is half-written away
        try:
            process.wait(_KILL_AFTER_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _sealed(
    environment: Mapping[str, str], transports: Sequence[str], credentials: GitCredentials
) -> dict[str, str]:
    """Return an environment in which git asks nobody at the keyboard and knows of no repository but ours."""
    sealed = {name: value for name, value in environment.items() if name not in _LOCAL}
    sealed.update(_ENVIRONMENT)
    # A list without a transport that exists allows none: an empty one would mean that all are allowed.
    sealed["GIT_ALLOW_PROTOCOL"] = ":".join(transports) or "none"
    try:
        count = int(environment.get("GIT_CONFIG_COUNT", "") or 0)
    except ValueError:
        count = 0  # git itself would refuse to start
    sealed.update(credentials.environment)
    for number, (key, value) in enumerate(credentials.settings, start=count):
        sealed[f"GIT_CONFIG_KEY_{number}"] = key
        sealed[f"GIT_CONFIG_VALUE_{number}"] = value
        sealed["GIT_CONFIG_COUNT"] = str(number + 1)
    return sealed


def _program() -> str:
    """Return where git is: in an absolute folder of `PATH`, and not in whatever folder we are in."""
    name = "git.exe" if sys.platform == "win32" else "git"
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = Path(folder) / name
        if folder and path.is_absolute() and path.is_file() and os.access(path, os.X_OK):
            return str(path)
    raise SourceError(
        "A repository is needed, and the program `git` is in no folder of `PATH`",
        hint="install git (https://git-scm.com), and see that `git --version` works",
    )


def _command(arguments: Sequence[str]) -> str:
    return arguments[2] if arguments[0] == "-c" else arguments[0]


def _failure(
    command: str, code: int, said: str, credentials: GitCredentials, timeout_s: float
) -> GitFailedError:
    if code in (-signal.SIGTERM, -9):
        said = f"{said}\n{_KILLED} {timeout_s:.0f} s, or was stopped"
    said = scrub(said, credentials.secrets)
    # What a server says comes with `remote: `; it may say anything, to the terminal too.
    lines = [re.sub(r"[^\x20-\x7e\xa0-\uffff]", "", line).strip() for line in re.split(r"[\r\n]+", said)]
    words = "; ".join(dict.fromkeys(line for line in lines if line and not line.startswith("hint:")))
    if len(words) > _MOST_WORDS:
        words = f"… {words[-_MOST_WORDS:]}"  # the reason stands last
    error = GitFailedError(f"`git {command}` failed: {words or f'code {code}, without a word'}")
    error.said = words
    return error
