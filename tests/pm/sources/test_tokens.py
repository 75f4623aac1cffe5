from __future__ import annotations

import pytest

from belay_pm.sources.tokens import token_for, variable_of

GITHUB = {"GITHUB_TOKEN": "s3cret"}


@pytest.mark.parametrize(
    ("host", "variable"),
    [
        ("code.example.com", "BELAY_TOKEN_CODE_EXAMPLE_COM"),
        ("code-example.com", "BELAY_TOKEN_CODE__EXAMPLE_COM"),
        ("example.com:8080", "BELAY_TOKEN_EXAMPLE_COM_8080"),
        ("code_example.com", None),
        ("exämple.com", None),
    ],
)
def test_each_host_has_a_variable_of_its_own(host: str, variable: str | None) -> None:
    """No two hosts have the same one: else one of them could have the other's token."""
    assert variable_of(host) == variable


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://github.com/o/r", True),
        ("https://raw.githubusercontent.com/o/r/main/x.py", True),
        ("https://github.com.evil.com/o/r", False),
        ("https://evil.com/github.com", False),
        ("https://github.com@evil.com/", False),
        ("https://github.com:8443/", False),
        ("http://github.com/o/r", False),
        ("https://objects.githubusercontent.com/x", False),
    ],
)
def test_the_token_of_github_goes_to_github_alone(url: str, sent: bool) -> None:
    """`GITHUB_TOKEN` is sent to GitHub's own hosts, encrypted, and nowhere else."""
    token = token_for(url, GITHUB)

    assert (token is not None) is sent
    assert "s3cret" not in repr(token)


def test_a_token_that_would_break_a_header_is_none() -> None:
    """A token with a line end in it is not sent."""
    assert token_for("https://h.com/", {"BELAY_TOKEN_H_COM": "a\nb: c"}) is None
