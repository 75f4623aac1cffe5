from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from belay_cli.targets import find_address, is_board
from belay_pm.command_line.errors import CommandError
from belay_transport.errors import AddressError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("word", ["sim:", "/dev/ttyACM0", "COM3", "exec:micropython", "./pty", '{"vid": 1}'])
def test_an_address_is_what_it_is(word: str, aliases: Callable[[str], Path]) -> None:
    """No alias hides an address, and no settings are read for one."""
    aliases("this is not TOML")

    assert find_address(word) == word


def test_an_alias_stands_for_an_address(aliases: Callable[[str], Path]) -> None:
    """A text, or a table of USB facts."""
    aliases("[aliases]\ngarden = '/dev/ttyACM7'\nattic = { vid = 11914, serial_number = 'E6614' }\n")

    assert find_address("garden") == "/dev/ttyACM7"
    assert find_address("attic") == '{"vid": 11914, "serial_number": "E6614"}'


def test_the_order_in_which_it_is_looked_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is named wins over the environment, that over the project, that over the only board."""
    assert find_address(None) is None

    (folder / "pyproject.toml").write_text("[tool.belay]\ndevice = 'COM1'\n")
    assert find_address(None) == "COM1"

    monkeypatch.setenv("BELAY_DEVICE", " COM2 ")
    assert find_address(None) == "COM2"
    assert find_address("COM3") == "COM3"


def test_environment_and_project_may_use_an_alias(
    folder: Path, monkeypatch: pytest.MonkeyPatch, aliases: Callable[[str], Path]
) -> None:
    """A project's board can be called by a name that each developer defines."""
    aliases("[aliases]\ngarden = 'sim:garden'\nattic = 'sim:attic'\n")
    (folder / "pyproject.toml").write_text("[tool.belay]\ndevice = 'garden'\n")

    assert find_address(None) == "sim:garden"

    monkeypatch.setenv("BELAY_DEVICE", "attic")
    assert find_address(None) == "sim:attic"


def test_an_address_that_cannot_be_says_who_wrote_it(
    command: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when only opening it finds what is wrong."""
    monkeypatch.setenv("BELAY_DEVICE", "sim:?heap=1")

    exit_code, stdout, stderr = command("info")  # type: ignore[misc] # a `Result`

    assert (exit_code, stdout) == (2, "")
    assert stderr.startswith("error: The environment variable `BELAY_DEVICE`: Option `heap=1` of ")


def test_a_project_without_a_board_says_nothing(folder: Path) -> None:
    """Other tables of `pyproject.toml` are none of our business."""
    (folder / "pyproject.toml").write_text("[project]\nname = 'x'\n[tool.ruff]\nline-length = 100\n")

    assert find_address(None) is None


def test_a_word_that_is_nothing_names_the_nearest_alias(aliases: Callable[[str], Path]) -> None:
    """A typing slip in an alias is recognised."""
    aliases("[aliases]\ngarden = 'sim:'\n")

    with pytest.raises(AddressError) as caught:
        find_address("gadren")

    assert str(caught.value) == "`gadren` is not the address of a board"
    assert caught.value.hint == "did you mean `garden`?"


@pytest.mark.parametrize(
    ("variable", "project", "settings", "message"),
    [
        ("sim:?x", "", "", "The environment variable `BELAY_DEVICE`: `sim:?x`: `x` is not `key=value`"),
        (
            "garden",
            "",
            "[aliases]\ngarden = 'exec:'",
            "The environment variable `BELAY_DEVICE`: The alias `garden`: `exec:` names nothing",
        ),
        (
            "",
            "[tool.belay]\ndevice = 'nothing'",
            "",
            "`device` in `pyproject.toml`: `nothing` is not the address of a board",
        ),
        (
            "",
            "[tool.belay.device]\nvendor = 1",
            "",
            "`device` in `pyproject.toml`: `vendor` is not a field of a USB specifier",
        ),
    ],
)
def test_an_error_says_where_the_address_was_written(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    aliases: Callable[[str], Path],
    *,
    variable: str,
    project: str,
    settings: str,
    message: str,
) -> None:
    """What is wrong is found in the file or variable that holds it."""
    monkeypatch.setenv("BELAY_DEVICE", variable)
    (folder / "pyproject.toml").write_text(project)
    aliases(settings)

    with pytest.raises(AddressError) as caught:
        find_address(None)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("variable", "project", "source"),
    [
        ("/dev/nothing", "", "The environment variable `BELAY_DEVICE`: "),
        ("", "[tool.belay]\ndevice = '/dev/nothing'\n", "`device` in `pyproject.toml`: "),
    ],
)
def test_a_board_that_cannot_be_opened_says_who_named_it(
    command: Callable[..., object],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    variable: str,
    project: str,
    source: str,
) -> None:
    """A variable that was set last week is found by its name; what was typed needs none."""
    monkeypatch.setenv("BELAY_DEVICE", variable)
    (folder / "pyproject.toml").write_text(project)
    hint = "\n\nhint: is the board plugged in? `belay devices` lists the ports\n"
    failed = "there is no such port"

    assert command("info") == (1, "", f"error: {source}Opening /dev/nothing failed: {failed}{hint}")
    assert command("info", "/dev/none") == (1, "", f"error: Opening /dev/none failed: {failed}{hint}")


@pytest.mark.parametrize("below", ["", "src/deep"])
def test_a_project_names_its_board_in_all_its_folders(
    folder: Path, monkeypatch: pytest.MonkeyPatch, below: str
) -> None:
    """The nearest file with `[tool.belay]` counts, as it does for the packages."""
    (folder / "pyproject.toml").write_text("[tool.belay]\ndevice = 'sim:'\n")
    (folder / "src/deep").mkdir(parents=True)
    (folder / "src/pyproject.toml").write_text("[project]\nname = 'other'\n")
    monkeypatch.chdir(folder / below)

    assert find_address(None) == "sim:"


def test_an_error_names_the_projects_file_from_here(
    command: Callable[..., object], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a path that can be opened."""
    (folder / "pyproject.toml").write_text("[tool.belay]\ndevice = 'nope'\n")
    (folder / "src").mkdir()
    monkeypatch.chdir(folder / "src")

    exit_code, stdout, stderr = command("info")  # type: ignore[misc] # a `Result`

    assert (exit_code, stdout) == (2, "")
    assert stderr.startswith("error: `device` in `../pyproject.toml`: `nope` is not the address of a board\n")


@pytest.mark.parametrize(
    ("project", "settings", "words", "error"),
    [
        (
            "[tool.belay]\ndevise = 'sim:'",
            "",
            ("info",),
            "`[tool.belay]` in `pyproject.toml` has no key `devise`\n\nhint: did you mean `device`?",
        ),
        (
            "",
            "[alias]\ng = 'sim:'",
            ("info", "g"),
            "`{}` has no key `alias`\n\nhint: did you mean `aliases`?",
        ),
        (
            "",
            "[remote]\nrun-confi = true",
            ("remote", "devs"),
            "`[remote]` in `{}` has no key `run-confi`\n\nhint: did you mean `run-config`?",
        ),
    ],
)
def test_a_key_that_is_misspelt_is_told(
    command: Callable[..., object],
    folder: Path,
    aliases: Callable[[str], Path],
    *,
    project: str,
    settings: str,
    words: tuple[str, ...],
    error: str,
) -> None:
    """With the one that it resembles, as by `belay list`; what it says would count for nothing."""
    (folder / "pyproject.toml").write_text(project)
    path = aliases(settings)

    assert command(*words) == (1, "", f"error: {error.format(path)}\n")


def test_other_keys_are_left_alone(folder: Path, aliases: Callable[[str], Path]) -> None:
    """Those of the package manager, and what somebody else may keep there."""
    keys = (
        "name = 'a'\nmpy_version = 'py'\nignore = []\ndependencies_path = 'x'\nhosts = {}\nvariables = {}\n"
    )
    (folder / "pyproject.toml").write_text(f"[tool.belay]\n{keys}[tool.belay.dependencies]\n")
    aliases("mine = 1\n[aliases]\ngarden = 'sim:'\n")

    assert (find_address(None), find_address("garden")) == (None, "sim:")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("aliases = 1", "`{}`: `aliases` is not a table"),
        (
            "[aliases]\ngarden = 1",
            "The alias `garden` in `{}` is neither an address nor a table of USB facts: 1",
        ),
        ("[aliases", "`{}` is not TOML: "),
    ],
)
def test_broken_settings_are_named(aliases: Callable[[str], Path], text: str, message: str) -> None:
    """The file and what is wrong in it."""
    path = aliases(text)

    with pytest.raises(CommandError) as caught:
        find_address("garden")

    assert str(caught.value).startswith(message.format(path))


@pytest.mark.parametrize(
    ("project", "settings", "hint"),
    [
        ("tool = 1", "", 'write a board as in `[tool.belay]`, `device = "/dev/ttyACM0"`'),
        ("[tool", "", "correct the file; an address, as in `--port /dev/ttyACM0`, needs no settings"),
        (
            "[tool.belay]\ndevice = 'a'",
            "[aliases",
            "correct the file; an address, as in `--port /dev/ttyACM0`, needs no settings",
        ),
        (
            "[tool.belay]\ndevice = 1",
            "",
            'write it as in `"/dev/ttyACM0"` or `{ serial_number = "E6614" }`',
        ),
    ],
)
def test_broken_settings_have_a_way_out(
    command: Callable[..., object],
    folder: Path,
    aliases: Callable[[str], Path],
    *,
    project: str,
    settings: str,
    hint: str,
) -> None:
    """Each has a hint, and a board whose address is typed needs none of these files.

    What names a board and cannot is misuse, wherever it stands.
    """
    (folder / "pyproject.toml").write_text(project)
    aliases(settings)

    exit_code, stdout, stderr = command("info")  # type: ignore[misc] # a `Result`

    assert (exit_code, stdout) == (2 if "device = 1" in project else 1, "")
    assert stderr.endswith(f"\n\nhint: {hint}\n")
    assert find_address("sim:") == "sim:"


def test_a_broken_alias_is_of_no_account_to_others(aliases: Callable[[str], Path]) -> None:
    """One wrong line in the settings breaks the commands that need it, and no other."""
    aliases("[aliases]\nattic = 1\ncellar = 'exec:'\nroof = 2026-01-01\ngarden = 'sim:'\n")

    assert find_address("garden") == "sim:"
    assert is_board("attic")
    with pytest.raises(AddressError, match="`gardn` is not the address of a board"):
        find_address("gardn")
    with pytest.raises(CommandError, match="The alias `attic` in "):
        find_address("attic")


def test_an_alias_of_facts_that_are_none(aliases: Callable[[str], Path]) -> None:
    """What TOML can hold and JSON cannot is told as a fact of the wrong kind."""
    aliases("[aliases]\ngarden = { serial_number = 2026-01-01, vid = 2026-01-01 }\n")

    with pytest.raises(AddressError, match="The alias `garden`: `vid` of a USB specifier is "):
        find_address("garden")


def test_settings_that_cannot_be_read(aliases: Callable[[str], Path]) -> None:
    """A folder in the place of the file is named."""
    path = aliases("")
    path.unlink()
    path.mkdir()

    with pytest.raises(CommandError) as caught:
        find_address("garden")

    assert str(caught.value).startswith(f"`{path}` cannot be read: ")


def test_a_project_file_that_is_a_folder(folder: Path) -> None:
    """What cannot be read is an error, not an empty setting."""
    (folder / "pyproject.toml").mkdir()

    with pytest.raises(CommandError, match=r"`pyproject\.toml` cannot be read: "):
        find_address(None)


@pytest.mark.parametrize("text", ["tool = 1", "[tool]\nbelay = 'x'"])
def test_a_project_file_of_another_shape(folder: Path, text: str) -> None:
    """A table that is none is named."""
    (folder / "pyproject.toml").write_text(text)

    with pytest.raises(CommandError, match=r"`pyproject\.toml`: `(tool|belay)` is not a table"):
        find_address(None)


def test_which_first_word_of_run_is_a_board(folder: Path, aliases: Callable[[str], Path]) -> None:
    """An address always, an alias unless a file has its name, anything else never."""
    aliases("[aliases]\ngarden = 'sim:'\nmain = 'sim:'\n")
    (folder / "main").touch()

    assert is_board("sim:")
    assert is_board("/dev/null")
    assert is_board("garden")
    assert not is_board("main")
    assert not is_board("attic")
    assert not is_board("main.py")
