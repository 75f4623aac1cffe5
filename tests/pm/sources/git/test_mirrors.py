from __future__ import annotations

import os
import shutil
import socketserver
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from belay_pm.errors import (
    AccessError,
    NotFoundError,
    OfflineError,
    SourceError,
)
from belay_pm.requirements import GitSource
from belay_pm.sources.git import GitMirrors, element_of
from belay_pm.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.pm.conftest import GitServer, Repository

FILES: dict[str, bytes | str | None] = {"a.py": b"a = 1\n", "lib/b.py": b"b = 1\n", "lib/c.py": b"c = 1\n"}


def resolved(source: GitSource, *, offline: bool = False) -> tuple[str, str]:
    """What a run of its own makes of a source."""
    return tuple(GitMirrors(Store(), offline=offline).resolve(source))


def read(url: str, commit: str, path: str, *, offline: bool = False) -> bytes:
    """A file, as a run of its own reads it."""
    return GitMirrors(Store(), offline=offline).tree(url, commit).read(path)


@pytest.fixture
def remote(repository: Callable[..., Repository]) -> Repository:
    """A repository with a branch whose name has a slash, and tags of both kinds."""
    made = repository()
    made.commit(FILES)
    made.git("tag", "light")
    made.git("tag", "--annotate", "--message=x", "v1.0")
    made.git("branch", "feature/x")
    return made


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """A function that returns which commands of git were run since it was last called."""
    path = tmp_path / "trace"
    monkeypatch.setenv("GIT_TRACE2_EVENT", str(path))
    done = 0

    def commands() -> list[str]:
        nonlocal done
        lines = path.read_text().splitlines() if path.exists() else []
        new, done = lines[done:], len(lines)
        names = [line.split('"name":"')[1].split('"')[0] for line in new if '"event":"cmd_name"' in line]
        return [name for name in names if name in ("ls-remote", "fetch", "clone")]

    return commands


@pytest.mark.parametrize("ref", [None, "main", "light", "v1.0", "feature/x", "refs/heads/main", "tags/light"])
def test_a_branch_or_tag_is_its_commit(remote: Repository, ref: str | None) -> None:
    """A branch, a tag of either kind, and no ref at all are resolved to the commit that they stand for."""
    assert resolved(GitSource(remote.url, ref, "lib")) == (remote.git("rev-parse", "HEAD"), "lib")


def test_the_whole_name_of_a_commit_asks_nobody(remote: Repository, log: Callable[[], list[str]]) -> None:
    """A commit is itself, in small letters; even a branch of that name cannot pass for it."""
    commit = remote.git("rev-parse", "HEAD")
    later = remote.commit({"a.py": b"a = 2\n"})
    remote.git("update-ref", f"refs/heads/{commit}", later)
    log()

    assert resolved(GitSource(remote.url, commit.upper())) == (commit, "")
    assert log() == []
    assert read(remote.url, commit, "a.py") == b"a = 1\n"


def test_the_first_digits_of_any_commit_are_enough(remote: Repository) -> None:
    """An abbreviated commit is found: at a branch, in the history, and again without asking for the history."""
    old = remote.git("rev-parse", "HEAD")
    for name in ("light", "v1.0"):
        remote.git("tag", "--delete", name)
    remote.git("branch", "--delete", "feature/x")
    tip = remote.commit({"a.py": b"a = 2\n"})

    assert resolved(GitSource(remote.url, tip[:8])) == (tip, "")
    assert resolved(GitSource(remote.url, old[:8])) == (old, "")
    assert read(remote.url, old, "a.py") == b"a = 1\n"
    assert resolved(GitSource(remote.url, old[:8]), offline=True) == (old, "")


def test_digits_that_begin_nothing_are_named(remote: Repository) -> None:
    """Digits that no commit begins with are an error that says so."""
    with pytest.raises(NotFoundError, match=r"`0{10}` is not the beginning of one commit of"):
        resolved(GitSource(remote.url, "0" * 10))


@pytest.mark.parametrize(
    ("ref", "path", "found"),
    [
        ("main", "lib/b.py", "lib/b.py"),
        ("feature", "x/lib/b.py", "lib/b.py"),
        ("feature", "x", ""),
        ("refs", "heads/feature/x/lib", "lib"),
    ],
)
def test_in_a_link_the_longest_branch_wins(remote: Repository, ref: str, path: str, found: str) -> None:
    """A branch with slashes is told from the path behind it, because the repository knows its branches."""
    assert resolved(GitSource(remote.url, ref, path, link=True)) == (remote.git("rev-parse", "HEAD"), found)


def test_an_unknown_branch_names_the_nearest(remote: Repository) -> None:
    """A branch that is not there is an error that names what is asked, and what is there."""
    with pytest.raises(NotFoundError, match="has no branch, tag or commit `maint`") as error:
        resolved(GitSource(remote.url, "maint"))

    assert error.value.hint == "there is `main`"


def test_a_moved_branch_is_got_anew(remote: Repository) -> None:
    """The next run sees what a branch is then, by its name and without one."""
    first, _ = resolved(GitSource(remote.url))
    assert read(remote.url, first, "a.py") == b"a = 1\n"
    remote.commit({"a.py": b"a = 2\n"})

    for ref in (None, "main"):
        commit, _ = resolved(GitSource(remote.url, ref))
        assert read(remote.url, commit, "a.py") == b"a = 2\n"
    assert read(remote.url, first, "a.py", offline=True) == b"a = 1\n"


def test_a_branch_that_was_rewritten_is_got_anew(remote: Repository) -> None:
    """A forced push is no trouble."""
    read(remote.url, resolved(GitSource(remote.url))[0], "a.py")
    remote.git("commit", "--quiet", "--amend", "--message=y")
    rewritten = remote.commit({"a.py": b"a = 3\n"})

    commit, _ = resolved(GitSource(remote.url))

    assert commit == rewritten
    assert read(remote.url, commit, "a.py") == b"a = 3\n"


def test_a_repository_is_asked_once(remote: Repository, log: Callable[[], list[str]]) -> None:
    """Many threads that want many refs ask the repository once; the next run asks once, and fetches nothing."""

    def run() -> set[tuple[str, str]]:
        mirrors = GitMirrors(Store())

        def one(ref: str | None) -> tuple[str, str]:
            commit, _ = mirrors.resolve(GitSource(remote.url, ref))
            return commit, mirrors.tree(remote.url, commit).read("a.py").decode()

        with ThreadPoolExecutor(8) as threads:
            return set(threads.map(one, [None, "main", "light", "v1.0", "feature/x"] * 4))

    log()
    assert len(run()) == 1
    assert log().count("ls-remote") == 1

    assert len(run()) == 1
    assert log() == ["ls-remote"]


def test_missing_files_come_together(remote: Repository, log: Callable[[], list[str]]) -> None:
    """The mirror has no contents at first; what is read ahead comes in one piece, and stays."""
    tree = GitMirrors(Store()).tree(remote.url, remote.git("rev-parse", "HEAD"))
    log()
    tree.read_ahead(["a.py", "lib/b.py", "lib/c.py", "lib", "nothing"])

    assert log() == ["fetch"]
    assert [tree.read(path) for path in ("a.py", "lib/b.py", "lib/c.py")] == [
        b"a = 1\n",
        b"b = 1\n",
        b"c = 1\n",
    ]
    assert read(remote.url, tree.commit, "lib/c.py", offline=True) == b"c = 1\n"
    assert log() == []


def test_offline_says_what_is_not_there(remote: Repository) -> None:
    """Offline, what the mirror has is found, and whatever it lacks is named: branches, a commit, a content."""
    first = remote.git("rev-parse", "HEAD")
    with pytest.raises(OfflineError, match="does not have branches of"):
        resolved(GitSource(remote.url), offline=True)
    resolved(GitSource(remote.url))
    assert resolved(GitSource(remote.url), offline=True) == (first, "")
    with pytest.raises(OfflineError, match=f"does not have commit `{first}`"):
        read(remote.url, first, "a.py", offline=True)
    read(remote.url, first, "a.py")
    assert read(remote.url, first, "a.py", offline=True) == b"a = 1\n"
    with pytest.raises(OfflineError, match="does not have 1 of the files of"):
        read(remote.url, first, "lib/b.py", offline=True)


def mirror_of(url: str) -> Path:
    """The folder of a mirror in the cache."""
    (folder,) = Store().folder(element_of(url)).glob("*.git")
    return folder


def test_the_mirror_has_no_more_than_was_asked_for(remote: Repository) -> None:
    """It is bare, shallow and partial: of a long history it has one commit, and no content that nobody read."""
    for number in range(5):
        commit = remote.commit({"a.py": b"%d" % number, "big.bin": bytes(100_000 + number)})
    read(remote.url, commit, "a.py")

    mirror = mirror_of(remote.url)
    kept = subprocess.run(
        ["git", "rev-list", "--all", "--objects", "--missing=print"],
        cwd=mirror,
        check=True,
        capture_output=True,
    ).stdout.decode()

    assert sum(path.stat().st_size for path in mirror.rglob("*") if path.is_file()) < 30_000
    assert kept.count("\n?") == 3
    assert not list(mirror.rglob("hooks"))


@pytest.mark.parametrize("damage", ["objects", "pack", "config", "head", "ref", "shallow"])
def test_a_damaged_mirror_is_made_anew(remote: Repository, damage: str) -> None:
    """Whatever of a mirror is lost or overwritten, the next run has what it wants, of old and new commits."""
    commit = remote.git("rev-parse", "HEAD")
    read(remote.url, commit, "a.py")
    mirror = mirror_of(remote.url)
    if damage == "objects":
        shutil.rmtree(mirror / "objects")
        (mirror / "objects").mkdir()
    elif damage == "pack":
        for pack in mirror.glob("objects/pack/*.pack"):
            pack.chmod(0o600)
            pack.write_bytes(pack.read_bytes()[:20])
    elif damage == "config":
        (mirror / "config").write_bytes(b"[core\n\0")
    elif damage == "head":
        (mirror / "HEAD").unlink()
    elif damage == "ref":
        (mirror / "refs" / "belay" / commit).write_text("rubbish\n")
    else:
        (mirror / "shallow").write_text("rubbish\n")

    assert read(remote.url, commit, "a.py") == b"a = 1\n"
    later = remote.commit({"a.py": b"a = 2\n"})
    assert read(remote.url, later, "a.py") == b"a = 2\n"


def test_a_damaged_mirror_is_named_offline(remote: Repository) -> None:
    """Offline it cannot be made anew, and the error says so."""
    commit = remote.git("rev-parse", "HEAD")
    read(remote.url, commit, "a.py")
    shutil.rmtree(mirror_of(remote.url) / "objects")

    with pytest.raises(OfflineError, match="is damaged"):
        read(remote.url, commit, "a.py", offline=True)


@pytest.mark.skipif(sys.platform == "win32", reason="the script is one of a shell")
def test_a_fetch_that_dies_leaves_a_mirror_that_works(
    remote: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A git that is killed in the middle, with its locks held and half a pack written, harms nobody."""
    first = remote.git("rev-parse", "HEAD")
    read(remote.url, first, "a.py")
    later = remote.commit({"a.py": b"a = 2\n"})
    mirror = mirror_of(remote.url)
    real = shutil.which("git")
    script = tmp_path / "bin" / "git"
    script.parent.mkdir()
    script.write_text(
        f"""#!/bin/sh
case "$*" in *" fetch "*)
    echo half > {mirror}/objects/pack/tmp_pack_x; echo > {mirror}/shallow.lock; echo > {mirror}/config.lock
    mkdir -p {mirror}/refs/belay; echo > {mirror}/refs/belay/{later}.lock
    kill -9 $$;;
esac
exec {real} "$@"
"""
    )
    script.chmod(0o755)
    with monkeypatch.context() as patched:
        patched.setenv("PATH", f"{script.parent}{os.pathsep}{os.environ['PATH']}")
        with pytest.raises(SourceError):
            read(remote.url, later, "a.py")
        assert read(remote.url, first, "a.py") == b"a = 1\n"

    assert read(remote.url, later, "a.py") == b"a = 2\n"
    assert read(remote.url, first, "a.py", offline=True) == b"a = 1\n"
    assert not list(mirror.rglob("tmp_*"))


def test_processes_share_a_mirror(remote: Repository) -> None:
    """Several processes that want the same repository at once all get it."""
    commit = remote.git("rev-parse", "HEAD")
    program = (
        "import sys; from belay_pm.sources.git import GitMirrors; from belay_pm.store import Store;"
        "print(GitMirrors(Store()).tree(*sys.argv[1:]).read('a.py').decode())"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", program, remote.url, commit], stdout=subprocess.PIPE)
        for _ in range(4)
    ]

    printed = [process.communicate()[0].decode().split() for process in processes]

    assert printed == [["a", "=", "1"]] * 4


def test_an_old_server_gives_all(remote: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a server without filters, and one that gives only branches, the same files come."""
    first = remote.git("rev-parse", "HEAD^{commit}")
    remote.git("config", "uploadpack.allowFilter", "false")
    remote.git("config", "uploadpack.allowAnySHA1InWant", "false")
    later = remote.commit({"a.py": b"a = 2\n"})
    for name in ("light", "v1.0"):
        remote.git("tag", "--delete", name)
    remote.git("branch", "--delete", "feature/x")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "protocol.version")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "0")

    assert read(remote.url, later, "lib/b.py") == b"b = 1\n"
    assert read(remote.url, first, "a.py") == b"a = 1\n"


def test_a_server_that_gives_filters_but_no_single_files(
    remote: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the mirror is made anew with everything in it."""
    commit = remote.git("rev-parse", "HEAD")
    remote.git("config", "uploadpack.allowAnySHA1InWant", "false")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "protocol.version")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "0")

    assert read(remote.url, commit, "lib/b.py") == b"b = 1\n"
    assert read(remote.url, commit, "lib/c.py", offline=True) == b"c = 1\n"


def test_a_server_that_has_only_files(git_server: GitServer, remote: Repository) -> None:
    """A repository on a plain web server, that knows nothing of git, is got whole; the next run gets nothing."""
    first = remote.git("rev-parse", "HEAD")
    later = remote.commit({"a.py": b"a = 2\n"})
    remote.git("update-server-info")
    bare = remote.folder / ".git"
    git_server.folder = None
    for path in bare.rglob("*"):
        if path.is_file():
            git_server.pages[f"/r/{path.relative_to(bare).as_posix()}"] = path.read_bytes()
    git_server.pages["/r/info/refs?service=git-upload-pack"] = git_server.pages["/r/info/refs"]
    url = f"{git_server.url}/r"

    assert resolved(GitSource(url, "main")) == (later, "")
    assert read(url, later, "a.py") == b"a = 2\n"
    asked = len(git_server.asked)
    assert read(url, first, "a.py") == b"a = 1\n"
    assert len(git_server.asked) == asked


def test_a_commit_that_is_not_there_is_named(remote: Repository) -> None:
    """A commit that the repository never had, or that is a file, is an error that names it."""
    for name in ("1" * 40, remote.git("rev-parse", "HEAD:a.py")):
        with pytest.raises(NotFoundError, match=f"has no commit `{name}`"):
            read(remote.url, name, "a.py")


def test_a_repository_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A repository that is not there is an error that names it."""
    url = (tmp_path / "nothing").as_uri()
    with pytest.raises(NotFoundError, match="nothing` is no repository that can be had"):
        resolved(GitSource(url))


def test_an_empty_repository_has_no_branch(repository: Callable[..., Repository]) -> None:
    """A repository without a commit is an error that says so."""
    with pytest.raises(NotFoundError, match="has no branch that it shows; it may be empty"):
        resolved(GitSource(repository("empty").url))


def test_a_failure_is_told_to_all_and_asked_once(tmp_path: Path, log: Callable[[], list[str]]) -> None:
    """A repository that cannot be had is asked once in a run."""
    mirrors = GitMirrors(Store())
    for _ in range(3):
        with pytest.raises(NotFoundError):
            mirrors.resolve(GitSource((tmp_path / "nothing").as_uri()))

    assert log() == ["ls-remote"]


def test_smart_http_with_a_link_of_github(
    git_server: GitServer, repository: Callable[..., Repository], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address of GitHub that git is set up to get elsewhere is got there, and is called by its own name."""
    commit = repository("owner/repo.git").commit(FILES)
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{git_server.url}/.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "https://github.com/")
    url = "https://github.com/owner/repo.git"

    assert resolved(GitSource(url)) == (commit, "")
    assert read(url, commit, "lib/b.py") == b"b = 1\n"
    assert [element.name for element in Store().elements()] == ["git-github-owner-repo"]


@contextmanager
def inetd(command: list[str]) -> Iterator[int]:
    """Serve connections on a port of loopback with a program on each, for the block."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            subprocess.run(
                command, stdin=self.request, stdout=self.request, stderr=subprocess.DEVNULL, check=False
            )

    class Server(socketserver.ThreadingTCPServer):
        block_on_close = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def test_git_daemon(repository: Callable[..., Repository], monkeypatch: pytest.MonkeyPatch) -> None:
    """The transport that is git's own works where it is allowed, and is refused with a hint where it is not."""
    remote = repository()
    commit = remote.commit(FILES)
    with inetd(["git", "daemon", "--inetd", "--export-all", f"--base-path={remote.folder.parent}"]) as port:
        url = f"git://127.0.0.1:{port}/repository"
        with pytest.raises(SourceError, match="`git` is not among the ways that are allowed") as error:
            resolved(GitSource(url))
        assert error.value.hint == "`GIT_ALLOW_PROTOCOL=https:ssh:file:git` allows it"

        monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "https:ssh:file:git")

        assert resolved(GitSource(url)) == (commit, "")
        assert read(url, commit, "lib/b.py") == b"b = 1\n"


def test_who_may_not_is_told_which_token_is_missing(
    git_server: GitServer, repository: Callable[..., Repository]
) -> None:
    """A private repository without a token is an error that names the variable; nobody is asked at the keyboard."""
    repository("private").commit(FILES)
    git_server.accepted = {"Basic nobody"}
    port = git_server.url.rpartition(":")[2]

    with pytest.raises(AccessError, match="is not there, or not for everybody") as error:
        resolved(GitSource(f"{git_server.url}/private"))

    assert error.value.hint is not None
    assert f"`BELAY_TOKEN_127_0_0_1_{port}`" in error.value.hint
