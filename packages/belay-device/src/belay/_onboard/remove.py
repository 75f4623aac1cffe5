# _belay_rm(p, r) removes a file, a folder that is empty, or (r) a folder and all that is in it: as many at a time
# as there is memory for their names, because a folder must not change while it is read.
def _belay_rm(p, r):
    if not (hasattr(os, "stat") and os.stat(p)[0] & 16384):
        return os.remove(p)
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
            _belay_rm(n, 1) if f else os.remove(n)
    os.rmdir(p)
