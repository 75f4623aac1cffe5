# What proxies stand for: number i is _belay_o[i % 32][i]; the host chooses the numbers and uses none twice.
# One table would need a single piece of memory, however many there are, and a heap has no large one left after a
# while. The remainder spreads them evenly, also where few of many are left.
# _belay_op(i, v) is the reply for v: (v,) if it travels as a value, else v is kept as number i, and the reply is
# the name of its type, the attributes of its own that hide one of the type's, the number of what has its methods
# (-1: too many to number), and, for the first object that has them, the methods' names.
# Where the heap is small it is collected at each fourth: what lies between the kept, and nobody needs, would leave no
# piece to compile in. In a large one that takes too long, and is needed too late. o: whether it is small.
# _belay_ou(n) forgets numbers. b is the module of the builtins: not every board has floats.
import gc

o = gc.mem_free() < 300000
_belay_o = {}
_belay_ot = []


def _belay_op(i, v):
    b = G["_belay_b"]
    t = type(v)
    if v is None or t in (bool, int, str, bytes, getattr(b, "float", 0)):
        return (v,)
    _belay_o.setdefault(i % 32, {})[i] = v
    if o and i % 4 == 0:
        gc.collect()
    d = v if t in (type, type(b)) else t
    r = t.__name__, [n for n in getattr(v, "__dict__", ()) if d is t and hasattr(t, n)]
    if d in _belay_ot:
        return r + (_belay_ot.index(d),)
    if len(_belay_ot) > 63:
        return r + (-1,)
    _belay_ot.append(d)
    q = [d]
    s = []
    for c in q:
        q += getattr(c, "__bases__", ())
        s += [n for n in getattr(c, "__dict__", ()) if n[:2] != "__" and callable(getattr(d, n, 0))]
    return r + (len(_belay_ot) - 1, s)


def _belay_ou(n):
    for i in n:
        _belay_o.get(i % 32, {}).pop(i, 0)
