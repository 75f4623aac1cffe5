from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belay_pm.masking import has_controls, printable, scrub, shown


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("s3cret", "…"),
        ("s3cret&ref=main", "…&ref=main"),
        ("ref=main&s3cret=", "ref=main&s3cret=…"),
        ("ref", "…"),
        ("&&", ""),
    ],
)
def test_what_is_shown_of_a_query(query: str, told: str) -> None:
    """Names with a value are shown without it, and a word alone is not shown: it may be the secret itself."""
    assert shown(f"https://host/x.py?{query}") == f"https://host/x.py{'?' * bool(told)}{told}"


@pytest.mark.parametrize(
    "url",
    [
        "https://me:s3cret@host/x",
        "https://s3cret@host:8/x?token=s3cret#s3cret",
        "me:s3cret@host",
        "https://me:s3cret@[x/y?s3cret",
        "https://me:s3cret@h\u2100.com/#s3cret",
    ],
)
def test_no_address_shows_a_secret(url: str) -> None:
    """User, password, query and fragment are left out, also of what is no address at all."""
    assert "s3cret" not in shown(url)


def test_what_is_scrubbed() -> None:
    """Users in addresses, headers that sign, and given secrets are taken out of any text."""
    assert scrub("authorization: Bearer abc\nCookie: x") == "authorization: …\nCookie: …"
    assert scrub("see https://me:abc@h.com/o and git@h.com:o") == "see https://…@h.com/o and git@h.com:o"
    assert scrub("it is s3cret", ["s3cret", "it"]) == "it is …"


@given(text=st.text())
def test_no_screen_is_commanded(text: str) -> None:
    """What is made printable has no control character, and what could be printed stays as it is."""
    assert printable(text).isprintable()
    assert not has_controls(printable(text))
    assert printable(text) == text or not text.isprintable()
