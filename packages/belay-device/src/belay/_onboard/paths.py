# Verbs for one path: _belay_so gives (mode, size, time) of it; _belay_st of each of many, None where there is none.
def _belay_so(p):
    s = os.stat(p)
    return s[0], s[6], s[8]


def _belay_st(*l):
    r = []
    for p in l:
        try:
            s = _belay_so(p)
        except OSError as e:
            # 2, 20: there is none, or a file where a folder should be.
            if e.args[0] not in (2, 20):
                raise
            s = None
        r.append(s)
    return r


# Makes a folder; r: those above it too; x: it may be there.
def _belay_mk(p, r, x):
    try:
        os.mkdir(p)
    except OSError as e:
        i = p.rfind("/")
        if e.args[0] == 2 and r and i > 0:
            _belay_mk(p[:i], 1, 1)
            os.mkdir(p)
        elif not (x and os.stat(p)[0] & 16384):
            raise


def ab(p):
    return p if p[:1] == "/" else os.getcwd().rstrip("/") + "/" + p


# Renames s to t; o: in place of a file that is there. littlefs moves a folder into itself, and it is gone.
def _belay_rn(s, t, o):
    if s != t and (ab(t) + "/").startswith(ab(s) + "/"):
        raise OSError(22)
    # What is to take its place must be there before that goes.
    os.stat(s)
    if not o and _belay_st(t)[0]:
        raise OSError(17)
    try:
        os.rename(s, t)
    except OSError as e:
        # This board does not replace.
        if e.args[0] != 17 or not o:
            raise
        os.remove(t)
        os.rename(s, t)


def _belay_to(p):
    open(p, "ab").close()
