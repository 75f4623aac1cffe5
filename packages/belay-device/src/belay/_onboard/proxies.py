# What proxies stand for, by number; the host chooses the numbers and uses none twice.
# _belay_op(i, v) is the reply for v: (v,) if it travels as a value, else v is kept as number i, and the reply is
# the name of its type, the attributes of its own that hide one of the type's, the number of what has its methods
# (-1: too many to number), and, for the first object that has them, the methods' names.
# _belay_ou(n) forgets numbers. All builtins are looked up where no global of the user's can hide them.
import builtins as _belay_ob

_belay_o = {}
_belay_ot = []


def _belay_op(i, v):
    b = _belay_ob
    t = b.type(v)
    if v is None or t in (b.bool, b.int, b.str, b.bytes, b.getattr(b, "float", 0)):
        return (v,)
    _belay_o[i] = v
    d = v if t in (b.type, b.type(b)) else t
    r = t.__name__, [n for n in b.getattr(v, "__dict__", ()) if d is t and b.hasattr(t, n)]
    if d in _belay_ot:
        return r + (_belay_ot.index(d),)
    if b.len(_belay_ot) > 63:
        return r + (-1,)
    _belay_ot.append(d)
    q = [d]
    s = []
    for c in q:
        q += b.getattr(c, "__bases__", ())
        s += [n for n in b.getattr(c, "__dict__", ()) if n[:2] != "__" and b.callable(b.getattr(d, n, 0))]
    return r + (b.len(_belay_ot) - 1, s)


def _belay_ou(n):
    for i in n:
        _belay_o.pop(i, 0)
