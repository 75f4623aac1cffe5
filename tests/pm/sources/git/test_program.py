from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from belay_pm.errors import SourceError
from belay_pm.requirements import GitSource
from belay_pm.sources.git import GitMirrors
from belay_pm.sources.git.program import GitFailedError, TooMuchError, run
from belay_pm.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.pm.conftest import Repository


def test_without_git_there_is_a_hint(
    repository: Callable[..., Repository], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where git is not installed, the error says what to install."""
    url = repository().url
    monkeypatch.setenv("PATH", "")

    with pytest.raises(SourceError, match="`git` is in no folder of `PATH`") as error:
        GitMirrors(Store()).resolve(GitSource(url))

    assert error.value.hint is not None
    assert error.value.hint.startswith("install git")


@pytest.mark.skipif(sys.platform == "win32", reason="the script is one of a shell")
def test_a_program_beside_the_project_is_not_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file `git` in the project is not taken for git, whatever `PATH` says of the folder one is in."""
    (folder / "git").write_text("#!/bin/sh\ntouch ran\n")
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.pathsep}{os.environ['PATH']}")

    run(["version"], folder=folder)

    assert not (folder / "ran").exists()


def test_the_repository_around_is_left_alone(
    repository: Callable[..., Repository], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a hook of git, whose environment names a repository, that repository is neither read nor changed."""
    around, remote = repository("around"), repository("remote")
    around.commit({"around.py": b""})
    commit = remote.commit({"a.py": b"a"})
    before = sorted(path for path in around.folder.rglob("*"))
    for name, path in (("GIT_DIR", ""), ("GIT_INDEX_FILE", "index"), ("GIT_OBJECT_DIRECTORY", "objects")):
        monkeypatch.setenv(name, str(around.folder / ".git" / path))
    monkeypatch.setenv("GIT_WORK_TREE", str(around.folder))

    assert GitMirrors(Store()).tree(remote.url, commit).read("a.py") == b"a"
    assert sorted(path for path in around.folder.rglob("*")) == before


@pytest.mark.skipif(sys.platform == "win32", reason="the hook is a script of a shell")
def test_nothing_of_a_template_or_setting_runs(
    repository: Callable[..., Repository], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Hooks and watchers that the person's settings have for their own repositories do not run in ours."""
    remote = repository()
    commit = remote.commit({"a.py": b"a"})
    hooks = tmp_path / "template" / "hooks"
    hooks.mkdir(parents=True)
    for name in ("reference-transaction", "post-checkout", "fsmonitor", "post-index-change"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        (hooks / name).chmod(0o755)
    settings = {
        "init.templateDir": str(hooks.parent),
        "core.hooksPath": str(hooks),
        "core.fsmonitor": str(hooks / "fsmonitor"),
    }
    monkeypatch.setenv("GIT_CONFIG_COUNT", str(len(settings)))
    for number, (key, value) in enumerate(settings.items()):
        monkeypatch.setenv(f"GIT_CONFIG_KEY_{number}", key)
        monkeypatch.setenv(f"GIT_CONFIG_VALUE_{number}", value)

    assert GitMirrors(Store()).tree(remote.url, commit).read("a.py") == b"a"
    assert not (tmp_path / "ran").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="the script is one of a shell")
def test_a_git_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time is up it ends, with all that it started."""
    script = tmp_path / "bin" / "git"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\nsleep 1000 &\nwait\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}{os.pathsep}{os.environ['PATH']}")

    with pytest.raises(GitFailedError, match=r"`git fetch` failed: it took more than 0 s, or was stopped"):
        run(["fetch"], folder=tmp_path, timeout_s=0.01)


def test_too_much_is_refused(repository: Callable[..., Repository]) -> None:
    """A command that prints more than it may is stopped."""
    remote = repository()
    commit = remote.commit({"a.bin": bytes(10_000)})

    with pytest.raises(TooMuchError, match="`git cat-file` prints more than 1000 bytes"):
        run(["cat-file", "blob", f"{commit}:a.bin"], folder=remote.folder, most_bytes=1000)
    assert (
        len(run(["cat-file", "blob", f"{commit}:a.bin"], folder=remote.folder, most_bytes=10_000)) == 10_000
    )


def test_what_may_ask_nobody_asks_nobody(repository: Callable[..., Repository], tmp_path: Path) -> None:
    """A command that is for this computer alone cannot reach another, whatever the settings say."""
    with pytest.raises(GitFailedError, match="transport 'file' not allowed"):
        run(["ls-remote", "--", repository().url], folder=tmp_path)


def test_git_is_the_real_one() -> None:
    """The tests of this folder mean something only where git is installed."""
    assert shutil.which("git")
