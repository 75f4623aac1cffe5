# _belay_th gives the checks of files.
def _belay_th(*l):
    b = memoryview(bytearray(1024))
    return [ck(p, b)[1] for p in l]
