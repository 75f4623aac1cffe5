# _belay_cp(s, p) copies the file s to p, as whole or not at all as put.py writes it.
def _belay_cp(s, p):
    _belay_rs(p, os.stat(s)[6], 0)
    t = T(p)
    try:
        with open(t, "wb") as f:
            W(s, f)
        M(t, p)
    except BaseException:
        X(t)
        raise
