"""A manifest that freezes a project."""

from __future__ import annotations

from pathlib import Path

from belay_pm.freezing import BOARD_MANIFEST, PORT_MANIFEST, freezing_manifest
from belay_pm.payload import PayloadFile

FOLDER = Path("/project")


def file(target: str, source: str, opt: int | None = None) -> PayloadFile:
    """Return a file for a board."""
    return PayloadFile(target, FOLDER / source, b"", opt)


def test_every_kind_of_file() -> None:
    """Packages, modules and compiled files, each with its folder and level; the rest is named."""
    files = [
        file("app/__init__.py", "app/__init__.py"),
        file("app/deep/inner.py", "app/deep/inner.py"),
        file("app/data.txt", "app/data.txt"),
        file("lib/one/__init__.py", ".belay/dependencies/main/one/__init__.py"),
        file("lib/one/hot.py", ".belay/dependencies/main/one/hot.py", 3),
        file("lib/lone.py", ".belay/dependencies/main/lone.py", 0),
        file("lib/made/x.mpy", ".belay/dependencies/dev/made/x.mpy"),
        file("lib/near/__init__.py", "../near/near.py"),
        file("lib/dep/__init__.py", "libs/dep.py"),
        file("main.py", "scripts/main.py"),
    ]

    frozen = freezing_manifest(files, FOLDER, include=PORT_MANIFEST)

    assert frozen.text == (
        'include("$(PORT_DIR)/boards/manifest.py")\n'
        'package("app", files=["__init__.py", "deep/inner.py"], base_path=".")\n'
        'freeze_mpy(".belay/dependencies/dev", ["made/x.mpy"])\n'
        'module("lone.py", base_path=".belay/dependencies/main", opt=0)\n'
        'package("one", files=["__init__.py"], base_path=".belay/dependencies/main")\n'
        'package("one", files=["hot.py"], base_path=".belay/dependencies/main", opt=3)\n'
        'module("main.py", base_path="scripts")\n'
    )
    assert frozen.data == ("app/data.txt",)
    assert frozen.elsewhere == ("dep/__init__.py", "near/__init__.py")
    assert frozen.modules == (
        "app/__init__.py",
        "app/deep/inner.py",
        "lone.py",
        "made/x.mpy",
        "main.py",
        "one/__init__.py",
        "one/hot.py",
    )


def test_a_manifest_in_a_folder_of_the_project() -> None:
    """It names the files from there, and what is not in the project is elsewhere."""
    files = [
        file("app/__init__.py", "app/__init__.py"),
        file("lib/lone.py", ".belay/dependencies/main/lone.py"),
        file("lib/own.py", "boards/mine/own.py"),
        file("lib/near.py", "../near.py"),
    ]

    frozen = freezing_manifest(files, FOLDER / "boards/mine", top=FOLDER, include=None)

    assert frozen.text == (
        'module("own.py", base_path=".")\n'
        'package("app", files=["__init__.py"], base_path="../..")\n'
        'module("lone.py", base_path="../../.belay/dependencies/main")\n'
    )
    assert frozen.elsewhere == ("near.py",)


def test_names_with_odd_characters() -> None:
    """They are quoted, and read again."""
    frozen = freezing_manifest([file("grün's.py", "grün's.py")], FOLDER, include=None)

    assert frozen.text == 'module("grün\'s.py", base_path=".")\n'


def test_what_it_begins_with() -> None:
    """The manifest of the board, or none."""
    assert (
        freezing_manifest([], FOLDER, include=BOARD_MANIFEST).text == 'include("$(BOARD_DIR)/manifest.py")\n'
    )
    assert freezing_manifest([], FOLDER, include=None).text == ""
