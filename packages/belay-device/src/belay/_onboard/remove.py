# _belay_rm(p, r) removes a file, a folder that is empty, or (r) a folder and all that is in it, a few at a time:
# a folder is not changed while it is read, and not all of its names must fit into memory.
def _belay_rm(p, r):
    if not (hasattr(os, "stat") and os.stat(p)[0] & 16384):
        return os.remove(p)
    while r:
        b = []
        for e in L(p, 1):
            b.append(e)
            if len(b) > 15:
                break
        for e in b:
            _belay_rm(p + "/" + e[1], 1)
        r = b
    os.rmdir(p)
