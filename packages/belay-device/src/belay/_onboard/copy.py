# _belay_cp(s, p) copies the file s to p, whole or not at all, as put.py writes it.
def _belay_cp(s, p):
    _belay_rs(p, S(s), 0)
    R.clear()
    Q(p)
    t = T(p)
    try:
        with open(t, "wb") as f:
            W(s, f.write)
    except BaseException:
        X(t)
        raise
    M(t, p)
