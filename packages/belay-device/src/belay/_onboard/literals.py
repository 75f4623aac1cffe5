# _belay_pp(d) gives the open _belay_pg of put.py a piece; for a board without a stdin that a program can read.
def _belay_pp(d):
    try:
        _belay_pg.send(d)
    except StopIteration:
        pass
