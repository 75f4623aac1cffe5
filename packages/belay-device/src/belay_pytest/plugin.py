"""The fixtures `board`, `board_address` and `board_class`, the option `--board` and the marker `board`.

Loaded by every pytest run: nothing of `belay` is imported before it is needed.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    import belay
    from belay_pytest.bench import Bench

__all__ = [
    "board",
    "board_address",
    "board_class",
    "pytest_addoption",
    "pytest_configure",
    "pytest_runtest_makereport",
    "pytest_xdist_setupnodes",
]

_DEFAULT = "sim:"
_DEVICE = pytest.StashKey["belay.Device"]()


# Fixtures


@pytest.fixture(scope="session")
def board_address(pytestconfig: pytest.Config) -> str:
    """The address of the board to test on: of `--board`, else of the setting `belay_board`, else `sim:`."""
    return _address(pytestconfig)


@pytest.fixture(scope="session")
def board_class() -> Callable[[object], belay.Device]:
    """What the fixture `board` is made with, `belay.Device`; override it to test a class of your own."""
    import belay  # noqa: PLC0415 - see above

    return belay.Device


@pytest.fixture
def board(
    request: pytest.FixtureRequest,
    board_address: str,
    board_class: Callable[[object], belay.Device],
    _belay_bench: Bench,
) -> Iterator[belay.Device]:
    """A connected board: a simulated one that is new, or the one of `--board` after a soft reset."""
    with ExitStack() as stack:
        with _plain_errors(board_address):
            marked = _marked_address(request.node)
            if marked is not None:
                _skip_if_not_meant(marked, board_address)
        address = board_address if marked is None else marked
        with _plain_errors(address):
            lent = stack.enter_context(_belay_bench.lend(address, keeps=marked is None))
            device = board_class(lent)
            stack.callback(device.close)
        request.node.stash[_DEVICE] = device
        yield device
        del request.node.stash[_DEVICE]


@pytest.fixture(scope="session")
def _belay_bench(pytestconfig: pytest.Config) -> Iterator[Bench]:
    """The boards of this process."""
    from belay_pytest.bench import Bench  # noqa: PLC0415 - see above

    bench = Bench(workers=getattr(pytestconfig, "workerinput", {}).get("workercount", 1))
    yield bench
    bench.close()


# Hooks


def pytest_addoption(parser: pytest.Parser) -> None:
    """Have pytest know `--board` and `belay_board`."""
    group = parser.getgroup("belay", "boards that run MicroPython or CircuitPython")
    group.addoption(
        "--board",
        metavar="ADDRESS",
        help="address of the board that the fixture `board` connects to, as in `--board=/dev/ttyACM0`; "
        "without it a simulated one, new for each test",
    )
    parser.addini("belay_board", "address of the board where `--board` does not say", default=_DEFAULT)


def pytest_configure(config: pytest.Config) -> None:
    """Have pytest know the marker, and see what `--board` says.

    Raises:
        pytest.UsageError: it is no address, or pytest has taken it for something else.
    """
    config.addinivalue_line(
        "markers",
        "board(address): the simulated board that the test's fixture `board` is, "
        'such as "sim:?heap=64k"; skipped when the tests run on a real one.',
    )
    given = config.getoption("board")
    if given and not hasattr(config, "workerinput"):
        _refuse_lost_settings(config, given)
        with _usage_errors():
            from belay_pytest.bench import is_fresh  # noqa: PLC0415 - see above

            is_fresh(given)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config, specs: list[object]) -> None:
    """Refuse several workers for one real board before they start.

    Raises:
        pytest.UsageError: they would share it.
    """
    address = _address(config)
    if address != _DEFAULT:
        with _usage_errors():
            from belay_pytest.bench import refuse_sharing  # noqa: PLC0415 - see above

            refuse_sharing(address, workers=len(specs))


@pytest.hookimpl(hookwrapper=True)  # the form that every pytest from 7.0 on knows
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, Any, None]:  # Any: pluggy's result, and pluggy is pytest's own affair
    """Show what a simulated board did in a test that failed."""
    outcome = yield
    report = outcome.get_result()
    device = item.stash.get(_DEVICE, None)
    if report.failed and device is not None:
        from belay_pytest.report import timeline_section  # noqa: PLC0415 - see above

        section = timeline_section(device)
        if section is not None:
            report.sections.append(section)


# Addresses


def _refuse_lost_settings(config: pytest.Config, given: str) -> None:
    """Refuse to run without the project's settings, which pytest has looked for beside the port.

    It looks before it knows our option, and takes each path behind a blank for tests; seen with pytest 9.2.
    """
    here = config.invocation_params.dir
    if Path(given).is_relative_to(config.rootpath) and not here.is_relative_to(config.rootpath):
        raise pytest.UsageError(
            f"pytest took `--board {given}` for a folder of tests and lost the project's settings\n"
            f"hint: `--board={given}`"
        )


def _address(config: pytest.Config) -> str:
    return str(config.getoption("board") or config.getini("belay_board"))


def _marked_address(item: pytest.Item) -> str | None:
    """Return the address of the test's marker, None if it has none."""
    mark = item.get_closest_marker("board")
    if mark is None:
        return None
    if len(mark.args) != 1 or mark.kwargs or not isinstance(mark.args[0], str):
        pytest.fail(
            'the marker `board` takes an address: `@pytest.mark.board("sim:?heap=64k")`', pytrace=False
        )
    return str(mark.args[0])


def _skip_if_not_meant(marked: str, address: str) -> None:
    """Skip a test for a simulated board where a real one is tested: it would say nothing of that."""
    from belay_pytest.bench import is_simulated  # noqa: PLC0415 - see above

    if is_simulated(marked) and not is_simulated(address):
        pytest.skip(f"it is about `{marked}`, and the tests run on `{address}`")


# Errors


@contextmanager
def _plain_errors(address: str) -> Iterator[None]:
    """Report a board that cannot be had in its own words; a traceback through Belay says nothing more."""
    from belay.exceptions import BelayException, BoardException  # noqa: PLC0415 - see above

    try:
        yield
    except BoardException:
        raise  # the fault of code on the board, whose lines are in the traceback
    except BelayException as error:
        raise pytest.fail.Exception(f"no board at `{address}`: {_words(error)}", pytrace=False) from None


@contextmanager
def _usage_errors() -> Iterator[None]:
    """Tell pytest of a wrong address or number of workers before anything runs."""
    from belay.exceptions import BelayException  # noqa: PLC0415 - see above

    try:
        yield
    except BelayException as error:
        raise pytest.UsageError(_words(error)) from error


def _words(error: belay.BelayException) -> str:
    return f"{error}\nhint: {error.hint}" if error.hint else str(error)
