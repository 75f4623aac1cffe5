# What a sync asks for when the digest of a tree is another. _belay_tl(r, e) lists like walk.py,
# and returns how many notes it has sent, the mount points, whether the file system is FAT (None:
# nobody knows), free bytes, block size, and r, or the deepest folder above it that is there. e: whether it
# mends before.
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
    p = r
    while p:
        try:
            if os.stat(p)[0] & 16384:
                break
        except OSError:
            p = N(p)[:-1]
        else:
            # 20: no folder.
            raise OSError(20)
    if p == r:
        if e:
            _belay_me(r, m)
        k = _belay_wk(r, 999, m)
    try:
        s = os.statvfs(p or "/")
        z = s[1]
        b = z * s[4]
    except AttributeError:
        pass
    return k, m, f, b, z, p
