# Binds the convenience NAMES that the board has ("machine.Pin.ADC": the module and names of it) in G, the user's
# globals, and returns what the host wants to know of the board. `f` is called once, then forgotten.
def f():
    for n in NAMES.split():
        try:
            n, *a = n.split(".")
            m = G[n] = __import__(n)
            for x in a:
                if hasattr(m, x):
                    G[x] = getattr(m, x)
        except ImportError:
            0
    i = sys.implementation
    f = [i.name, i.version[:3], sys.platform, getattr(i, "_mpy", getattr(i, "mpy", 0)), "_thread" in G]
    for n in "native", "viper":
        try:
            exec("@micropython." + n + "\ndef f():0", {})
            f.append(n)
        except SyntaxError:
            0
    return f
