"""`belay remote mip`, and mpremote's own beside it with the same index and the same board."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from belay import Device
from belay_cli.remote.grammar import read_chain

if TYPE_CHECKING:
    from collections.abc import Callable

    Result = tuple[int, str, str]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows")


@pytest.fixture
def fresh(shared_board: str) -> Callable[[], str]:
    """Empty the board, and return its path."""

    def made() -> str:
        with Device(shared_board, startup="") as device:
            for entry in device.fs.list("/"):
                device.fs.remove(entry.path, recursive=True)
        return shared_board

    return made


@pytest.fixture
def packages(index: Any) -> Any:
    """An index with packages, and some at addresses."""
    index.add("one", "0.9", {"one.py": b"x = 9\n"})
    index.add("one", "1.0", {"one.py": b"x = 1\n"})
    index.add(
        "two", "2.0", {"two/__init__.py": b"import one\n", "two/b.py": b"b = 2\n"}, needs={"one": "latest"}
    )
    index.add("two", "2.0", {"two.py": b"import one\n"}, needs={"one": "latest"}, kinds=("py",))
    index.pages["/u/package.json"] = json.dumps(
        {"urls": [["u.py", "u.py"], ["w/v.py", f"{index.url}/v.py"]]}
    ).encode()
    index.pages |= {"/u/u.py": b"u = 1\n", "/v.py": b"v = 1\n"}
    return index


@pytest.mark.once
@pytest.mark.parametrize(
    "chain",
    [
        "mip|install|--index|INDEX|one|+|mip|install|--index|INDEX|one|+|eval|__import__('one').x",
        "mip|--index|INDEX|install|one@0.9|+|cat|/lib/one.py",
        "mip|--no-mpy|--index=INDEX|install|two|+|ls|/lib/two.py",
        "mip|-m|--index|INDEX|install|two|one|+|eval|__import__('two').b",
        "mip|install|--target|/a/b|--index|INDEX|two|+|mip|install|--index|INDEX|one",
        "mip|install|--target|here|--index|INDEX|one|+|cat|here/one.py",
        "mip|install|URL/u/package.json|+|cat|/lib/u.py|/lib/w/v.py",
        "mip|install|URL/u|URL/v.py",
        "mip|list|x",
    ],
)
def test_the_same_words_as_mpremote(
    fresh: Callable[[], str],
    packages: Any,
    command: Callable[..., Result],
    mpremote: Callable[..., Result],
    chain: str,
) -> None:
    """What goes to stdout and stderr is the same but for line ends, and the exit code too."""
    words = chain.replace("INDEX", packages.index).replace("URL", packages.url).split("|")
    theirs = mpremote("connect", fresh(), *words)

    ours = command("remote", "connect", fresh(), *words)

    assert ours == theirs


@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [
        (
            "mip|install|nope|--index|INDEX|+|eval|1",
            1,
            "mpremote: There is no package `nope` in the index",
        ),
        ("mip|install|one@7|--index|INDEX", 1, "mpremote: No version of `one` suits who asks for it"),
        ("mip|install|a@b@c", 1, "mpremote: `b@c` is no version and no range of versions\n"),
        (
            "mip|install|--target|/../x|--index|INDEX|one",
            1,
            "mpremote: the target is `/../x`: `..` is not resolved\n",
        ),
        ("mip|install|URL/bad.json", 1, "mpremote: `URL/nope.py` answers 404 Not Found"),
        ("mip|install|--index|nowhere|one", 1, "mpremote: `nowhere` is no address of an index\n"),
        (
            "exec|import sys; sys.path.clear()|mip|install|one",
            1,
            "mpremote: No folder of the board's `sys.path` ends",
        ),
        ("eval|1|mip|bogus|x", 1, "mpremote: mip: 'bogus' is not a command\n"),
        (
            "mip|install",
            2,
            "usage: mip [--mpy | --no-mpy] [--target TEXT] [--index TEXT] command packages ...\n",
        ),
        ("mip|--bogus|install|x", 2, "usage: mip"),
        ("mip|install|x|--target", 2, "usage: mip"),
    ],
)
def test_what_cannot_be_done(  # noqa: PLR0917 - fixtures
    fresh: Callable[[], str],
    packages: Any,
    command: Callable[..., Result],
    words: str,
    exit_code: int,
    said: str,
) -> None:
    """The exit codes are mpremote's; nothing is partially installed, and nothing behind it is done."""
    packages.pages["/bad.json"] = json.dumps({"urls": [["v.py", "v.py"], ["x.py", "nope.py"]]}).encode()
    board = fresh()
    typed = words.replace("INDEX", packages.index).replace("URL", packages.url).split("|")

    code, stdout, stderr = command("remote", "connect", board, *typed)

    assert (code, stdout) == (exit_code, "")
    assert stderr.startswith(said.replace("URL", packages.url))
    with Device(board, startup="") as device:
        assert device.fs.list("/") == []


def test_where_mpremote_is_wrong(
    fresh: Callable[[], str], packages: Any, command: Callable[..., Result]
) -> None:
    """Files of addresses that are there already are not written again; what comes is what was promised."""
    board = fresh()

    def said(*words: str) -> Result:
        return command("remote", "connect", board, "mip", "install", *words)

    said(f"{packages.url}/u/package.json")
    again = said(f"{packages.url}/u/package.json")
    assert again.stdout.splitlines()[2:] == ["Exists: /lib/u.py", "Exists: /lib/w/v.py", "Done"]  # type: ignore[attr-defined] # of the fixture
    path = next(path for path in packages.pages if "/file/" in path)
    packages.pages[path] = b"x = 666\n"
    assert said("--index", packages.index, "one@0.9")[0] == 1
    assert command("mip", "list", "-p", board, "--json").stdout.count('"name"') == 1  # type: ignore[attr-defined] # as above


def test_a_file_that_is_in_the_way(
    fresh: Callable[[], str], packages: Any, command: Callable[..., Result]
) -> None:
    """It is replaced, as mpremote does, whoever put it there."""
    board = fresh()
    command("remote", "connect", board, "mkdir", "lib", "+", "touch", "lib/one.py")

    words = f"mip install --index {packages.index} one + cat lib/one.py"

    result = command("remote", "connect", board, *words.split())

    assert result[:2] == (
        0,
        f"Install one\nInstalling one (latest) from {packages.index} to /lib\nInstalling: /lib/one.py\nDone\nx = 1\n",
    )


def test_options_are_of_one_command() -> None:
    """Neither target nor index of a `mip` is used by the next one."""
    words = "mip install --target /a --index http://x --no-mpy one + mip install two"

    chain = read_chain(words.split(" "))

    assert [dict(step.options) for step in chain.steps] == [
        {"mpy": False, "target": "/a", "index": "http://x"},
        {"mpy": True, "target": None, "index": None},
    ]
    assert not chain.ends_at_prompt
