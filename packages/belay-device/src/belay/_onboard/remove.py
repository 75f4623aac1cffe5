# _belay_rm(p, r) removes a file, a folder that is empty, or (r is 1) a folder and all that is in it (2: an empty
# folder only, 3: a file only). It removes nothing where a file system is mounted at the folder or below.
# rt(p, r) removes the folder p: as many names at a time as there is memory for, because a folder must not change
# while it is read.
def rt(p, r):
    import gc

    while r:
        gc.collect()
        m = gc.mem_free() // 512
        r = []
        for e in L(p, 1):
            if len(r) < m:
                r.append(e[1:3])
        for n, f in r:
            n = p + "/" + n
            rt(n, 1) if f else os.remove(n)
    os.rmdir(p)


def _belay_rm(p, r):
    h = hasattr(os, "stat")
    f = h and os.stat(p)[0] & 16384
    if h and r > 1 and (r > 2) == (f > 0):
        # 20: no folder, 21: a folder.
        raise OSError(18 + r)
    if not f:
        return os.remove(p)
    q = p if p[0] == "/" else os.getcwd().rstrip("/") + "/" + p
    for m, _ in mt():
        if (m + "/").startswith(q + "/"):
            # Busy.
            raise OSError(16, m)
    rt(p, r == 1)
