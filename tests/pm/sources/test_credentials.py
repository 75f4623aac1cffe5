from __future__ import annotations

import base64
import subprocess
from typing import TYPE_CHECKING

import pytest

from belay_pm.errors import AccessError, SourceError
from belay_pm.masking import scrub
from belay_pm.requirements import GitSource
from belay_pm.sources.credentials import NO_CREDENTIALS, git_credentials
from belay_pm.sources.git import GitMirrors
from belay_pm.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.pm.conftest import Answer, GitServer, Repository

TOKEN = "s3cret-t0ken"


def basic(pair: str) -> str:
    """A header as HTTP has it."""
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


@pytest.mark.parametrize(
    ("url", "variable"),
    [
        ("https://github.com/o/r", "GITHUB_TOKEN"),
        ("https://github.com/o/r", "GH_TOKEN"),
        ("https://gitlab.com/o/r", "GITLAB_TOKEN"),
        ("https://codeberg.org/o/r", "CODEBERG_TOKEN"),
        ("https://h.com:8443/o/r", "BELAY_TOKEN_H_COM_8443"),
    ],
)
def test_a_token_goes_to_its_host(url: str, variable: str) -> None:
    """A token comes to git as settings for its host; its value shows in no setting and no `repr`."""
    credentials = git_credentials(url, {variable: TOKEN})

    assert credentials.environment["BELAY_GIT_PASSWORD"] == TOKEN
    assert credentials.variable == variable
    assert {key for key, _ in credentials.settings} == {f"credential.https://{url.split('/')[2]}.helper"}
    assert TOKEN not in repr(credentials.settings)
    assert TOKEN not in repr(credentials)


@pytest.mark.parametrize(
    "url",
    [
        "https://h.com/o/r",
        "https://github.com.h.com/o/r",
        "http://github.com/o/r",
        "ssh://git@github.com/o/r",
        "git@github.com:o/r",
        "file:///srv/github.com",
    ],
)
def test_a_token_goes_nowhere_else(url: str) -> None:
    """No other host gets it, and none over a way on which others read along."""
    environment = dict.fromkeys(["GITHUB_TOKEN", "GITLAB_TOKEN", "CODEBERG_TOKEN"], TOKEN)

    assert git_credentials(url, environment) == NO_CREDENTIALS


@pytest.mark.parametrize("token", [TOKEN, f"me:{TOKEN}", f"Bearer {TOKEN}"])
def test_what_is_secret_is_taken_out_of_any_text(token: str) -> None:
    """The token, alone, in an address, in a header or in Base64, is seen in no message."""
    credentials = git_credentials("https://h.com/o/r", {"BELAY_TOKEN_H_COM": token})
    encoded = basic(f"me:{TOKEN}").split()[1]
    said = f"fatal: {TOKEN}; https://u:{TOKEN}@h.com/o; {encoded}; Authorization: Basic abcdef"

    shown = scrub(said, credentials.secrets)

    assert TOKEN not in shown
    assert "abcdef" not in shown
    assert encoded not in shown or not token.startswith("me:")


def private(server: GitServer, repository: Callable[..., Repository], header: str) -> tuple[str, str, str]:
    """A repository that needs a header: its address, its commit, the variable for its token."""
    commit = repository("private").commit({"a.py": b"a"})
    server.accepted = {header}
    return f"{server.url}/private", commit, f"BELAY_TOKEN_127_0_0_1_{server.url.rpartition(':')[2]}"


@pytest.mark.parametrize(
    ("token", "header"),
    [
        (TOKEN, basic(f"x-access-token:{TOKEN}")),
        (r"a\n%s$HOME`x`'\"", basic(r"x-access-token:a\n%s$HOME`x`'\"")),
        (f"me:{TOKEN}", basic(f"me:{TOKEN}")),
        (f"Bearer {TOKEN}", f"Bearer {TOKEN}"),
    ],
)
def test_a_private_repository_is_got_with_a_token(
    git_server: GitServer,
    repository: Callable[..., Repository],
    monkeypatch: pytest.MonkeyPatch,
    token: str,
    header: str,
) -> None:
    """With its token in the environment a private repository is got, and the token is in no file afterwards."""
    url, commit, variable = private(git_server, repository, header)
    monkeypatch.setenv(variable, token)
    mirrors = GitMirrors(Store())

    assert mirrors.resolve(GitSource(url)).commit == commit
    assert mirrors.tree(url, commit).read("a.py") == b"a"
    for path in Store().location.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert token.encode() not in content
        assert header.rpartition(" ")[2].encode() not in content


def test_a_token_is_on_no_command_line(
    git_server: GitServer,
    repository: Callable[..., Repository],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Whoever lists the processes of the computer sees no token."""
    header = basic(f"x-access-token:{TOKEN}")
    url, _, variable = private(git_server, repository, header)
    monkeypatch.setenv(variable, TOKEN)
    monkeypatch.setenv("GIT_TRACE2_EVENT", str(tmp_path / "trace"))

    GitMirrors(Store()).resolve(GitSource(url))

    trace = (tmp_path / "trace").read_text()
    assert '"event":"start"' in trace
    assert TOKEN not in trace
    assert header.rpartition(" ")[2] not in trace


def test_a_wrong_token_is_named_by_its_variable(
    git_server: GitServer, repository: Callable[..., Repository], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that is not good is an error that names its variable, and not its value."""
    url, _, variable = private(git_server, repository, "Basic other")
    monkeypatch.setenv(variable, TOKEN)

    with pytest.raises(AccessError) as error:
        GitMirrors(Store()).resolve(GitSource(url))

    assert (
        error.value.hint == f"the token in `{variable}` was sent: it may have ended, or not be good for this"
    )
    assert TOKEN not in str(error.value)


def test_a_server_that_repeats_what_it_was_sent(
    git_server: GitServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words of a server that have the token in them, and colours for the terminal, are shown without."""
    variable = f"BELAY_TOKEN_127_0_0_1_{git_server.url.rpartition(':')[2]}"
    monkeypatch.setenv(variable, TOKEN)
    said = f"ERR you sent {TOKEN}\x1b[31m, go away\n".encode()
    page = b"001e# service=git-upload-pack\n0000%04x%s0000" % (len(said) + 4, said)
    reply: Callable[..., Answer] = git_server.reply
    git_server.folder = None
    git_server.pages["/r/info/refs?service=git-upload-pack"] = reply(
        page, 200, {"Content-Type": "application/x-git-upload-pack-advertisement"}
    )

    with pytest.raises(SourceError, match="you sent …") as error:
        GitMirrors(Store()).resolve(GitSource(f"{git_server.url}/r"))

    assert TOKEN not in str(error.value)
    assert str(error.value).isprintable()


def test_a_redirect_takes_no_token_along(
    git_server: GitServer, repository: Callable[..., Repository], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host that sends git to another host, which asks who it is, does not get that one the token."""
    url, _, _ = private(git_server, repository, "Basic never")
    port = url.split(":")[2].partition("/")[0]
    monkeypatch.setenv(f"BELAY_TOKEN_LOCALHOST_{port}", TOKEN)
    location = {"Location": f"{url}/info/refs?service=git-upload-pack"}
    moved: Answer = git_server.reply(b"", 302, location)
    git_server.pages["/moved/info/refs?service=git-upload-pack"] = moved
    git_server.hidden = "/moved/"

    with pytest.raises(AccessError):
        GitMirrors(Store()).resolve(GitSource(f"http://localhost:{port}/moved"))

    assert {asked.path.split("/")[1] for asked in git_server.asked} == {"moved", "private"}
    assert not any("authorization" in asked.headers for asked in git_server.asked)


def test_netrc_goes_on_working(
    git_server: GitServer, repository: Callable[..., Repository], folder: Path
) -> None:
    """Who has a password in `~/.netrc` needs no variable."""
    url, commit, _ = private(git_server, repository, basic("me:s3cret"))
    (folder.parent / "home" / ".netrc").write_text("machine 127.0.0.1 login me password s3cret\n")

    assert GitMirrors(Store()).resolve(GitSource(url)).commit == commit


def test_gits_credential_helper_goes_on_working(
    git_server: GitServer,
    repository: Callable[..., Repository],
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
) -> None:
    """Who has told git where passwords are needs no variable."""
    url, commit, _ = private(git_server, repository, basic("me:s3cret"))
    settings = folder.parent / "home" / ".gitconfig"
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    helper = "!f() { echo username=me; echo password=s3cret; }; f"
    subprocess.run(["git", "config", "--global", "credential.helper", helper], check=True)

    assert GitMirrors(Store()).resolve(GitSource(url)).commit == commit
