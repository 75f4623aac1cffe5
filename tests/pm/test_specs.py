from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from belay_pm.errors import ManifestError, PackageError, ProjectError
from belay_pm.hosts import DEFAULT_HOSTS
from belay_pm.requirements import BundleSource, Entry, GitSource, IndexSource, PathSource, Source, UrlSource
from belay_pm.specs import dependency_entry, infer_name, parse_entries, parse_source, read_entries

PIECES = st.sampled_from(
    [
        "https://",
        "http://",
        "git+",
        "file://",
        "github:",
        "gitlab:",
        "mip:",
        "circuitpython:",
        "@",
        "#",
        "//",
        "/",
        "..",
        ".",
        "user:pw@",
        "[",
        "]",
        "?",
        "=",
        "&",
        "%",
        "%2e",
        "~",
        "^",
        ">=",
        ",",
        "*",
        "github.com",
        "o",
        "r",
        ".git",
        "blob",
        "main",
        "x.py",
        "\\",
        "C:",
        "\x00",
        "é",
    ]
)


def parse(text: str, name: str | None = "os") -> Source:
    """A source by its text, of a package `os`."""
    return parse_source(text, hosts=DEFAULT_HOSTS, name=name)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("./libdir", PathSource("./libdir")),
        ("../micropython-lib/os/os", PathSource("../micropython-lib/os/os")),
        ("lib/x", PathSource("lib/x")),
        ("x.py", PathSource("x.py")),
        (".", PathSource(".")),
        ("~/x", PathSource("~/x")),
        ("/srv/x", PathSource("/srv/x")),
        ("C:\\x\\y.py", PathSource("C:\\x\\y.py")),
        ("lib\\x", PathSource("lib\\x")),
        ("x.zip", PathSource("x.zip")),
        (" github:o/r ", GitSource("https://github.com/o/r.git")),
        ("https://host/a/x.py?v=1", UrlSource("https://host/a/x.py?v=1")),
        ("https://host/x.py#L10", UrlSource("https://host/x.py")),
        ("https://host/x.zip#lib/a", UrlSource("https://host/x.zip", "lib/a")),
        ("http://host/x.tar.gz", UrlSource("http://host/x.tar.gz")),
        ("https://host/package.json", UrlSource("https://host/package.json")),
        ("*", IndexSource("os", "*")),
        ("latest", IndexSource("os", "latest")),
        ("1.2.3", IndexSource("os", "1.2.3")),
        ("^1.2", IndexSource("os", "^1.2")),
        ("~1.2", IndexSource("os", "~1.2")),
        ("~=1.2", IndexSource("os", "~=1.2")),
        (">=1,<2", IndexSource("os", ">=1,<2")),
        ("pathlib", IndexSource("pathlib")),
        ("unittest-discover", IndexSource("unittest-discover")),
        ("pathlib@1", IndexSource("pathlib", "1")),
        ("pathlib==1", IndexSource("pathlib", "==1")),
        ("pathlib >= 1, < 2", IndexSource("pathlib", ">= 1, < 2")),
        ("mip:pathlib", IndexSource("pathlib")),
        ("mip:pathlib@^1", IndexSource("pathlib", "^1")),
        ("circuitpython:adafruit_bme280@2", BundleSource("adafruit_bme280", "2")),
        ("circup:neopixel", BundleSource("neopixel")),
    ],
)
def test_a_text_says_where_something_is(text: str, source: Source) -> None:
    """The form of a text decides; nobody is asked whether it is there."""
    assert parse(text) == source


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("", "names no source", "a source is a path"),
        ("a b", "means nothing here", "a source is a path"),
        ("ftp://host/x", "`ftp:`", "a source is a path"),
        ("githbu:o/r", "`githbu:`", "did you mean `github:`?"),
        ("http:///x", "names no host", None),
        ("file:///srv/x.py", "is a file", "as its path"),
        ("x\ny", "control character", None),
        ("pathlib@>>1", "no version", "versions are written"),
        ("https://host/x.zip#../x", "leaves the archive", None),
        ("https://s3cret@host/x.py", "password or token", "credential helper"),
        ("https://host/x.py?sig=1&access_token=s3cret", "password or token", "credential helper"),
        ("ftp://me:s3cret@host/x", "no form that is known", "a source is a path"),
    ],
)
def test_a_text_that_means_nothing_is_an_error(text: str, said: str, hint: str | None) -> None:
    """The error says what is wrong, with the near miss or what there is, and never repeats a secret."""
    with pytest.raises(ProjectError) as caught:
        parse(text)

    assert said in str(caught.value)
    assert (hint or "") in (caught.value.hint or "")
    assert "s3cret" not in f"{caught.value}{caught.value.hint}"


def test_a_version_alone_is_of_no_package() -> None:
    """Without a name, `*` asks for nothing."""
    with pytest.raises(ProjectError, match="of no package"):
        parse("*", None)


@given(st.lists(PIECES | st.text(max_size=3), max_size=8).map("".join))
@example("git@h:x")
@example("https://h:99999999/x")
@example("//x")
def test_any_text_is_a_source_or_an_error_of_ours(text: str) -> None:
    """Whatever stands there, it is understood or refused; paths in repositories and archives stay inside."""
    try:
        source = parse(text)
        infer_name(source)
    except PackageError:
        return

    if isinstance(source, GitSource | UrlSource):
        assert ".." not in source.path.split("/")
        assert not source.path.startswith("/")
        assert "user:pw@" not in source.url or not source.url.startswith("http")
    if isinstance(source, GitSource):
        assert not source.url.startswith("-")
        assert not (source.ref or "").startswith("-")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("./lib/my-driver.py", "my_driver"),
        ("./lib/my_driver/__init__.py", "my_driver"),
        ("C:\\lib\\driver", "driver"),
        ("https://github.com/o/micro-driver", "micro_driver"),
        ("https://github.com/o/r/blob/main/lib/driver.py?raw=1", "driver"),
        ("https://github.com/o/r/blob/main/driver/package.json", "driver"),
        ("https://host/a/driver.py?x=1&y=2", "driver"),
        ("https://host/a/driver/package.json", "driver"),
        ("git@host:o/driver.git", "driver"),
        ("pathlib@1", "pathlib"),
    ],
)
def test_a_name_is_told_from_a_source(text: str, name: str) -> None:
    """The last name that says something, as Python would write it; queries are no part of it."""
    assert infer_name(parse(text)) == name


@pytest.mark.parametrize("text", ["..", "https://host/1.py", "https://host/", "./class.py"])
def test_no_name_is_made_up(text: str) -> None:
    """Where nothing could be imported, the name has to be given."""
    with pytest.raises(ProjectError, match="could be the name of a package"):
        infer_name(parse(text))


def entries(value: object) -> tuple[Entry, ...]:
    """The entries of a dependency `os`."""
    return parse_entries("os", value, hosts=DEFAULT_HOSTS, key="deps.os")


def test_a_table_says_how_it_is_taken() -> None:
    """`develop`, `rename_to_init`, `rev` and `opt` come into the entry."""
    assert entries({"uri": "./x", "develop": True, "rename_to_init": False, "opt": 3}) == (
        Entry(PathSource("./x"), "./x", develop=True, rename_to_init=False, opt=3),
    )
    assert entries({"uri": "github:o/r/x", "rev": "v1"})[0].source == GitSource(
        "https://github.com/o/r.git", "v1", "x"
    )


def test_a_lone_module_is_the_package_and_one_of_a_list_is_not() -> None:
    """`rename_to_init` is true for one source, false in a list, as with the first Belay."""
    assert [entry.rename_to_init for entry in entries("./os.py")] == [True]
    assert [entry.rename_to_init for entry in entries(["./a.py", {"uri": "./b.py"}])] == [False, False]
    assert [
        entry.rename_to_init for entry in entries([{"uri": "./a.py", "rename_to_init": True}, "./b.py"])
    ] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("value", "problems"),
    [
        (1, [("deps.os", "a text, a table with `uri`, or a list of these, and not 1")]),
        ([], [("deps.os", "the list is empty")]),
        ([["./x"]], [("deps.os[0]", "a text, a table")]),
        ({"url": "./x"}, [("deps.os.url", "did you mean `uri`?"), ("deps.os.uri", "missing")]),
        ({"uri": "./x", "zzz": 1}, [("deps.os.zzz", "there are `uri`, `develop`")]),
        ({"uri": 3}, [("deps.os.uri", "is a text, and not 3")]),
        (
            {"uri": "./x", "develop": 1, "opt": True, "rename_to_init": "no", "rev": "v1"},
            [
                ("deps.os.rev", "only a repository"),
                ("deps.os.develop", "`true` or `false`"),
                ("deps.os.rename_to_init", "`true` or `false`"),
                ("deps.os.opt", "0 to 3"),
            ],
        ),
        (
            {"uri": "github:o/r", "develop": True},
            [("deps.os.develop", "only a file or folder of this computer")],
        ),
        (
            {"uri": "github:o/r@v1", "rev": "v2"},
            [("deps.os.rev", "`uri` says `v1` already, and `rev` says `v2`")],
        ),
        ({"uri": "github:o/r", "rev": "--x"}, [("deps.os.rev", "a branch, a tag or a commit")]),
        (
            ["github:o", 2, "./x"],
            [("deps.os[0]", "names no repository (write it as in"), ("deps.os[1]", "a text, a table")],
        ),
        (
            [{"uri": "./a.py", "rename_to_init": True}, {"uri": "./b.py", "rename_to_init": True}],
            [("deps.os", "there is one `__init__`")],
        ),
    ],
)
def test_all_that_is_wrong_is_told(value: object, problems: list[tuple[str, str]]) -> None:
    """Each problem has the key where it is, and none hides another."""
    _, found = read_entries("os", value, hosts=DEFAULT_HOSTS, key="deps.os")

    assert [key for key, _ in found] == [key for key, _ in problems]
    assert all(said in sentence for (_, said), (_, sentence) in zip(problems, found, strict=True))


@pytest.mark.parametrize(
    ("text", "version", "name", "source"),
    [
        ("os-path", None, "os-path", IndexSource("os-path")),
        ("os", "^1", "os", IndexSource("os", "^1")),
        ("os", "latest", "os", IndexSource("os", "latest")),
        ("os@2", "1", "os", IndexSource("os", "2")),
        ("github:o/r", "v1", "r", GitSource("https://github.com/o/r.git", "v1")),
        ("github:o/r", "latest", "r", GitSource("https://github.com/o/r.git")),
        ("github:o/r@v2", "v1", "r", GitSource("https://github.com/o/r.git", "v2")),
        ("https://host/x.py", "latest", "x", UrlSource("https://host/x.py")),
    ],
)
def test_a_package_may_ask_for_others(text: str, version: str | None, name: str, source: Source) -> None:
    """The version of `deps` is that of an index's package, or a repository's ref; the text's own comes first."""
    found, entry = dependency_entry(text, version, hosts=DEFAULT_HOSTS)

    assert (found, entry.source) == (name, source)


@pytest.mark.parametrize(
    "text", ["../../.ssh", "/etc", "x.py", "file:///home/me/private", "git+file:///x", "", ">>", "C:\\x"]
)
def test_a_package_gets_nothing_of_this_computer(text: str) -> None:
    """What a stranger's package asks for is never a path of ours."""
    with pytest.raises(ManifestError):
        dependency_entry(text, None, hosts=DEFAULT_HOSTS)


@pytest.mark.parametrize("ref", ["--upload-pack=x", "a..b", "a b", "v1\x1b[2J", "@{1}"])
def test_what_a_package_asks_for_is_a_ref(ref: str) -> None:
    """The version that a stranger's package asks of a repository is a ref that git would take, or refused."""
    with pytest.raises(ManifestError, match="no name of a branch"):
        dependency_entry("github:o/r", ref, hosts=DEFAULT_HOSTS)
