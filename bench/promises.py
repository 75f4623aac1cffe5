"""The figures that we set ourselves, and whether this run keeps them.

Pure: knows no process, file or clock. Where they come from: the issue that asked for each of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cells import Key
from tables import in_units

if TYPE_CHECKING:
    from collections.abc import Callable

    from rounds import Results

__all__ = ["PROMISES", "Promise", "promises_table"]

_USB_TURNAROUND_S = 0.002
_USB_BYTES_PER_S = 800_000
_UART_BYTES_PER_S = 11_520
_MB = 1_000_000
_SLOW_BYTES = 100_000
"""What is moved over `uart`."""
_ITEM_OVER_CALL = 1.2
"""How much dearer than a call a generator item may be and still "cost a call": its text is longer."""

_HELP_OVER_NOTHING = 10
"""How many interpreters that do nothing `belay --help` may take: 0.15 s where one takes 0.015 s."""


class Promise(NamedTuple):
    """A figure to reach.

    Attributes:
        title: what it is about.
        asks: the figure, in words.
        place: where ours is measured.
        figure: what of ours is measured.
        limit: works out the most that it may be; None if this run cannot tell.
    """

    title: str
    asks: str
    place: str
    figure: str
    limit: Callable[[Results], float | None]


def promises_table(results: Results) -> list[list[str]]:
    """Return for each promise what it asks for, the most that it allows, ours, and the verdict."""
    table = [["", "to reach", "at most", "Belay", "verdict"]]
    for promise in PROMISES:
        limit = promise.limit(results)
        ours = results.median(Key("ours", promise.place, promise.figure))
        cells = [promise.title, promise.asks]
        cells += [in_units(limit, promise.figure), in_units(ours, promise.figure), _verdict(ours, limit)]
        table.append(cells)
    return table


def _verdict(ours: float | None, limit: float | None) -> str:
    if ours is None or limit is None:
        return "not measured in this run"
    if ours <= limit:
        return "met"
    return f"**short by {(ours / limit - 1) * 100:.0f} %**" if limit else "**short**"


def _times(factor: float, subject: str, place: str, figure: str) -> Callable[[Results], float | None]:
    """Return a limit: a factor of what was measured of a subject."""

    def limit(results: Results) -> float | None:
        value = results.median(Key(subject, place, figure))
        return None if value is None else value * factor

    return limit


def _fixed(value: float) -> Callable[[Results], float | None]:
    """Return a limit that needs no measurement."""
    return lambda _results: value


def _wire(factor: float) -> Callable[[Results], float | None]:
    """Return a factor of what the bytes of the call with the list take on `usb` with its turnaround."""

    def limit(results: Results) -> float | None:
        up, down = (results.median(Key("ours", "bytes", f"list {way}")) for way in ("up", "down"))
        if up is None or down is None:
            return None
        return factor * ((up + down) / _USB_BYTES_PER_S + _USB_TURNAROUND_S)

    return limit


_SIXTH, _FIFTH, _THIRD, _QUARTER, _TENTH = 1 / 6, 1 / 5, 1 / 3, 1 / 4, 1 / 10

PROMISES = (
    Promise(
        "task call; `direct`",
        "1/6 of belay 0.30.1",
        "direct",
        "call_s",
        _times(_SIXTH, "incumbent", "direct", "call_s"),
    ),
    Promise(
        "task call; `usb`", "1.3 × one turnaround of 2.0 ms", "usb", "call_s", _fixed(1.3 * _USB_TURNAROUND_S)
    ),
    Promise(
        "method call of a proxy; `direct`",
        "1/5 of belay 0.30.1",
        "direct",
        "method_s",
        _times(_FIFTH, "incumbent", "direct", "method_s"),
    ),
    Promise(
        "generator item; `direct`",
        f"a call, at most {_ITEM_OVER_CALL} ×",
        "direct",
        "item_s",
        _times(_ITEM_OVER_CALL, "ours", "direct", "call_s"),
    ),
    Promise(
        "generator item; `usb`",
        f"a call, at most {_ITEM_OVER_CALL} ×",
        "usb",
        "item_s",
        _times(_ITEM_OVER_CALL, "ours", "usb", "call_s"),
    ),
    Promise(
        "call that returns a 10 kB list; `usb`", "1.2 × what its bytes take", "usb", "list_s", _wire(1.2)
    ),
    Promise(
        "connect to first result; `direct`",
        "1/3 of belay 0.30.1",
        "direct",
        "connect_s",
        _times(_THIRD, "incumbent", "direct", "connect_s"),
    ),
    Promise(
        "connect to first result; `usb`",
        "1/3 of belay 0.30.1",
        "usb",
        "connect_s",
        _times(_THIRD, "incumbent", "usb", "connect_s"),
    ),
    Promise("bytes sent before the first call", "2 000 bytes", "bytes", "connect up", _fixed(2000)),
    Promise(
        "`import belay`",
        "1/3 of belay 0.30.1",
        "process",
        "import_s",
        _times(_THIRD, "incumbent", "process", "import_s"),
    ),
    Promise("third-party modules after `import belay`", "none", "process", "strangers", _fixed(0)),
    Promise(
        "`belay --help`",
        "1/4 of belay 0.30.1",
        "process",
        "help_s",
        _times(_QUARTER, "incumbent", "process", "help_s"),
    ),
    Promise(
        "`belay --help`",
        "no slower than mpremote",
        "process",
        "help_s",
        _times(1, "mpremote", "process", "help_s"),
    ),
    Promise(
        "`belay --help`",
        f"{_HELP_OVER_NOTHING} × `python -c pass`",
        "process",
        "help_s",
        _times(_HELP_OVER_NOTHING, "ours", "process", "nothing_s"),
    ),
    Promise(
        "`belay exec PORT 'print(1)'`",
        "1/4 of belay 0.30.1",
        "process",
        "exec_s",
        _times(_QUARTER, "incumbent", "process", "exec_s"),
    ),
    Promise(
        "`belay exec PORT 'print(1)'`",
        "no slower than mpremote",
        "process",
        "exec_s",
        _times(1, "mpremote", "process", "exec_s"),
    ),
    Promise(
        "`device.batch()` of 100 calls; `usb`",
        "1/10 of 100 calls one by one",
        "usb",
        "batch_s",
        _times(100 * _TENTH, "ours", "usb", "call_s"),
    ),
    Promise(
        "`task.map` over 100 items; `usb`",
        "1/10 of 100 calls one by one",
        "usb",
        "map_s",
        _times(100 * _TENTH, "ours", "usb", "call_s"),
    ),
    Promise("method call of a proxy: turnarounds", "one", "bytes", "method turns", _fixed(1.05)),
    Promise("1 MB random up; `direct`", "0.25 s", "direct", "random_up_s", _fixed(0.25)),
    Promise("1 MB random down; `direct`", "0.25 s", "direct", "random_down_s", _fixed(0.25)),
    Promise(
        "1 MB random up; `usb`",
        "1.2 × the wire's time",
        "usb",
        "random_up_s",
        _fixed(1.2 * _MB / _USB_BYTES_PER_S),
    ),
    Promise(
        "1 MB random down; `usb`",
        "1.2 × the wire's time",
        "usb",
        "random_down_s",
        _fixed(1.2 * _MB / _USB_BYTES_PER_S),
    ),
    Promise(
        "100 kB random up; `uart`",
        "1.06 × the wire's time",
        "uart",
        "random_up_s",
        _fixed(1.06 * _SLOW_BYTES / _UART_BYTES_PER_S),
    ),
    Promise(
        "100 kB random down; `uart`",
        "1.06 × the wire's time",
        "uart",
        "random_down_s",
        _fixed(1.06 * _SLOW_BYTES / _UART_BYTES_PER_S),
    ),
    Promise("1 MB text up; `usb`", "0.6 s", "usb", "text_up_s", _fixed(0.6)),
    Promise(
        "100 kB Python source up; `uart`",
        "1/2 of the wire's time",
        "uart",
        "text_up_s",
        _fixed(0.5 * _SLOW_BYTES / _UART_BYTES_PER_S),
    ),
    Promise("`sync` of 100 small files, new; `usb`", "0.5 s", "usb", "sync_new_s", _fixed(0.5)),
    Promise("`sync` of 100 small files, new; `uart`", "2.5 s", "uart", "sync_new_s", _fixed(2.5)),
    Promise("`sync` of them, unchanged; `usb`", "15 ms", "usb", "sync_same_s", _fixed(0.015)),
    Promise("`sync` of them, unchanged: turnarounds", "3", "bytes", "sync same turns", _fixed(3)),
    Promise("heap that the functions of a sync take", "4 kB", "heap", "helpers_bytes", _fixed(4096)),
    Promise(
        "`belay remote connect PORT resume eval 1+1`",
        "no slower than mpremote",
        "process",
        "remote_eval_s",
        _times(1, "mpremote", "process", "remote_eval_s"),
    ),
    Promise("`belay sync` of 100 small files, new; `usb`", "0.8 s", "usb", "process_new_s", _fixed(0.8)),
    Promise("`belay sync` of them, unchanged; `usb`", "0.35 s", "usb", "process_same_s", _fixed(0.35)),
    Promise(
        "import of 20 kB over a mount, the import alone; `usb`",
        "1/5 of mpremote",
        "usb",
        "import_remote_s",
        _times(_FIFTH, "mpremote", "usb", "import_remote_s"),
    ),
    Promise(
        "import of 20 kB over a mount, whole process; `usb`, under a port's name",
        "1/5 of mpremote",
        "usb port",
        "mount_remote_s",
        _times(_FIFTH, "mpremote", "usb port", "mount_remote_s"),
    ),
)
