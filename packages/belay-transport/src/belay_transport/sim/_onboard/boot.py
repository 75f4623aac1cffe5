# Runs first on the simulated board, in globals of its own: a program may call its globals `len` or `print`.
# It leaves nothing in `__main__`, whose globals it knows as `user_globals`. An exception from here ends that boot.
#
# Knows what a board's firmware does between reset and prompt, and how the parts of the board that
# the interpreter lacks come in: façades of built-in modules, put where `import` looks first.
#
# Descriptors: 3 what we tell and ask (a line each), 4 the answers, 5 the events. Flash, ROM and the page
# that says what inputs read are memory that is shared with the launcher.


def _sim_boot(
    page,
    mode,
    flash,
    sources,
    rom,
    token,
    unique_id,
    heap,
    is_circuit,
    run_main,
    reset_cause,
    rtc_offset_us,
):
    g = user_globals  # noqa: F821 - given by booting.py
    for n in ("_sim_boot", "__file__"):
        g.pop(n, None)
    globals().clear()  # this function would stay in the heap
    import gc
    import io
    import micropython
    import os
    import sys
    import time
    import uctypes
    import vfs

    kbd_intr = micropython.kbd_intr
    kbd_intr(-1)
    tell = open(3, "wb").write
    writes = uctypes.bytearray_at(page + 388, 8)  # how many there were, and behind how many the power goes

    def count():
        # Byte by byte, because nothing may be allocated here: see below.
        w = writes
        if w[0] == w[4] and w[1] == w[5] and w[2] == w[6] and w[3] == w[7]:
            tell(b"do cut\n")
            while True:
                time.sleep(1)
        i = 0
        while w[i] == 255:
            w[i] = 0
            i += 1
        w[i] += 1

    class _SimFlash:
        # A soft reset closes open files while the heap is locked: then the bytes go one by one.
        def __init__(self, memory):
            self.m = memory

        def readblocks(self, n, buf, off=0):
            a = n * 4096 + off
            try:
                buf[:] = self.m[a : a + len(buf)]
            except MemoryError:
                for i in range(len(buf)):
                    buf[i] = self.m[a + i]

        def writeblocks(self, n, buf, off=0):
            count()
            a = n * 4096 + off
            try:
                self.m[a : a + len(buf)] = buf
            except MemoryError:
                for i in range(len(buf)):
                    self.m[a + i] = buf[i]

        def ioctl(self, op, arg):
            if op == 4:
                return len(self.m) // 4096
            if op == 5:
                return 4096
            if op == 6:
                return 0

    def mount():
        device = _SimFlash(memoryview(uctypes.bytearray_at(flash[0], flash[1])))
        # 256 bytes at a time, as RP2 boards write: with the default of 32, a new file takes 1000 calls.
        how = {"readsize": 256, "progsize": 256, "lookahead": 64}
        try:
            fs = vfs.VfsLfs2(device, **how)
        except OSError:
            vfs.VfsLfs2.mkfs(device, **how)
            fs = vfs.VfsLfs2(device, **how)
        vfs.mount(fs, "/", readonly=is_circuit and shared[396] == 0)

    def remount():
        vfs.umount("/")
        mount()

    def module(name, real, without=()):
        # A module can only be made by importing one: the only file on the ROM that is mounted now.
        import m

        d = m.__dict__
        d["__name__"] = name
        del d["__file__"]
        del sys.modules["m"]
        for n in dir(real):
            if n[:2] != "__" and n not in without:
                d[n] = getattr(real, n)
        sys.modules[name] = m
        return m

    ballast = []

    def fill(size):
        # Takes the part of the heap that a program shall not have. In small pieces: they go into the holes
        # between what is in use, so that what is left is one piece, as on a board after its start.
        try:
            ballast.extend([None] * (size // 128))
            for i in range((size - 8 * len(ballast)) // 128):
                ballast[i] = bytearray(96)
        except MemoryError:
            pass

    def load(name, d):
        address, length = sources[name]
        level = micropython.opt_level()
        micropython.opt_level(3)
        exec(compile(uctypes.bytes_at(address, length), "sim_" + name, "exec"), d)
        micropython.opt_level(level)
        gc.collect()  # what the next part takes goes into the holes

    def load_late(name, d):
        # When a program has the heap already: what this takes of it is ours, so the ballast gets so much lighter.
        gc.collect()
        free = gc.mem_free()
        ballast.clear()
        gc.collect()
        load(name, d)
        gc.collect()
        fill(gc.mem_free() - free)

    class _SimRaw(io.IOBase):
        # `sys.stdout.buffer`: what would be changed on the way out is wrapped (see cooking.py).
        def write(self, data, start=None, size=None):
            if start is not None:
                # write(data, size) or write(data, start, size), as streams have it.
                data = memoryview(data)[:start] if size is None else memoryview(data)[start : start + size]
            if not isinstance(data, bytes):
                data = data.encode() if isinstance(data, str) else bytes(data)
            if b"\n" not in data:
                return raw.write(data)
            m = memoryview(data)
            for a in range(0, len(m), 4096):
                b = m[a : a + 4096]
                raw.write(token + len(b).to_bytes(4, "little") + b)
            return len(m)

        def ioctl(self, op, arg):
            return 0

        def flush(self):
            pass

    class _SimOut(io.IOBase):
        def __init__(self):
            self.write = stdout.write
            self.buffer = buffer

        def ioctl(self, op, arg):
            return 4 & arg if op == 3 else 0

        def flush(self):
            pass

    class _SimSys:
        # Not a module, so that `sys.path = [...]` and `sys.ps1 = "..."` reach the interpreter.
        def __repr__(self):
            return "<module 'sys'>"

        hidden = {}  # what a program sees instead of the interpreter's own; None for nothing

        def __getattr__(self, n):
            if n == "stdout":
                return out
            if n in self.hidden:
                if self.hidden[n] is None:
                    raise AttributeError("'module' object has no attribute '%s'" % n)
                return self.hidden[n]
            if n == "__all__":
                return [n for n in dir(sys) if n[0] != "_" and self.hidden.get(n, 0) is not None]
            return getattr(sys, n)

        def __setattr__(self, n, v):
            setattr(sys, n, v)

    shared = uctypes.bytearray_at(page, 512)
    repl = [uctypes.bytearray_at(mode, 1), True]
    # Whether the prompt is the raw one (1) or not (0), and whether it has not been reached yet.

    stdout = sys.stdout
    raw = stdout.buffer
    buffer = _SimRaw()
    out = _SimOut()

    host = {}

    def dress():
        host.update({"tell": tell, "page": shared, "load_late": load_late, "rom": rom})
        host["module"] = module
        host["repl"] = repl
        host["unique_id"] = unique_id
        host["reset_cause"] = reset_cause
        host["rtc_offset_us"] = rtc_offset_us
        # A ROM file system with one file, `m.py`, that is empty.
        vfs.mount(vfs.VfsRom(b"\xd2\xcd1\x09\x05\x07\x04m.py\x02\0"), "/")
        sys.path[:] = ("",)
        without = ("VfsPosix", "system", "getenv", "putenv", "unsetenv", "errno")
        host["os"] = module("os", os, without)
        host["vfs"] = module("vfs", vfs, without)
        load("power", host)
        if is_circuit:
            host["hidden"] = _SimSys.hidden
            host["remount"] = remount
            load("circuit", host)
            load("circuitio", host)
            del out.buffer
        else:
            for part in ("pins", "timing", "buses"):
                load(part, host)
            host["_sim_show"]()
        vfs.umount("/")
        mount()
        sys.path[:] = ("", ".frozen", "/lib")
        sys.argv.clear()
        if rom and not is_circuit:
            load("rom", host)
        sys.modules["sys"] = _SimSys()

    def run(name):
        # Says whether the board goes on, as the firmware does after it has run `name`.
        try:
            with open(name) as f:
                code = f.read()
        except OSError:
            return True
        try:
            try:
                kbd_intr(3)
                if shared[397]:
                    shared[397] = 0
                    raise KeyboardInterrupt
                exec(compile(code, name, "exec"), g)
                deafen()
            except SystemExit:
                deafen()
                return False
        except BaseException as e:
            try:
                deafen()
            except KeyboardInterrupt:
                pass
            report(e)
        return True

    def deafen():
        # From here on Ctrl-C is a byte; one that came before is raised by the jump, and ends the file.
        kbd_intr(-1)
        for _ in b"  ":
            pass

    def report(e):
        text = io.StringIO()
        try:
            sys.print_exception(e, text)
            # The first frame is `run`: a board has none there.
            lines = text.getvalue().split("\n")
            if len(lines) > 1 and lines[1].startswith('  File "<boot>"'):
                lines.pop(1)
            print("\n".join(lines), end="")
        except MemoryError:
            sys.print_exception(e)

    vfs.umount("/")  # the host's
    dress()
    gc.collect()
    # The interpreter's table of names grows by steps that double: with those of `machine` in it, the step that
    # a session's own names take is larger by so much. The names of a firmware take nothing of the heap.
    names = 0 if is_circuit else 2048
    fill(gc.mem_free() - heap - names)
    tell(b"up\n")
    main, runs_boot = "main.py", True
    if is_circuit:
        runs_boot = reset_cause != 5  # a soft reset runs the program alone
        try:
            os.stat("code.py")
            main = "code.py"
        except OSError:
            pass
    if not ((not runs_boot or run("boot.py")) and (not run_main or run(main))):
        # SystemExit would lead to the prompt from here.
        host["_sim_soft_reset"]()
    repl[1] = False
