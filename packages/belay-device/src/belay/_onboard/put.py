# _belay_pu(i) is a generator: it is sent pieces of a stream of files and writes them; it returns how many.
# A file is its path, 0, its size, 0, "a" to append or nothing, a newline; its bytes; the check of the bytes
# (16 characters). With the size -1 it is a step: "x" removes a file, "d" a folder, "m" makes one. An empty line
# ends the stream. Each file is written beside its target and takes its place when its check is right. _belay_j is
# i, the transfer's number, and how many of its files and steps are done; a note tells it too.
_belay_j = [0, 0]


def _belay_pu(i):
    j = _belay_j
    j[0] = i
    j[1] = 0
    R.clear()
    q = yield
    while 1:
        while b"\n" not in q:
            q += yield
        h, q = q.split(b"\n", 1)
        if not h:
            R.clear()
            return j[1]
        p, n, a = str(h, "utf8").split("\0")
        n = int(n)
        if n < 0:
            try:
                {"x": os.remove, "d": os.rmdir, "m": os.mkdir}[a](p)
            except OSError as e:
                # It is so already: 17 there is one, 2 there is none.
                if e.args[0] != (17 if a == "m" else 2):
                    raise
            j[1] += 1
            continue
        t = T(p)
        if R.get(N(p), 1):
            Q(p)
        k = H()
        z = -1
        f = open(t, "wb")
        try:
            if a and F(p):
                W(p, f.write)
            while 1:
                d = q[:n]
                q = q[n:]
                f.write(d)
                k.update(d)
                n -= len(d)
                if not n:
                    break
                q = yield
            z = f.tell()
            f.close()
            while len(q) < 16:
                q += yield
            if A(k) != q[:16]:
                raise ValueError("_belay damaged")
            q = q[16:]
            M(t, p)
        except BaseException as e:
            f.close()
            if F(t):
                # What is marked as whole is left for Q.
                if S(t) <= z or z < 1:
                    X(t)
            elif z >= 0 and isinstance(e, KeyboardInterrupt):
                # It came when all was done.
                j[1] += 1
            raise
        j[1] += 1
        _belay_w(b"\2TOKENxf;%x\3" % j[1])
