# _belay_me(p) does what Q of move.py does for each file in the folder p and below of which something is left, and
# returns their paths.
def _belay_me(p):
    r = []
    for _, n, f, _ in L(p, 1):
        if f:
            r += _belay_me(p + "/" + n)
        elif n[:7] == ".belay-":
            r.append(p + "/" + n[7:])
    for n in r:
        Q(n)
    return r
