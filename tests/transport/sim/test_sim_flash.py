"""The flash of a simulated board is a real littlefs of a chosen size, kept where that is asked for."""

from __future__ import annotations

import pytest

from belay_transport.errors import AddressError, ConnectionFailedError
from belay_transport.sim import SimOptions, open_sim
from belay_transport.sim.disk import open_flash


def test_the_flash_has_the_size_that_was_asked_for(open_board):
    """`statvfs` reports the size of the address, in blocks of 4 kB."""
    board = open_board("flash=512k")
    board.enter_raw()

    assert board.run("import os\nprint(os.statvfs('/')[:3])") == "(4096, 4096, 128)\n"


def test_a_full_flash_is_enospc(open_board):
    """Writing more than there is room for is error 28, and the file system stays usable."""
    board = open_board("flash=64k")
    board.enter_raw()

    error = board.fail("f = open('big', 'wb')\nfor _ in range(100): f.write(bytes(1024))")

    assert error == "OSError: 28"
    board.run("try: f.close()\nexcept OSError: pass\nimport os\nos.remove('big')")
    board.put("small", "fits")
    assert board.run("print(open('small').read())") == "fits\n"


def test_a_rename_replaces_the_target(board):
    """A rename over an existing file replaces it, as littlefs does."""
    board.put("a", "new")
    board.put("b", "old")

    assert (
        board.run("import os\nos.rename('a', 'b')\nprint(os.listdir('/'), open('b').read())") == "['b'] new\n"
    )


def test_a_fresh_board_is_empty_each_time(open_board):
    """`sim:` keeps nothing from one opening to the next."""
    first = open_board()
    first.enter_raw()
    first.put("gone", "x")
    first.link.close()

    second = open_board()
    second.enter_raw()

    assert second.run("import os\nprint(os.listdir('/'))") == "[]\n"


def test_a_flash_on_disk_is_kept(open_board, tmp_path):
    """A board with a disk finds its files again, and has the same identity."""
    query = f"disk={tmp_path / 'flash.img'}&flash=256k"
    first = open_board(query)
    first.enter_raw()
    first.put("kept", "here")
    identity = first.run("import machine\nprint(machine.unique_id())")
    first.link.close()

    second = open_board(f"disk={tmp_path / 'flash.img'}")
    second.enter_raw()

    assert second.run("print(open('kept').read())") == "here\n"
    assert second.run("import machine\nprint(machine.unique_id())") == identity
    assert second.run("import os\nprint(os.statvfs('/')[2])") == "64\n"
    assert (tmp_path / "flash.img").stat().st_size == 256 * 1024


def test_a_named_board_is_kept_in_the_users_data_folder(open_board, tmp_path, monkeypatch):
    """`sim:NAME` keeps its flash under that name, apart from other names."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    first = open_board(name="mine")
    first.enter_raw()
    first.put("kept", "here")
    first.link.close()

    again = open_board(name="mine")
    other = open_board(name="other")
    again.enter_raw()
    other.enter_raw()

    assert again.run("import os\nprint(os.listdir('/'))") == "['kept']\n"
    assert other.run("import os\nprint(os.listdir('/'))") == "[]\n"
    assert again.link.description == "simulated board mine"


def test_a_flash_has_one_user_at_a_time(open_board, tmp_path):
    """A second board on the same disk is refused, with the reason and a way out; later it is not."""
    query = f"disk={tmp_path / 'flash.img'}"
    first = open_board(query)

    with pytest.raises(
        ConnectionFailedError, match=r"flash\.img is in use by another simulated board"
    ) as caught:
        open_board(query)

    assert "close that one" in caught.value.hint
    first.link.close()
    open_board(query).enter_raw()


def test_a_file_that_is_no_flash_is_not_touched(tmp_path):
    """A disk that names some other file is refused, and the file stays as it is."""
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"\xff\xd8\xff" + bytes(8189))

    with pytest.raises(ConnectionFailedError, match="holds no littlefs"):
        open_flash(None, str(path), None)

    assert path.read_bytes() == b"\xff\xd8\xff" + bytes(8189)


def test_a_blank_file_becomes_a_flash(open_board, tmp_path):
    """A file of erased flash (0xff) is formatted."""
    path = tmp_path / "blank.img"
    path.write_bytes(b"\xff" * 131072)

    board = open_board(f"disk={path}")
    board.enter_raw()

    assert board.run("import os\nprint(os.statvfs('/')[2])") == "32\n"


def test_another_size_than_the_files_is_refused(tmp_path):
    """A size beside a kept flash must be the one it has."""
    path = tmp_path / "flash.img"
    path.write_bytes(b"\xff" * 131072)

    with pytest.raises(ConnectionFailedError, match="has 131072 bytes, 65536 were asked for"):
        open_flash(None, str(path), 65536)


@pytest.mark.parametrize("name", ["a/b", "..", "", " ", "x" * 65, ".hidden"])
def test_a_name_is_a_plain_word(name):
    """What could be a path is no name of a board."""
    if not name:
        assert SimOptions.from_query(name, []).name is None
        return

    with pytest.raises(AddressError, match="cannot be the name of a simulated board"):
        open_sim(SimOptions(name=name))


def test_a_disk_in_a_folder_that_is_not_there_is_an_error(tmp_path):
    """The system's own words say why a flash cannot be opened."""
    with pytest.raises(ConnectionFailedError, match="cannot be opened: No such file or directory"):
        open_sim(SimOptions(disk=str(tmp_path / "none" / "flash.img")))
