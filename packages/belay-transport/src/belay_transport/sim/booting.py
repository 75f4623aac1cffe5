"""One boot of the interpreter: a forked, fenced child that runs the boot code, then its REPL.

Knows the interpreter's library and what the child needs before it enters it; must not know what
goes over its wire. The library is loaded once, before the fork: a boot costs 2 ms, and needs no file.
"""

from __future__ import annotations

import ctypes
import mmap
import os
from importlib.machinery import ExtensionFileLoader, ModuleSpec

from belay_transport.sim.fence import end_with_parent, enter_empty_root, filter_system_calls
from belay_transport.sim.interpreter import Ending, Interpreter, Signals
from belay_transport.sim.page import INTERRUPTS_ARE_OFF, PAGE_BYTES

TYPE_CHECKING = False  # see control.py
if TYPE_CHECKING:
    from typing import Any

__all__ = ["Booter"]

_ONBOARD = ("boot", "pins", "timing", "buses", "power", "rom")
_CIRCUIT = ("circuit", "circuitio")
# For a board that is dressed as CircuitPython only.
_START = """\
try:
 _sim_boot = {{'user_globals': globals()}}
 exec(compile(__import__('uctypes').bytes_at({0}, {1}), '<boot>', 'exec'), _sim_boot)
 _sim_boot['_sim_boot'](*{2!r})
except Exception as e:
 open(3, 'wb').write('failed %r\\ndo fail\\n' % e)
 while True: pass
"""
# What the interpreter is started with: it fits any heap, so that a boot that does not can say so.

_REQUESTS = 3
# The child's descriptors: 0 to 2 the wire, 3 to 5 requests, replies, events; the board code knows these.
_FIRST_UNUSED = 6
_CRASHED = 70
_OWN_HEAP_BYTES = 96 * 1024
# Room to compile the board code and to keep it: a board has it in its firmware, not in its heap. What is
# not in use is filled up (see `ballast` in boot.py), so a program has the heap that was asked for.


class Booter:
    """Everything that stays the same from boot to boot.

    Attributes:
        page: the memory that is shared with the board and the host, see page.py.
    """

    def __init__(self, config: dict[str, Any], folder: str, rom: mmap.mmap | None) -> None:
        self.page = mmap.mmap(config["page"], PAGE_BYTES)
        self._flash = mmap.mmap(config["flash"], 0)
        self._config = config
        self._signals = Signals(config["signals"])
        self._run_main, self._library = _load(config["library"])
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._libc.signal.argtypes = [ctypes.c_int, ctypes.c_void_p]
        self._mode = ctypes.c_int.in_dll(self._library, "pyexec_mode_kind")
        self._empty_folder = _empty_folder()
        parts: tuple[str, ...] = _ONBOARD
        if config["personality"] == "circuitpython":
            from belay_transport.sim.costume import put_on  # noqa: PLC0415 - the usual board does without

            put_on(self._libc, config["library"])
            parts += _CIRCUIT
        self._sources = {name: ctypes.create_string_buffer(_read(folder, name)) for name in parts}
        self._rom = rom

    def boot(self, *, is_raw: bool, runs_main: bool, reset_cause: int, rtc_offset_us: int) -> Interpreter:
        """Start an interpreter.

        Args:
            is_raw: whether its REPL starts in raw mode.
            runs_main: whether `main.py` runs after `boot.py`.
            reset_cause: what `machine.reset_cause()` says.
            rtc_offset_us: how far the board's clock is ahead of the host's.
        """
        requests, requests_end = os.pipe()
        replies_end, replies = os.pipe()
        os.set_blocking(replies_end, False)
        events_end, events = os.pipe()
        ends = (requests_end, replies_end, events_end)
        code = self._code((runs_main, reset_cause, rtc_offset_us))
        self.page[INTERRUPTS_ARE_OFF] = 0
        pid = os.fork()
        if pid == 0:
            try:
                self._become_board(ends, code, is_raw=is_raw)
            finally:
                os._exit(_CRASHED)
        for descriptor in ends:
            os.close(descriptor)
        return Interpreter(pid, requests, replies, events, signals=self._signals)

    def erase(self) -> None:
        """Make the flash blank, and the shared memory; no interpreter runs."""
        size = len(self._flash)
        # Gives the memory back, where writing zeros would take it; what is mapped stays so.
        os.truncate(self._config["flash"], 0)
        os.truncate(self._config["flash"], size)
        self.page[:] = bytes(PAGE_BYTES)

    def _code(self, boot: tuple[bool, int, int]) -> str:
        config = self._config
        sources = {name: (ctypes.addressof(code), len(code) - 1) for name, code in self._sources.items()}
        rom = (_address(self._rom), len(self._rom)) if self._rom else None
        values = (
            _address(self.page),
            ctypes.addressof(self._mode),
            (_address(self._flash), len(self._flash)),
            sources,
            rom,
            config["token"],
            config["unique_id"],
            config["heap_bytes"],
            config["personality"] == "circuitpython",
            *boot,
        )
        return _START.format(*sources.pop("boot"), values)

    def _become_board(self, ends: tuple[int, int, int], code: str, *, is_raw: bool) -> None:
        """Turn this forked process into the board; does not return."""
        end_with_parent(self._libc)
        self._arrange_descriptors(ends)
        has_empty_root = enter_empty_root(self._libc, self._empty_folder)
        os.closerange(_FIRST_UNUSED, 65536)  # among them whatever the host had open
        self._handle(self._signals.interrupt, "mp_sched_keyboard_interrupt")
        self._handle(self._signals.poke, "mp_hal_ticks_ms")  # any function of it that changes nothing
        self._mode.value = int(is_raw)
        has_filter = filter_system_calls(self._libc)
        os.write(_REQUESTS, b"fence %d %d\n" % (has_empty_root, has_filter))
        heap = f"heapsize={self._config['heap_bytes'] + _OWN_HEAP_BYTES}"
        self._run_main(["micropython", "-X", heap, "-i", "-c", code])
        self._library.gc_sweep_all()  # as the firmware does: files that were left open are closed
        os._exit(Ending.RAW_CODE if self._mode.value == 1 else Ending.FRIENDLY_CODE)

    def _arrange_descriptors(self, ends: tuple[int, int, int]) -> None:
        wanted = (*(self._config["wire"],) * 3, *ends, self._empty_folder)
        free = max(*wanted, _FIRST_UNUSED) + 1
        # First out of the way of their new places, then into them.
        for number, descriptor in enumerate(wanted, free):
            os.dup2(descriptor, number)
        for place in range(len(wanted)):
            os.dup2(free + place, place)
        self._empty_folder = len(wanted) - 1

    def _handle(self, signal_number: int, function: str) -> None:
        address = ctypes.cast(getattr(self._library, function), ctypes.c_void_p)
        self._libc.signal(signal_number, address)
        self._libc.siginterrupt(signal_number, 1)  # a blocked read returns


def _load(path: str) -> tuple[Any, ctypes.CDLL]:
    """Load the interpreter; its Python face and its C face are the same file."""
    loader = ExtensionFileLoader("micropython_run", path)
    spec = ModuleSpec("micropython_run", loader, origin=path)
    module = loader.create_module(spec)
    module.__spec__ = spec
    loader.exec_module(module)
    return module.run_main, ctypes.CDLL(path)


def _empty_folder() -> int:
    """Return a descriptor of an empty folder that is gone: nothing can be made in it, nothing remains."""
    parent = os.environ.get("TMPDIR", "/tmp")  # noqa: S108 - a folder of a name nobody can guess, gone at once
    path = f"{parent}/belay-{os.urandom(8).hex()}"
    os.mkdir(path, 0o700)  # noqa: PTH102 - `pathlib` loads slowly
    folder = os.open(path, os.O_RDONLY)
    os.rmdir(path)  # noqa: PTH106 - `pathlib` loads slowly
    return folder


def _read(folder: str, name: str) -> bytes:
    with open(f"{folder}/{name}.py", "rb") as source:  # noqa: PTH123 - `pathlib` loads slowly
        return source.read()


def _address(memory: mmap.mmap) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(memory))
