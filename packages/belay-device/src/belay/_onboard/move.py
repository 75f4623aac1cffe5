# T(p) is the name of the file beside p that will take its place: while it is not whole, with k whole.
# M(t, p) gives the whole file t the name p. Where p is there already it is called whole in between: many boards
# cannot replace a file by another (FAT) without a moment when there is neither.
# F(p) says whether there is a file p, X(p) removes it if so.
# W(s, f) writes what is in the file s to the open file f. N(p) is the folder of p, with its slash.
def N(p):
    return p[: p.rfind("/") + 1]


def T(p, k="-"):
    n = N(p)
    return n + ".belay" + k + p[len(n) :]


def F(p):
    try:
        open(p, "rb").close()
        return 1
    except OSError:
        return 0


def M(t, p):
    if not F(p):
        return os.rename(t, p)
    n = T(p, "!")
    X(n)
    os.rename(t, n)
    try:
        os.rename(n, p)
    except OSError as e:
        # 17: this board does not replace.
        if e.args[0] != 17:
            raise
        os.remove(p)
        os.rename(n, p)


def X(p):
    try:
        os.remove(p)
    except OSError:
        0


def W(s, f):
    with open(s, "rb") as s:
        while 1:
            d = s.read(512)
            if not d:
                break
            f.write(d)
