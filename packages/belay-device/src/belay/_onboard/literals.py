# _belay_po() opens a stream of files (see put.py), _belay_pp(d) gives it a piece; for a board without a stdin that
# a program can read.
def _belay_po():
    global P
    P = _belay_pu()
    next(P)


def _belay_pp(d):
    try:
        P.send(d)
    except StopIteration:
        pass
