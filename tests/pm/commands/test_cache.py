from __future__ import annotations

import io
import json

import pytest

from belay_pm.app import run
from belay_pm.store import Store


@pytest.fixture
def store() -> Store:
    """A cache with two elements, of 3.84 MB."""
    store = Store()
    store.put(bytes(3_840_000 - 5), element="git-github-micropython-micropython-lib")
    store.put(b"hello", element="web-example.com")
    return store


def typed(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Type `belay-pm cache` and these words."""
    exit_code = run(["cache", *words])
    return (exit_code, *capsys.readouterr())


def test_info_prints_what_the_manual_shows(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """Where it is, how many elements, how large, in the manual's words."""
    assert typed(capsys, "info") == (
        0,
        f"Location: {store.location}\nElements: 2\nTotal Size: 3.84MB\n",
        "",
    )


def test_info_for_programs(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` has the same facts, in bytes."""
    exit_code, out, _ = typed(capsys, "info", "--json")

    assert exit_code == 0
    assert json.loads(out) == {"location": str(store.location), "elements": 2, "size_bytes": 3_840_000}


def test_list_prints_a_name_on_each_line(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """Names alone, or with sizes as JSON."""
    assert typed(capsys, "list") == (0, "git-github-micropython-micropython-lib\nweb-example.com\n", "")
    exit_code, out, _ = typed(capsys, "list", "--json")
    assert exit_code == 0
    assert json.loads(out)[1] == {"name": "web-example.com", "size_bytes": 5}


def test_clear_of_nothing_said_fails(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """Without PREFIX and `--all` nothing is cleared, and the exit code is 1."""
    exit_code, out, err = typed(capsys, "clear", "--yes")

    assert (exit_code, out) == (1, "")
    assert err.startswith("error: Nothing was cleared: neither PREFIX nor `--all` says what\n\nhint: ")
    assert len(store.elements()) == 2


@pytest.mark.parametrize(("answer", "left"), [("y\n", 1), ("n\n", 2), ("\n", 2), ("", 2)])
def test_clear_asks(
    answer: str,
    left: int,
    store: Store,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only a yes clears; anything else, and a stdin that has nothing, leaves all and ends with 1.

    The question is for a person, and goes to stderr.
    """
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))

    exit_code, out, err = typed(capsys, "clear", "git")

    name = "git-github-micropython-micropython-lib"
    cleared = (0, f"Cleared `{name}`\n")
    kept = (1, "error: Nothing was cleared\n\nhint: `--yes` clears without asking\n")
    code, end = cleared if left == 1 else kept
    assert (exit_code, out) == (code, "")
    assert err == f"{name}\nClear this element? [y/N] {'' if answer else chr(10)}{end}"
    assert len(store.elements()) == left


@pytest.mark.parametrize("words", [("--all", "--yes"), ("-a", "-y")])
def test_clear_of_all(words: tuple[str, ...], store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """`--all --yes` clears everything without a question."""
    assert typed(capsys, "clear", *words) == (
        0,
        "",
        "Cleared `git-github-micropython-micropython-lib`\nCleared `web-example.com`\n",
    )
    assert store.size_bytes() == 0


@pytest.mark.parametrize("prefix", ["../", "/", "*", "~", "../../"])
def test_clear_never_leaves_the_cache(prefix: str, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """A path or a pattern is the beginning of no name: nothing is removed, here or elsewhere."""
    beside = store.location.parent / "git-of-another-program"
    beside.mkdir()

    assert typed(capsys, "clear", prefix, "--yes") == (0, "", "There is nothing to clear\n")
    assert beside.is_dir()
    assert len(store.elements()) == 2
