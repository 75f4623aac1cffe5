# Binds the convenience NAMES that the board has ("machine.Pin.ADC": the module and names of it) in g,
# and returns what the host wants to know of the board.
def _belay_f(g):
    for n in NAMES.split():
        try:
            n = n.split(".")
            m = g[n[0]] = __import__(n[0])
            for x in n[1:]:
                if hasattr(m, x):
                    g[x] = getattr(m, x)
        except ImportError:
            0
    i = sys.implementation
    f = [i.name, i.version[:3], sys.platform, getattr(i, "_mpy", 0), "_thread" in g]
    for n in "native", "viper":
        try:
            exec("@micropython." + n + "\ndef f():0", {})
            f.append(n)
        except SyntaxError:
            0
    return f
