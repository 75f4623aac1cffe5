"""`belay mip`: packages of an index, of repositories, of addresses and of this computer, on a board."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from belay_pm.compiler import find_compiler
from belay_transport.opening import serve_simulated

if TYPE_CHECKING:
    from collections.abc import Callable

    Command = Callable[..., Any]

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="there is no simulated board on Windows"),
    pytest.mark.once,
]

TAKEN = re.compile(r"in \d+\.\d\d s")


@pytest.fixture
def mip(command: Command, board: str, index: Any) -> Command:
    """Type `belay mip` and these words, with the board and the index; times are T."""

    def typed(verb: str, *words: str) -> tuple[int, str, str]:
        has_index = verb != "install" or "--index" in words
        more = () if has_index else ("--index", index.index)
        exit_code, stdout, stderr = command("mip", verb, "-p", board, *more, *words)
        return exit_code, stdout, TAKEN.sub("in T s", stderr).replace(index.url, "URL")

    return typed


@pytest.fixture
def on_board(command: Command, board: str) -> Callable[[str], str]:
    """Evaluate on the board."""

    def evaluated(code: str) -> str:
        exit_code, stdout, stderr = command("eval", board, code)
        assert exit_code == 0, stderr
        return str(stdout.strip())

    return evaluated


@pytest.fixture
def tree(command: Command, board: str) -> Callable[[], list[str]]:
    """List the paths on the board."""

    def listed() -> list[str]:
        return [each["path"] for each in json.loads(command("fs", "tree", "-p", board, "--json").stdout)]

    return listed


def test_a_package_and_what_it_needs(mip: Command, index: Any, on_board: Callable[[str], str]) -> None:
    """Both are there and import; again, nothing is sent and no file is asked for."""
    index.add("one", "1.0", {"one.py": b"x = 41\n"})
    index.add("two", "2.0", {"two/__init__.py": b"import one\ny = one.x + 1\n"}, needs={"one": "latest"})

    first = mip("install", "two")
    asked = len(index.asked)
    again = mip("install", "two")

    assert first == (
        0,
        "",
        "`two` 2.0 in `/lib`\n`one` 1.0 in `/lib`\nSent 2 files, 32 bytes, in T s; 0 removed, 0 unchanged\n",
    )
    assert again[2].endswith("Sent 0 files, 0 bytes, in T s; 0 removed, 2 unchanged\n")
    assert not [path for path in index.asked[asked:] if "/file/" in path]
    assert on_board("__import__('two').y") == "42"


def test_compiled_where_the_index_has_it(
    mip: Command, index: Any, on_board: Callable[[str], str], tree: Callable[[], list[str]]
) -> None:
    """The board's own `.mpy` format comes, `--no-mpy` brings source in its place; there may be source only."""
    compiled = find_compiler(None, version=6).compile(b"x = 'compiled'\n", name="one.py", origin="one.py")
    index.add("one", "1.0", {"one.mpy": compiled}, kinds=("6",))
    index.add("one", "1.0", {"one.py": b"x = 'source'\n"}, kinds=("py",))
    index.add("two", "1.0", {"two.py": b"x = 'two'\n"}, kinds=("py",))

    assert mip("install", "one", "two")[0] == 0
    assert on_board("__import__('one').x + __import__('two').x") == "'compiledtwo'"
    assert mip("install", "--no-mpy", "one") == (
        0,
        "",
        "`one` 1.0 in `/lib`\nSent 1 file, 13 bytes, in T s; 1 removed, 0 unchanged\n",
    )
    assert tree() == ["/lib", "/lib/.belay_mip", "/lib/one.py", "/lib/two.py"]


def test_versions(mip: Command, index: Any, on_board: Callable[[str], str]) -> None:
    """The newest comes, or the one that is named; what an older one had more goes."""
    index.add("one", "0.9", {"one/__init__.py": b"x = 9\n", "one/old.py": b""})
    index.add("one", "1.0", {"one/__init__.py": b"x = 10\n"})

    old = mip("install", "one@0.9")
    new = mip("install", "one")

    assert old[0] == 0
    assert new[2] == "`one` 1.0 in `/lib`\nSent 1 file, 7 bytes, in T s; 1 removed, 0 unchanged\n"
    assert on_board("__import__('one').x, __import__('os').listdir('/lib/one')") == "(10, ['__init__.py'])"


def test_a_version_of_an_index_without_a_list(mip: Command, index: Any) -> None:
    """A version that is named is asked for, although the index tells of its latest alone."""
    index.add("one", "0.9", {"one.py": b"x = 9\n"})
    index.add("one", "1.0", {"one.py": b"x = 10\n"})
    del index.pages["/pi/index.json"]

    assert mip("install", "one@0.9")[2].startswith("`one` 0.9 in")


@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [
        (
            "onee",
            1,
            "error: There is no package `onee` in the index `URL/pi`\n\nhint: did you mean `one`?\n",
        ),
        (
            "xyz",
            1,
            (
                "error: There is no package `xyz` in the index `URL/pi`\n\n"
                "hint: `belay search WORD` lists those that have a word in their name or description\n"
            ),
        ),
        (
            "greeting",
            1,
            (
                "error: There is no package `greeting` in the index `URL/pi`\n\n"
                "hint: `./greeting` is the folder here; `greeting` is a package of the index\n"
            ),
        ),
        (
            "./greeting",
            1,
            "error: `nope.py` is not in `./greeting`\n",
        ),
        (
            "./greeting/package.json",
            1,
            "error: `nope.py` is not in `./greeting`\n",
        ),
        (
            "one@7",
            1,
            (
                "error: No version of `one` suits who asks for it:\n  `7` by `mip`\nthere are 1.0, 0.9\n\n"
                "hint: ask for a version that suits all: `NAME@VERSION`\n"
            ),
        ),
        ("one@1@2", 1, "error: `1@2` is no version and no range of versions\n"),
        (
            "one one@0.9",
            1,
            "error: `one` is asked for twice: `one` and `one@0.9`\n\nhint: leave one of them out\n",
        ),
        (
            "./nope/package.json",
            2,
            (
                "error: There is no `./nope/package.json`\n\n"
                "hint: look at how it is spelt: `ls` lists what is there\n"
            ),
        ),
        ("--index pi one", 1, "error: `pi` is no address of an index\n"),
        ("--target /../x one", 1, "error: the target is `/../x`: `..` is not resolved\n"),
        ("--target /lib/.belay_x one", 1, "error: the target is `/lib/.belay_x`: names that begin"),
        ("--target boot.py one", 1, "error: a sync to `/boot.py` of"),
        ("--offline one", 1, "error: `URL/pi/index.json` is not in the cache"),
        ("--bogus one", 2, "error: No such option: --bogus\n"),
        ("", 2, "error: Missing argument 'PACKAGE...'\n"),
    ],
)
def test_what_cannot_be_installed(  # noqa: PLR0917 - fixtures
    mip: Command,
    command: Command,
    board: str,
    index: Any,
    tree: Callable[[], list[str]],
    words: str,
    exit_code: int,
    said: str,
) -> None:
    """It is told what and why, and nothing has changed on the board."""
    Path("greeting").mkdir()
    Path("greeting/package.json").write_text('{"urls": [["nope.py", "nope.py"]]}')
    index.add("one", "0.9", {"one.py": b"x = 9\n"})
    index.add("one", "1.0", {"one.py": b"x = 10\n"})
    command("exec", board, "open('/boot.py', 'w').close()")

    code, stdout, stderr = mip("install", *words.split())

    assert (code, stdout) == (exit_code, "")
    assert stderr.startswith(said)
    assert tree() == ["/boot.py"]


@pytest.mark.parametrize(
    "path", ["../one.py", "/one.py", "a/../../one.py", ".belay_mip", ".belay/one.py", "c:/x.py", "a\x1b.py"]
)
def test_a_path_that_leads_elsewhere(
    mip: Command, index: Any, tree: Callable[[], list[str]], path: str
) -> None:
    """A package that would write out of the folder, or to what is Belay's own, is refused as a whole."""
    index.add("one", "1.0", {"good.py": b"", path: b"x"})

    exit_code, stdout, stderr = mip("install", "one")

    assert (exit_code, stdout, tree()) == (1, "", [])
    assert stderr.startswith("error: ")
    assert "\x1b" not in stderr


def test_a_hash_that_was_not_promised(mip: Command, index: Any, tree: Callable[[], list[str]]) -> None:
    """What comes is compared with what the index says; nothing is installed, what it needs neither."""
    index.add("one", "1.0", {"one.py": b"x = 1\n"})
    index.add("two", "1.0", {"two.py": b"x = 2\n"}, needs={"one": "latest"})
    path = next(path for path in index.pages if "/file/" in path)
    index.pages[path] = b"x = 666\n"

    exit_code, _, stderr = mip("install", "two")

    assert exit_code == 1
    assert re.search(
        f"is not what was promised: its SHA-256 starts with [0-9a-f]{{8}}, and {path[-8:]} was promised",
        stderr,
    )
    assert tree() == []


def test_an_index_that_nobody_answers_for(
    mip: Command, index: Any, tree: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told what was asked and how often."""
    monkeypatch.setattr("belay_pm.sources.http.seconds_before", lambda _: 0.0)

    exit_code, stdout, stderr = mip("install", "--index", "http://127.0.0.1:1/pi", "one")

    assert (exit_code, stdout, tree()) == (1, "", [])
    assert stderr.startswith(
        "error: Getting `http://127.0.0.1:1/pi/index.json` was tried 4 times, and at last: Connection refused\n"
    )


def test_without_a_network(mip: Command, index: Any, command: Command, board: str) -> None:
    """What came once comes from the cache, for the next board too."""
    index.add("one", "1.0", {"one.py": b"x = 1\n"})
    mip("install", "one")
    command("fs", "rm", "-r", "-p", board, "/lib")
    asked = len(index.asked)

    assert mip("install", "--offline", "one")[0] == 0
    assert len(index.asked) == asked


def test_packages_come_at_once(mip: Command, index: Any) -> None:
    """Nobody waits for one package to ask for the next."""
    both = threading.Barrier(2, timeout=10)

    def page(content: bytes) -> Callable[[], bytes]:
        def answer() -> bytes:
            both.wait()
            return content

        return answer

    for name in ("one", "two"):
        index.add(name, "1.0", {f"{name}.py": name.encode()})
    for path in [path for path in index.pages if "/file/" in path]:
        index.pages[path] = page(index.pages[path])

    assert mip("install", "one", "two")[0] == 0


def test_a_circle(mip: Command, index: Any, tree: Callable[[], list[str]]) -> None:
    """Packages that need each other are an error with an end."""
    index.add("one", "1.0", {"one.py": b""}, needs={"two": "latest"})
    index.add("two", "1.0", {"two.py": b""}, needs={"one": "latest"})

    exit_code, _, stderr = mip("install", "one")

    assert (exit_code, tree()) == (1, [])
    assert stderr.startswith("error: `one` needs itself: `one` → `two` → `one`\n")


def test_a_board_that_is_full(command: Command, index: Any) -> None:
    """The room for all of it is asked for first, and nothing is left behind."""
    index.add("small", "1.0", {"small.py": b"x = 1\n"})
    index.add("large", "1.0", {"large.py": os.urandom(100_000).hex().encode()}, needs={"small": "latest"})
    with serve_simulated("sim:?flash=128k") as served:
        result = command("mip", "install", "-p", served.path, "--index", index.index, "large")
        left = command("fs", "tree", "-p", served.path)

    assert (result.exit_code, result.stdout, left.stdout) == (1, "", "/\n")
    assert re.match(
        r"error: the packages need \d+ bytes in `/lib` of the board, and \d+ are free; nothing was changed\n\n"
        r"hint: remove what is there: `belay mip remove`, `belay fs du` tells what is large\n",
        result.stderr,
    )


def test_a_folder_of_ones_own(mip: Command, index: Any, tree: Callable[[], list[str]]) -> None:
    """`--target` is made if need be, has its own record, and `list` finds it by name."""
    index.add("one", "1.0", {"one.py": b"x = 1\n"})

    assert mip("install", "--target", ":my/packages", "one")[0] == 0
    assert tree() == ["/my", "/my/packages", "/my/packages/.belay_mip", "/my/packages/one.py"]
    assert mip("list") == (0, "", "There are no packages in `/`, `/lib`; `belay mip install` brings some\n")
    assert mip("list", "--target", "my/packages") == (
        0,
        "NAME  VERSION  FOLDER        SOURCE\none   1.0      /my/packages  one\n",
        "",
    )


def test_no_folder_for_packages(mip: Command, command: Command, board: str, index: Any) -> None:
    """A board whose `sys.path` has none is told of, with the option that names one."""
    command("exec", board, "import sys; sys.path[:] = ['', '/rom/lib']")

    assert mip("install", "one") == (
        1,
        "",
        (
            "error: No folder of the board's `sys.path` ends in `/lib`: ['', '/rom/lib']\n\n"
            "hint: name one: `--target /lib`\n"
        ),
    )


def test_an_empty_target_is_not_the_root(mip: Command, folder: Path) -> None:
    """A variable of a shell that is not set names no folder."""
    (folder / "a.py").touch()
    refused = (2, "", "error: `--target` is empty\n\nhint: `--target /` is the root of the board\n")

    assert mip("install", "./a.py", "--target", "") == refused
    assert mip("list", "--target", "") == refused
    assert mip("remove", "a", "--target", "") == refused


def test_listing(mip: Command, index: Any) -> None:
    """People get a table, programs JSON."""
    index.add("one", "1.0", {"one.py": b"x = 1\n"})
    index.add("two", "2.0", {"two/__init__.py": b"", "two/b.py": b""}, needs={"one": "latest"})
    mip("install", "two@^2")

    assert mip("list") == (
        0,
        "NAME  VERSION  FOLDER  SOURCE\none   1.0      /lib    one@latest\ntwo   2.0      /lib    two@^2\n",
        "",
    )
    assert json.loads(mip("list", "--json")[1]) == [
        {
            "name": "one",
            "version": "1.0",
            "source": "one@latest",
            "target": "/lib",
            "requires": [],
            "files": ["one.py"],
        },
        {
            "name": "two",
            "version": "2.0",
            "source": "two@^2",
            "target": "/lib",
            "requires": ["one"],
            "files": ["two/__init__.py", "two/b.py"],
        },
    ]


def test_removing(
    mip: Command, index: Any, command: Command, board: str, tree: Callable[[], list[str]]
) -> None:
    """The files of a package go, and folders that are empty then; nobody else's."""
    index.add("one", "1.0", {"one.py": b"x = 1\n"})
    index.add("two", "2.0", {"two/a.py": b"", "two/sub/b.py": b"b"}, needs={"one": "latest"})
    mip("install", "two")
    command("exec", board, "open('/lib/two/mine.txt', 'w').close()")

    assert mip("remove", "one") == (
        1,
        "",
        "error: `one` is needed by `two`; nothing was removed\n\nhint: remove that too, or add `--force`\n",
    )
    assert mip("remove", "twos") == (
        1,
        "",
        (
            "error: There is no package `twos` in `/lib` of the board; recorded: `one`, `two`\n\n"
            "hint: did you mean `two`?\n"
        ),
    )
    planned = mip("remove", "two", "--dry-run")
    assert planned == (
        0,
        "remove file /lib/two/a.py\nremove file /lib/two/sub/b.py\n",
        "Would remove 2 files\n",
    )
    assert mip("remove", "two") == (0, "", "Removed 2 files\n")
    assert tree() == ["/lib", "/lib/.belay_mip", "/lib/one.py", "/lib/two", "/lib/two/mine.txt"]
    assert mip("remove", "one") == (0, "", "Removed 1 file\n")
    assert tree() == ["/lib", "/lib/two", "/lib/two/mine.txt"]


def test_what_was_changed_stays(mip: Command, index: Any, command: Command, board: str) -> None:
    """Neither removing nor a newer version loses what was changed by hand, unless that is said."""
    index.add("one", "1.0", {"one.py": b"x = 1\n", "rest.py": b""})
    mip("install", "one")
    command("exec", board, "f = open('/lib/one.py', 'w'); f.write('x = 5'); f.close()")
    index.add("one", "1.1", {"one.py": b"x = 11\n"})

    assert mip("install", "one") == (
        1,
        "",
        (
            "error: `/lib/one.py` is not what an install put there, and would be lost; nothing was changed\n\n"
            "hint: `--force` replaces it\n"
        ),
    )
    assert mip("remove", "one") == (
        1,
        "",
        "Removed 1 file\nerror: `/lib/one.py` stays: not as it was installed\n\nhint: `--force` removes that too\n",
    )
    assert mip("list", "--json")[1].count("one.py") == 1
    assert mip("install", "--force", "one")[0] == 0
    assert command("fs", "cat", "-p", board, "/lib/one.py").stdout == "x = 11\n"
    command("exec", board, "f = open('/lib/one.py', 'w'); f.write('x = 5'); f.close()")
    assert mip("remove", "one", "--force") == (0, "", "Removed 1 file\n")


def test_what_nobody_recorded_stays(mip: Command, index: Any, command: Command, board: str) -> None:
    """A file of the user's is not written over, and source that would hide a compiled file is told of."""
    command("exec", board, "import os; os.mkdir('/lib'); open('/lib/one.py', 'w').close()")
    index.add("one", "1.0", {"one.py": b"x = 1\n"}, kinds=("py",))
    index.add("one", "1.0", {"one.mpy": b"M\6\0\0"}, kinds=("6",))
    lost = "error: `/lib/one.py` is not what an install put there, and would be lost; nothing was changed\n"

    for words in (("--no-mpy",), ()):
        exit_code, stdout, stderr = mip("install", *words, "one")
        assert (exit_code, stdout, stderr.startswith(lost)) == (1, "", True)
    assert mip("install", "--force", "one")[0] == 0
    assert command("eval", board, "sorted(os.listdir('/lib'))").stdout == "['.belay_mip', 'one.mpy']\n"


def test_a_file_of_another_package(mip: Command, index: Any) -> None:
    """Two packages that differ about a path are told of; the same content may be of both."""
    index.add("one", "1.0", {"same.py": b"s", "other.py": b"1"})
    index.add("two", "1.0", {"same.py": b"s"})
    index.add("three", "1.0", {"other.py": b"3"})
    mip("install", "one", "two")

    assert mip("install", "three") == (
        1,
        "",
        (
            "error: `other.py` of the package `one` would be another; nothing was changed\n\n"
            "hint: `belay mip remove one` makes room, `--force` replaces it\n"
        ),
    )
    assert mip("remove", "one") == (0, "", "Removed 1 file\n")
    assert mip("remove", "two") == (0, "", "Removed 1 file\n")


def test_dry_run(mip: Command, index: Any, tree: Callable[[], list[str]]) -> None:
    """What would be is on stdout, and nothing is."""
    index.add("one", "1.0", {"one.py": b"x = 1\n"})

    assert mip("install", "--dry-run", "one") == (
        0,
        "put file /lib/one.py (new, 6 bytes)\n",
        "`one` 1.0 in `/lib`\nWould send 1 file, 6 bytes, in T s; 0 removed, 0 unchanged\n",
    )
    assert tree() == []


def test_json(mip: Command, index: Any, command: Command, board: str, tree: Callable[[], list[str]]) -> None:
    """What was done, or would be, for programs; what stays is told as well, and is a failure."""
    index.add("one", "1.0", {"one.py": b"x = 1\n"})
    index.add("two", "2.0", {"two.py": b""}, needs={"one": "latest"})

    planned = json.loads(mip("install", "two", "--json", "--dry-run")[1])
    nothing = tree()
    exit_code, stdout, stderr = mip("install", "two", "--json")
    done = json.loads(stdout)
    command("exec", board, "f = open('/lib/one.py', 'w'); f.write('x = 5'); f.close()")
    would = mip("remove", "two", "--json", "--dry-run")
    removed = mip("remove", "one", "two", "--json")

    assert nothing == []
    assert (exit_code, stderr) == (0, "")
    assert (planned.pop("dry_run"), done.pop("dry_run")) == (True, False)
    assert (planned.pop("seconds") >= 0, done.pop("seconds") >= 0) == (True, True)
    assert planned == done
    assert [each["path"] for each in done.pop("actions") if each["verb"] == "put_file"] == [
        "/lib/one.py",
        "/lib/two.py",
    ]
    assert [(each["name"], each["version"], each["files"]) for each in done.pop("packages")] == [
        ("two", "2.0", ["two.py"]),
        ("one", "1.0", ["one.py"]),
    ]
    assert done == {
        "target": "/lib",
        "removed": [],
        "kept": [],
        "unchanged": [],
        "finished": False,
        "size_bytes": 6,
    }
    assert would == (
        0,
        '{"target": "/lib", "removed": ["/lib/two.py"], "kept": [], "dry_run": true}\n',
        "",
    )
    assert removed == (
        1,
        '{"target": "/lib", "removed": ["/lib/two.py"], "kept": ["/lib/one.py"], "dry_run": false}\n',
        "error: `/lib/one.py` stays: not as it was installed\n\nhint: `--force` removes that too\n",
    )


def test_addresses_and_files(mip: Command, index: Any, folder: Path, on_board: Callable[[str], str]) -> None:
    """A `package.json` may be at an address or here, a lone module too; what is unchanged is not sent again."""
    index.pages["/u/package.json"] = json.dumps({"version": "3", "urls": [["u.py", "src/u.py"]]}).encode()
    index.pages["/u/src/u.py"] = b"u = 'u'\n"
    index.pages["/bare.py"] = b"b = 'b'\n"
    (folder / "my").mkdir()
    (folder / "my/package.json").write_text(json.dumps({"urls": [["my.py", "code.py"]]}))
    (folder / "my/code.py").write_text("m = 'm'\n")
    (folder / "lone.py").write_text("l = 'l'\n")
    words = (f"{index.url}/u", f"{index.url}/bare.py", "my/package.json", "lone.py")

    assert mip("install", *words) == (
        0,
        "",
        (
            "`u` 3 in `/lib`\n`bare` in `/lib`\n`my` in `/lib`\n`lone` in `/lib`\n"
            "Sent 4 files, 32 bytes, in T s; 0 removed, 0 unchanged\n"
        ),
    )
    assert mip("install", *words)[2].endswith("Sent 0 files, 0 bytes, in T s; 0 removed, 4 unchanged\n")
    assert (
        on_board("__import__('u').u + __import__('bare').b + __import__('my').m + __import__('lone').l")
        == "'ubml'"
    )


def test_an_address_that_anybody_on_the_way_may_change(mip: Command, index: Any) -> None:
    """Plain http is not silent."""
    index.pages["/bare.py"] = b"b = 'b'\n"

    exit_code, _, stderr = mip("install", f"{index.url.replace('127.0.0.1', '127.1')}/bare.py")

    assert exit_code == 0
    assert (
        "note: `bare`: `127.1` was asked over http, where anybody on the way can change what comes\n"
        in stderr
    )


def test_repositories(
    mip: Command, on_board: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`github:` takes a branch or tag, which is of that repository and of no other that it names."""
    remote = tmp_path / "remote"
    for key, value in {
        "COUNT": "1",
        "KEY_0": f"url.{remote.as_uri()}/.insteadOf",
        "VALUE_0": "https://github.com/",
    }.items():
        monkeypatch.setenv(f"GIT_CONFIG_{key}", value)
    told = {
        "version": "1",
        "urls": [["r.py", "github:o/r/r.py"], ["q.py", "github:o/q/q.py"]],
        "deps": [["github:o/s", ""]],
    }
    _commit(remote / "o/r.git", {"package.json": json.dumps(told), "r.py": "r = 'old'\n"}, tag="v1")
    _commit(remote / "o/r.git", {"r.py": "r = 'new'\n"})
    _commit(remote / "o/q.git", {"q.py": "q = 'q'\n"})
    _commit(
        remote / "o/s.git", {"package.json": json.dumps({"urls": [["s.py", "s.py"]]}), "s.py": "s = 's'\n"}
    )

    exit_code, stdout, stderr = mip("install", "github:o/r@v1")

    assert (exit_code, stdout) == (0, ""), stderr
    assert on_board("__import__('r').r, __import__('q').q, __import__('s').s") == "('old', 'q', 's')"
    assert mip("list")[1].splitlines()[1:] == [
        "r     1        /lib    github:o/r@v1",
        "s              /lib    github:o/s",
    ]


def _commit(folder: Path, files: dict[str, str], *, tag: str | None = None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in files.items():
        (folder / path).write_text(text)
    who = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    words = [["init", "--quiet", "--initial-branch=main"], ["config", "uploadpack.allowFilter", "true"]]
    words += [
        ["config", "uploadpack.allowAnySHA1InWant", "true"],
        ["add", "--all"],
        [*who, "commit", "-qm", "x"],
    ]
    words += [["tag", tag]] if tag else []
    for each in words:
        subprocess.run(["git", *each], cwd=folder, check=True)


@pytest.mark.parametrize(
    "record",
    [
        b"\xff",
        b"[]",
        b'{"format": 2, "packages": {}}',
        b'{"format": 1, "packages": []}',
        b'{"format": 1, "packages": {"one": {}}}',
        b'{"format": 1, "packages": {"one": {"version": "\\u001b[2J", "source": "", "requires": [], "files": {}}}}',
        *(
            json.dumps(
                {
                    "format": 1,
                    "packages": {
                        "one": {"version": "", "source": "", "requires": [], "files": {path: "0" * 64}}
                    },
                }
            ).encode()
            for path in ("../main.py", "/main.py", "a//b", "", ".belay_mip", "a\nb", "\x1b[2J")
        ),
        b'{"format": 1, "packages": {"one": {"version": "", "source": "", "requires": [], "files": {"a": 1}}}}',
    ],
)
def test_a_record_that_makes_no_sense(  # noqa: PLR0917 - fixtures
    mip: Command, command: Command, board: str, index: Any, tree: Callable[[], list[str]], record: bytes
) -> None:
    """It is data: no path of it leads out of the folder, nothing of it commands the screen, nothing is removed."""
    index.add("one", "1.0", {"one.py": b""})
    command(
        "exec",
        board,
        f"import os; os.mkdir('/lib'); open('/main.py', 'w').close(); f = open('/lib/.belay_mip', 'wb'); "
        f"f.write({record!r}); f.close()",
    )

    for words in (("list",), ("remove", "one", "--force"), ("install", "one", "--force")):
        exit_code, stdout, stderr = mip(*words)
        assert (exit_code, stdout) == (1, "")
        assert stderr.startswith("error: `/lib/.belay_mip` of the board is no record of packages: it has ")
        assert "\x1b" not in stderr
        assert "hint: remove that file with `belay fs rm`; the files of packages stay\n" in stderr
    assert tree() == ["/lib", "/lib/.belay_mip", "/main.py"]


@pytest.mark.parametrize(
    "note",
    [
        {"puts": ["../main.py"], "removals": {}},
        {"puts": ["/main.py"], "removals": {}},
        {"puts": 5, "removals": {}},
        {"puts": [], "removals": {"../main.py": "0" * 64}},
        {"puts": [], "removals": ["main.py"]},
    ],
)
def test_a_note_that_makes_no_sense(
    mip: Command, command: Command, board: str, tree: Callable[[], list[str]], note: dict[str, object]
) -> None:
    """What an install is said to have left is no more trusted than the record."""
    told = json.dumps({"format": 1, "packages": {}, **note})
    command(
        "exec",
        board,
        "import os; open('/main.py', 'w').close(); os.mkdir('/lib'); os.mkdir('/lib/.belay_staged'); "
        f"f = open('/lib/.belay_staged/note', 'w'); f.write({told!r}); f.close()",
    )
    before = tree()

    exit_code, stdout, stderr = mip("remove", "one", "--force")

    assert (exit_code, stdout, tree()) == (1, "", before)
    assert stderr.startswith(
        "error: `/lib/.belay_staged/note` of the board is no record of packages: it has "
    )
