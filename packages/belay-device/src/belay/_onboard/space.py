# _belay_fr(p) is total, free and block size of the file system at p, in bytes.
# _belay_rs(p, n, a) raises OSError(28, needed, free) if a file p of n bytes (a: more, behind what is there) does not
# fit beside the one that is there.
def _belay_fr(p):
    s = os.statvfs(p)
    return s[1] * s[2], s[1] * s[4], s[1]


def _belay_rs(p, n, a):
    if hasattr(os, "statvfs"):
        _, f, b = _belay_fr(N(p) or ".")
        if a and F(p):
            n += S(p)
        # One that is read-only gives nothing away, and says so when it is written to.
        if b:
            n = (n + b - 1) // b * b
            if n > f:
                raise OSError(28, n, f)
