# _belay_rm(p, r) removes a file, a folder that is empty, or (r is 1) a folder and all that is in it (2: an empty
# folder only, 3: a file only): as many at a time
# as there is memory for their names, because a folder must not change while it is read.
def _belay_rm(p, r):
    h = hasattr(os, "stat")
    f = h and os.stat(p)[0] & 16384
    if h and r > 1 and (r > 2) == (f > 0):
        # 20: no folder, 21: a folder.
        raise OSError(18 + r)
    if not f:
        return os.remove(p)
    import gc

    while r and r != 2:
        gc.collect()
        m = gc.mem_free() // 512
        r = []
        for e in L(p, 1):
            if len(r) < m:
                r.append(e[1:3])
        for n, f in r:
            n = p + "/" + n
            _belay_rm(n, 1) if f else os.remove(n)
    os.rmdir(p)
