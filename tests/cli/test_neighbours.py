"""Another project's `belay` beside this one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from belay_cli.app import main
from belay_cli.neighbours import find_namesake

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A folder of installed packages that holds ours."""
    folder = tmp_path / "site-packages"
    for name in ("belay_cli-0.1.0.dist-info", "belay_device-0.1.0.dist-info", "belay"):
        (folder / name).mkdir(parents=True)
    return folder


def test_our_own_distributions_are_none(packages: Path, tmp_path: Path) -> None:
    """Ours begin with the same letters; a folder that is not there, or holds no packages, has none."""
    (tmp_path / "belay-0.1.dist-info").mkdir()

    assert find_namesake([str(packages), str(tmp_path), str(tmp_path / "gone" / "site-packages")]) is None


def test_every_start_refuses(
    packages: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever was typed is not done; the lines that mend it are told."""
    noted = packages / "belay-0.24.0.dist-info"
    noted.mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(packages)])
    monkeypatch.setattr(sys, "argv", ["belay", "--version"])

    with pytest.raises(SystemExit) as ended:
        main()

    stdout, stderr = capsys.readouterr()
    assert (ended.value.code, stdout) == (1, "")
    assert stderr == (
        f"error: Another project's `belay` is installed too, and its files are mixed with ours: `{noted}`\n\n"
        "hint: remove it, and put back the files that it shares with this one:\n"
        "  python -m pip uninstall --yes belay\n"
        "  python -m pip install --force-reinstall --no-deps belay-device belay-cli\n"
    )
