from __future__ import annotations

import pytest

from belay_pm.errors import PackageError
from belay_pm.sources.git.urls import allowed_transports, element_of, mirror_name, require_safe

SAFE = allowed_transports({})


@pytest.mark.parametrize(
    ("url", "element"),
    [
        ("https://github.com/micropython/micropython-lib.git", "git-github-micropython-micropython-lib"),
        ("https://GitHub.com/Owner/Repo", "git-github-owner-repo"),
        ("https://gitlab.com/group/inner/repo.git", "git-gitlab-group-inner-repo"),
        ("https://codeberg.org/o/r", "git-codeberg-o-r"),
        ("https://git.example.com:8443/team/r.git", "git-git.example.com-8443-team-r"),
        ("ssh://git@example.com/o/r.git", "git-example.com-o-r"),
        ("git@github.com:o/r.git", "git-github-o-r"),
        ("file:///srv/r.git", "git-file-srv-r"),
    ],
)
def test_an_element_is_called_as_the_repository(url: str, element: str) -> None:
    """What `cache list` shows is host, owner and repository, and such addresses are let through."""
    require_safe(url, SAFE)

    assert element_of(url) == element


def test_two_addresses_never_share_a_mirror() -> None:
    """What looks alike in the list of the cache lies apart."""
    assert element_of("https://h.com/a/b-c") == element_of("https://h.com/a-b/c")
    assert mirror_name("https://h.com/a/b-c") != mirror_name("https://h.com/a-b/c")


@pytest.mark.parametrize(
    "url",
    [
        "--upload-pack=touch x",
        "-oProxyCommand=x",
        "ext::sh -c touch% x",
        "ext::sh",
        "fd::17",
        "transport::https://h/o/r",
        "ssh://-oProxyCommand=x/r",
        "ssh://-oProxyCommand=x@h/r",
        "-x@h:r",
        "ftp://h/o/r",
        "http://h/o/r",
        "git://h/o/r",
        "/srv/repository",
        "C:\\repository",
        "../repository",
        "",
        "https://",
        "https:///o/r",
        "https://h",
        "https://h/o/r\n-x",
        "https://h/o r",
        "https://[h/o/r",
        "https://user@h/o/r",
        "https://user:s3cret@h/o/r",
        "https://s3cret@h/o/r",
        "ssh://git:s3cret@h/o/r",
    ],
)
def test_what_git_would_take_for_something_else_is_refused(url: str) -> None:
    """Options, other transports, paths and secrets are no addresses; what is secret is not repeated."""
    with pytest.raises(PackageError) as error:
        require_safe(url, SAFE)

    assert "s3cret" not in f"{error.value}{error.value.hint}"


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        (None, ("https", "ssh", "file")),
        ("https", ("https",)),
        ("http:git:ext:fd:ssh", ("http", "git", "ssh")),
        ("", ()),
    ],
)
def test_gits_own_variable_says_which_transports(asked: str | None, allowed: tuple[str, ...]) -> None:
    """`GIT_ALLOW_PROTOCOL` allows plain http and git, takes others away, and never allows a program."""
    assert allowed_transports({} if asked is None else {"GIT_ALLOW_PROTOCOL": asked}) == allowed
