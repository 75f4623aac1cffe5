from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

import belay
from belay.scripts import evaluate_text, run_text

if TYPE_CHECKING:
    from pathlib import Path


def test_a_script_runs_with_its_arguments(device: belay.Device, tmp_path: Path) -> None:
    """It finds its path and arguments in `sys.argv`, in place: a reference from before sees them too."""
    path = tmp_path / "main.py"
    path.write_text("import sys\nfound = arguments\n")
    device("import sys\narguments = sys.argv")

    belay.run_file(device, path, ["--times", "3", "ä\n'\""])

    assert device("found") == [str(path), "--times", "3", "ä\n'\""]


def test_its_output_goes_where_it_is_sent(device: belay.Device, tmp_path: Path) -> None:
    """A binary stream gets the board's bytes, a text stream text, None nothing."""
    path = tmp_path / "main.py"
    path.write_text("print('ä')\n", encoding="utf-8")
    raw, text = io.BytesIO(), io.StringIO()

    belay.run_file(device, path, stream_out=raw)
    belay.run_file(device, path, stream_out=text)
    belay.run_file(device, path, stream_out=None)

    assert (raw.getvalue(), text.getvalue()) == ("ä\r\n".encode(), "ä\n")


def test_its_names_stay_on_the_board(device: belay.Device, tmp_path: Path) -> None:
    """The script runs in the board's globals, so that what it made can be used."""
    path = tmp_path / "lib.py"
    path.write_text("def double(x):\n    return 2 * x\n")

    belay.run_file(device, path)

    assert device("double(21)") == 42


@pytest.mark.parametrize("minify", [True, False])
def test_a_traceback_names_the_file(device: belay.Device, tmp_path: Path, minify: bool) -> None:
    """Also when a function of the script is called later."""
    path = tmp_path / "lib.py"
    path.write_text("# a comment\n\ndef f():\n    return missing  # really\n")
    belay.run_file(device, path, minify=minify)

    with pytest.raises(NameError) as caught:
        device("f()")

    assert f'  File "{path}", line 4, in f\n    return missing  # really\n' in str(caught.value)


def test_an_empty_script_is_a_script(device: belay.Device, tmp_path: Path) -> None:
    """Nothing to do is done."""
    path = tmp_path / "main.py"
    path.write_text("")

    belay.run_file(device, path)

    assert device("1 + 1") == 2


def test_a_large_script_arrives_whole(device: belay.Device, tmp_path: Path) -> None:
    """Far more than a board's line buffer, in one submission."""
    path = tmp_path / "large.py"
    path.write_text("".join(f"value_{number} = {number}\n" for number in range(2000)))

    belay.run_file(device, path)

    assert device("sum(v for k, v in globals().items() if k.startswith('value_'))") == sum(range(2000))


def test_what_is_no_utf8_is_refused_before_anything_is_sent(device: belay.Device, tmp_path: Path) -> None:
    """The error names the byte and its place."""
    path = tmp_path / "main.py"
    path.write_bytes(b"done = 1\nx = '\xe4'\n")

    with pytest.raises(belay.UnsendableValueError, match="byte 0xe4 at offset 14") as caught:
        belay.run_file(device, path)

    assert caught.value.hint
    assert device("'done' in globals()") is False


def test_a_file_that_is_not_there(device: belay.Device, tmp_path: Path) -> None:
    """The host's own error, with the host's file name."""
    with pytest.raises(FileNotFoundError) as caught:
        belay.run_file(device, tmp_path / "missing.py")

    assert not isinstance(caught.value, belay.BelayException)
    assert caught.value.filename == str(tmp_path / "missing.py")


def test_a_board_without_arguments_says_so(device: belay.Device, tmp_path: Path) -> None:
    """Arguments that cannot arrive are refused; without any, the script runs."""
    path = tmp_path / "main.py"
    path.write_text("ran = True\n")
    # CircuitPython has no `sys.argv`; here a module without it stands in for the board's `sys`.
    device("class S: pass\nimport sys\nsys.modules['sys'] = S")

    belay.run_file(device, path)
    with pytest.raises(belay.FeatureUnavailableError, match="cannot be given 2 arguments"):
        belay.run_file(device, path, ["a", "b"])

    assert device("ran") is True


def test_text_needs_no_value_and_no_margin(device: belay.Device) -> None:
    """An expression's value is dropped, and indented text is moved to the left."""
    run_text(device, "    object()")
    run_text(device, "\n    x = 1\n    if x:\n        y = 2\n")

    assert device("y") == 2


def test_text_is_named_in_tracebacks(device: belay.Device) -> None:
    """The name stands where a file would."""
    with pytest.raises(ZeroDivisionError) as caught:
        run_text(device, "x = 0\n1 / x", name="<cell 3>")
    with pytest.raises(ZeroDivisionError) as evaluated:
        evaluate_text(device, "1 / x", name="<watch>")

    assert '  File "<cell 3>", line 2, in <module>\n    1 / x\n' in str(caught.value)
    assert '  File "<watch>", line 1, in <module>\n    1 / x\n' in str(evaluated.value)


def test_an_expression_has_its_value(device: belay.Device) -> None:
    """As `device(expression)`; what is printed on the way goes where it is sent."""
    stream = io.StringIO()

    value = evaluate_text(device, " print('on the way') or [1, 2] ", stream_out=stream)

    assert (value, stream.getvalue()) == ([1, 2], "on the way\n")
