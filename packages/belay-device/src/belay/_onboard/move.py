# How a file takes the place of another: M(t, p) gives the file t the name p. Where upper and lower case are one
# (FAT), a rename that is cut off leaves two names for the same clusters. There t gets its check as a mark that it
# is whole, and is copied; a reset in between is mended by Q(p): a marked file is copied, others are removed.
# O(t, p) copies t without its mark. X(p): remove it if it is there.
# W(s, w, n) calls w with n bytes (-1: all) of the file s, piece by piece, and returns the next 16.
# R: by folder, whether upper and lower case are one there.
R = {}


def X(p):
    try:
        os.remove(p)
    except OSError:
        0


def W(s, w, n=-1):
    with open(s, "rb") as s:
        while n:
            d = s.read(n if 0 < n < 512 else 512)
            if not d:
                break
            w(d)
            n -= len(d)
        return s.read(16)


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
        # What is shorter than a mark is read whole: nothing is left to compare.
        if W(t, h.update, n) == A(h):
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
    if x and hasattr(os, "statvfs"):
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
