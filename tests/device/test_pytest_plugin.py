"""The pytest plugin, in the small projects of its users."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import belay
from belay.exceptions import ConnectionLost, FeatureUnavailableError
from belay_pytest.bench import Bench
from belay_pytest.lending import LentLink
from belay_transport.opening import open_link, serve_simulated
from belay_transport.testing import WebReplServer

if TYPE_CHECKING:
    from collections.abc import Callable

pytest_plugins = ["pytester"]

FREE_BYTES = "[__import__('gc').collect(), __import__('gc').mem_free()][1]"

EXAMPLES = Path(__file__).parents[2] / "examples"

TWO_TESTS = """
def test_first(board):
    board("left = 1")
    board("with open('left', 'w') as file: file.write('x')")
    if board.simulated:
        board.simulated.pin(4).drive(1)

def test_second(board):
    assert board("'left' in globals()") is False
    print("files:", board("os.listdir()"))
    if board.simulated:
        assert board("Pin(4, Pin.IN).value()") == 0
        assert board.simulated.timeline()[0].value == "power on"
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[..., pytest.RunResult]:
    """Run pytest on a file of tests, with this plugin and xdist alone."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run_tests(tests: str, *words: str) -> pytest.RunResult:
        pytester.makepyfile(tests)
        return pytester.runpytest("-p", "belay_pytest.plugin", "-p", "xdist.plugin", *words)

    return run_tests


def test_each_test_has_a_new_board(run: Callable[..., pytest.RunResult]) -> None:
    """Nothing that a test leaves on the board, in its flash or around it reaches the next one."""
    result = run(TWO_TESTS, "-rP")

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["files: []"])


def test_a_failed_test_shows_what_its_board_printed_and_did(run: Callable[..., pytest.RunResult]) -> None:
    """The report has the board's output as captured stdout, and the last twenty entries of its time line."""
    result = run(
        """
        def test_blink(board):
            board("led = Pin('LED', Pin.OUT)\\nfor n in range(50): led.value(n % 2 == 0)")
            board("print('from the board')")
            assert False
        """
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([
        "*Captured stdout call*",
        "from the board",
        "*Timeline of the board (20 of * entries)*",
        "*0.* s  Pin 'LED' value 0",
        "*0.* s  Pin 'LED' value 1",
    ])  # fmt: skip
    assert result.stdout.str().count("Pin 'LED'") == 20


def test_a_passed_test_shows_nothing(run: Callable[..., pytest.RunResult]) -> None:
    """The time line is for failures."""
    result = run("def test_it(board): board('print(1)')", "-rP")

    assert "Timeline" not in result.stdout.str()


def test_a_board_that_is_not_there_is_an_error(run: Callable[..., pytest.RunResult]) -> None:
    """The error of each test names the address and what was attempted, without a traceback; nothing is skipped."""
    result = run(TWO_TESTS, "--board=/dev/no-such-port")

    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["no board at `/dev/no-such-port`: *no-such-port*"])
    assert "bench.py" not in result.stdout.str()


def test_what_is_no_address_ends_the_run_before_it_begins(run: Callable[..., pytest.RunResult]) -> None:
    """A slip of the keyboard is a usage error with a hint."""
    result = run(TWO_TESTS, "--board=smi:")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *smi:*", "hint: *sim:*"])


def test_a_port_that_pytest_takes_for_a_folder_of_tests_is_refused(
    run: Callable[..., pytest.RunResult],
) -> None:
    """`--board /dev/…` would run without the project's settings; the hint has the form that does not."""
    result = run(TWO_TESTS, "--board", "/dev/null")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: pytest took `--board /dev/null` for *", "hint: `--board=/dev/null`"])


def test_a_class_of_the_project_can_be_tested(run: Callable[..., pytest.RunResult]) -> None:
    """`board_class` is what the board is made with; its setups, tasks and teardowns run."""
    result = run(
        """
        import belay, pytest

        class Lamp(belay.Device):
            @belay.Device.setup(autoinit=True)
            def prepare():
                led = Pin("LED", Pin.OUT)

            @belay.Device.task
            def switch(on):
                led.value(on)

            @belay.Device.teardown
            def leave():
                print("the lamp was left")

        @pytest.fixture
        def board_class():
            return Lamp

        def test_switch(board):
            board.switch(True)
            assert isinstance(board, Lamp)
            assert board.simulated.pin("LED").value == 1
        """,
        "-rP",
    )

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*Captured stdout teardown*", "the lamp was left"])


def test_what_a_class_raises_on_the_board_is_shown_with_its_lines(
    run: Callable[..., pytest.RunResult],
) -> None:
    """A setup that fails is an error of the test with the line that failed, and the next test has a board."""
    result = run(
        """
        import belay, pytest

        class Lamp(belay.Device):
            @belay.Device.setup(autoinit=True)
            def prepare():
                led = Pin(1000)

        @pytest.fixture(params=[Lamp, belay.Device])
        def board_class(request):
            return request.param

        def test_it(board):
            assert board("1 + 1") == 2
        """
    )

    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines(["*led = Pin(1000)*"])


def test_a_marker_shapes_the_board_of_one_test(run: Callable[..., pytest.RunResult]) -> None:
    """A marked test has the board that it names, which can be connected again; the others have the usual one."""
    result = run(
        """
        import pytest

        @pytest.mark.board("sim:?heap=64k")
        def test_small(board):
            assert board.simulated.heap_bytes == 64 * 1024
            board.reconnect()
            assert board("1 + 1") == 2

        def test_usual(board):
            assert board.simulated.heap_bytes == 1024 * 1024
        """,
        "--strict-markers",
    )

    result.assert_outcomes(passed=2)


def test_the_marker_is_known_and_needs_an_address(run: Callable[..., pytest.RunResult]) -> None:
    """`--markers` explains it; without an address, or with a wrong one, the test is an error that says so."""
    result = run(
        """
        import pytest

        @pytest.mark.board
        def test_none(board): pass

        @pytest.mark.board("sim:?heaps=64k")
        def test_wrong(board): pass
        """
    )

    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["the marker `board` takes an address: *"])
    result.stdout.fnmatch_lines(["no board at `sim:[?]heaps=64k`: *no option `heaps`*", "hint: *heap*"])
    run("", "--markers").stdout.fnmatch_lines(["@pytest.mark.board(address): *"])


def test_the_projects_settings_name_the_board(
    run: Callable[..., pytest.RunResult], pytester: pytest.Pytester
) -> None:
    """`belay_board` is used where `--board` does not say."""
    pytester.makeini("[pytest]\nbelay_board = sim:?heap=64k")
    tests = "def test_it(board): assert board.simulated.heap_bytes == 64 * 1024"

    run(tests).assert_outcomes(passed=1)
    run(tests, "--board=sim:").assert_outcomes(failed=1)


def test_a_real_board_is_reset_between_tests_and_keeps_its_files(
    run: Callable[..., pytest.RunResult],
) -> None:
    """On the board of `--board` each test begins without the memory of others; files stay; `main.py` does not run."""
    with serve_simulated() as served:
        result = run(TWO_TESTS, f"--board={served.path}", "-rP")

        boots = [entry.value for entry in served.simulated.timeline(kind="board")]

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["files: ['left']"])
    assert boots == ["power on", "soft reset", "soft reset"]


def test_a_board_behind_webrepl_forgets_its_variables(run: Callable[..., pytest.RunResult]) -> None:
    """Where a reset would end the connection, each test has a connection and empty globals."""
    with WebReplServer(open_link("sim:")) as server:
        result = run(TWO_TESTS, f"--board={server.url}", "-rP")

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["files: ['left']"])


def test_a_test_about_a_simulated_board_is_skipped_on_a_real_one(
    run: Callable[..., pytest.RunResult],
) -> None:
    """It would say nothing about that board, and the reason names both."""
    with serve_simulated() as served:
        result = run(
            "import pytest\n@pytest.mark.board('sim:?heap=64k')\ndef test_small(board): pass",
            f"--board={served.path}",
            "-rs",
        )

        result.assert_outcomes(skipped=1)
        result.stdout.fnmatch_lines([f"*it is about `sim:[?]heap=64k`, and the tests run on `{served.path}`"])


def test_a_kept_board_that_was_unplugged_is_opened_again(
    run: Callable[..., pytest.RunResult], pytester: pytest.Pytester
) -> None:
    """A board that a test has unplugged is there for the next one, with the files that it keeps."""
    result = run(
        """
        def test_first(board):
            board("with open('left', 'w') as file: file.write('x')")
            board.simulated.unplug()

        def test_second(board):
            assert board("os.listdir()") == ["left"]
        """,
        f"--board=sim:?disk={pytester.path / 'flash.img'}",
    )

    result.assert_outcomes(passed=2)


def test_a_new_board_that_was_unplugged_harms_no_other_test(run: Callable[..., pytest.RunResult]) -> None:
    """The test after one that has unplugged its board, or closed it, has another."""
    result = run(
        """
        def test_first(board):
            board.simulated.unplug()

        def test_second(board):
            board.close()

        def test_third(board):
            assert board("1 + 1") == 2
        """
    )

    result.assert_outcomes(passed=3)


def test_workers_of_xdist_have_a_board_each(run: Callable[..., pytest.RunResult]) -> None:
    """Two workers share no simulated board, and a failure's report arrives whole."""
    result = run(TWO_TESTS + "def test_third(board): assert not board('print(7) or 6 * 7')\n", "-n", "2")

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*Timeline of the board *"])


def test_workers_of_xdist_cannot_share_a_real_board(run: Callable[..., pytest.RunResult]) -> None:
    """Two workers for one board end the run before it begins, with what to type; one worker may have it."""
    with serve_simulated() as served:
        refused = run(TWO_TESTS, f"--board={served.path}", "-n", "2")
        taken = run(TWO_TESTS, f"--board={served.path}", "-n", "1")

        assert refused.ret == pytest.ExitCode.USAGE_ERROR
        refused.stderr.fnmatch_lines(
            [f"*The board `{served.path}` cannot be shared by 2 workers*", "hint: *-n 0*"]
        )
    taken.assert_outcomes(passed=2)


def test_no_address_of_a_project_makes_workers_share_a_board() -> None:
    """What a project's own `board_address` or a marker names is refused too, where `--board` said nothing."""
    bench = Bench(workers=2)

    with pytest.raises(FeatureUnavailableError, match="`sim:name` cannot be shared by 2 workers"):
        bench.lend("sim:name", keeps=True).__enter__()


def test_without_the_simulated_board_the_error_says_what_to_install(
    run: Callable[..., pytest.RunResult], pytester: pytest.Pytester
) -> None:
    """Tests without a board run; those with one are errors that name the extra."""
    pytester.makeconftest("import sys\nsys.modules['micropython_run'] = None")

    result = run("def test_board(board): pass\ndef test_none(): pass")

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["no board at `sim:`: *not installed", "hint: `pip install 'belay-device[[]sim]'`"]
    )


def test_tests_without_a_board_do_not_load_belay(pytester: pytest.Pytester) -> None:
    """The plugin is found by itself, and costs a run that does not use it next to nothing: `belay` is not imported."""
    pytester.makepyfile(
        """
        import sys

        def test_it():
            assert "belay_pytest.plugin" in sys.modules
            assert [name for name in sys.modules if name in ("belay", "belay_transport")] == []
        """
    )

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    result.assert_outcomes(passed=1)


def test_a_lent_link_leaves_the_real_one_open() -> None:
    """Closing gives back: what reads, writes or wakes afterwards cannot reach the board."""
    with open_link("sim:") as link:  # type: ignore[attr-defined] # a simulated board's link is a context manager
        lent = LentLink(link)
        assert lent.description == link.description
        assert lent.flow_control
        assert lent.survives_reset
        assert lent.read(10.0)

        lent.close()
        lent.close()
        lent.wake()

        with pytest.raises(ConnectionLost, match="was given back: its test is over"):
            lent.read(0)
        with pytest.raises(ConnectionLost, match="was given back: its test is over"):
            lent.write(b"x", 0)
        link.write(b"\x01", 1.0)
        assert link.read(10.0)


def test_the_example_of_the_manual(run: Callable[..., pytest.RunResult], pytester: pytest.Pytester) -> None:
    """`examples/test_lamp.py` passes on a simulated board, and on a real one as far as nobody has to press a button."""
    for name in ("lamp.py", "test_lamp.py"):
        shutil.copy(EXAMPLES / name, pytester.path)
    pytester.syspathinsert()

    with serve_simulated() as served:
        run("", "test_lamp.py", "--strict-markers").assert_outcomes(passed=3)
        run("", "test_lamp.py", f"--board={served.path}").assert_outcomes(passed=1, skipped=2)


def test_boards_take_turns_and_each_is_new() -> None:
    """Two simulated boards serve any number of tests; what one did to its board none finds, nor less memory."""
    bench = Bench(workers=1)
    wires: list[object] = []
    found: list[object] = []
    free_bytes: list[int] = []
    try:
        for _ in range(5):
            with bench.lend("sim:", keeps=True) as lent:
                assert isinstance(lent, LentLink)
                with belay.Device(lent) as board:
                    wires.append(lent._link)
                    free_bytes.append(board(FREE_BYTES))  # type: ignore[arg-type] # a number
                    found.append(board("[globals().get('left'), os.listdir('/'), Pin(7, Pin.IN).value()]"))

                    board("left = 1")
                    board.fs.write_text("/left", "7")
                    assert board.simulated is not None
                    board.simulated.pin(7).drive(1)
    finally:
        bench.close()

    assert found == [[None, [], 0]] * 5
    assert [wires.index(wire) for wire in wires] == [0, 0, 2, 0, 2]
    # An erased board brings along what others load when it is asked for; to the program that is all the same.
    assert max(free_bytes) - min(free_bytes) < 512
