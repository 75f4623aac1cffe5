"""Measures the floor: the raw REPL itself, spoken by hand, with no tool in between."""

from __future__ import annotations

import os
import tty
from ast import literal_eval

from evaluating import measure

_PROMPT = b"raw REPL; CTRL-B to exit\r\n>"


class Wire:
    """A port, opened as a file."""

    def __init__(self, path: str) -> None:
        self._port = os.open(path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self._port)
        os.write(self._port, b"\x03\x01")
        self._read_until(_PROMPT)

    def run(self, code: str) -> bytes:
        os.write(self._port, code.encode() + b"\x04")
        return self._read_until(b"\x04>").removeprefix(b"OK").partition(b"\x04")[0]

    def evaluate(self, expression: str) -> object:
        printed = self.run(f"print({expression})")
        # a number is read as fast as can be: this is a floor
        return int(printed) if printed[:-2].isdigit() else literal_eval(printed.decode())

    def close(self) -> None:
        os.write(self._port, b"\x02")
        self._read_until(b">>> ")
        os.close(self._port)

    def _read_until(self, end: bytes) -> bytes:
        data = b""
        while not data.endswith(end):
            data += os.read(self._port, 65536)
        return data


if __name__ == "__main__":
    measure(Wire)
