# _belay_me(p, x) does what Q of move.py does for each file in the folder p and below of which something is left, and
# returns their paths. It does not look into the folders in x.
def _belay_me(p, x=()):
    r = []
    for _, n, f, _ in L(p, 1):
        if f:
            if p + "/" + n not in x:
                r += _belay_me(p + "/" + n, x)
        elif n[:7] == ".belay-":
            r.append(p + "/" + n[7:])
    for n in r:
        Q(n)
    return r
