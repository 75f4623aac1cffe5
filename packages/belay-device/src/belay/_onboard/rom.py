# ROM partitions (MicroPython 1.25 and later): memory that `rom_ioctl` writes, or a block device.
# Source: MicroPython, extmod/vfs.h, MP_VFS_ROM_IOCTL_* and MP_BLOCKDEV_IOCTL_*.
# rs(n) is partition n, rb(s) the bytes of a block of a block device or 0, rg(s, o, m) its m bytes from o on,
# rv(x) refuses the negative numbers of errors, _belay_rj[0] is where the next byte of an image goes.
try:
    from vfs import rom_ioctl as ri
except ImportError:
    ri = None
_belay_rj = [0]


def rv(x):
    if isinstance(x, int) and x < 0:
        raise OSError(-x)
    return x


def rs(n):
    return rv(ri(2, n))


def rb(s):
    return s.ioctl(5, 0) if hasattr(s, "ioctl") else 0


def rg(s, o, m):
    k = rb(s)
    if not k:
        return memoryview(s)[o : o + m]
    b = bytearray(m)
    s.readblocks(o // k, b, o % k)
    return b


# _belay_rq() tells of each partition: its size, its address or -1, what is erased at a time or 0, its first
# bytes, whether it is blank. None: this firmware knows no partitions.
def _belay_rq():
    if ri:
        l = []
        for n in range(ri(1)):
            s = rs(n)
            k = rb(s)
            z = k * s.ioctl(4, 0) if k else len(s)
            k = k or ri(6, n)
            try:
                a = __import__("uctypes").addressof(s)
            except (ImportError, TypeError):
                a = -1
            o = 0
            while o < z:
                m = min(512, z - o)
                if rg(s, o, m) != b"\xff" * m:
                    break
                o += m
            l.append((z, a, k, bytes(rg(s, 0, min(12, z))), o == z))
        return l


# _belay_re(n, o, m) erases m bytes of partition n from o on; it returns the fewest bytes to write at a time.
# Nothing may look for modules in what is erased: ROM file systems are unmounted first.
def _belay_re(n, o, m):
    import vfs

    for f, p in vfs.mount():
        if type(f).__name__ == "VfsRom":
            vfs.umount(p)
    s = rs(n)
    k = rb(s)
    if not k:
        return rv(ri(3, n, o, m) if ri(6, n) > 0 else ri(3, n, m))
    for i in range(o // k, (o + m) // k):
        rv(s.ioctl(6, i))
    return k


# _belay_rw(n, o, m, k) is a generator: it is sent the m bytes that go to o, and writes k at a time.
def _belay_rw(n, o, m, k):
    s = rs(n)
    b = rb(s)
    q = b""
    _belay_rj[0] = o
    m += o
    while o < m:
        c = min(k, m - o)
        while len(q) < c:
            q += yield
        d = q[:c]
        q = q[c:]
        rv(s.writeblocks(o // b, d, 0) if b else ri(4, n, o, d))
        o += c
        _belay_rj[0] = o
        _belay_w(b"\2TOKENxf;%x\3" % o)


# _belay_rh(n, m) is the SHA-256, or the check, of the first m bytes of partition n.
def _belay_rh(n, m):
    s = rs(n)
    h = H()
    o = 0
    while o < m:
        c = min(512, m - o)
        h.update(rg(s, o, c))
        o += c
    return h.digest()


# _belay_rc(n) ends writing; some firmware needs no end, and says that it does not know the word (22).
def _belay_rc(n):
    s = rs(n)
    x = s.ioctl(3, 0) if rb(s) else ri(5, n)
    if x != -22:
        rv(x)
