# _belay_get(p, o, n) sends n bytes (all if n < 0) of the file p from offset o, in frames numbered by their
# place in the answer, and returns how many there were. Kind "xd" is the bytes, "xb" base64, "xh" their repr.
import sys

try:
    _belay_gw = sys.stdout.buffer.write
except AttributeError:
    _belay_gw = None
    try:
        from binascii import b2a_base64 as B
    except ImportError:
        B = None


def _belay_get(p, o, n):
    with open(p, "rb") as f:
        f.seek(o)
        i = 0
        while n:
            m = 1024 if _belay_gw else 510 if B else 160
            d = f.read(m if n < 0 else min(n, m))
            if not d:
                break
            if _belay_gw:
                l = len(d)
                c = C(d, C(b"xd", i + l))
                _belay_gw(b"\2TOKENxd;%x,%x,%0*x:" % (i, l, D, c) + d + b"\3")
            elif B:
                _belay_s(i, "xb", B(d)[:-1])
            else:
                _belay_s(i, "xh", repr(d).encode())
            i += len(d)
            if n > 0:
                n -= len(d)
    return i
