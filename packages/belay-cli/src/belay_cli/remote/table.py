"""mpremote's commands and their options: values only."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["COMMANDS", "FS_COMMANDS", "ROMFS_COMMANDS", "Flag", "Shape"]


class Flag(NamedTuple):
    """An option of a command.

    Attributes:
        name: behind two dashes.
        letter: behind one; "" for none.
        default: of a switch, which has a twin `--no-NAME`; None for an option with a value.
        is_switch: whether it takes no value.
        help: one line.
    """

    name: str
    letter: str = ""
    default: bool | None = None
    is_switch: bool = True
    help: str = ""


class Shape(NamedTuple):
    """What a command takes.

    Attributes:
        help: one line, for the list of commands.
        words: what its words are called.
        flags: its options.
        is_greedy: whether it takes all words up to `+`, at least as many as have names.
        is_action: whether a chain with it needs no prompt at its end.
    """

    help: str
    words: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    is_greedy: bool = False
    is_action: bool = True


_FOLLOW = Flag("follow", "f", default=True, help="wait for the end of the code")

COMMANDS: dict[str, Shape] = {
    "connect": Shape("connect to given device", ("device",), is_action=False),
    "df": Shape(""),
    "disconnect": Shape("disconnect current device", is_action=False),
    "edit": Shape("edit files on the device", ("files",), is_greedy=True),
    "eval": Shape("evaluate and print the string", ("expr",)),
    "exec": Shape("execute the string", ("expr",), (_FOLLOW,)),
    "fs": Shape(
        "execute filesystem commands on the device",
        ("command", "path"),
        (
            Flag("recursive", "r", default=False, help="for cp and rm"),
            Flag("force", "f", default=False, help="copy even what is unchanged"),
            Flag("verbose", "v", help="say what is done; on for all commands except cat"),
            Flag("size", "s", default=False, help="sizes in bytes (tree)"),
            Flag("human", "h", default=False, help="sizes for people (tree)"),
        ),
        is_greedy=True,
    ),
    "help": Shape("print help and exit"),
    "mip": Shape(
        "install packages from micropython-lib or third-party sources",
        ("command", "packages"),
        (
            Flag("mpy", "m", default=True, help="compiled files, where the index has them"),
            Flag("target", is_switch=False, help="a folder of the device"),
            Flag("index", is_switch=False, help="the index; else micropython-lib's"),
        ),
        is_greedy=True,
    ),
    "mount": Shape(
        "mount local directory on device",
        ("path",),
        (
            Flag("unsafe-links", "l", default=False, help="links may lead out of the folder"),
            Flag("auto-mpy", "m", default=True, help="imports get compiled files"),
            Flag("verbose", "v", default=False, help="say which files are compiled"),
        ),
        is_action=False,
    ),
    "repl": Shape(
        "connect to given device",
        (),
        (
            Flag("capture", is_switch=False, help="a file that keeps what is printed"),
            Flag("escape-non-printable", "e", default=False, help="show what no screen can as bytes"),
            Flag("inject-code", is_switch=False, help="Ctrl-J types this"),
            Flag("inject-file", is_switch=False, help="Ctrl-K runs this"),
        ),
    ),
    "resume": Shape("resume a previous session (will not auto soft-reset)", is_action=False),
    "romfs": Shape(
        "manage ROM partitions",
        ("command", "path"),
        (
            Flag("mpy", "m", default=True, help="compile .py files for the image"),
            Flag("partition", "p", is_switch=False, help="ROM partition to use, else 0"),
            Flag("output", "o", is_switch=False, help="the file of build"),
        ),
    ),
    "rtc": Shape(
        "get (default) or set the device RTC", (), (Flag("set", "s", default=False, help="to local time"),)
    ),
    "run": Shape("run the given local script", ("path",), (_FOLLOW,)),
    "sleep": Shape("sleep before executing next command", ("seconds",), is_action=False),
    "soft-reset": Shape("perform a soft-reset of the device"),
    "umount": Shape("unmount the local directory", is_action=False),
    "version": Shape("print version and exit"),
}
"""Name -> what it takes; one without a help line is listed as a shortcut."""

ROMFS_COMMANDS = ("query", "build", "deploy")

FS_COMMANDS = ("cat", "cp", "ls", "mkdir", "rm", "rmdir", "touch", "tree")
"""Besides those that make a sum, such as `sha256sum`."""
