# _belay_on(i, k, o, j, m) are the replies for the next items of o, at most k, numbered from i, with a 0 where they
# end: from index j of a sequence, else of the iterator that is kept as number m. Only containers are read ahead.
# The names without an explanation are those of proxies.py.
def _belay_on(i, k, o, j, m):
    t = type(o)
    if t in (list, tuple, range, bytearray):
        g = iter(o[j : j + k])
    else:
        q = _belay_o.setdefault(m % 32, {})
        if m not in q:
            q[m] = iter(o)
        g = q[m]
        if t not in (dict, set):
            k = 1
    r = []
    try:
        while len(r) < k:
            r.append(_belay_op(i + len(r), next(g)))
    except StopIteration:
        r.append(0)
    return r
