"""What holds for all four packages together."""

from __future__ import annotations

import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "belay-transport": "belay_transport",
    "belay-device": "belay",
    "belay-pm": "belay_pm",
    "belay-cli": "belay_cli",
}

INCUMBENT_NAMES = """
AuthenticationError BelayException ConnectionFailedError ConnectionLost Device DeviceMeta
DeviceNotFoundError FeatureUnavailableError Implementation InsufficientSpecifierError
MaxHistoryLengthError NoMatchingExecuterError NotBelayResponseError NO_RESULT ProxyObject PyboardError
PyboardException SpecialFunctionNameError UNPARSABLE_RESULT UsbSpecifier list_devices minify
""".split()  # noqa: SIM905 - a table of words reads best as one


def _project(distribution: str) -> dict[str, object]:
    """The `[project]` table of a distribution."""
    text = (ROOT / "packages" / distribution / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    assert isinstance(project, dict)
    return project


def test_one_version() -> None:
    """All four have the same version, and each pins its siblings to it."""
    version = _project("belay-transport")["version"]

    for distribution in PACKAGES:
        project = _project(distribution)
        assert project["version"] == version
        text = str(project["dependencies"]) + str(project.get("optional-dependencies", ""))
        pins = re.findall(r"(belay-\w+)(?:\[\w+\])?(==[\d.]+)?", text)
        assert all(pin == f"=={version}" for _, pin in pins), f"{distribution}: {pins}"


@pytest.mark.parametrize("distribution", PACKAGES)
def test_each_package_is_complete(distribution: str) -> None:
    """Each has its README, licence and type marker."""
    folder = ROOT / "packages" / distribution

    assert (folder / "README.md").read_text(encoding="utf-8").startswith(f"# {distribution}\n")
    assert (folder / "LICENSE").read_text(encoding="utf-8") == (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert (folder / "src" / PACKAGES[distribution] / "py.typed").exists()


@pytest.mark.parametrize("name", [*PACKAGES.values(), "belay_pytest"])
def test_every_module_lists_its_public_names(name: str) -> None:
    """Each module has a docstring and an `__all__` of names that it has; a folder, the first."""
    package = importlib.import_module(name)
    modules = [package]
    for found in pkgutil.walk_packages(package.__path__, f"{name}."):
        modules += [importlib.import_module(found.name)] if "._" not in found.name else []

    for module in modules:
        assert module.__doc__, module.__name__
        if not hasattr(module, "__path__") or hasattr(module, "__all__"):
            missing = [public for public in module.__all__ if not hasattr(module, public)]
            assert missing == [], module.__name__


def test_programs_for_the_first_belay_find_their_names() -> None:
    """The 22 names of the incumbent's `__all__` can be imported from `belay`."""
    belay = importlib.import_module("belay")

    assert [name for name in INCUMBENT_NAMES if not hasattr(belay, name)] == []
    assert len(INCUMBENT_NAMES) == 22
    assert belay.PyboardException is belay.BoardException
    assert belay.PyboardError is belay.ProtocolError
    assert not belay.NO_RESULT
    assert repr(belay.UNPARSABLE_RESULT) == "<UNPARSABLE_RESULT>"


def test_importing_belay_loads_nothing_of_others() -> None:
    """`import belay` loads no third-party module: those wait until a link needs them."""
    script = (
        "import sys; before = set(sys.modules); import belay\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(new - set(sys.stdlib_module_names) - {'belay', 'belay_transport'}))"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_one_version_of_uv() -> None:
    """README's commands bring the same `uv`, pinned, and the gate takes that one, naming none itself."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    brought = re.findall(r"pip install .*?(uv\S*)", readme)

    assert len(brought) == 2
    assert re.fullmatch(r"uv==\d+\.\d+\.\d+", brought[0])
    assert brought[1] == brought[0]
    assert re.findall(r"pip install --quiet (\S+ \S+ 'uv==\S+ README\.md)", gate)
    assert not re.findall(r"uv==\d", gate)


def test_the_readmes_first_blocks_are_its_two_commands() -> None:
    """The first two `sh` blocks of the README are one line each: the example, and the tests."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)

    assert [len(block.splitlines()) for block in blocks[:2]] == [1, 1]
    assert "examples/blink.py sim:" in blocks[0]
    assert blocks[1].rstrip().endswith("pytest")
