from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from belay_pm.sources.git.refs import Refs, is_abbreviated, is_commit

ONE, TWO, TAG = "1" * 40, "2" * 40, "3" * 40


def test_of_a_branch_and_a_tag_the_branch_is_meant() -> None:
    """As for `git clone --branch`; the tag has its full name."""
    refs = Refs({"refs/heads/x": ONE, "refs/tags/x": TAG, "refs/tags/x^{}": TWO})

    assert refs.commit("x") == ONE
    assert refs.commit("tags/x") == refs.commit("refs/tags/x") == TWO
    assert refs.commit(None) is None


def test_the_longest_name_wins() -> None:
    """Of `a` and `a/b`, which no one repository has as branches but as branch and tag, the longer is taken."""
    refs = Refs({"refs/heads/a": ONE, "refs/tags/a/b": TWO})

    assert refs.meant("a", "b/c.py") == (TWO, "c.py")
    assert refs.meant("a", "c.py") == (ONE, "c.py")
    assert refs.meant("b", "c.py") is None


def test_a_tag_itself_is_no_commit() -> None:
    """Digits of the object that an annotated tag is are not those of a commit."""
    refs = Refs({"refs/tags/x": TAG, "refs/tags/x^{}": TWO})

    assert refs.beginning("3333333") == set()
    assert refs.beginning("2222222") == {TWO}


@given(st.text())
def test_any_answer_is_understood_or_left_out(text: str) -> None:
    """Whatever a server prints, nothing but commits and their names comes of it."""
    refs = Refs.parse(text)

    assert Refs.parse(refs.text()).text() == refs.text()


def test_what_is_written_is_read() -> None:
    """What the mirror remembers is what the repository said; other lines are left out."""
    text = f"{ONE}\tHEAD\n{TWO}\trefs/heads/für\nrubbish\n{ONE}\trefs/heads/a b\n12\trefs/heads/c\n"

    assert Refs.parse(text).text() == f"{ONE}\tHEAD\n{TWO}\trefs/heads/für\n"


def test_what_is_a_commit() -> None:
    """Whole names have 40 or 64 digits; seven are enough to begin one."""
    assert is_commit("a" * 40)
    assert is_commit("A" * 64)
    assert not is_commit("a" * 41)
    assert is_abbreviated("abcdef0")
    assert not is_abbreviated("abcdef")
    assert not is_abbreviated("a" * 40)
    assert not is_abbreviated("release")
