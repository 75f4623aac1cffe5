# What a sync asks for. _belay_td(r, k, o) is the digest of what is in the folder r (None: of nothing) without the
# paths in k, then of the paths in o; belay.files.scope says which lines it is of. _belay_tl(r, e) lists like walk.py,
# and returns how many notes it has sent, the mount points, whether the file system is FAT (None:
# nobody knows), free bytes, block size, is there r. e: whether it mends before. _belay_th gives the checks of files.
# mt() is the mount points, with their file systems. ck(p, b): the check of a file, read
# through the buffer b, which is there as long as it is needed.
def mt():
    try:
        import vfs

        return [(p, type(m).__name__) for m, p in vfs.mount()]
    except (ImportError, TypeError):
        return []


def ck(p, b):
    h = H()
    n = 1024
    with open(p, "rb") as f:
        # Less than was asked for is the end: most files are read at once.
        while n == 1024:
            n = f.readinto(b)
            h.update(b[:n])
    return A(h).decode()


def _belay_th(*l):
    b = memoryview(bytearray(1024))
    return [ck(p, b) for p in l]


def _belay_td(r, k, o):
    h = H()
    u = [m[0] for m in mt()]
    b = memoryview(bytearray(1024))

    def w(p, z):
        if z is None:
            z = S(p)
        h.update(("%s\0%d\0%s\n" % (p, z, ck(p, b))).encode())

    def t(p):
        e = sorted([x[1:] for x in L(p, 1)])
        if not e:
            h.update((p + "/\n").encode())
        for n, f, z in e:
            q = p + "/" + n
            if n[:6] == ".belay":
                if n[6:7] == "-" and not f:
                    # Something is left over.
                    h.update(b"!")
            elif q in u:
                pass
            elif q in k:
                if f:
                    for _, n, f, _ in L(q, 999, u):
                        if n[:7] == ".belay-":
                            h.update(b"!")
            elif f:
                t(q)
            else:
                w(q, z)

    def d(p):
        try:
            return os.stat(p)[0] & 16384
        except OSError:
            return -1

    if r is not None and d(r or "/") > 0:
        t(r)
    for p in o:
        if F(T(p)):
            h.update(b"!")
        f = d(p)
        if f > 0:
            h.update((p + "/\n").encode())
        elif not f:
            w(p, None)
    return A(h).decode()


def _belay_tl(r, e):
    u = mt()
    m = [x[0] for x in u]
    f = None
    i = -1
    for p, n in u:
        # The file system of r is the one that is mounted deepest above it.
        if len(p) > i and ((r or "/") + "/").startswith(p.rstrip("/") + "/"):
            i = len(p)
            f = n == "VfsFat"
    k = 0
    b = z = None
    try:
        os.stat(r or "/")
    except OSError:
        r = None
    else:
        if e:
            _belay_me(r, m)
        k = _belay_wk(r, 999, m)
    try:
        s = os.statvfs(r or "/")
        z = s[1]
        b = z * s[4]
    except AttributeError:
        pass
    return k, m, f, b, z, r is not None
