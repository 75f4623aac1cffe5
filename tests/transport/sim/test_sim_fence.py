"""A program on a simulated board cannot see, change or delete a file of the host, nor run its programs.

Each escape is tried for real, against a file that lies on the host. Where the system gives no
fence (see `fence_report`), the tests say so instead of passing.
"""

from __future__ import annotations

import os

import pytest

from belay_transport.sim import FenceReport, fence_report, launching, serve_pty

BACK_DOOR = """
import sys
for name in list(sys.modules): del sys.modules[name]
import uos, os, vfs, sys, machine
host = vfs.VfsPosix()
vfs.mount(host, '/host')
"""
"""The built-in modules, unfenced by any façade, and the host's file system mounted again."""


@pytest.fixture
def canary(tmp_path):
    """Give a file on the host that must stay as it is."""
    path = tmp_path / "canary.txt"
    path.write_text("alive")
    return path


@pytest.fixture
def unlocked(board):
    """Give a board whose program has taken every façade away."""
    board.run(BACK_DOOR)
    return board


def test_both_layers_hold_on_linux():
    """On Linux with user namespaces or root, and seccomp, both layers of the fence are there."""
    report = fence_report()

    assert report.is_closed
    assert report.system_call_filter


def test_the_root_of_a_board_is_its_flash_and_nothing_above(board):
    """Listing `/` and what is above it shows the board's own files only."""
    board.put("own.txt", "x")

    assert board.run("import os\nprint(os.listdir('/'), os.listdir(''))") == "['own.txt'] ['own.txt']\n"
    assert board.fail("os.listdir('/..')").startswith("OSError")
    assert board.fail("os.listdir('/../etc')").startswith("OSError")


def test_a_recursive_remove_of_the_root_removes_the_boards_files_only(board, canary):
    """A program that deletes everything it finds deletes its flash."""
    board.put("own.txt", "x")
    board.run("import os\nos.mkdir('/d')\nopen('/d/e', 'w').close()")

    board.run(
        "def rm(path):\n  for name, kind, *_ in list(os.ilistdir(path)):\n    name = path + '/' + name\n"
        "    if kind == 0x4000:\n      rm(name)\n      os.rmdir(name)\n    else:\n      os.remove(name)\n"
        "rm('')"
    )

    assert board.run("print(os.listdir('/'))") == "[]\n"
    assert canary.read_text() == "alive"


def test_the_doors_are_not_offered(board):
    """The modules that a program imports have no `VfsPosix`, `system`, `getenv` or raw memory."""
    output = board.run(
        "import os, vfs, machine\nfor module, name in ((os, 'VfsPosix'), (vfs, 'VfsPosix'), (os, 'system'),\n"
        "  (os, 'getenv'), (os, 'putenv'), (machine, 'mem32'), (machine, 'mem8')):\n"
        "  print(hasattr(module, name))"
    )

    assert output == "False\n" * 7


def test_the_back_door_leads_nowhere(unlocked, canary):
    """With the built-in modules back and the host's file system mounted, no file of the host is seen."""
    folder = f"/host{canary.parent}"

    assert unlocked.fail(f"print(os.listdir({folder!r}))").startswith("OSError")
    assert unlocked.fail(f"print(os.stat('/host{canary}'))").startswith("OSError")
    assert unlocked.fail(f"print(open('/host{canary}').read())").startswith("OSError")
    assert unlocked.fail("print(os.listdir('/host'))").startswith("OSError")
    assert unlocked.fail("print(open('/host/etc/passwd').read())").startswith("OSError")


@pytest.mark.parametrize(
    "code",
    [
        "os.remove('/host{path}')",
        "open('/host{path}', 'w').write('dead')",
        "open('/host{path}', 'a').write('dead')",
        "os.rename('/host{path}', '/host{path}.gone')",
        "os.mkdir('/host{folder}/new')",
        "os.rmdir('/host{folder}')",
        "vfs.mount(vfs.VfsPosix('{folder}'), '/f')\nprint(open('/f/canary.txt').read())",
        "vfs.umount('/')\nvfs.mount(host, '/')\nos.remove('{path}')",
    ],
)
def test_nothing_of_the_host_can_be_changed(unlocked, canary, code):
    """No call of the built-in modules writes, renames, makes or removes anything on the host."""
    before = sorted(canary.parent.iterdir())

    error = unlocked.fail(code.format(path=canary, folder=canary.parent))

    assert error.startswith("OSError")
    assert canary.read_text() == "alive"
    assert sorted(canary.parent.iterdir()) == before


def test_no_program_of_the_host_runs(unlocked, canary):
    """`os.system` of the built-in module starts nothing."""
    output = unlocked.run(f"print(os.system('rm {canary}') != 0)\nprint(os.system('true') != 0)")

    assert output == "True\nTrue\n"
    assert canary.read_text() == "alive"


def test_no_network_is_reached(unlocked):
    """A socket cannot be had."""
    assert unlocked.fail("import socket\nsocket.socket()").startswith("OSError")


def test_the_hosts_environment_is_not_seen(open_board, monkeypatch):
    """Nothing of the host's environment crosses, whatever it holds."""
    monkeypatch.setenv("SECRET_OF_THE_HOST", "hidden")
    board = open_board()
    board.enter_raw()
    board.run(BACK_DOOR)

    output = board.run("print(uos.getenv('SECRET_OF_THE_HOST'), uos.getenv('HOME'), uos.getenv('PATH'))")

    assert output == "None None None\n"


def test_no_descriptor_of_the_host_is_inherited(board, tmp_path):
    """A board has its wire and the launcher's pipes open, and none of the host's files."""
    with (tmp_path / "open.txt").open("w") as file:
        os.set_inheritable(file.fileno(), True)

        output = board.run(
            "n = []\nfor i in range(6, 300):\n  try:\n    open(i, 'rb').read(1)\n    n.append(i)\n"
            "  except OSError:\n    pass\nprint(n)"
        )

    assert output == "[]\n"


@pytest.mark.parametrize("layer", ["empty_root", "system_call_filter"])
def test_either_layer_alone_keeps_the_host(layer, monkeypatch, canary, open_board):
    """Where the system refuses one layer of the fence, the other one is enough."""
    # The launcher is a process of its own: it is started with the other layer left out.
    other = {"empty_root": "filter_system_calls", "system_call_filter": "enter_empty_root"}[layer]
    without = f"import belay_transport.sim.booting as booting\nbooting.{other} = lambda *_: False\nmain()\n"
    monkeypatch.setattr(launching, "_START", launching._START.replace("main()\n", without))
    with serve_pty() as served:
        assert served.fence() == FenceReport(layer == "empty_root", layer == "system_call_filter")
    board = open_board()
    board.enter_raw()
    board.run(BACK_DOOR)

    for code in (
        f"open('/host{canary}').read()",
        f"open('/host{canary}', 'w').write('dead')",
        f"os.remove('/host{canary}')",
        f"os.listdir('/host{canary.parent}')",
        f"os.stat('/host{canary}')",
        "open('/host/tmp/new', 'w')",
        "os.mkdir('/host/new')",
    ):
        assert board.fail(code).startswith("OSError"), code

    assert board.run("print(os.system('true') != 0)") == "True\n"
    assert canary.read_text() == "alive"
