# _belay_po(i) opens put.py's generator, _belay_pp(d) gives it a piece; for a board without a stdin that a program
# can read.
def _belay_po(i):
    global P
    P = _belay_pu(i)
    next(P)


def _belay_pp(*l):
    for d in l:
        try:
            P.send(d)
        except StopIteration:
            0
