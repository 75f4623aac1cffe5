# What all that reads and writes files builds upon. T(p) is the name beside p under which it is written.
# N(p): the folder, with its slash. F(p): is it there. S(p): its size. A(h) is a check as text.
def N(p):
    return p[: p.rfind("/") + 1]


def T(p, k=".belay-"):
    n = N(p)
    return n + k + p[len(n) :]


def S(p):
    with open(p, "rb") as f:
        return f.seek(0, 2)


def F(p):
    try:
        open(p, "rb").close()
        return 1
    except OSError:
        return 0


def A(h):
    return ("%02x" * 8 % tuple(h.digest()[:8])).encode()
