from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belay_pm.errors import ProjectError
from belay_pm.versions import Version, VersionRange, looks_like_range

NUMBERED = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,3}(-?(dev|a|b|rc|post|x)[0-9]?)?", fullmatch=True)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("1.9", "1.10"),
        ("0.1.9", "0.2"),
        ("2023.12.31", "2024.1.1"),
        ("1.0rc1", "1.0"),
        ("1.0-alpha.2", "1.0-alpha.10"),
        ("1.0a1", "1.0b1"),
        ("1.0b9", "1.0-rc1"),
        ("1.0.dev3", "1.0a1"),
        ("1.0-nightly", "1.0"),
        ("1.0", "1.0.post1"),
        ("1.0.post1", "1.0.1"),
        ("main", "0.0.1"),
        ("alpha", "beta"),
    ],
)
def test_versions_are_ordered_as_people_mean_them(older: str, newer: str) -> None:
    """Numbers count as numbers, early stages come before the release, words before all numbers."""
    assert Version.parse(older) < Version.parse(newer)


@pytest.mark.parametrize(
    ("one", "other"), [("1.2", "1.2.0"), ("v1.2", "1.2"), ("1.2+abc", "1.2"), ("1.0RC1", "1-rc.1")]
)
def test_spelling_makes_no_version(one: str, other: str) -> None:
    """Zeros at the end, a `v`, and what stands behind `+` make no difference."""
    assert Version.parse(one) == Version.parse(other)


@pytest.mark.parametrize(
    ("text", "allowed", "refused"),
    [
        ("*", "0 1.2 main 1.0rc1", ""),
        ("latest", "0 1.2", ""),
        ("1.2.3", "1.2.3 v1.2.3 1.2.3.0", "1.2.4 1.2 1.2.3rc1"),
        ("==1.2", "1.2.0", "1.2.1"),
        ("main", "main", "1.0 dev"),
        ("^1.2", "1.2 1.9.9", "1.1.9 2.0 2.0rc1 main"),
        ("^0.2.3", "0.2.3 0.2.9", "0.3 0.2.2"),
        ("^0.0.3", "0.0.3", "0.0.4"),
        ("^0.0", "0.0 0.0.9", "0.1"),
        ("^0", "0.0.1 0.9", "1"),
        ("~1.2.3", "1.2.3 1.2.9", "1.3 1.2.2"),
        ("~1", "1.0 1.9", "2"),
        ("~=1.2", "1.2 1.9", "2.0"),
        ("~=1.2.3", "1.2.9", "1.3"),
        ("1.*", "1.0 1.9", "2.0 0.9 2.0rc1"),
        ("==1.2.*", "1.2 1.2.9", "1.3"),
        ("!=1.3", "1.2 1.4", "1.3 1.3.0"),
        ("!=1.3.*", "1.2 1.4", "1.3 1.3.7"),
        (">=1, <2", "1 1.9", "0.9 2 2.0rc1 main"),
        (">= 1 < 2", "1 1.9", "0.9 2"),
        (">1,<=2,!=1.5", "1.1 2", "1 1.5 2.1"),
        (">=1.0rc1", "1.0rc1 1.0 2.0b1", "1.0b1"),
    ],
)
def test_a_range_says_which_versions_will_do(text: str, allowed: str, refused: str) -> None:
    """All the ways to write a range, at their ends."""
    wanted = VersionRange.parse(text)

    assert [version for version in allowed.split() if not wanted.allows(version)] == []
    assert [version for version in refused.split() if wanted.allows(version)] == []
    assert wanted.text == text


@pytest.mark.parametrize(
    ("text", "exact"),
    [("1.2.3", "1.2.3"), ("== 1.2", "1.2"), ("^1.2", None), ("*", None), ("1.*", None), (">=1,==2", "2")],
)
def test_a_range_may_be_one_version(text: str, exact: str | None) -> None:
    """`exact` is the version that is named, so that no index needs to be asked what there is."""
    assert VersionRange.parse(text).exact == exact


@pytest.mark.parametrize(
    "text", ["", " ", ">=", "1..*.2", "^main", "~=1", "^1.*", ">>1", "1.2;x", "a b/c", ">=1,@"]
)
def test_what_is_no_range_is_refused(text: str) -> None:
    """The error names the text, and the hint shows how ranges are written."""
    with pytest.raises(ProjectError) as caught:
        VersionRange.parse(text)

    assert text.strip() in str(caught.value)
    assert caught.value.hint is not None
    assert "`^1.2`" in caught.value.hint


@given(st.lists(NUMBERED | st.text(max_size=8), min_size=3, max_size=3))
def test_any_texts_can_be_ordered(texts: list[str]) -> None:
    """Sorting never fails, whatever an index calls its versions, and the order is one."""
    first, second, third = sorted(map(Version.parse, texts))

    assert first <= second <= third
    assert not third < first


@given(
    st.text(max_size=20) | st.from_regex(r"([=!~<>^]{0,3} ?[0-9a-z.*]{1,6}[, ]?){1,3}", fullmatch=True),
    NUMBERED,
)
def test_any_text_is_a_range_or_an_error_of_ours(text: str, version: str) -> None:
    """Whatever is written there, it is understood or refused."""
    try:
        wanted = VersionRange.parse(text)
    except ProjectError:
        return

    assert wanted.allows(version) in (True, False)


@pytest.mark.parametrize(
    ("text", "is_range"),
    [("*", True), ("1.2", True), ("v1", True), (" >=1", True), ("latest", True), ("pathlib", False)],
)
def test_a_version_is_told_from_a_name(text: str, is_range: bool) -> None:
    """What starts with a number or a sign is a version."""
    assert looks_like_range(text) is is_range
