"""What shapes a simulated board: heap, flash, link.

Knows the words of a `sim:` address and what they may say. Opens nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from belay_transport.errors import AddressError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["PROFILES", "SimOptions"]

_KIB = 1024
_MIB = 1024 * 1024

_HEAP_MIN_BYTES = 8 * _KIB
# What the smallest board with MicroPython has (micro:bit: 9 kB).
_HEAP_MAX_BYTES = 1024 * _MIB
_FLASH_MIN_BYTES = 32 * _KIB
# littlefs needs a few of its 4 kB blocks for itself.
_FLASH_MAX_BYTES = 256 * _MIB
_ROM_MAX_BYTES = 16 * _MIB
_BLOCK_BYTES = 4 * _KIB
_BITS_PER_BYTE = 10  # a start and a stop bit around eight
_TIME_MAX_S = 10.0
_COUNT_MAX = 1024 * _MIB
# Of bytes that pass: more than any test sends.


class SimOptions(NamedTuple):
    """What a simulated board is like; the defaults are a big, fast board on a perfect wire.

    Attributes:
        name: a board whose flash is kept under this name; None for one that is fresh at each open.
        disk: a file that holds the flash instead, made when it is not there.
        heap_bytes: memory for programs, 8 kB to 1 GB. The default is what a board with 512 kB
            has (RP2350, ESP32-S3), twice: numbers and references are 8 bytes wide here, 4 there.
        flash_bytes: size of the file system, 32 kB to 256 MB, whole blocks of 4 kB; None for 2 MB,
            or for what the file on disk has.
        rom_bytes: size of the ROM partition, 0 for a board without; at most 16 MB.
        baud: bits per second, ten to a byte; None for as fast as it goes.
        latency_s: seconds that each byte is under way, each way.
        jitter_s: up to so many seconds more, differently for each piece.
        ring_bytes: what the board's receive buffer holds; None for no limit but the system's.
        flow_control: whether the wire waits while that buffer is full; if not, bytes are lost.
        stall_s: seconds that the board does not read, each time it has read `stall_every` bytes.
        stall_every: bytes between two stalls; 0 for none.
        noise: the share of the bytes that is damaged, by one bit each.
        noise_seed: where the noise's sequence starts; the same seed damages the same bytes.
        noise_at: who receives damaged bytes: "both", "board" or "host".
        unplug_after: bytes that the board receives before it is unplugged; None for never.
        reset_after: bytes that the board receives before it is reset; None for never.
        personality: "micropython", or "circuitpython" for a MicroPython dressed as one.
    """

    name: str | None = None
    disk: str | None = None
    heap_bytes: int = _MIB
    flash_bytes: int | None = None
    rom_bytes: int = 128 * _KIB
    baud: int | None = None
    latency_s: float = 0.0
    jitter_s: float = 0.0
    ring_bytes: int | None = None
    flow_control: bool = True
    stall_s: float = 0.0
    stall_every: int = 0
    noise: float = 0.0
    noise_seed: int = 1
    noise_at: str = "both"
    unplug_after: int | None = None
    reset_after: int | None = None
    personality: str = "micropython"

    @property
    def is_shaped(self) -> bool:
        """Whether the link is anything but direct."""
        is_slow = self.baud or self.latency_s or self.jitter_s or self.ring_bytes or not self.flow_control
        return bool(is_slow or self.noise or (self.stall_s and self.stall_every))

    @property
    def bytes_per_s(self) -> float | None:
        """What the wire carries each way; None for as fast as it goes."""
        return self.baud / _BITS_PER_BYTE if self.baud else None

    def check(self) -> None:
        """Make sure that there can be such a board.

        Raises:
            AddressError: a size is too small or too large, or a flash has no whole number of blocks.
        """
        for what, size, smallest, largest in (
            ("heap", self.heap_bytes, _HEAP_MIN_BYTES, _HEAP_MAX_BYTES),
            ("flash", self.flash_bytes, _FLASH_MIN_BYTES, _FLASH_MAX_BYTES),
            ("ROM", self.rom_bytes, 0, _ROM_MAX_BYTES),
        ):
            if size is not None and not smallest <= size <= largest:
                raise AddressError(
                    f"A simulated board has {smallest} to {largest} bytes of {what}, not {size}"
                )
        if self.flash_bytes and self.flash_bytes % _BLOCK_BYTES:
            raise AddressError(
                f"A flash of {self.flash_bytes} bytes has no whole number of blocks of {_BLOCK_BYTES} bytes"
            )

    @classmethod
    def from_query(cls, name: str | None, pairs: Iterable[tuple[str, str]]) -> SimOptions:
        """Return what a `sim:NAME?key=value&…` address asks for.

        The keys: `heap`, `flash`, `rom` (bytes, or with `k` or `m`), `disk` (a path), `profile` (see
        `PROFILES`), `baud`, `latency_ms`, `jitter_ms`, `ring` (bytes), `flow` (`yes` or `no`), `stall_ms`,
        `stall_every` (bytes), `noise` (a share), `noise_seed`, `noise_at` (`both`, `board`, `host`),
        `unplug_after`, `reset_after` (bytes), `personality` (`micropython`, `circuitpython`).
        What is said beside a profile wins over it, in any order.

        Raises:
            AddressError: an unknown key, a key that comes twice, or a value that cannot be.
        """
        given: dict[str, str] = {}
        for key, text in pairs:
            if key not in _KEYS and key != "profile":
                raise AddressError(f"A simulated board has no option `{key}`", hint=_near(key))
            if key in given:
                raise AddressError(
                    f"Option `{key}` of the simulated board is given twice: {given[key]}, {text}",
                    hint="leave one of them out",
                )
            given[key] = text
        values: dict[str, object] = dict(_profile(given.pop("profile", "direct")))
        for key, text in given.items():
            field, parse = _KEYS[key]
            try:
                values[field] = parse(text)
            except ValueError as error:
                raise AddressError(
                    f"Option `{key}={text}` of the simulated board: {error}", hint=_EXAMPLE
                ) from None
        if name and "disk" in values:
            raise AddressError(
                f"The simulated board {name!r} keeps its flash by name; `disk` cannot be given too"
            )
        return cls(name or None)._replace(**values)  # type: ignore[arg-type] # each parser gives its field's type


_SIZE_MEANT = "a size in bytes is meant, such as `65536`, `64k` or `2m`"
_SPEED_MEANT = "a number of bits per second is meant, such as `115200`"

PROFILES: dict[str, dict[str, object]] = {
    "direct": {},
    "usb": {"baud": 8_000_000, "latency_s": 0.001, "ring_bytes": 512},
    "uart": {"baud": 115_200, "ring_bytes": 260, "flow_control": False},
    "wifi": {"baud": 4_000_000, "latency_s": 0.004, "jitter_s": 0.002, "ring_bytes": 1024},
}
"""Links to test with: models, not measurements, of USB, of a UART bridge at 115200 baud, of WebREPL."""


_EXAMPLE = "write it as in `sim:?heap=64k&flash=512k&baud=115200&latency_ms=1`"


def _profile(name: str) -> dict[str, object]:
    try:
        return PROFILES[name]
    except KeyError:
        known = ", ".join(f"`{profile}`" for profile in PROFILES)
        raise AddressError(f"A simulated board has no profile `{name}`", hint=f"one of {known}") from None


def _near(key: str) -> str:
    import difflib  # noqa: PLC0415 - for the error only

    near = difflib.get_close_matches(key, [*_KEYS, "profile"], n=1)
    if near:
        return f"did you mean `{near[0]}`?"
    return "the options are " + ", ".join(f"`{known}`" for known in [*_KEYS, "profile"])


def _size(
    smallest: int, largest: int, multiple: int = 1, *, meant: str = _SIZE_MEANT, unit: str = "bytes"
) -> Callable[[str], int]:
    """Return a parser of sizes: "65536", "64k", "2m"."""

    def parse(text: str) -> int:
        digits, scale = text, 1
        if text[-1:].lower() in {"k", "m"}:
            digits, scale = text[:-1], _KIB if text[-1].lower() == "k" else _MIB
        if not (digits.isascii() and digits.isdigit()):
            raise ValueError(meant)
        size = int(digits) * scale
        if not smallest <= size <= largest:
            raise ValueError(f"{size} {unit}; {smallest} to {largest} are possible")
        if size % multiple:
            raise ValueError(f"{size} bytes are no whole number of blocks of {multiple} bytes")
        return size

    return parse


def _milliseconds(text: str) -> float:
    try:
        seconds = float(text) / 1000
    except ValueError:
        raise ValueError("a number of milliseconds is meant, such as `1` or `0.5`") from None
    if not 0 <= seconds <= _TIME_MAX_S:
        raise ValueError(f"0 to {_TIME_MAX_S * 1000:.0f} ms are possible")
    return seconds


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        raise ValueError("a share of the bytes is meant, such as `0.001`") from None
    if not 0 <= share <= 1:
        raise ValueError("0 to 1 are possible")
    return share


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError("one of " + ", ".join(f"`{word}`" for word in words) + " is meant")
        return text

    return parse


def _yes_or_no(text: str) -> bool:
    if text not in {"yes", "no"}:
        raise ValueError("`yes` or `no` is meant")
    return text == "yes"


def _path(text: str) -> str:
    if not text:
        raise ValueError("the path of a file is meant")
    return text


_KEYS: dict[str, tuple[str, Callable[[str], object]]] = {
    "heap": ("heap_bytes", _size(_HEAP_MIN_BYTES, _HEAP_MAX_BYTES)),
    "flash": ("flash_bytes", _size(_FLASH_MIN_BYTES, _FLASH_MAX_BYTES, _BLOCK_BYTES)),
    "rom": ("rom_bytes", _size(0, _ROM_MAX_BYTES)),
    "disk": ("disk", _path),
    "baud": ("baud", _size(300, 1_000_000_000, meant=_SPEED_MEANT, unit="bits per second")),
    "latency_ms": ("latency_s", _milliseconds),
    "jitter_ms": ("jitter_s", _milliseconds),
    "ring": ("ring_bytes", _size(16, 16 * _MIB)),
    "flow": ("flow_control", _yes_or_no),
    "stall_ms": ("stall_s", _milliseconds),
    "stall_every": ("stall_every", _size(0, _COUNT_MAX)),
    "noise": ("noise", _share),
    "noise_seed": ("noise_seed", _size(0, _COUNT_MAX)),
    "noise_at": ("noise_at", _one_of("both", "board", "host")),
    "unplug_after": ("unplug_after", _size(0, _COUNT_MAX)),
    "reset_after": ("reset_after", _size(0, _COUNT_MAX)),
    "personality": ("personality", _one_of("micropython", "circuitpython")),
}
