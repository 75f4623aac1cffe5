"""Shorter code that is the same program, line by line."""

from __future__ import annotations

import ast
import doctest
import importlib.util
import string
import subprocess
import sys
import sysconfig
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from belay.minify import minify
from belay_transport.session import Session
from belay_transport.sim import open_sim
from belay_transport.sim.options import SimOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def parsed(code: str) -> ast.Module | None:
    """Parse code, or return None for syntax that this host does not know."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # `1if x` and `"\d"` are deprecated, and are tested all the same
        try:
            return ast.parse(code)
        except SyntaxError:
            return None


def body_without_docstrings(node: ast.AST) -> list[ast.stmt]:
    """Return a body without the strings that it begins with, nor the `0` in the place of one."""
    body: list[ast.stmt] = node.body  # type: ignore[attr-defined] # only asked of nodes that have one
    first = 0
    while first < len(body) and isinstance(statement := body[first], ast.Expr):
        value = getattr(statement.value, "value", None)
        if not (isinstance(value, str) or (type(value) is int and value == 0)):
            break
        first += 1
    return body[first:]


def difference(left: object, right: object) -> str:
    """Say where two syntax trees differ, in anything but docstrings and columns; "" if nowhere."""
    pairs = [(left, right)]
    while pairs:
        left, right = pairs.pop()
        if type(left) is not type(right):
            return f"{left!r} became {right!r}"
        if isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                return f"{len(left)} nodes became {len(right)}"
            pairs.extend(zip(left, right, strict=True))
        elif isinstance(left, ast.AST):
            if getattr(left, "lineno", 0) != getattr(right, "lineno", 0):
                return f"line {left.lineno} of {ast.dump(left)} became another"  # type: ignore[attr-defined] # has it
            for field in left._fields:
                has_docstring = field == "body" and isinstance(
                    left, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
                )
                get = (
                    body_without_docstrings if has_docstring else lambda node, name=field: getattr(node, name)
                )
                pairs.append((get(left), get(right)))  # type: ignore[arg-type] # the same type as left
        elif left != right and left == left:  # noqa: PLR0124 - nan is itself
            return f"{left!r} became {right!r}"
    return ""


CASES = {
    "nothing": ("", ""),
    "only comments": ("# a\n\n  # b", ""),
    "spaces": ("x  =  ( 1 ,\t-2 ) [ 0 ]", "x=(1,-2)[0]"),
    "words": ("x = not  y  if  z  in  w  else  - 1", "x=not y if z in w else-1"),
    "comment": ("x = 1  # one\n# two\ny = '#'", "x=1\n\ny='#'"),
    "type comment": ("x = []  # type: list[int]\n", "x=[]"),
    "blank lines": ("x\n\n   \ny\n\n", "x\n\n\ny"),
    "no final newline": ("x = 1", "x=1"),
    "indentation": ("if x:\n    if y:\n        z\n    w\n", "if x:\n if y:\n  z\n w"),
    "tabs": ("if x:\n\tif y:\n\t\tz\n", "if x:\n if y:\n  z"),
    "a tab is eight columns": ("if x:\n\ty\n        z\n", "if x:\n y\n z"),
    "comments anywhere": ("if x:\n# a\n    y\n  # b\n    z", "if x:\n\n y\n\n z"),
    "form feed": ("\fx = 1\n\f\ny\f=\f2", "x=1\n\ny=2"),
    "windows": ("x = 1\r\nif x:\r\n    y = '''a\r\nb'''\r\n", "x=1\nif x:\n y='''a\nb'''"),
    "old macintosh": ("x = 1\ry = 2\r", "x=1\ny=2"),
    "byte order mark": ("\ufeffx = 1  # a", "x=1"),
    "not ASCII": ("größe = 'ä ö'  # ü\nprint ( größe )", "größe='ä ö'\nprint(größe)"),
    "brackets": ("f(\n    a,  # one\n\n    b,\n)\nx", "f(\na,\n\nb,\n)\nx"),
    "backslash": ("x = 1 + \\\n    2\ny", "x=1+\\\n2\ny"),
    "backslash between words": ("x = a and \\\n    b", "x=a and\\\nb"),
    "backslash in brackets": ("x = (1 + \\\n    2)\ny", "x=(1+\n2)\ny"),
    "backslash before nothing": ("x = 1 \\\n\ny", "x=1\n\ny"),
    "string behind a backslash": ("x = 'a' \\\n    'b'\ny", "x='a'\\\n'b'\ny"),
    "string on a line of its own": ("x = (\n    'a'\n    'b'\n)", "x=(\n'a'\n'b'\n)"),
    "strings side by side": ("x = 'a' \"b\" 'c' r'd' b", "x='a'\"b\"'c'r'd'b"),
    "empty string before a string": ("x = '' 'a', '' '', \"\" 'b'", "x='' 'a','' '',\"\" 'b'"),
    "strings that look like code": ('x = \'# a\', """\n  # b  \n"""', 'x=\'# a\',"""\n  # b  \n"""'),
    "string and words": ("x = 'a' if not 'b' in 'c' else b'd'", "x='a'if not'b'in'c'else b'd'"),
    "escaped quotes": ("x = 'it\\'s' , r'\\' ' # '", "x='it\\'s',r'\\' '"),
    "f-string": ("x = f'{ a !r:>{ w }}' + f'{{ }}'", "x=f'{ a !r:>{ w }}'+f'{{ }}'"),
    "nested f-strings": ('x = f\'{f"{ {1: 2}[1] }" + "}"}\'  # a', 'x=f\'{f"{ {1: 2}[1] }" + "}"}\''),
    "f-string with its own quotes": ("x = f'{ d['a b'] }' , 1  # a", "x=f'{ d['a b'] }',1"),
    "f-string over lines": ("x = f'''{\n    a  # it's\n}''' + b", "x=f'''{\n    a  # it's\n}'''+b"),
    "attribute of a number": ("x = 1 .real + 1. .real + 0xf .real", "x=1 .real+1. .real+0xf .real"),
    "number before a word": ("x = 1 if y else 2.  if z else 3", "x=1 if y else 2. if z else 3"),
    "number in a word": ("x = [1if y else 2, 0x1for y]", "x=[1if y else 2,0x1for y]"),
    "signs": ("x = a ** - b // ~ c != d <= - e", "x=a**-b//~c!=d<=-e"),
    "lambda": ("x = lambda  : 0 , lambda * a , ** k : ( a , k )", "x=lambda:0,lambda*a,**k:(a,k)"),
    "walrus": ("if ( y := f ( x ) ) : pass", "if(y:=f(x)):pass"),
    "slices": ("x [ 1 : - 1 , :: 2 , ... ]", "x[1:-1,::2,...]"),
    "imports": ("from . import a\nfrom .. b import ( c , d )", "from.import a\nfrom..b import(c,d)"),
    "star import": ("from a . b import *", "from a .b import*"),
    "annotations": (
        "def f ( a : int = 1 , * , b ) -> int :\n    x : 'T' = 2",
        "def f(a:int=1,*,b)->int:\n x:'T'=2",
    ),
    "decorator": ("@ a . b ( 1 )\ndef f ( ) :\n    pass", "@a .b(1)\ndef f():\n pass"),
    "async": ("async  def f ( ) :\n    'doc'\n    await  x", "async def f():\n\n await x"),
    "match": ("match x :\n    case [ 1 , * _ ] :\n        pass", "match x:\n case[1,*_]:\n  pass"),
    "type parameters": (
        "def f [ T : int ] ( a : T ) :\n    'doc'\n    return a",
        "def f[T:int](a:T):\n\n return a",
    ),
    "semicolons": ("x = 1 ; y = 2 ;\nz", "x=1;y=2\nz"),
    "semicolon behind a backslash": ("x \\\n;\ny = 1 ; \\\n\nz", "x\n\ny=1\n\nz"),
    "one-line suites": ("if x : y ; z\nelse : w", "if x:y;z\nelse:w"),
    "one-line function": ("def f ( ) : x = 1 ; return x", "def f():x=1;return x"),
    "docstrings": (
        "'a'\ndef f():\n    'b'\n    x\nclass C:\n    'c'\n    y",
        "\ndef f():\n\n x\nclass C:\n\n y",
    ),
    "long docstring": ('def f():\n    """a\n\n    b\n    """\n    x', "def f():\n\n\n\n\n x"),
    "raw docstring": ("def f():\n    r'''\\a'''\n    x", "def f():\n\n x"),
    "docstring in parts": ("def f():\n    'a' \\\n        \"b\" u'c'  # d\n    x", "def f():\n\n\n x"),
    "several docstrings": ("def f():\n    'a'\n    # b\n    'c'; 'd'\n    x", "def f():\n\n\n\n x"),
    "docstring and code": ("def f():\n    '''a\n    b'''; x = 1\n    y", "def f():\n\n x=1\n y"),
    "only a docstring": (
        "def f():\n    '''a\n    b'''\n\ndef g():\n    'a'",
        "def f():\n 0\n\n\ndef g():\n 0",
    ),
    "only docstrings": ("class C:\n    'a'\n    'b'\nx", "class C:\n 0\n\nx"),
    "only docstrings within": ("class C:\n  'a'\n  def f():\n    'b'\nx", "class C:\n\n def f():\n  0\nx"),
    "one-line docstring": ("def f(): 'a'\nclass C: 'b'; x = 1", "def f():0\nclass C:0;x=1"),
    "long one-line docstring": ("def f(): '''a\nb'''\nx", "def f():0\n\nx"),
    "code behind a long docstring": ("def f(): '''a\nb'''; x", "def f():'''a\nb''';x"),
    "header over lines": (
        "def f(\n    a='x:',  # b\n):\n    'doc'\n    return a",
        "def f(\na='x:',\n):\n\n return a",
    ),
    "header with a lambda": ("def f() -> lambda: 'x': pass", "def f()->lambda:'x':pass"),
    "annotation, no docstring": ("class C: x: 'a'", "class C:x:'a'"),
    "string behind a class": ("class C:\n    'a'\n'b'\nx", "class C:\n 0\n'b'\nx"),
    "string behind a one-line class": ("class C: x;\n'b'\nx", "class C:x\n'b'\nx"),
    "strings elsewhere": ("x = 1\n'a'\nif x:\n    'b'\n    y", "x=1\n'a'\nif x:\n 'b'\n y"),
    "bytes and f-strings are no docstrings": (
        "def f():\n    b'a'\ndef g():\n    f'{x}'",
        "def f():\n b'a'\ndef g():\n f'{x}'",
    ),
    "expressions of strings": ("def f():\n    'a' + x\n    'b'.c ( )", "def f():\n 'a'+x\n 'b'.c()"),
    "pass stays": ("try:\n    pass\nexcept  E :\n    pass", "try:\n pass\nexcept E:\n pass"),
    "unknown to this host": ("x = t'{ a }' , 1  # b\nprint 'a'", "x=t'{ a }',1\nprint'a'"),
}


@pytest.mark.parametrize(("code", "expected"), CASES.values(), ids=CASES.keys())
def test_every_construct_has_its_short_form(code: str, expected: str) -> None:
    """Each construct becomes exactly this, is the same program, and gets no shorter a second time."""
    shorter = minify(code)

    before = parsed(code)
    assert shorter == expected
    assert minify(shorter) == shorter
    assert before is None or not difference(before, parsed(shorter))


@pytest.mark.parametrize(
    "code",
    [
        "'hello'",
        "'hello'  # a",
        "'a' 'b'",
        "'a'; 'b'",
        '"""a\nb"""',
        "'a'+'b'",
        "'abc'.upper()",
        "'a'if x else'b'",
    ],
)
def test_an_expression_keeps_its_value(code: str) -> None:
    """A string that is all there is stays, since someone may ask for its value."""
    shorter = minify(code)

    assert shorter == code


def test_a_file_has_no_value() -> None:
    """A file that is nothing but a docstring becomes empty."""
    shorter = minify('"""All about nothing."""  # really\n', is_file=True)

    assert shorter == ""


@pytest.mark.parametrize(
    "code",
    [
        "f(  1  # a",
        "f  )",
        "x = 'a  # b",
        "x = '''a  # b",
        "x = f'{a  # b",
        "x =  1 \\ # a",
        "x =  1 \\\n",
        "\\\nx =  1",
        "if x:\n    y\n  z  # a",
        "  x  # a",
        "x  # a\n  y",
        "if x:\ny  # a",
        "def f():\n'a'\n  x  # a",
        "x ;; y",
        "; x",
        "if x:;\n  y  # a",
        "def f():;\n  y  # a",
        "f(a ; b)",
    ],
)
def test_a_broken_structure_comes_back_as_it_is(code: str) -> None:
    """Code that has no lexical structure is left alone, so that the board reports its mistake."""
    shorter = minify(code)

    assert shorter == code


@pytest.mark.parametrize(
    "code",
    [
        "x = = 1",
        "2 * * 3",
        "f 'x'",
        "r 'doc'\nx",
        "x = . 5",
        "a b",
        "1 2",
        "def f() - > x: pass",
        "f(a, , b)",
    ],
)
def test_a_mistake_stays_a_mistake(code: str) -> None:
    """What the host's parser refuses, it refuses afterwards."""
    shorter = minify(code)

    assert parsed(code) is None
    assert parsed(shorter) is None


BLANKS = st.sampled_from([" ", "  ", "\t", " \f ", " \\\n", "\\\n  "])
BLANKS_IN_BRACKETS = st.one_of(BLANKS, st.sampled_from(["\n", "\n    ", "  # it's (\n", "\n\n\t"]))
LINE_END = st.sampled_from(["\n", "  \n", "  # it's (\n", "\n\n", "\n   # {\n", " \\\n\n", "\r\n"])
STRINGS = ["''", '""', "'a'", '"#"', r"r'\\'", "f''", "f'{x }'", "f'{{ }}'", "f'{x!r:> {y}}'", "'''a\n b'''"]
ATOMS = [*STRINGS, "x", "é", "print_", "1", "1.", ".5", "0xf", "1e5", "1j", "1_000", "...", "b' '"]
OPERATORS = [
    "+",
    "-",
    "*",
    "**",
    "/",
    "//",
    "%",
    "@",
    "<<",
    "&",
    "<",
    "<=",
    "==",
    "!=",
    "and",
    "or",
    "in",
    "is",
]
# E is an expression, O an operator, S a string.
EXPRESSIONS = [
    "( E O E )", "( E O - E )", "( not E if E else E )", "[ E , * E ]", "{ E : E , ** E }", "( E ) . real",
    "( lambda a , * b : E )", "x [ E : E ]", "x ( E , * E , k = E )", "( S S S )", "[ E for x in E if E ]",
    "( y := E )", "1 .real",
]  # fmt: skip
STATEMENTS = [
    "E",
    "x = E",
    "x : E = E",
    "return E",
    "pass",
    "S S",
    "E ; E",
    "E ; E ;",
    "S ; S",
    "assert E , E",
]
HEADERS = [
    "def f ( a , b = E ) :",
    "async def f ( * , a : E ) -> x :",
    "class C :",
    "class C ( E ) :",
    "if E :",
]


def tokens(form: str, inner: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    """Make lists of tokens of a form, with others in the place of its letters."""
    choices = {
        "E": inner,
        "O": st.sampled_from(OPERATORS).map(lambda token: [token]),
        "S": st.sampled_from(STRINGS).map(lambda token: [token]),
    }
    parts = [choices.get(token, st.just([token])) for token in form.split()]
    return st.tuples(*parts).map(lambda lists: [token for part in lists for token in part])


EXPRESSION = st.recursive(
    st.sampled_from(ATOMS).map(lambda token: [token]),
    lambda inner: st.sampled_from(EXPRESSIONS).flatmap(lambda form: tokens(form, inner)),
    max_leaves=6,
)


@st.composite
def written(draw: st.DrawFn, forms: list[str]) -> str:
    """Write one of these forms with blanks, and more than blanks, between its tokens."""
    text, depth = "", 0
    for token in draw(st.sampled_from(forms).flatmap(lambda form: tokens(form, EXPRESSION))):
        if text:
            text += draw(BLANKS_IN_BRACKETS if depth else BLANKS)
        depth += (token in "([{") - (token in ")]}")
        text += token
    return text


@st.composite
def programs(draw: st.DrawFn, indent: str = "") -> str:
    """Write a program with nested suites, docstrings, comments and every kind of blank."""
    text = ""
    for _ in range(draw(st.integers(1, 3))):
        if len(indent) < 6 and draw(st.booleans()):
            deeper = indent + draw(st.sampled_from([" ", "    ", "\t"]))
            text += indent + draw(written(HEADERS)) + draw(LINE_END) + draw(programs(deeper))
        else:
            text += indent + draw(written(STATEMENTS)) + draw(LINE_END)
    return text


@settings(deadline=None)
@given(programs())
def test_a_generated_program_stays_the_same(code: str) -> None:
    """Whatever stands between the words of a program, it is the same program afterwards, and stays so."""
    before = parsed(code)

    shorter = minify(code, is_file=True)

    assert before is not None
    assert not difference(before, parsed(shorter))
    assert minify(shorter, is_file=True) == shorter
    assert len(shorter) <= len(code)


STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))
NOT_ITS_MODULES = {"__pycache__", "dist-packages", "idle_test", "site-packages", "test", "tests"}
# Of the tests of the standard library, those that are about syntax (where they are installed).
ABOUT_SYNTAX = ["decorators", "fstring", "generators", "grammar", "patma", "string_literals", "tokenize"]


def sources(entry: str) -> Iterator[tuple[str, str]]:
    """Yield the modules of a package, or those of which the name matches: their names and text."""
    paths = sorted(STANDARD_LIBRARY.glob(entry if "*" in entry else f"{entry}/**/*.py"))
    if entry == "test":
        paths = [path for path in paths if path.stem.removeprefix("test_") in ABOUT_SYNTAX]
    for path in paths:
        name = path.relative_to(STANDARD_LIBRARY)
        if entry == "test" or not NOT_ITS_MODULES.intersection(name.parts):
            yield str(name), importlib.util.decode_source(path.read_bytes())


ENTRIES = ["test", "[!a-z]*.py", *(f"{letter}*.py" for letter in string.ascii_lowercase)] + [
    path.parent.name
    for path in sorted(STANDARD_LIBRARY.glob("*/__init__.py"))
    if path.parent.name not in NOT_ITS_MODULES
]


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_standard_library_stays_the_same(entry: str) -> None:
    """Every module of the standard library is the same program afterwards, docstrings aside, line by line."""
    differences = {}

    for name, code in sources(entry):
        shorter = minify(code, is_file=True)
        before = parsed(code)
        if len(shorter) > len(code):
            differences[name] = "longer"
        elif before is not None and (found := difference(before, parsed(shorter))):
            differences[name] = found

    assert not differences


@pytest.fixture(scope="module")
def board() -> Iterator[Callable[[str], str]]:
    """Run code on real MicroPython and return what it prints."""
    session = Session(open_sim(SimOptions.from_query(None, [("heap", "32m")])))
    try:
        session.enter()
        assert not session.run(COMPILES)

        def run(code: str) -> str:
            printed: list[bytes] = []
            error = session.run(code, output=printed.append, timeout_s=30)
            assert not error, error
            return b"".join(printed).decode()

        yield run
    finally:
        session.close()


COMPILES = """
def compiles(source):
    try:
        compile(source, 'x', 'exec')
    except (SyntaxError, NotImplementedError):
        return False
    return True
"""


def compiles(board: Callable[[str], str], code: str) -> bool:
    """Ask MicroPython whether it compiles this code."""
    return board(f"print(compiles({code!r}))").endswith("True\r\n")


@pytest.mark.parametrize(("code", "expected"), CASES.values(), ids=CASES.keys())
def test_a_board_compiles_every_construct_that_it_did(
    board: Callable[[str], str], code: str, expected: str
) -> None:
    """What MicroPython compiles, it compiles afterwards."""
    did = compiles(board, code)

    does = compiles(board, expected)

    assert does or not did


@pytest.mark.once
@pytest.mark.parametrize("entry", ENTRIES)
def test_a_board_compiles_the_modules_that_it_did(board: Callable[[str], str], entry: str) -> None:
    """Every module of the standard library that MicroPython compiles, it compiles afterwards."""
    refused = []

    for name, code in sources(entry):
        if not compiles(board, minify(code, is_file=True)) and compiles(board, code):
            refused.append(name)

    assert not refused


@pytest.mark.parametrize(
    "code",
    [
        "'hello'",
        "'a' + 'b'",
        "'abc' . upper ( )",
        "( 'a'\n  'b' )",
        "'a' \\\n  'b'",
        "[ 1 .__class__ if x else 2. for x in ( 0 , 1 ) ]",
        "f'{{ {1 + 1} }}'",
        "f'{ {\"a b\": 1}[\"a b\"] }' , '# a'  # b",
        "'' 'a' \"\" 'b'",
        "2 ** - 1 , 7 // - 2 , 6 - - 1",
        "( lambda a , * b : ( a , b ) ) ( 1 , 2 )",
        "'ä  ö'  # ü",
        '"""a\n  b"""  # c',
        "r'\\'  ' + b'\\'' . decode ( )",
    ],
)
def test_a_board_sees_the_same_value(board: Callable[[str], str], code: str) -> None:
    """An expression has the same value on MicroPython, minified or not."""
    before = board(f"print(repr(eval({code!r})))")

    after = board(f"print(repr(eval({minify(code)!r})))")

    assert after == before


def test_a_board_names_the_same_line(board: Callable[[str], str]) -> None:
    """A failure on the board is reported at the line that the user wrote."""
    code = "def f():\n    '''a\n\n    b\n    '''\n    # c\n    x = 1 - \\\n        1\n    return 1 / x\n"
    show = "\nimport sys\ntry: f()\nexcept ZeroDivisionError as error: sys.print_exception(error, sys.stdout)"
    before = board(f"exec({code!r})" + show)

    after = board(f"exec({minify(code)!r})" + show)

    assert after == before
    assert "line 9, in f" in after


def test_nothing_else_is_imported() -> None:
    """Shortening code needs neither the host's tokenizer nor its parser."""
    check = """
import re, sys, belay
before = set(sys.modules)
from belay.minify import minify
minify("def f(): 'doc'")
sys.exit(str(set(sys.modules) - before - {"belay.minify", "belay.blanks", "belay.literals"}))
"""

    done = subprocess.run(
        [sys.executable, "-c", check], check=False, capture_output=True, text=True, timeout=50
    )

    assert done.stderr == "set()\n"


@pytest.mark.parametrize("name", ["belay.minify", "belay.blanks"])
def test_the_examples_are_true(name: str) -> None:
    """The examples in the documentation do what they show."""
    module = importlib.import_module(name)

    result = doctest.testmod(module)

    assert result.attempted
    assert not result.failed
