# How a file takes the place of another. T(p) is the name beside p under which it is written.
# M(t, p) gives the file t the name p. Where upper and lower case are one
# (FAT), a rename that is cut off leaves two names for the same clusters. There t gets its check as a mark that it
# is whole, and is copied; a reset in between is mended by Q(p): a marked file is copied, others are removed.
# N(p): the folder, with its slash. F(p): is it there. S(p): its size. X(p): remove it if it is there.
# W(s, w, n) calls w with n bytes (-1: all) of the file s, piece by piece, and returns the next 16.
# A(h) is a check as text. R: by folder, whether upper and lower case are one there.
R = {}


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


def X(p):
    try:
        os.remove(p)
    except OSError:
        0


def W(s, w, n=-1):
    with open(s, "rb") as s:
        while n:
            d = s.read(512 if n < 0 else min(n, 512))
            if not d:
                break
            w(d)
            if n > 0:
                n -= len(d)
        return s.read(16)


def A(h):
    return ("%02x" * 8 % tuple(h.digest()[:8])).encode()


def O(t, p):
    try:
        f = open(p, "wb")
    except OSError as e:
        # A folder, say; 5 is a flash that fails, and t may be all that there is.
        if e.args[0] != 5:
            os.remove(t)
        raise
    with f:
        W(t, f.write, S(t) - 16)
    os.remove(t)


def Q(p):
    t = T(p)
    if F(t):
        n = S(t) - 16
        h = H()
        if n >= 0 and W(t, h.update, n) == A(h):
            O(t, p)
        else:
            os.remove(t)


def M(t, p):
    n = N(p)
    if n not in R:
        R[n] = F(T(p, ".BELAY-"))
    z = S(t)
    r = hasattr(os, "rename")
    x = R[n]
    if r and x and hasattr(os, "statvfs"):
        s = os.statvfs(n or ".")
        b = s[1]
        # Is there room for the copy? What is there gives its own; 16 bytes are the mark.
        if (z + 15 + b) // b > s[4] + (F(p) and -(-S(p) // b)):
            if F(p):
                X(t)
                # 28: no room.
                raise OSError(28, 2 * z, z + s[4] * b)
            # To rename it is the lesser evil.
            x = 0
    if r and not x:
        try:
            return os.rename(t, p)
        except OSError:
            X(t)
            raise
    h = H()
    W(t, h.update)
    with open(t, "ab") as f:
        f.write(A(h))
    e = 0
    while F(t):
        try:
            O(t, p)
        except KeyboardInterrupt as x:
            # Half a file must not stay.
            e = x
    if e:
        raise e
