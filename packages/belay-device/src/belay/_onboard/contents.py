# ck(p, b): the size and the check of a file, read through the buffer b, which is there as long as it is needed.
def ck(p, b):
    h = H()
    z = 0
    n = 1024
    with open(p, "rb") as f:
        # Less than was asked for is the end: most files are read at once.
        while n == 1024:
            n = f.readinto(b)
            h.update(b[:n])
            z += n
    return z, A(h).decode()
