"""What travels between host and board, both ways, on real MicroPython first."""

from __future__ import annotations

import array
import collections
import copy
import enum
import math
import pickle
import random
import time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from belay.exceptions import UnreturnableValueError, UnsendableValueError
from belay.values import BoardExpression, decode, encode
from belay_transport.session import Session
from belay_transport.sim import open_sim
from belay_transport.sim.options import SimOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Point = collections.namedtuple("Point", ["x", "y"])

ON_A_REAL_BOARD = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def board() -> Iterator[Callable[[str], str]]:
    """Run code on real MicroPython and return what it prints."""
    session = Session(open_sim(SimOptions.from_query(None, [("heap", "32m")])))
    try:
        session.enter()
        session.run("import builtins as _belay_b")

        def run(code: str) -> str:
            printed: list[bytes] = []
            error = session.run(code, output=printed.append, timeout_s=30)
            assert not error, error
            return b"".join(printed).decode()

        yield run
    finally:
        session.close()


class Colour(enum.IntEnum):
    """An int with a name."""

    RED = 1


class Word(str, enum.Enum):
    """A str with a name; StrEnum is newer than 3.10."""

    HELLO = "hello"


class Plain(enum.Enum):
    """A name that is no literal."""

    ONE = 1


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-(1 << 200), max_value=1 << 200),
    st.text(),
    st.binary(),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner),
        st.lists(inner).map(tuple),
        st.dictionaries(st.one_of(st.integers(), st.text()), inner),
        st.sets(st.one_of(st.integers(), st.text())),
        st.lists(inner).map(lambda items: collections.OrderedDict(enumerate(items))),
        st.tuples(inner, inner).map(lambda pair: Point(*pair)),
    ),
    max_leaves=30,
)

ROUND_TRIPS = {
    "none": None,
    "true": True,
    "small int": -5,
    "big int": -(1 << 300),
    "int of 5000 digits": 7**6000,
    "float": 0.1,
    "negative zero": -0.0,
    "small float": 5e-324,
    "great float": 1.7976931348623157e308,
    "inf": math.inf,
    "-inf": -math.inf,
    "nan": math.nan,
    "complex": complex(-1.5, 2e-5),
    "complex of inf and nan": complex(math.inf, math.nan),
    "imaginary": 2j,
    "quotes": """'"\\""",
    "controls": "".join(map(chr, range(32))) + "\x7f\x80\x9f",
    "any unicode": "é€😀\u2028\U0010ffff",
    "bytes": bytes(range(256)),
    "bytearray": bytearray(b"\x00\x04'\""),
    "empty tuple": (),
    "one-tuple": (None,),
    "nested": [1, (2, [3, {4: (5,), "six": {7}}]), b"8"],
    "empty dict": {},
    "empty set": set(),
    "set": {1, "a", (2,)},
    "empty frozenset": frozenset(),
    "frozenset": frozenset([1, 2]),
    "dict keyed by tuples": {(1, "a"): None, None: 1, b"b": 2.5},
    "ordered dict": collections.OrderedDict([("z", 1), ("a", [2])]),
    "empty ordered dict": collections.OrderedDict(),
    "range": range(10),
    "range with steps": range(10, -10, -3),
    "array of ints": array.array("h", [1, -2]),
    "array of floats": array.array("d", [math.inf, -0.5]),
    "empty array": array.array("B"),
    "array of long ints": array.array("q", [1 << 40]),
    "named tuple": Point(1, [2]),
    "named tuples": [Point(1, 2), Point(Point(3, 4), math.nan)],
    "ellipsis": ...,
}


@pytest.mark.parametrize("value", ROUND_TRIPS.values(), ids=ROUND_TRIPS)
def test_a_value_comes_back_from_the_board_as_it_was(board: Callable[[str], str], value: object) -> None:
    """What MicroPython has a type for travels there and back unchanged, its type included."""
    printed = board(f"print(repr({encode(value)}))")

    back = decode(printed)

    assert type(back).__name__ == type(value).__name__
    assert back == value or repr(back) == repr(value)


@given(value=VALUES)
@ON_A_REAL_BOARD
def test_any_value_survives_the_board(board: Callable[[str], str], value: object) -> None:
    """Whatever literals are combined, the board hands back what it was handed."""
    printed = board(f"print(repr({encode(value)}))")

    assert decode(printed) == value


@given(value=st.floats(allow_nan=False))
@ON_A_REAL_BOARD
def test_any_float_survives_the_board(board: Callable[[str], str], value: float) -> None:
    """Every double travels there and back, to within the last digit that the board prints."""
    printed = board(f"print(repr({encode(value)}))")

    back = decode(printed)

    assert isinstance(back, float)
    assert math.copysign(1, back) == math.copysign(1, value)
    assert back == pytest.approx(value, rel=1e-15, abs=0)


@given(value=VALUES)
@settings(max_examples=100, deadline=None)
def test_a_repr_decodes_to_its_value(value: object) -> None:
    """Decoding undoes `repr`, whatever literals are combined."""
    assert decode(repr(value)) == value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (memoryview(b"ab"), b"ab"),
        (memoryview(bytearray(b"ab")), b"ab"),
        (memoryview(array.array("H", [1, 2])), [1, 2]),
    ],
)
def test_a_memoryview_arrives_as_one(board: Callable[[str], str], value: object, expected: object) -> None:
    """The board gets a memoryview with the same items."""
    board(f"view = {encode(value)}")

    printed = board(f"print(type(view), {type(expected).__name__}(view))")

    assert printed == f"<class 'memoryview'> {expected!r}\r\n"


def test_a_writable_memoryview_stays_writable(board: Callable[[str], str]) -> None:
    """A view of a bytearray can be written to on the board."""
    code = f"view = {encode(memoryview(bytearray(2)))}\nview[0] = 7\nprint(bytes(view))"

    printed = board(code)

    assert printed == "b'\\x07\\x00'\r\n"


@pytest.mark.parametrize("depth", [1, 100, 500])
def test_depth_costs_no_recursion(board: Callable[[str], str], depth: int) -> None:
    """A structure 500 levels deep travels there and back."""
    value: object = 1
    for level in range(depth):
        value = ({}.fromkeys("a", value), [value], (value,))[level % 3]

    printed = board(f"print(repr({encode(value)}))")

    assert printed.strip() == decoded_text(decode(printed))


def decoded_text(value: object) -> str:
    """What a value prints as, without the recursion of `repr`."""
    text, closing = "", ""
    while not isinstance(value, int):
        if isinstance(value, dict):
            text, closing, value = text + "{'a': ", "}" + closing, value["a"]
        elif isinstance(value, list):
            text, closing, value = text + "[", "]" + closing, value[0]
        else:
            text, closing, value = text + "(", ",)" + closing, value[0]
    return text + str(value) + closing


def test_a_thousand_levels_decode() -> None:
    """A reply of 1000 levels is read, beyond the host's own recursion limit."""
    value = decode("[" * 1000 + "7" + "]" * 1000)

    depth = 0
    while isinstance(value, list):
        value, depth = value[0], depth + 1
    assert (value, depth) == (7, 1000)


@pytest.mark.once
def test_200_kb_of_list_and_1_mb_of_bytes_travel(board: Callable[[str], str]) -> None:
    """Large values arrive whole, in both directions."""
    chance = random.Random(1)
    numbers = [chance.randrange(100_000) for _ in range(30_000)]
    data = chance.randbytes(1 << 20)

    numbers_back = decode(board(f"print(repr({encode(numbers)}))"))
    data_back = decode(board(f"print(repr({encode(data)}))"))

    assert numbers_back == numbers
    assert data_back == data


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Colour.RED, "1"),
        (Word.HELLO, "'hello'"),
        (collections.Counter("a"), "{'a':1}"),
        (time.struct_time(range(9)), "(0,1,2,3,4,5,6,7,8)"),
        ({1: 2}.keys(), "[1]"),
        ({1: 2}.values(), "[2]"),
        (collections.OrderedDict([(1, 2)]).items(), "[(1,2)]"),
        ([1, 2.5, None], "[1,2.5,None]"),
        ({1: 2.5}, "{1:2.5}"),
        (1 << 70, "0x400000000000000000"),
    ],
)
def test_a_value_without_a_counterpart_goes_as_its_base(value: object, text: str) -> None:
    """An enum member goes as its value's literal, a Counter as a dict, a view as a list; shortly written."""
    assert encode(value) == text


def test_a_long_of_8_bytes_is_not_cut_to_4() -> None:
    """An array of C longs whose items need 8 bytes goes as one of `q`, whatever a board's long holds."""
    item = array.array("l", [-(1 << 31)])
    if item.itemsize < 8:
        pytest.skip("a long of this host has 4 bytes")

    assert "('l'," in encode(item)
    assert "('q'," in encode(array.array("l", [1 << 31]))
    assert "('Q'," in encode(array.array("L", [1 << 32]))


def test_a_board_expression_goes_as_itself(board: Callable[[str], str]) -> None:
    """An object with the hook is evaluated on the board, also deep inside a structure."""

    class Proxy:
        def __init__(self, expression: str) -> None:
            self.expression = expression

        def __belay_expression__(self) -> str:
            return self.expression

    board("answer = 42")

    printed = board(f"print({encode([Proxy('answer'), {'x': Proxy('1, answer')}])})")

    assert printed == "[42, {'x': (1, 42)}]\r\n"
    assert isinstance(Proxy("x"), BoardExpression)


def test_an_expression_needs_no_name_of_the_users(board: Callable[[str], str]) -> None:
    """Constructors are found even when the user's globals say something else, and none is left behind."""
    values = [array.array("b", [1]), Point(1, 2), math.inf, 2j, bytearray(b"a"), set(), frozenset()]
    names = ["array", "OrderedDict", "namedtuple", "collections", "__import__"]
    names += ["float", "complex", "bytearray", "set", "frozenset", "range", "memoryview"]
    code = f"{' = '.join(names)} = None\nbefore = _belay_b.set(globals())\n"

    printed = board(
        f"{code}v = {encode([*values, range(2)])}\n"
        "print(v[:-1], v[-1], _belay_b.set(globals()) - before - {'before', 'v'})\n"
        f"for name in {names}: del globals()[name]"
    )

    expected = "[array('b', [1]), Point(x=1, y=2), inf, 2j, bytearray(b'a'), set(), frozenset()]"
    assert printed == f"{expected} range(0, 2) set()\r\n"


def test_no_control_character_goes_on_the_wire() -> None:
    """The bytes that the raw REPL acts on are escaped wherever they stand."""
    everything = "".join(map(chr, range(0x110))) + "\u2028"

    text = encode([everything, everything.encode(), {everything: (everything,)}])

    assert all(ord(character) >= 32 for character in text)
    assert "\x7f" not in text


class FakeScalar:
    """Looks like numpy's `int64` to those who ask for the names of its bases."""


FakeScalar.__name__ = FakeScalar.__qualname__ = "generic"
FakeScalar.__module__ = "numpy"


PATH = f"{type(Path()).__module__}.{type(Path()).__name__}"  # both differ between versions and systems
SURROGATE = "Cannot send a `str` with a lone surrogate, '\\ud800' at index 0 to the board"


@pytest.mark.parametrize(
    ("value", "message", "path", "hint"),
    [
        (
            object(),
            "Cannot send an `object` to the board",
            "",
            "send literals: None, bool, int, float, str, bytes, and list, tuple, dict, set of these",
        ),
        (
            [0, 1, {"x": FakeScalar()}],
            "Cannot send a `numpy.generic` to the board, found at [2]['x'] of the argument",
            "[2]['x']",
            "send its `.item()`",
        ),
        (
            Point(1, Path("a")),
            f"Cannot send a `{PATH}` to the board, found at [1] of the argument",
            "[1]",
            "send its `str()`",
        ),
        (Decimal(1), "Cannot send a `decimal.Decimal` to the board", "", "send its `float()` or its `str()`"),
        (
            {"a": {Plain.ONE}},
            f"Cannot send a `{__name__}.Plain` to the board, found at ['a']{{…}} of the argument",
            "['a']{…}",
            "send its `.value`",
        ),
        (
            {(1, Plain.ONE): 1},
            f"Cannot send a `{__name__}.Plain` to the board, found at (the key …)[1] of the argument",
            " (the key …)[1]",
            "send its `.value`",
        ),
        (
            "\ud800b",
            SURROGATE,
            "",
            "send bytes, or `text.encode(errors='replace').decode()`",
        ),
        (
            ["\ud800"],
            f"{SURROGATE}, found at [0] of the argument",
            "[0]",
            "send bytes, or `text.encode(errors='replace').decode()`",
        ),
        (
            slice(1),
            "Cannot send a `slice` to the board",
            "",
            "send its start, stop and step: MicroPython makes slices only inside brackets",
        ),
        (
            memoryview(bytes(4)).cast("B", (2, 2)),
            "Cannot send a `memoryview` of 2 dimensions and format 'B' to the board",
            "",
            "send its `.tobytes()` or its `.tolist()`",
        ),
    ],
)
def test_what_cannot_travel_is_refused_by_name_and_place(
    value: object, message: str, path: str, hint: str
) -> None:
    """The error names the type, where it is, and what to send instead."""
    with pytest.raises(UnsendableValueError) as caught:
        encode(value)

    assert str(caught.value) == message
    assert (caught.value.path, caught.value.hint) == (path, hint)


def test_a_circle_is_refused() -> None:
    """A structure that contains itself is an error, one that contains a part twice is none."""
    shared = [1, []]
    circle: list[object] = [0]
    circle.append({"again": circle})

    with pytest.raises(UnsendableValueError, match=r"a `list` that contains itself .* at \[1\]\['again'\]"):
        encode(circle)
    assert encode([shared, shared]) == "[[1,[]],[1,[]]]"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("{'a': 1}.keys()", ["a"]),
        ("{'a': 1}.values()", [1]),
        ("{'a': 1}.items()", [("a", 1)]),
        ("{}.keys()", []),
        ("array.array('O')", None),
        ("type('Sub', (list,), {})([1])", [1]),
        ("'\\ud800'", "\ud800"),
        ("1e400", math.inf),
        ("-float('nan')", math.nan),
        ("(1,)*3", (1, 1, 1)),
        ("NotImplemented", NotImplemented),
        ("__import__('sys').version_info[:1]", (3,)),
    ],
)
def test_what_the_board_prints_is_read(
    board: Callable[[str], str], expression: str, expected: object
) -> None:
    """Views come back as lists, and every spelling of MicroPython's is understood."""
    printed = board(f"import array\nprint(repr({expression}))")

    if expected is None:
        with pytest.raises(UnreturnableValueError):
            decode(printed)
    else:
        assert type(decode(printed)) is type(expected)
        assert decode(printed) == expected or repr(expected) == "nan"


def test_a_tuple_with_attributes_keeps_them(board: Callable[[str], str]) -> None:
    """What `sys.implementation` gives has its fields by name, also those that start with `_`."""
    value = decode(board("import sys\nprint(repr(sys.implementation))"), "tuple")

    assert value[0] == value.name == "micropython"  # type: ignore[index,attr-defined] # a named tuple
    assert value._mpy & 0xFF == 6  # type: ignore[attr-defined] # a named tuple


def test_named_tuples_of_one_shape_share_a_class_and_survive_pickling() -> None:
    """Two replies with the same fields compare, copy and pickle as host values do."""
    first, second = decode("P(x=1, y=(2,))"), decode("P(x=1, y=(2,))")

    assert type(first) is type(second)
    assert pickle.loads(pickle.dumps(first)) == first == copy.deepcopy(second)
    assert repr(first) == "P(x=1, y=(2,))"


@pytest.mark.parametrize(
    ("expression", "type_name", "hint"),
    [
        ("lambda: 0", "function", None),
        ("print", "function", None),
        ("object()", "object", None),
        ("type('Foo', (), {})()", "Foo", None),
        ("int", "class", None),
        ("__import__('sys')", "module", None),
        ("OSError(2)", "OSError", None),
        ("(x for x in [])", "generator", "return `list()` of it, or make the task itself a generator"),
        ("map(str, [])", "map", "return `list()` of it"),
        ("iter([])", "iterator", "return `list()` of it"),
        ("__import__('collections').deque((), 3)", "deque", "return `list()` of it"),
        ("memoryview(b'')", "memoryview", "return `bytes()` of it"),
        ("[1, (2, memoryview(b''))]", "memoryview", "return `bytes()` of it"),
    ],
)
def test_what_cannot_come_back_is_named(
    board: Callable[[str], str], expression: str, type_name: str, hint: str | None
) -> None:
    """The error names the board's type, shows what the board printed, and says what to return instead."""
    printed = board(f"print(repr({expression}))").strip()

    with pytest.raises(UnreturnableValueError) as caught:
        decode(printed)

    kind = f"an `{type_name}`" if type_name[0] in "oiOI" else f"a `{type_name}`"
    assert str(caught.value) == f"The board returned {kind}, which cannot come back: `{printed}`"
    assert (caught.value.type_name, caught.value.board_text) == (type_name, printed)
    assert caught.value.hint
    assert hint or "`device.proxy(…)`" in caught.value.hint
    assert hint in (None, caught.value.hint)


@pytest.mark.parametrize(
    ("text", "type_names", "refused"),
    [
        ("[1, 2]", "list,int", None),
        ("P(x=1)", "P=,int", None),
        ("[P(x=1)]", "list,P=,int", None),
        ("P(x=1)", "P,int", "P"),
        ("[P(x=1), P(x=1)]", "list,P,P=,int", "P"),
        ("(1, 2)", "T=,int", "T"),
        ("(a=1)", "tuple,int", None),
        ("None", "NoneType", None),
        ("Ellipsis", "", None),
        ("dict_keys([])", "dict_view", None),
        ("1", "Foo", "Foo"),
        ("None", "Foo", "Foo"),
        ("[1, 2]", "list,int,Foo", "Foo"),
        ("[P(x=1), 2]", "list,P=,int,Foo", "Foo"),
        ("Pin(25, mode=OUT)", "Pin", "Pin"),
        ("hello", "Foo", "Foo"),
        ("[<Foo object at 7f>, P(1)]", "list,Foo,P", "Foo"),
        ("T(1)", "T=,int", "T"),
    ],
)
def test_a_class_cannot_pass_for_the_literal_that_it_prints(
    text: str, type_names: str, refused: str | None
) -> None:
    """With the board's type names, only builtins and named tuples come back, whatever the text looks like."""
    if refused is None:
        decode(text, type_names)
        return

    with pytest.raises(UnreturnableValueError) as caught:
        decode(text, type_names)

    assert caught.value.type_name == refused


HOSTILE = [
    "",
    " ",
    "hello world",
    "[" * 1_000_000,
    "(" * 100_000 + ")" * 100_000,
    "{(" * 3000 + ",)" * 3000,
    "__import__('os').system('true')",
    "(lambda: 1)()",
    "[x for x in y]",
    "f'{1}'",
    "1 + 1",
    "1 2",
    "1,",
    "(1)",
    "(,)",
    "[,]",
    "[1 2]",
    "[1,,2]",
    "[1}",
    "]",
    "{1: 2, 3}",
    "{1, 2: 3}",
    "{1: 2: 3}",
    "{: 1}",
    "{[1]}",
    "{{}: 1}",
    "'abc",
    "'a\\",
    "'\\q'",
    "'\\N{BULLET}'",
    "'\\x1'",
    "'\\U00110000'",
    "b'\\u0041'",
    "b'é'",
    "bytearray(99999999999999)",
    "bytearray(b'', 1)",
    "array('i', [1.5])",
    "array('?', [])",
    "array(1)",
    "range(1.5, 2)",
    "range(0, 1, 0)",
    "range(x=1)",
    "set('abc')",
    "dict_keys('abc')",
    "frozenset(1)",
    "OrderedDict(1)",
    "OrderedDict([1])",
    "P(x=1, x=2)",
    "P(1, x=2)",
    "P(x=)",
    "P()",
    "class(x=1)",
    "P(" + ", ".join(f"a{index}=1" for index in range(300)) + ")",
    "x=1",
    "[x=1]",
    "1_000",
    "0x10",
    "1" * 200_000,
    "infinity",
    "j",
    "1.2.3",
    "٣",
    "\ud800",
    "\x00",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_only_raises_the_error(text: str) -> None:
    """No text evaluates, crashes or escapes as another exception; the message stays short."""
    with pytest.raises(UnreturnableValueError) as caught:
        decode(text)

    assert len(str(caught.value)) < 300


@given(text=st.one_of(st.text(), st.text(alphabet="[](){},:='b\\x1e.-nafjP <>")))
@settings(max_examples=300, deadline=None)
def test_any_text_decodes_or_raises_the_error(text: str) -> None:
    """There is no third outcome."""
    outcome = outcome_of(text)

    assert outcome in ("decoded", text)


@given(text=VALUES.map(repr), cut=st.integers(min_value=0), extra=st.sampled_from(["", ")", "]", "x", "'"]))
@settings(max_examples=100, deadline=None)
def test_a_damaged_repr_decodes_or_raises_the_error(text: str, cut: int, extra: str) -> None:
    """A reply cut short and patched up does nothing else either."""
    damaged = text[: cut % (len(text) + 1)] + extra

    outcome = outcome_of(damaged)

    assert outcome in ("decoded", damaged)


def outcome_of(text: str) -> str:
    """What decoding does: "decoded", or the text that the error holds."""
    try:
        decode(text)
    except UnreturnableValueError as error:
        return error.board_text
    return "decoded"
