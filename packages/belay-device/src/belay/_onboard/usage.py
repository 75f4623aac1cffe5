# _belay_du(p) adds up what is in p: files, folders, bytes.
def _belay_du(p):
    r = [0, 0, 0]
    for e in L(p, 999):
        r[e[2]] += 1
        r[2] += e[3] or 0
    return r
