from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belay_pm.errors import ManifestError, NotFoundError, PackageError, UnsafePathError
from belay_pm.manifest import Manifest, check_manifest, evaluate_manifest
from belay_pm.sources.folder import FolderTree, MemoryTree
from belay_pm.trees import Place

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "foo/__init__.py": b"",
    "foo/bar/baz.py": b"",
    "foo/data.txt": b"",
    "one.py": b"x = 1\r\n",
    "src/two.py": b"__version__ = '9'\n",
    "bin/three.mpy": b"M\x06\x00\x1f",
    "bin/four.py": b"",
    "bin/deep/five.py": b"",
}

LIBRARY = {
    "micropython/net/umqtt/manifest.py": b'metadata(version="1.1")\nrequire("os")\nmodule("umqtt.py")',
    "micropython/net/umqtt/umqtt.py": b"",
    "python-stdlib/os/manifest.py": b'metadata(version="0.6.0")\npackage("os")',
    "python-stdlib/os/os/__init__.py": b"stdlib = 1\n",
    "unix-ffi/os/manifest.py": b'module("os.py")',
    "unix-ffi/os/os.py": b"",
    "unix-ffi/ffilib/manifest.py": b'module("ffilib.py")',
    "unix-ffi/ffilib/ffilib.py": b"",
}


def _place(text: str) -> Place:
    return Place(MemoryTree({**FILES, "manifest.py": text.encode()}, label="it"), "manifest.py")


def _library() -> Place:
    return Place(MemoryTree(LIBRARY, label="lib"), "")


def _targets(manifest: Manifest) -> list[str]:
    return [file.target for file in manifest.files]


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("", []),
        ("'''A docstring.'''\npass", []),
        ('package("foo")', ["foo/__init__.py", "foo/bar/baz.py"]),
        ('package("foo", files=["bar/baz.py", "data.txt"])', ["foo/bar/baz.py", "foo/data.txt"]),
        ('package("bar", base_path="foo")', ["bar/baz.py"]),
        ('module("one.py")', ["one.py"]),
        ('module("src/two.py")', ["src/two.py"]),
        ('module("two.py", base_path="src")', ["two.py"]),
        ('freeze("bin")', ["deep/five.py", "four.py", "three.mpy"]),
        ('freeze("bin", "four.py", opt=3)', ["four.py"]),
        ('freeze("bin", ("three.mpy", "deep"))', ["deep/five.py", "three.mpy"]),
        ('freeze("bin", "deep")', ["deep/five.py"]),
        ('freeze_as_mpy("bin")', ["deep/five.py", "four.py"]),
        ('freeze_mpy("bin")', ["three.mpy"]),
        ('freeze_as_str("bin")', ["deep/five.py", "four.py"]),
        ('for name in ("one", "src/two"):\n    module(name + ".py")', ["one.py", "src/two.py"]),
        ('name = "one"\nif name == "one" and not False:\n    module(f"{name}.py")', ["one.py"]),
        ('for a, b in [("src", "two")]:\n    module("%s.py" % b, base_path=a)', ["two.py"]),
        ('if "x" in {"y": 1}:\n    module("one.py")\nelse:\n    module("src/two.py")', ["src/two.py"]),
        ('options.defaults(big=True)\nif options.big:\n    module("one.py")', ["one.py"]),
        ('if options.nobody is None:\n    module("one.py")', ["one.py"]),
        ('module("one.py")\nmodule("one.py")', ["one.py"]),
    ],
)
def test_what_a_manifest_gives(text: str, targets: list[str]) -> None:
    """Each function gives the files that the reference gives, whatever literals lead to the call."""
    assert _targets(evaluate_manifest(_place(text))) == targets


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ('include(manifest_path="more/manifest.py")', ["m.py"]),
        ('module(module_path="two.py", base_path="src", opt=1)', ["two.py"]),
        ('package(package_path="foo", files=["data.txt"], base_path=".", opt=1)', ["foo/data.txt"]),
        ('freeze(path="bin", script="four.py", opt=1)', ["four.py"]),
        ('freeze_as_mpy(path="bin", script="four.py", opt=1)', ["four.py"]),
        ('freeze_mpy(path="bin", script="three.mpy", opt=1)', ["three.mpy"]),
        ('freeze_as_str(path="src")', ["two.py"]),
        ('add_library(library="l", library_path="lib", prepend=False)\nrequire(name="p", library="l")', ["p.py"]),
        ('add_library("l", "lib")\nrequire(name="p", version=None, pypi="pp", unix_ffi=False, big=1)', ["big.py", "p.py"]),
        ('metadata(description="d", version="1", license="MIT", author="a", stdlib=True, pypi="p", pypi_publish="p")', []),
        ('c_module(path="c")', []),
    ],
)  # fmt: skip
def test_arguments_by_name(text: str, targets: list[str]) -> None:
    """Every argument has the name that the documentation gives it; other names are options of another manifest."""
    files = {
        **FILES,
        "manifest.py": text.encode(),
        "more/manifest.py": b'module("m.py")',
        "more/m.py": b"",
        "lib/p/manifest.py": b'module("p.py")\nif options.big:\n    module("big.py")',
        "lib/p/p.py": b"",
        "lib/p/big.py": b"",
    }

    manifest = evaluate_manifest(Place(MemoryTree(files, label="it"), ""))

    assert _targets(manifest) == targets


@pytest.mark.parametrize(
    "condition",
    [
        "1 != 2",
        "1 < 2 <= 2",
        "3 > 2 >= 2",
        "1 is not None",
        "1 not in [2]",
        "-1 < 0",
        "7 % 4 == 3",
        "'%s-%d' % ('a', 2) == 'a-2'",
        "'%(a)s' % {'a': 'b'} == 'b'",
        "f'{1}{'a'!r}' == '1\\'a\\''".replace("'a'!r", '"a"!r'),
        "[1] + [2] == [1, 2]",
        "0 or (1 and 'x')",
        "not (0 or None or '' or False)",
        "{'a': (1.5, True)} == {'a': (1.5, True)}",
    ],
)
def test_what_is_worked_out(condition: str) -> None:
    """Conditions are what they are in Python."""
    manifest = evaluate_manifest(_place(f'if {condition}:\n    module("one.py")'))

    assert _targets(manifest) == ["one.py"]


def test_a_screen_is_told_nothing_that_it_obeys() -> None:
    """Control characters of a manifest are shown as escapes, in notes and in problems."""
    manifest = check_manifest(
        _place('include("$(PORT_DIR)/\\x1b[2J")\ninclude("\\x1b[2J")\nrequire("\\x1b[2J")')
    )

    told = "".join((*manifest.notes, *map(str, manifest.problems)))
    assert told.isprintable()
    assert told.count("\\x1b") == 4
    assert manifest.requires == ()


def test_kinds_and_levels_are_kept() -> None:
    """How a file is frozen, and mpy-cross's level, stay with the file."""
    manifest = evaluate_manifest(
        _place('package("foo", opt=3)\nfreeze("bin", "three.mpy")\nfreeze_as_str("src")')
    )

    assert [(file.target, file.kind, file.opt) for file in manifest.files] == [
        ("foo/__init__.py", "compile", 3),
        ("foo/bar/baz.py", "compile", 3),
        ("three.mpy", "mpy", None),
        ("two.py", "text", None),
    ]


def test_the_version_is_in_the_files() -> None:
    """A version is added as the reference's build adds it: to what has none, with the line ends of POSIX."""
    manifest = evaluate_manifest(
        _place('module("one.py")\nmodule("src/two.py")\nfreeze_mpy("bin")\nmetadata(version="1.2")')
    )

    contents = {file.target: file.place.tree.read(file.place.path) for file in manifest.files}
    assert manifest.metadata.version == "1.2"
    assert contents == {
        "one.py": b"x = 1\n\n\n__version__ = '1.2'\n",
        "src/two.py": b"__version__ = '9'\n",
        "three.mpy": b"M\x06\x00\x1f",
    }


def test_includes_share_metadata_and_end_in_circles() -> None:
    """An include reads each manifest once, from its own folder, with its options; a folder means its manifest."""
    files = {
        **FILES,
        "manifest.py": b'include(["sub", "sub/other.py"], big=True)\nmodule("one.py")',
        "sub/manifest.py": b'include("../manifest.py")\nmetadata(version="3")\nmodule("s.py")',
        "sub/other.py": b'if options.big:\n    module("t.py")',
        "sub/s.py": b"",
        "sub/t.py": b"",
    }
    place = Place(MemoryTree(files, label="it"), "")

    manifest = evaluate_manifest(place)

    assert _targets(manifest) == ["one.py", "s.py", "t.py"]
    assert manifest.metadata.version == "3"


def test_require_without_libraries_asks_the_index() -> None:
    """Without a checkout of micropython-lib, what is required is the index's, once for each name."""
    manifest = evaluate_manifest(
        _place(
            'require("umqtt")\nrequire("os", version="0.6")\nrequire("os")\nrequire("x", library="micropython")'
        )
    )

    assert [(need.name, need.version) for need in manifest.requires] == [
        ("umqtt", None), ("os", "0.6"), ("x", None),
    ]  # fmt: skip
    assert manifest.requires[1].where == "`it/manifest.py`, line 2"


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ('require("umqtt")', ["os/__init__.py", "umqtt.py"]),
        ('require("os")', ["os/__init__.py"]),
        ('require("os", unix_ffi=True)', ["os.py"]),
        ('require("os", True)', ["os.py"]),
        ('add_library("unix-ffi", "$(MPY_LIB_DIR)/unix-ffi")\nrequire("os")', ["os/__init__.py"]),
        ('add_library("unix-ffi", "$(MPY_LIB_DIR)/unix-ffi", prepend=True)\nrequire("os")', ["os.py"]),
        ('add_library("u", "$(MPY_LIB_DIR)/unix-ffi")\nrequire("os", library="u")', ["os.py"]),
    ],
)
def test_require_finds_packages_in_libraries(text: str, targets: list[str]) -> None:
    """A checkout of micropython-lib is searched in the reference's order, in both of its dialects."""
    manifest = evaluate_manifest(_place(text), variables={"MPY_LIB_DIR": _library()})

    assert _targets(manifest) == targets
    assert manifest.requires == ()


@pytest.mark.parametrize(
    ("manifest", "text", "folders"),
    [
        ("python-ecosys/a/manifest.py", 'require("os")', ["python-stdlib/os"]),
        ("python-ecosys/a/manifest.py", 'require("os", unix_ffi=True)', ["unix-ffi/os"]),
        ("python-ecosys/a/manifest.py", 'require("ffilib")', [None]),
        ("python-ecosys/a/manifest.py", 'require("os", library="micropython")', [None]),
        (
            "python-ecosys/a/manifest.py",
            'add_library("u", "$(MPY_LIB_DIR)/unix-ffi")\nrequire("os", library="u")',
            ["unix-ffi/os"],
        ),
        ("unix-ffi/a/manifest.py", 'require("ffilib")\nrequire("os")', ["unix-ffi/ffilib", "unix-ffi/os"]),
        ("unix-ffi/a/manifest.py", 'require("umqtt")', ["micropython/net/umqtt"]),
        ("manifest.py", 'require("nobody")\nrequire("umqtt")', [None, "micropython/net/umqtt"]),
    ],
)
def test_require_in_micropython_lib_itself(manifest: str, text: str, folders: list[str | None]) -> None:
    """A package of the manifest's own tree is told with its folder, any other is the index's."""
    for top in ("", "lib/fork/"):
        files = {f"{top}{path}": content for path, content in {**LIBRARY, manifest: text.encode()}.items()}
        place = Place(MemoryTree(files, label="it"), f"{top}{manifest}")

        told = [need.folder for need in evaluate_manifest(place).requires]

        assert told == [folder and f"{top}{folder}" for folder in folders]


def test_the_own_tree_comes_behind_what_the_user_says() -> None:
    """With `MPY_LIB_DIR` that checkout is searched; with options a package is a part of the manifest."""
    files = {"manifest.py": b'require("os", big=True)', **LIBRARY}
    place = Place(MemoryTree(files, label="it"), "manifest.py")
    other = MemoryTree(
        {"python-stdlib/os/manifest.py": b'module("x.py")', "python-stdlib/os/x.py": b""}, label="o"
    )

    assert _targets(evaluate_manifest(place)) == ["os/__init__.py"]
    assert _targets(evaluate_manifest(place, variables={"MPY_LIB_DIR": Place(other, "")})) == ["x.py"]


def test_a_folder_that_is_called_micropython_is_no_library() -> None:
    """Many a repository has its drivers in one: what is required there is the index's."""
    files = {"micropython/os/manifest.py": b"", "micropython/a/manifest.py": b'require("os")'}
    place = Place(MemoryTree(files, label="it"), "micropython/a")

    assert [need.folder for need in evaluate_manifest(place).requires] == [None]


def test_each_required_package_has_its_own_version() -> None:
    """What is required has the version of its own metadata, and the manifest its own."""
    manifest = evaluate_manifest(
        _place('metadata(version="7")\nrequire("umqtt")\nmodule("one.py")'),
        variables={"MPY_LIB_DIR": _library()},
    )

    said = {file.target: file.place.tree.read(file.place.path)[-20:] for file in manifest.files}
    assert said["umqtt.py"].endswith(b"'1.1'\n")
    assert said["os/__init__.py"].endswith(b"'0.6.0'\n")
    assert said["one.py"].endswith(b"'7'\n")


def test_firmware_only_parts_are_notes_on_a_board() -> None:
    """For a board, a C module and the port's own manifest are told as what needs a firmware build."""
    manifest = evaluate_manifest(
        _place('include("$(PORT_DIR)/boards/manifest.py")\nc_module("c")\nmodule("one.py")')
    )

    assert _targets(manifest) == ["one.py"]
    assert manifest.c_modules == ("c",)
    assert manifest.notes == (
        "`it/manifest.py`, line 1: `$(PORT_DIR)/boards/manifest.py` needs a firmware build",
        "`it/manifest.py`, line 2: the C module `c` needs a firmware build",
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('include("$(PORT_DIR)/manifest.py")', "needs the variable `PORT_DIR`"),
        ('c_module("nowhere")', "is not there"),
        ('c_module("one.py")', "is not a folder"),
        ('c_module("foo")', "has no `micropython.mk`"),
        ('c_module("$(X)/y")', "needs the variable `X`"),
        ('require("umqtt")', "is not in the libraries"),
    ],
)
def test_a_firmware_is_strict(text: str, problem: str) -> None:
    """For a firmware, what its build would not find is a mistake, each told as what it is."""
    with pytest.raises(ManifestError, match=re.escape(problem)):
        evaluate_manifest(_place(text), mode="firmware")


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("import os", 1, "`import` is not evaluated"),
        ("\nfrom os import x", 2, "`import` is not evaluated"),
        ("def f(): pass", 1, "`def` is not evaluated"),
        ("class C: pass", 1, "`class` is not evaluated"),
        ("while True: pass", 1, "`while` is not evaluated"),
        ("x = [y for y in (1,)]", 1, "a comprehension is not evaluated"),
        ("x = (lambda: 1)", 1, "`lambda` is not evaluated"),
        ("x = 2 * 3", 1, "the operator `mult` is not evaluated"),
        ("x = 9 ** 9 ** 9", 1, "the operator `pow` is not evaluated"),
        ("x = ''.join([])", 1, "the value of a call is not evaluated"),
        ("x = ().__class__", 1, "the attribute `.__class__` is not evaluated"),
        ("x = f'{1:>9999999999}'", 1, "a format in an f-string is not evaluated"),
        ("x = '%999999999d' % 1", 1, "% … is not evaluated"),
        ("open('x')", 1, "`open(…)` is not a function of manifests"),
        ("exec('x')", 1, "`exec(…)` is not a function of manifests"),
        ("x.y()", 1, "`x.y(…)` is not a function of manifests"),
        ("module(*['one.py'])", 1, "`*` in a call is not evaluated"),
        ("module(**{'module_path': 'one.py'})", 1, "`**` in a call is not evaluated"),
        ("module = 'x'", 1, "is a function of manifests, and no other name"),
        ("x = y", 1, "the name `y` was not assigned"),
        ("x = [1][0]", 1, "an index or a slice is not evaluated"),
        ("x = 1 + 'a'", 1, "it makes no sense"),
        ("with 1: pass", 1, "`with` is not evaluated"),
        ("x = = 1", 1, "it is not Python"),
        ("x = {[]: 1}", 1, "it makes no sense"),
        ("module()", 1, "`module` missing a required argument"),
        ("module('one.py', nonsense=1)", 1, "nonsense"),
        ("module('one.py', opt=4)", 1, "`opt` is 4"),
        ("module('one.py', opt=True)", 1, "`opt` is True"),
        ("module('nothing.py')", 1, "the file `it/nothing.py` is not there"),
        ("module('foo/data.txt')", 1, "is not a `.py` file"),
        ("package('nothing')", 1, "the package `nothing` is not in `it`"),
        ("package('foo', base_path='nothing')", 1, "`nothing` is not a folder"),
        ("freeze('nothing')", 1, "`nothing` is not a folder"),
        ("freeze_mpy('bin', 'four.py')", 1, "does not end with .mpy"),
        ("include('nothing.py')", 1, "the manifest `nothing.py` is not there"),
        ("include(3)", 1, "3 is not a path"),
        ("module('x.py', base_path='$(X)')", 1, "needs the variable `X`, which is not set"),
        ("module('x.py', base_path='a/$(X)')", 1, "a variable that is not at its start"),
        ("metadata(version='1')\nmetadata(version='2')", 2, "a second time"),
        ("metadata(colour='red')", 1, "knows no `colour`"),
        ("metadata(version=1)", 1, "`version` of `metadata` is 1"),
        ("require('x', library='y')", 1, "no library is called 'y'"),
        ("require('../x')", 1, "is not the name of a package"),
        ("require('os', unix_ffi=True)", 1, "needs the variable `MPY_LIB_DIR`"),
        ("module('one.py')\nfreeze('foo', 'data.txt')", 2, "does not end with .py or .mpy"),
        ("module('two.py', base_path='src')\nmodule('two.py')", 2, "`it/two.py` is not there"),
    ],
)
def test_what_cannot_be_followed_is_told(text: str, line: int, problem: str) -> None:
    """Anything outside of the list, and every mistake, is an error that names file, line and construct."""
    with pytest.raises(ManifestError) as caught:
        evaluate_manifest(_place(text))

    assert str(caught.value).startswith(f"`it/manifest.py`, line {line}: ")
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        'module("../x.py")',
        'module("/etc/x.py")',
        'module("a\\\\x.py")',
        'module("x\\0.py")',
        'package("../foo")',
        'package("foo", files=["../one.py"])',
        'package("foo", base_path="../..")',
        'include("../manifest.py")',
        'include("/etc/manifest.py")',
        'freeze("..")',
        'freeze("/")',
        'freeze("bin", "../../x.py")',
        'module("x.py", base_path="$(V)/../..")',
        'add_library("x", "../..")',
    ],
)
def test_nothing_leaves_its_tree(text: str) -> None:
    """A path out of the manifest's tree, or out of a variable's, is refused."""
    variables = {"V": Place(MemoryTree({"d/x.py": b""}, label="v"), "d")}

    with pytest.raises(UnsafePathError, match="line 1"):
        evaluate_manifest(_place(text), variables=variables)


def test_links_out_of_the_tree_are_not_followed(tmp_path: Path) -> None:
    """A link that leads out of the manifest's folder gives nothing."""
    (tmp_path / "secret.py").write_text("")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "l.py").symlink_to(tmp_path / "secret.py")
    (inside / "d").symlink_to(tmp_path)
    (inside / "manifest.py").write_text('module("l.py")\npackage("d")\ninclude("d/secret.py")')

    manifest = check_manifest(Place(FolderTree(inside), ""))

    assert manifest.files == ()
    assert len(manifest.problems) == 3


def test_all_problems_are_told_at_once() -> None:
    """A manifest with several problems tells each, with its line, and one that can be followed stays."""
    text = 'import os\nmodule("one.py")\nmodule("nothing.py")'

    with pytest.raises(ManifestError, match="has 2 problems") as caught:
        evaluate_manifest(_place(text))

    assert "line 1: `import`" in str(caught.value)
    assert "line 3: the file" in str(caught.value)
    assert _targets(check_manifest(_place(text))) == ["one.py"]


def test_a_manifest_that_is_not_there() -> None:
    """A folder without a manifest is not found."""
    with pytest.raises(NotFoundError, match=re.escape("`foo/manifest.py` is not in `it`")):
        evaluate_manifest(_place("")._replace(path="foo"))


def test_two_files_of_one_name_are_refused() -> None:
    """Two files cannot become one."""
    files = {**FILES, "more/four.py": b"", "manifest.py": b'freeze("bin")\nfreeze("more")'}

    with pytest.raises(ManifestError, match=r"two files would be `four\.py`"):
        evaluate_manifest(Place(MemoryTree(files, label="it"), "manifest.py"))


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "-" * 100_000 + "1",
        "x = " + "'a' + " * 30_000 + "'a'",
        "x = " + "(" * 5_000 + ")" * 5_000,
        "x = options" + ".a" * 30_000,
        "if 1:\n  pass\n" + "elif 2:\n  pass\n" * 15_000,
        'x = f"' + "{" + "-" * 50_000 + '1}"',
        "x = 'aaaaaaaaaaaaaaaa'\n" + "x = x + x\n" * 60,
        "x = [1]\n" + "x = [x, x]\n" * 60,
        "x = []\n" + "x = [x]\n" * 2_000,
        "x = (",
        "module('one.py', opt=0x" + "f" * 9_000 + ")",
        "x = 1\n" + "x = x + x\n" * 9_000,
        f"x = {list(range(200))}\n" + "".join(f"{' ' * n}for a in x:\n" for n in range(6)) + " " * 6 + "pass",
        "x = 1" + "#" * 300_000,
        "x = '\udcff'".encode("utf-8", "surrogatepass").decode("latin-1") + "\0",
        "for n in " + str(tuple(range(9_000))) + ":\n    module('one.py')",
        "\n".join("import x" for _ in range(9_000)),
        "a = '" + "x" * 9_000 + "'\nb = '" + "%(a)s" * 9_000 + "' % {'a': a}",
        "x = [" + "1," * 9_000 + "]\nfor n in (" + "1," * 2_000 + "):\n    y = [[[[[[x]]]]]]",
        "for n in (" + "1," * 4_900 + "):\n    package('many')",
        "\n".join(f"add_library('l{n}', 'foo')" for n in range(60)),
    ],
    ids=range(21),
)
def test_hostile_manifests_end_soon(text: str) -> None:
    """What would grow, nest or loop without end is refused as a problem of the manifest."""
    many = {f"many/m{n}.py": b"" for n in range(500)}
    place = Place(MemoryTree({**FILES, **many, "manifest.py": text.encode()}, label="it"), "manifest.py")

    with pytest.raises(ManifestError):
        evaluate_manifest(place)


NAMES = st.sampled_from(
    ["one.py", "foo", "..", "../x.py", "$(V)/x", "$(W)", "/etc", "bin", "a\\b", "con", "manifest.py", "", "."]
)
LITERALS = st.recursive(
    NAMES | st.integers() | st.booleans() | st.none() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner) | st.dictionaries(NAMES, inner, max_size=2),
    max_leaves=6,
)
FUNCTIONS = st.sampled_from(
    [
        "module",
        "package",
        "freeze",
        "freeze_as_str",
        "freeze_mpy",
        "include",
        "require",
        "c_module",
        "add_library",
        "metadata",
        "options.defaults",
        "open",
        "exec",
        "spot",
        "self",
    ]
)
KEYWORDS = st.sampled_from(["opt", "files", "base_path", "script", "library", "version", "spot", "self", "x"])
CALLS = st.builds(
    lambda name, args, kw: f"{name}({', '.join([*map(repr, args), *(f'{k}={v!r}' for k, v in kw.items())])})",
    FUNCTIONS, st.lists(LITERALS, max_size=3), st.dictionaries(KEYWORDS, LITERALS, max_size=2),
)  # fmt: skip
PIECES = st.sampled_from(
    ["if ", "x", " = ", "for ", " in ", ":\n  ", "(", ")", "[", "'a'", "+", "%", ".", "f'{", "}'"]
)


@given(st.lists(CALLS, max_size=5).map("\n".join) | st.lists(PIECES, max_size=20).map("".join) | st.text())
def test_no_manifest_is_more_than_a_manifest_or_an_error(text: str) -> None:
    """Whatever a manifest says, it is one or an error of ours, and its files are in its own trees."""
    variables = {"V": Place(MemoryTree({"d/x.py": b""}, label="v"), "d")}
    try:
        content = text.encode()
    except UnicodeEncodeError:
        return
    place = Place(MemoryTree({**FILES, "manifest.py": content}, label="it"), "manifest.py")
    try:
        manifest = evaluate_manifest(place, variables=variables)
    except PackageError:
        return

    for file in manifest.files:
        assert ".." not in file.target.split("/")
        assert not file.target.startswith("/")
        assert file.place.tree.kind(file.place.path) == "file"


def test_nothing_is_run(tmp_path: Path) -> None:
    """A manifest that would write a file, or change the folder, does neither."""
    before = os.getcwd()  # noqa: PTH109 - that is what is compared
    target = tmp_path / "written"

    check_manifest(_place(f"import os\nopen({str(target)!r}, 'w')\nos.chdir('/')\nmodule('one.py')"))

    assert not target.exists()
    assert os.getcwd() == before  # noqa: PTH109 - as above
