"""Measures mpytool's Python interface: what a program could do with it instead of Belay."""

from __future__ import annotations

import mpytool
from evaluating import measure


class Communication:
    """The part of the interface that runs code, with the verbs that are measured."""

    def __init__(self, path: str) -> None:
        self._communication = mpytool.Mpy(mpytool.ConnSerial(port=path, baudrate=115200)).comm
        self._communication.enter_raw_repl()

    def run(self, code: str) -> None:
        self._communication.exec(code)

    def evaluate(self, expression: str) -> object:
        return self._communication.exec_eval(expression)

    def close(self) -> None:
        self._communication.exit_raw_repl()


if __name__ == "__main__":
    measure(Communication)
