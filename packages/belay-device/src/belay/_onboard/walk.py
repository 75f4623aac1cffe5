# _belay_wk(p, d, x) sends what entries.py finds, some at a time, in notes numbered from 0, and returns how many.
# _belay_du(p) adds up: files, folders, bytes.
def _belay_wk(p, d, x=()):
    q = ""
    k = 0
    for e in L(p, d, x):
        q += repr(e) + ","
        if len(q) > 700:
            _belay_s(k, "xl", q.encode())
            k += 1
            q = ""
    _belay_s(k, "xl", q.encode())
    return k + 1


def _belay_du(p):
    r = [0, 0, 0]
    for e in L(p, 999):
        r[e[2]] += 1
        r[2] += e[3] or 0
    return r
