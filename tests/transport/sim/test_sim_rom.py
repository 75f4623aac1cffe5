"""The ROM partition of a simulated board, used as mpremote and firmware use it."""

from __future__ import annotations

IMAGE = (
    "image = b'\\xd2\\xcd1\\x1a\\x05\\x18\\x07rom1.py' + bytes([2, 14]) + b'print(\"rom!\")\\n'\n"
    "image = image[:3] + bytes([len(image) - 4]) + image[4:5] + bytes([len(image) - 6]) + image[6:]\n"
)
"""A ROMFS image with one file, its lengths set right."""

DEPLOY = IMAGE + (
    "import vfs\nassert vfs.rom_ioctl(1) == 1\nassert vfs.rom_ioctl(3, 0, len(image)) > 0\n"
    "assert vfs.rom_ioctl(4, 0, 0, image) == 0\nassert vfs.rom_ioctl(5, 0) == 0"
)


def test_a_deployed_image_is_mounted_after_a_reset(board):
    """An image that was written is at `/rom` from the next boot on, and on the import path."""
    assert board.run("import vfs, os\nprint(len(vfs.rom_ioctl(2, 0)), os.listdir('/'))") == "131072 []\n"

    board.run(DEPLOY)
    board.type("\x04")
    board.read_until("exit\r\n>")

    assert board.run("import sys, os\nprint(sys.path, os.listdir('/rom'))") == (
        "['', '.frozen', '/lib', '/rom', '/rom/lib'] ['rom1.py']\n"
    )
    assert board.run("import rom1") == "rom!\n"


def test_the_rom_of_a_kept_board_is_kept(open_board, tmp_path):
    """A board with a disk keeps its ROM beside it."""
    query = f"disk={tmp_path / 'flash.img'}"
    first = open_board(query)
    first.enter_raw()
    first.run(DEPLOY)
    first.link.close()

    second = open_board(query)
    second.enter_raw()

    assert second.run("import os\nprint(os.listdir('/rom'))") == "['rom1.py']\n"
    assert (tmp_path / "flash.img.rom").stat().st_size == 131072


def test_a_rom_that_cannot_be_kept_is_an_error_on_the_board(open_board, tmp_path):
    """When the host cannot write the ROM's file, the board hears of it, and goes on."""
    board = open_board(f"disk={tmp_path / 'flash.img'}")
    board.enter_raw()
    (tmp_path / "flash.img.rom.new").mkdir()

    output = board.run("import vfs\nprint(vfs.rom_ioctl(4, 0, 0, b'x'), vfs.rom_ioctl(5, 0))")

    assert output == "0 -21\n"


def test_what_does_not_fit_is_refused(open_board):
    """Too large an image, a wrong segment and an unknown question give negative error numbers."""
    board = open_board("rom=16k")
    board.enter_raw()

    output = board.run(
        "import vfs\nr = vfs.rom_ioctl\n"
        "print(len(r(2, 0)), r(3, 0, 20000), r(4, 0, 16000, bytes(1000)), r(2, 1), r(9, 0))"
    )

    assert output == "16384 -28 -22 -22 -22\n"


def test_a_board_without_a_rom_has_no_such_function(open_board):
    """`rom=0` is a board as most stock firmwares are: no ROM partition."""
    board = open_board("rom=0")
    board.enter_raw()

    assert board.run("import vfs\nprint(hasattr(vfs, 'rom_ioctl'))") == "False\n"


def test_flash_is_erased_in_blocks_and_written_once(open_board):
    """A part can be erased, the rest stays; what is not blank is not written."""
    board = open_board("rom=16k")
    board.enter_raw()

    output = board.run(
        "import vfs\nr = vfs.rom_ioctl\n"
        "print(r(6, 0), r(4, 0, 0, b'a'), r(4, 0, 4096, b'b'), r(4, 0, 0, b'c'))\n"
        "print(r(3, 0, 0, 4096), r(3, 0, 12288, 8192), bytes(r(2, 0)[:1]), bytes(r(2, 0)[4096:4097]))"
    )

    assert output == "4096 0 0 -5\n4 -28 b'\\xff' b'b'\n"


def test_what_is_erased_stays_so_when_the_power_goes(open_board, tmp_path):
    """A kept board that is cut off between erasing and the end of writing has no image."""
    query = f"disk={tmp_path / 'flash.img'}"
    first = open_board(query)
    first.enter_raw()
    first.run(DEPLOY)
    first.run("vfs.rom_ioctl(3, 0, 0, 4096)\nvfs.rom_ioctl(4, 0, 0, image)")
    first.link.close()

    second = open_board(query)
    second.enter_raw()

    assert second.run("import os\nprint(os.listdir('/'))") == "[]\n"
