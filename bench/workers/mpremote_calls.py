"""Measures mpremote's transport, used as a library: what a program could do with it instead of Belay."""

from __future__ import annotations

from evaluating import measure
from mpremote.transport_serial import SerialTransport


class Transport:
    """The transport with the verbs that are measured."""

    def __init__(self, path: str) -> None:
        self._transport = SerialTransport(path)
        self._transport.enter_raw_repl(soft_reset=False)

    def run(self, code: str) -> None:
        self._transport.exec(code)

    def evaluate(self, expression: str) -> object:
        return self._transport.eval(expression)

    def close(self) -> None:
        self._transport.exit_raw_repl()
        self._transport.close()


if __name__ == "__main__":
    measure(Transport)
