# _belay_me(p) mends what a reset has left of a file that was being written, in the folder p and below: a file
# called whole takes its place if that is free, all others are removed; the file that is there is whole as well.
# Returns the paths of the files that were to be written.
def _belay_me(p):
    r = []
    b = []
    for _, n, f, _ in L(p, 1):
        if f:
            r += _belay_me(p + "/" + n)
        elif n[:7] in (".belay-", ".belay!"):
            b.append(n)
    for n in b:
        x = p + "/" + n[7:]
        if n[6] == "!" and not F(x):
            os.rename(p + "/" + n, x)
        else:
            os.remove(p + "/" + n)
        r.append(x)
    return r
