# _belay_pu() is a generator: it is sent pieces of a stream of files and writes them; it returns how many.
# A file is its path, 0, its size, 0, "a" to append or nothing, a newline; its bytes; the check of the bytes
# (16 characters). An empty line ends the stream. Each file is written beside its target and renamed when its
# check is right; the host is told with a note. Where a rename does not replace (FAT), a file whose name tells
# that it is whole stands in between.
import os

try:
    from hashlib import sha256 as _belay_hs
except ImportError:

    class _belay_hs:
        def __init__(s):
            s.c = 0

        def update(s, b):
            s.c = C(b, s.c)

        def digest(s):
            return b"\0\0\0\0" + s.c.to_bytes(4, "big")


def _belay_mv(t, p):
    try:
        os.rename(t, p)
    except OSError as e:
        i = p.rfind("/") + 1
        # 17: there is one already.
        if e.args[0] != 17:
            raise
        n = p[:i] + ".belay!" + p[i:]
        try:
            os.remove(n)
        except OSError:
            pass
        os.rename(t, n)
        os.remove(p)
        os.rename(n, p)


def _belay_pu():
    q = yield
    j = 0
    while 1:
        while b"\n" not in q:
            q += yield
        h, q = q.split(b"\n", 1)
        if not h:
            return j
        p, n, a = str(h, "utf8").split("\0")
        n = int(n)
        i = p.rfind("/") + 1
        t = p[:i] + ".belay-" + p[i:]
        k = _belay_hs()
        f = open(t, "wb")
        try:
            if a:
                try:
                    with open(p, "rb") as o:
                        while 1:
                            d = o.read(512)
                            if not d:
                                break
                            f.write(d)
                except OSError as e:
                    # 2: there is none yet.
                    if e.args[0] != 2:
                        raise
            while 1:
                d = q[:n]
                q = q[n:]
                f.write(d)
                k.update(d)
                n -= len(d)
                if not n:
                    break
                q = yield
            f.close()
            while len(q) < 16:
                q += yield
            if "".join("%02x" % x for x in k.digest()[:8]) != str(q[:16], "utf8"):
                raise ValueError("_belay damaged")
            q = q[16:]
            _belay_mv(t, p)
        except BaseException:
            f.close()
            try:
                os.remove(t)
            except OSError:
                pass
            raise
        j += 1
        _belay_w(b"\2TOKENxf;%x\3" % j)
