# Generators by number. _belay_g(i, f) advances number i: f gets the generator and returns what it yields.
# (1, value) is an item, (0, value) the end with the generator's return value; whatever ends it frees it.
# One that is gone has ended: its return value may have been one that cannot travel.
_belay_gs = {}


def _belay_g(i, f):
    if i not in _belay_gs:
        return 0, None
    try:
        return 1, f(_belay_gs[i])
    except StopIteration as e:
        r = 0, e.value
    except BaseException:
        del _belay_gs[i]
        raise
    del _belay_gs[i]
    return r


def _belay_free(n):
    for i in n:
        try:
            _belay_gs.pop(i).close()
        except Exception:
            pass
