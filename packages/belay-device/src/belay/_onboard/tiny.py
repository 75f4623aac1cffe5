# put.py for a board with a few kB of heap and no stdin that a program can read: _belay_tw(t, d) writes a piece to
# the file t beside the target, _belay_tm(t, p, c) gives it the name p if its check is c. _belay_tr reads a piece.
def _belay_tw(t, d, m="ab"):
    with open(t, m) as f:
        f.write(d)


def _belay_tm(t, p, c):
    k = 0
    with open(t, "rb") as f:
        while 1:
            d = f.read(64)
            if not d:
                break
            k = C(d, k)
    if k != c:
        os.remove(t)
        raise ValueError("_belay damaged")
    try:
        os.rename(t, p)
    except OSError:
        os.remove(p)
        os.rename(t, p)


def _belay_tr(p, o, n):
    with open(p, "rb") as f:
        f.seek(o)
        return f.read(n)
