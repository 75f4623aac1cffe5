from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belay_pm.store.names import LONGEST_ELEMENT, element_name
from belay_pm.target_paths import target_path


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("git-github-micropython-micropython-lib", "git-github-micropython-micropython-lib"),
        ("git-GitHub-Adafruit", "git-github-adafruit"),
        ("web-example.com", "web-example.com"),
        ("../../etc", "etc-74ccf3c5"),
        ("..", "5ec1f7e7"),
        ("con", "con-1143da2b"),
        ("a/b", "a-b-c14cddc0"),
        ("a b", "a-b-c8687a08"),
    ],
)
def test_a_plain_name_is_kept_and_any_other_made_one(text: str, name: str) -> None:
    """A readable name stays; what is no name gets some digits, so that two such texts are two elements."""
    assert element_name(text) == name


@given(st.text(max_size=300))
def test_every_text_has_a_safe_name(text: str) -> None:
    """Whatever the text, its name is one that can be a folder everywhere, and is its own name."""
    name = element_name(text)

    assert target_path(name, source="x") == name
    assert "/" not in name
    assert len(name) <= LONGEST_ELEMENT
    assert element_name(name) == name
