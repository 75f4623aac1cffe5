# _belay_wk(p, d, x) sends what entries.py finds, some at a time, in notes numbered from 0, and returns how many.
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
