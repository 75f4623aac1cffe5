from __future__ import annotations

import pytest

from belay_pm.errors import ProjectError
from belay_pm.hosts import DEFAULT_HOSTS, git_source
from belay_pm.requirements import GitSource

O_R = "https://github.com/o/r.git"
GROUPS = "https://gitlab.com/g/s/r.git"
BERG = "https://codeberg.org/o/r.git"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
ENTERPRISE = DEFAULT_HOSTS.extended(
    {"git.example.com:8443": "gitlab"},
    {"github": "https://ghe.example.com", "work": "https://git.example.com:8443"},
)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("https://github.com/o/r", GitSource(O_R)),
        ("https://www.github.com/o/r/", GitSource(O_R)),
        ("https://github.com/o/r.git", GitSource(O_R)),
        ("https://github.com/o/r@v1", GitSource(O_R, "v1")),
        ("https://github.com/o/r/tree/v1", GitSource(O_R, "v1")),
        ("https://github.com/o/r/blob/main/a/b.py", GitSource(O_R, "main", "a/b.py", link=True)),
        ("https://github.com/o/r/tree/feature/x/a", GitSource(O_R, "feature", "x/a", link=True)),
        (
            "https://github.com/o/r/raw/refs/heads/main/x.py?raw=true#L3",
            GitSource(O_R, "main", "x.py", link=True),
        ),
        (f"https://github.com/o/r/blob/{COMMIT}/x.py", GitSource(O_R, COMMIT, "x.py")),
        (f"https://github.com/o/r/commit/{COMMIT}", GitSource(O_R, COMMIT)),
        ("https://github.com/o/r/tree/main/a%20b/%C3%BC.py", GitSource(O_R, "main", "a b/ü.py", link=True)),
        ("https://raw.githubusercontent.com/o/r/main/a/b.py", GitSource(O_R, "main", "a/b.py", link=True)),
        ("https://gitlab.com/g/s/r", GitSource(GROUPS)),
        (
            "https://gitlab.com/g/s/r/-/blob/main/x.py?ref_type=heads",
            GitSource(GROUPS, "main", "x.py", link=True),
        ),
        ("https://gitlab.com/g/s/r/-/raw/main/x.py", GitSource(GROUPS, "main", "x.py", link=True)),
        ("https://gitlab.com/g/s/r/tree/main/x", GitSource(GROUPS, "main", "x", link=True)),
        ("https://codeberg.org/o/r/src/branch/main/lib", GitSource(BERG, "main", "lib", link=True)),
        ("https://codeberg.org/o/r/raw/tag/v1/x.py", GitSource(BERG, "v1", "x.py", link=True)),
        ("https://codeberg.org/o/r/raw/commit/abc/x.py", GitSource(BERG, "abc", "x.py")),
        ("https://codeberg.org/o/r/raw/main/x.py", GitSource(BERG, "main", "x.py", link=True)),
        ("https://codeberg.org/api/v1/repos/o/r/raw/p/x.py?ref=v1", GitSource(BERG, "v1", "p/x.py")),
        ("github:o/r", GitSource(O_R)),
        ("github:o/r/p/x.py@v1", GitSource(O_R, "v1", "p/x.py")),
        ("github:o/r@feature/x", GitSource(O_R, "feature/x")),
        ("github:o/r@pkg@1", GitSource(O_R, "pkg@1")),
        ("gitlab:g/s/r//p@v1", GitSource(GROUPS, "v1", "p")),
        ("codeberg:o/r/p", GitSource(BERG, None, "p")),
    ],
)
def test_links_and_short_forms(text: str, source: GitSource) -> None:
    """Pages of the websites and short forms become what git clones, with ref and path; queries leave no trace."""
    assert git_source(text, DEFAULT_HOSTS) == source


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("git+https://host/o/r.git@v1#a/b", GitSource("https://host/o/r.git", "v1", "a/b")),
        ("git+https://host/o/r.git@v1#subdirectory=a", GitSource("https://host/o/r.git", "v1", "a")),
        ("git+https://host/o/r//a@v1", GitSource("https://host/o/r", "v1", "a")),
        ("git+https://host/o/r@v1//a", GitSource("https://host/o/r", "v1", "a")),
        ("https://host/o/r.git", GitSource("https://host/o/r.git")),
        ("https://github.com/o/r.git@v1#lib", GitSource(O_R, "v1", "lib")),
        ("git+https://github.com/o/r@v1#lib", GitSource(O_R, "v1", "lib")),
        ("git+ssh://git@host:22/o/r.git@v1", GitSource("ssh://git@host:22/o/r.git", "v1")),
        ("ssh://git@host/o/r.git", GitSource("ssh://git@host/o/r.git")),
        ("git@host:o/r.git@v1#x.py", GitSource("git@host:o/r.git", "v1", "x.py")),
        ("file:///srv/r.git@v2#lib/x", GitSource("file:///srv/r.git", "v2", "lib/x")),
        ("git+file:///srv/r", GitSource("file:///srv/r")),
    ],
)
def test_addresses_of_any_repository(text: str, source: GitSource) -> None:
    """A git URL has its ref behind `@`, and the path in it behind `#` or `//`."""
    assert git_source(text, DEFAULT_HOSTS) == source


@pytest.mark.parametrize(
    "text",
    [
        "https://host/x.py",
        "https://github.com/o/r/archive/refs/heads/main.zip",
        "https://github.com/o/r/releases/download/v1/x.zip",
        "https://gitlab.com/o/r/-/archive/main/r-main.tar.gz",
        "https://codeberg.org/o/r/archive/main.zip",
        "pathlib",
        "mip:pathlib",
        "./x",
    ],
)
def test_other_things_are_none_of_its_business(text: str) -> None:
    """Plain web addresses, downloads of the websites, names and paths are not of a repository."""
    assert git_source(text, DEFAULT_HOSTS) is None


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("github:o/r@v1", GitSource("https://ghe.example.com/o/r.git", "v1")),
        (
            "https://ghe.example.com/o/r/blob/main/x.py",
            GitSource("https://ghe.example.com/o/r.git", "main", "x.py", link=True),
        ),
        (
            "https://ghe.example.com/raw/o/r/main/x.py",
            GitSource("https://ghe.example.com/o/r.git", "main", "x.py", link=True),
        ),
        ("work:g/s/r//x", GitSource("https://git.example.com:8443/g/s/r.git", None, "x")),
        (
            "https://git.example.com:8443/g/s/r/-/tree/main/x",
            GitSource("https://git.example.com:8443/g/s/r.git", "main", "x", link=True),
        ),
        ("https://github.com/o/r", GitSource(O_R)),
    ],
)
def test_a_house_may_have_its_own_websites(text: str, source: GitSource) -> None:
    """`hosts` says what a short form stands for, and whose pages a host has; GitHub Enterprise is one."""
    assert git_source(text, ENTERPRISE) == source


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("https://github.com/o", "names no repository"),
        ("github:o", "names no repository"),
        ("github:o/", "names no repository"),
        ("https://github.com/o/r/issues/3", "shows neither a file nor a folder"),
        ("https://github.com/o/r/blob", "names no branch, tag or commit"),
        ("https://github.com/o/r/tree/main/..%2f..%2fx", "no path in a repository"),
        ("github:o/r/../../x", "no path in a repository"),
        ("github:../r", "names no repository"),
        ("github:o/r@--upload-pack=x", "no name of a branch"),
        ("github:o/r@a..b", "no name of a branch"),
        ("github:o/r@", "no name of a branch"),
        ("git+https:///o/r.git", "names no host"),
        ("git+https://host/", "names no repository"),
        ("git+https://[x/o/r", "is no URL"),
        ("git+https://me:s3cret@h\u2100.com/o/r", "`git\\+https://h.\\.com/o/r` is no URL"),
    ],
)
def test_what_cannot_be_understood_is_an_error(text: str, said: str) -> None:
    """A link that is incomplete, shows something else, leaves the repository or is an option of git is refused."""
    with pytest.raises(ProjectError, match=said):
        git_source(text, DEFAULT_HOSTS)


@pytest.mark.parametrize(
    "text",
    [
        "https://user:s3cret@github.com/o/r",
        "https://s3cret@github.com/o/r/blob/main/x.py",
        "git+https://s3cret@host/o/r.git",
        "git+ssh://git:s3cret@host/o/r.git",
        "https://raw.githubusercontent.com/o/r/main/x.py?token=s3cret",
        "https://gitlab.com/o/r/-/raw/main/x.py?private_token=s3cret",
    ],
)
def test_secrets_are_refused_and_not_repeated(text: str) -> None:
    """A password or token in a URL would end up in the lock: the error does not show it, and says where it goes."""
    with pytest.raises(ProjectError, match="password or token") as caught:
        git_source(text, DEFAULT_HOSTS)

    assert "s3cret" not in str(caught.value)
    assert "credential helper" in str(caught.value.hint)
