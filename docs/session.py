"""Draws the picture of a session that the README shows, from a real run.

    python docs/session.py

Types the lines below at a pseudo-terminal, with a simulated board, and writes `session.svg` beside this file.
Nothing in it is made by hand; only seconds, which differ each time, are shown as `…`.
The build of the manual does the same, and complains when the picture was another one.
"""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import select
import shlex
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.text import Text

PICTURE = Path(__file__).with_name("session.svg")

_WIDTH = 84
_WAIT_S = 30

_LAMP = """\
from machine import Pin

lamp = Pin(25, Pin.OUT)

def toggle(times):
    for _ in range(times):
        lamp.toggle()
    return lamp.value()
"""


class Typed(NamedTuple):
    """A command, and what is typed while it runs.

    Attributes:
        command: as in a shell.
        lines: at the board's prompt, each when it is there; Ctrl-] comes behind them.
    """

    command: str
    lines: tuple[str, ...] = ()


SESSION = (
    Typed("cat lamp.py"),
    Typed("belay mount sim:garden .", ("import lamp", "lamp.toggle(3)", "lamp.toggle(1)")),
    Typed("belay fs cp --port sim:garden lamp.py :lib/"),
    Typed("belay fs tree --port sim:garden"),
    Typed("""belay exec sim:garden 'import lamp; print("the lamp is", lamp.toggle(5))'"""),
    Typed("belay run sim:garden lump.py"),
    Typed("belay remote connect sim:garden eval 1/2 eval 3/4"),
)

_FORMAT = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
    font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
    font-size: {char_height}px;
    line-height: {line_height}px;
    font-variant-east-asian: full-width;
}}
.{unique_id}-title {{
    font-size: 18px;
    font-weight: bold;
    font-family: sans-serif;
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
"""What rich takes; without the fonts that its own asks a foreign host for."""


def main() -> None:
    """Draw it."""
    print(f"{PICTURE.name}: {'written' if draw() else 'as it was'}")


def draw() -> bool:
    """Run the session, and write the picture; return whether it is another one than before."""
    picture = _picture(_run_all())
    if PICTURE.exists() and PICTURE.read_text(encoding="utf-8") == picture:
        return False
    PICTURE.write_text(picture, encoding="utf-8", newline="\n")
    return True


def _picture(shown: list[tuple[str, str]]) -> str:
    console = Console(
        record=True,
        width=_WIDTH,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
        highlight=False,
    )
    for command, output in shown:
        console.print(Text.assemble(("$ ", "bold green"), (command, "bold")))
        if output:
            console.print(Text.from_ansi(output))
    return console.export_svg(title="belay", code_format=_FORMAT, unique_id="session")


def _run_all() -> list[tuple[str, str]]:
    """Return each command with what it showed."""
    with tempfile.TemporaryDirectory() as top:
        home, folder = Path(top, "home"), Path(top, "work")
        home.mkdir()
        folder.mkdir()
        (folder / "lamp.py").write_text(_LAMP, encoding="utf-8")
        environment = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
        }
        return [(typed.command, _shown(typed, folder, environment)) for typed in SESSION]


def _shown(typed: Typed, folder: Path, environment: dict[str, str]) -> str:
    outer, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24, _WIDTH, 0, 0))
    process = subprocess.Popen(
        shlex.split(typed.command),
        cwd=folder,
        env=environment,
        stdin=inner,
        stdout=inner,
        stderr=inner,
        start_new_session=True,
    )
    os.close(inner)
    output = b""
    try:
        for line in typed.lines:
            output += _read(outer, until=b">>> ")
            os.write(outer, line.encode() + b"\r")
        if typed.lines:
            output += _read(outer, until=b">>> ")
            os.write(outer, b"\x1d")
        output += _read(outer)
        process.wait(_WAIT_S)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(outer)
    text = output.decode().replace("\r\n", "\n").removesuffix("\n>>> ").rstrip()
    return re.sub(r"\d+\.\d+ s\b", "… s", text)


def _read(terminal: int, until: bytes = b"") -> bytes:
    """Return what is shown until a text is, or until the end.

    Raises:
        TimeoutError: neither comes.
    """
    shown = b""
    while not (until and shown.endswith(until)):
        ready, _, _ = select.select([terminal], [], [], _WAIT_S)
        if not ready:
            raise TimeoutError(f"{until!r} does not come behind {shown!r}")
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # as Linux tells that the command has ended
            piece = b""
        if not piece:
            break
        shown += piece
    return shown


if __name__ == "__main__":
    main()
