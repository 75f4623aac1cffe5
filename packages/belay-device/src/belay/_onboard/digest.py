# What a sync asks for first. _belay_td(r, k, o) is the digest of what is in the folder r (None: of nothing) without
# the paths in k, then of the paths in o; belay.files.scope says which lines it is of.
# lf(h, p, b) adds the line of a file to h, ld(h, p) that of a folder, lt(h, p, k, u, b) those of all in a folder.
# u is the mount points, b the buffer of contents.py. me(h, n, f): a mark, if the name n is of something left over.
def me(h, n, f):
    if n[:7] == ".belay-" and not f:
        h.update(b"!")


def ld(h, p):
    h.update((p + "/\n").encode())


def lf(h, p, b):
    h.update(("%s\0%d\0%s\n" % ((p,) + ck(p, b))).encode())


def lt(h, p, k, u, b):
    e = sorted([x[1:3] for x in L(p, 1)])
    if not e:
        ld(h, p)
    for n, f in e:
        q = p + "/" + n
        if n[:6] == ".belay":
            me(h, n, f)
        elif q in u:
            pass
        elif q in k:
            if f:
                for _, n, f, _ in L(q, 999, u):
                    me(h, n, 0)
        elif f:
            lt(h, q, k, u, b)
        else:
            lf(h, q, b)


def _belay_td(r, k, o):
    h = H()
    b = memoryview(bytearray(1024))

    def d(p):
        try:
            return os.stat(p)[0] & 16384
        except OSError:
            return -1

    if r is not None and d(r or "/") > 0:
        lt(h, r, k, [m[0] for m in mt()], b)
    for p in o:
        if F(T(p)):
            h.update(b"!")
        f = d(p)
        if f > 0:
            ld(h, p)
        elif not f:
            lf(h, p, b)
    return A(h).decode()
