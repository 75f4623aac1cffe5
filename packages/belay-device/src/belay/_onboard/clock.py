# _belay_t(f): what f returns, and the clock in ms before and after. _belay_p is the clock's greatest value;
# -1: it never wraps, None: there is no clock. The names of the user's are not used: `time` may be theirs.
# ticks_add wraps -1 to the greatest value. CircuitPython's ticks are documented to have 29 bits.
try:
    from time import ticks_add as _belay_p, ticks_ms as _belay_m

    _belay_p = _belay_p(0, -1)
except ImportError:
    try:
        from supervisor import ticks_ms as _belay_m

        _belay_p = 0x1FFFFFFF
    except ImportError:
        try:
            from time import monotonic_ns as _belay_p

            def _belay_m(n=_belay_p):
                return n() // 1000000

            _belay_m()
            _belay_p = -1
        except (ImportError, NotImplementedError):
            _belay_p = None

            def _belay_m():
                return 0


def _belay_t(f):
    a = _belay_m()
    return f(), a, _belay_m()
