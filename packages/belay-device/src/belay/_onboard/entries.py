# L(p, d) yields level, name, is it a folder, size for all that is in the folder p, d levels deep, each folder in
# front of what is in it; it does not look into the folders in x. p has no slash at its end: "" is the root.
# Without os.ilistdir (CircuitPython) there are two calls for each entry, and without os.stat nothing but names.
# Read to the end: littlefs keeps a folder open else, and older firmwares forget that it is.
def L(p, d, x=(), l=1):
    for e in getattr(os, "ilistdir", os.listdir)(p or "/"):
        n, f, z = e, 0, None
        if isinstance(e, tuple):
            n = e[0]
            f = e[1] & 16384
            # A place where a file system is mounted has no size.
            z = (e + (0,))[3]
        elif hasattr(os, "stat"):
            s = os.stat(p + "/" + e)
            f = s[0] & 16384
            # Of a folder it may be anything.
            z = 0 if f else s[6]
        yield l, n, f > 0, z
        if f and l < d and p + "/" + n not in x:
            yield from L(p + "/" + n, d, x, l + 1)
