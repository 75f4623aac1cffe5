from __future__ import annotations

import io
import json
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from belay_pm.errors import IntegrityError, ManifestError, NotFoundError, OfflineError
from belay_pm.fetching import Fetcher
from belay_pm.project import read_project
from belay_pm.requirements import Entry, GitSource, IndexSource, PathSource, Source, UrlSource
from belay_pm.specs import parse_source
from belay_pm.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from belay_pm.project import Project

    from .conftest import GitServer, Repository, WebServer

CODE = b"value = 1\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project without anything in it."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text('[tool.belay]\nname = "p"\n')
    return read_project(folder)


@pytest.fixture
def store() -> Store:
    """The cache of the test."""
    return Store()


@pytest.fixture
def fetcher(project: Project, store: Store) -> Iterator[Fetcher]:
    """What is under test; it closes its connections."""
    with Fetcher(project, store) as fetcher:
        yield fetcher


def entry(source: Source) -> Entry:
    """Return what is asked for."""
    return Entry(source, "as written")


def zipped(files: dict[str, bytes]) -> bytes:
    """Return a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    """Return a tar, compressed."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, content in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def test_a_folder_is_fetched(project: Project, fetcher: Fetcher, store: Store) -> None:
    """A path starts at the project; each file is in the store under its hash."""
    (project.folder / "libs" / "thing").mkdir(parents=True)
    (project.folder / "libs" / "thing" / "__init__.py").write_bytes(CODE)

    fetched = fetcher.fetch(entry(PathSource("libs/thing")), name="thing")

    [file] = fetched.files
    assert (file.path, file.sha256, file.size_bytes) == (
        "thing/__init__.py",
        sha256(CODE).hexdigest(),
        len(CODE),
    )
    assert store.get(file.sha256) == CODE
    assert fetched.resolved.url == "libs/thing"


def test_a_file_is_fetched(project: Project, fetcher: Fetcher) -> None:
    """A lone module becomes the package, and nothing else of its folder comes along."""
    (project.folder / "m.py").write_bytes(CODE)

    fetched = fetcher.fetch(entry(PathSource("m.py")), name="thing")

    assert [(file.path, file.origin) for file in fetched.files] == [("thing/__init__.py", "m.py")]


def test_a_path_that_is_not_there_is_told(fetcher: Fetcher) -> None:
    """The error names the path as it was written."""
    with pytest.raises(NotFoundError, match="There is no `libs/none`, seen from `project`"):
        fetcher.fetch(entry(PathSource("libs/none")), name="thing")


def test_a_home_of_nobody_is_a_path_that_is_not_there(fetcher: Fetcher) -> None:
    """What no account is called stays as it was written."""
    with pytest.raises(NotFoundError, match="There is no `~nobody-at-all/x`"):
        fetcher.fetch(entry(PathSource("~nobody-at-all/x")), name="x")


def test_a_version_cannot_command_a_screen(project: Project, fetcher: Fetcher) -> None:
    """It is shown wherever packages are: one with control characters is refused."""
    told = {"urls": [["k.py", "k.py"]], "version": "\x1b[31m1"}
    (project.folder / "package.json").write_text(json.dumps(told))
    (project.folder / "k.py").write_bytes(CODE)

    with pytest.raises(ManifestError, match=r"The version of `one` is '\\x1b\[31m1'"):
        fetcher.fetch(entry(PathSource("package.json")), name="one")


def test_a_file_of_the_web_is_fetched(fetcher: Fetcher, server: WebServer) -> None:
    """A lone module at an address becomes the package; a query is no part of its name."""
    server.pages["/m.py?v=1"] = CODE

    fetched = fetcher.fetch(entry(UrlSource(f"{server.url}/m.py?v=1")), name="thing")

    assert [file.path for file in fetched.files] == ["thing/__init__.py"]
    assert fetched.resolved.sha256 == sha256(CODE).hexdigest()


@pytest.mark.parametrize(("name", "packed"), [("r.zip", zipped), ("r.tar.gz", tarred)])
def test_an_archive_is_fetched(fetcher: Fetcher, server: WebServer, name: str, packed: object) -> None:
    """The folder that all of an archive is in does not count, and a path in it chooses."""
    assert callable(packed)
    server.pages[f"/{name}"] = packed({"r-1.0/lib/thing/__init__.py": CODE, "r-1.0/README.md": b"read"})

    fetched = fetcher.fetch(entry(UrlSource(f"{server.url}/{name}", path="lib/thing")), name="thing")

    assert [(file.path, file.origin) for file in fetched.files] == [
        ("thing/__init__.py", "lib/thing/__init__.py")
    ]


def test_a_package_json_of_the_web_is_followed(fetcher: Fetcher, server: WebServer) -> None:
    """Its files are beside it, or where it says; what it needs is told."""
    told = {
        "urls": [["a/x.py", "x.py"], ["b.py", f"{server.url}/else/b.py"]],
        "deps": [["ssl", "1.0"]],
        "version": "2",
    }
    server.pages |= {"/p/package.json": json.dumps(told).encode(), "/p/x.py": CODE, "/else/b.py": b"b"}

    fetched = fetcher.fetch(entry(UrlSource(f"{server.url}/p/package.json")), name="a")

    assert [(file.path, file.size_bytes) for file in fetched.files] == [("a/x.py", len(CODE)), ("b.py", 1)]
    assert [requirement.name for requirement in fetched.requires] == ["ssl"]
    assert fetched.resolved.version == "2"


def test_a_file_that_is_not_what_was_promised_is_refused(
    project: Project, store: Store, server: WebServer
) -> None:
    """The start of a hash in a `package.json` is checked."""
    told = {"hashes": [["x.py", "0123abcd"]]}
    server.pages |= {"/package.json": json.dumps(told).encode(), "/pi/file/01/0123abcd": CODE}
    project = replace(project, package_indices=(f"{server.url}/pi",))

    with (
        Fetcher(project, store) as fetcher,
        pytest.raises(IntegrityError, match=r"starts with [0-9a-f]{8}, and 0123abcd was promised"),
    ):
        fetcher.fetch(entry(UrlSource(f"{server.url}/package.json")), name="x")


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let git find in `remote` what a source says is at GitHub."""
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{(tmp_path / 'remote').as_uri()}/.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "https://github.com/")


@pytest.mark.usefixtures("github")
@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/o/r/tree/main/lib/thing",
        "https://github.com/o/r/tree/feature/x/lib/thing",
        "github:o/r/lib/thing",
        "github:o/r/lib/thing@v1",
        "git+https://github.com/o/r.git@main#lib/thing",
    ],
)
def test_a_folder_of_a_repository_is_fetched(
    project: Project, fetcher: Fetcher, repository: Callable[..., Repository], text: str
) -> None:
    """Links and short forms name a folder at a branch or tag, which becomes a commit."""
    made = repository("o/r.git")
    commit = made.commit({"lib/thing/__init__.py": CODE, "other.py": b""})
    made.git("branch", "feature/x")
    made.git("tag", "--annotate", "--message=one", "v1")

    fetched = fetcher.fetch(entry(parse_source(text, hosts=project.hosts)), name="thing")

    assert [(file.path, file.origin) for file in fetched.files] == [
        ("thing/__init__.py", "lib/thing/__init__.py")
    ]
    assert (fetched.resolved.commit, fetched.resolved.path) == (commit, "lib/thing")


def test_a_branch_that_moved_is_fetched_anew(
    project: Project, store: Store, repository: Callable[..., Repository]
) -> None:
    """The mirror of a repository follows its branches."""
    made = repository()
    source = GitSource(made.url, path="m.py")
    sizes = []

    for content in (b"1", b"22"):
        made.commit({"m.py": content})
        with Fetcher(project, store) as fetcher:
            sizes.append(fetcher.fetch(entry(source), name="thing").files[0].size_bytes)

    assert sizes == [1, 2]


@pytest.mark.usefixtures("github")
def test_a_package_json_names_files_of_two_repositories(
    project: Project, fetcher: Fetcher, repository: Callable[..., Repository], tmp_path: Path
) -> None:
    """Its own are of its commit, another repository's of that one's; both come again from the lock."""
    own, other = repository("o/own.git"), repository("o/other.git")
    there = other.commit({"b.py": b"other"})
    told = {"urls": [["a.py", "github:o/own/a.py"], ["b.py", "github:o/other/b.py"]]}
    own.commit({"package.json": json.dumps(told).encode(), "a.py": b"then"})
    own.git("tag", "v1")
    own.commit({"a.py": b"now"})

    fetched = fetcher.fetch(entry(GitSource("https://github.com/o/own.git", ref="v1")), name="own")
    with Fetcher(project, Store(tmp_path / "empty")) as again:
        contents = [again.content(file, fetched.resolved) for file in fetched.files]

    assert [file.origin for file in fetched.files] == [
        "a.py",
        f"git+https://github.com/o/other.git@{there}#b.py",
    ]
    assert contents == [b"then", b"other"]


def test_what_a_manifest_gives_comes_again_from_the_lock(
    project: Project, fetcher: Fetcher, repository: Callable[..., Repository], tmp_path: Path
) -> None:
    """A module with the version of its manifest is the same when it is had anew."""
    made = repository()
    made.commit({"manifest.py": b'metadata(version="1.2")\nmodule("m.py")\n', "m.py": CODE})

    fetched = fetcher.fetch(entry(GitSource(made.url)), name="m")
    with Fetcher(project, Store(tmp_path / "empty")) as again:
        content = again.content(fetched.files[0], fetched.resolved)

    assert content == CODE + b"\n\n__version__ = '1.2'\n"


PACKAGE: dict[str, bytes | str | None] = {
    "thing/__init__.py": CODE,
    "thing/inner.py": b"inner = 1\n",
    "lone.py": b"lone = 1\n",
}


def test_a_submodule_is_told(fetcher: Fetcher, repository: Callable[..., Repository]) -> None:
    """What a folder should have of another repository is a note, and not silently missing."""
    remote = repository()
    commit = remote.commit(PACKAGE)
    remote.git("update-index", "--add", "--cacheinfo", f"160000,{commit},thing/sub")
    remote.git("commit", "--quiet", "--message=x")

    fetched = fetcher.fetch(entry(GitSource(remote.url, path="thing")), name="thing")

    assert fetched.notes == (
        "`thing/sub` is a submodule of the repository, and what it has does not come along",
    )


def test_many_entries_of_one_repository_ask_it_once(
    fetcher: Fetcher, git_server: GitServer, repository: Callable[..., Repository]
) -> None:
    """Threads that fetch many entries of a repository ask it once for its branches, and get its tree once."""
    remote = repository("r")
    remote.commit({f"p{number}/__init__.py": b"%d" % number for number in range(20)})
    url = f"{git_server.url}/r"

    def one(number: int) -> str:
        return fetcher.fetch(entry(GitSource(url, path=f"p{number}")), name=f"p{number}").files[0].path

    with ThreadPoolExecutor(8) as threads:
        paths = list(threads.map(one, range(20)))

    assert paths == [f"p{number}/__init__.py" for number in range(20)]
    # Once for what there is, and once more for the tree; each of the files by itself.
    assert sum("info/refs" in path for path in git_server.paths()) == 22


def test_a_file_that_changed_under_its_commit_is_refused(
    project: Project, fetcher: Fetcher, repository: Callable[..., Repository]
) -> None:
    """A lock that names another content than its commit has is found out."""
    remote = repository()
    remote.commit(PACKAGE)
    fetched = fetcher.fetch(entry(GitSource(remote.url, path="lone.py")), name="lone")
    forged = replace(fetched.files[0], sha256="0" * 64)

    with pytest.raises(IntegrityError, match="is not what the lock says"):
        fetcher.content(forged, fetched.resolved)


def test_files_of_another_repository_come_together(
    git_server: GitServer, fetcher: Fetcher, repository: Callable[..., Repository]
) -> None:
    """A `package.json` that names many files of another repository asks that one for all of them at once."""
    repository("other").commit({f"{number}/x.py": b"%d" % number for number in range(10)})
    urls = [[f"{number}.py", f"git+{git_server.url}/other#{number}/x.py"] for number in range(10)]
    own = repository("own")
    own.commit({"package.json": json.dumps({"urls": urls}).encode()})

    fetched = fetcher.fetch(entry(GitSource(own.url)), name="x")

    assert len(fetched.files) == 10
    # Once for its branches, once for the tree, and once for the files.
    assert sum("info/refs" in path for path in git_server.paths()) == 3


@pytest.mark.parametrize("text", ['package("p")', 'import os\npackage("p")'], ids=["read", "run"])
def test_files_of_a_manifest_come_together(
    project: Project,
    store: Store,
    git_server: GitServer,
    repository: Callable[..., Repository],
    text: str,
) -> None:
    """A repository with a manifest is asked for all of its files at once, whether that is read or run."""
    files = {f"p/{number}/x.py": b"%d" % number for number in range(10)}
    repository("other").commit({**files, "manifest.py": text.encode()})

    with Fetcher(project, store, trusted=["x"]) as fetcher:
        fetched = fetcher.fetch(entry(GitSource(f"{git_server.url}/other")), name="x")

    assert len(fetched.files) == 10
    # Once for its branches, once for the tree, once for the manifest, and once for the files.
    assert sum("info/refs" in path for path in git_server.paths()) == 4


def test_a_package_of_an_index_is_fetched(project: Project, store: Store, server: WebServer) -> None:
    """Its versions are the index's, its files are checked against their hashes, and lie where it says."""
    start = sha256(CODE).hexdigest()[:8]
    listed = {"packages": [{"name": "ssl", "versions": {"py": ["0.1", "0.2"]}}]}
    server.pages |= {
        "/pi/index.json": json.dumps(listed).encode(),
        "/pi/package/py/ssl/0.2.json": json.dumps({"hashes": [["ssl.py", start]], "version": "0.2"}).encode(),
        f"/pi/file/{start[:2]}/{start}": CODE,
    }
    project = replace(project, package_indices=(f"{server.url}/pi",))

    with Fetcher(project, store) as fetcher:
        versions = fetcher.versions(IndexSource("ssl"))
        fetched = fetcher.fetch(replace(entry(IndexSource("ssl", versions[0])), opt=2), name="ssl")

    assert versions == ("0.2", "0.1")
    assert [(file.path, file.sha256, file.opt) for file in fetched.files] == [
        ("ssl.py", sha256(CODE).hexdigest(), 2)
    ]
    assert (fetched.resolved.url, fetched.resolved.version) == (
        f"{server.url}/pi/package/py/ssl/0.2.json",
        "0.2",
    )


def test_a_wrong_file_of_an_index_is_not_kept_for_ever(
    project: Project, store: Store, server: WebServer
) -> None:
    """What once came wrong, file or list of files, is asked for again the next time."""
    start = sha256(CODE).hexdigest()[:8]
    told = json.dumps({"hashes": [["ssl.py", start]]}).encode()
    server.pages |= {
        "/pi/package/py/ssl/0.2.json": [b"<html>log in first", told],
        f"/pi/file/{start[:2]}/{start}": [b"<html>log in first", CODE],
    }
    project = replace(project, package_indices=(f"{server.url}/pi",))
    asked = entry(IndexSource("ssl", "0.2"))

    with Fetcher(project, store) as fetcher:
        with pytest.raises(ManifestError):
            fetcher.fetch(asked, name="ssl")
        with pytest.raises(IntegrityError):
            fetcher.fetch(asked, name="ssl")
        fetched = fetcher.fetch(asked, name="ssl")
        count = len(server.asked)
        fetcher.fetch(asked, name="ssl")

    assert store.get(fetched.files[0].sha256) == CODE
    assert len(server.asked) == count


def test_offline_the_store_is_all(project: Project, store: Store, server: WebServer) -> None:
    """What was fetched once is there without anybody being asked; what was not is an error."""
    server.pages["/m.py"] = CODE
    with Fetcher(project, store) as fetcher:
        before = fetcher.fetch(entry(UrlSource(f"{server.url}/m.py")), name="thing")
    asked = len(server.asked)

    with Fetcher(project, store, offline=True) as fetcher:
        after = fetcher.fetch(entry(UrlSource(f"{server.url}/m.py")), name="thing")
        with pytest.raises(OfflineError):
            fetcher.fetch(entry(UrlSource(f"{server.url}/other.py")), name="other")

    assert after == before
    assert len(server.asked) == asked


def test_a_locked_file_is_had_from_where_the_lock_says(
    project: Project, fetcher: Fetcher, server: WebServer, tmp_path: Path
) -> None:
    """With an empty cache the contents of a lock come from their origins, in archives and folders too."""
    (project.folder / "libs").mkdir()
    (project.folder / "libs" / "__init__.py").write_bytes(b"here")
    server.pages |= {"/m.py": CODE, "/r.zip": zipped({"r/__init__.py": b"zipped"})}
    sources = [UrlSource(f"{server.url}/m.py"), UrlSource(f"{server.url}/r.zip"), PathSource("libs")]
    fetched = [fetcher.fetch(entry(source), name="thing") for source in sources]

    with Fetcher(project, Store(tmp_path / "other")) as other:
        contents = [other.content(one.files[0], one.resolved) for one in fetched]

    assert contents == [CODE, b"zipped", b"here"]


def test_a_locked_file_that_changed_is_refused(
    project: Project, fetcher: Fetcher, server: WebServer, tmp_path: Path
) -> None:
    """Another content at the same address is not what was locked."""
    server.pages["/m.py"] = CODE
    fetched = fetcher.fetch(entry(UrlSource(f"{server.url}/m.py")), name="thing")
    server.pages["/m.py"] = b"evil"

    with (
        Fetcher(project, Store(tmp_path / "other")) as other,
        pytest.raises(IntegrityError, match="is not what the lock says"),
    ):
        other.content(fetched.files[0], fetched.resolved)


def test_plain_http_is_told(
    project: Project, store: Store, server: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever fetches over http from another computer hears of it; on this one there is nobody on the way."""
    monkeypatch.setenv("http_proxy", server.url)  # so that a name of elsewhere is answered here
    server.pages |= {"http://files.example.com/x.py": CODE, "/x.py": CODE}
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    with Fetcher(project, store) as fetcher:
        far = fetcher.fetch(entry(UrlSource("http://files.example.com/x.py")), name="x")
        near = fetcher.fetch(entry(UrlSource(f"{server.url}/x.py")), name="x")

    assert far.notes == (
        "`files.example.com` was asked over http, where anybody on the way can change what comes",
    )
    assert near.notes == ()


def test_a_secret_in_an_address_is_in_no_message(
    project: Project, store: Store, server: WebServer, tmp_path: Path
) -> None:
    """Neither when the archive that it is for lacks something, nor when a file is another one by now."""
    server.pages |= {"/x.zip?s3cret": zipped({"a.py": CODE}), "/x.py?s3cret": CODE}
    with Fetcher(project, store) as fetcher, pytest.raises(NotFoundError) as missing:
        fetcher.fetch(entry(UrlSource(f"{server.url}/x.zip?s3cret", "none.py")), name="x")
    with Fetcher(project, store) as fetcher:
        fetched = fetcher.fetch(entry(UrlSource(f"{server.url}/x.py?s3cret")), name="x")
    server.pages["/x.py?s3cret"] = b"another\n"
    with Fetcher(project, Store(tmp_path / "empty")) as fetcher, pytest.raises(IntegrityError) as changed:
        fetcher.content(fetched.files[0], fetched.resolved)

    for error in (missing.value, changed.value):
        assert "s3cret" not in f"{error} {error.hint}"
        assert server.url in str(error)
