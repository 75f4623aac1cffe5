# _belay_hf(p, s) is the SHA-256 of the file p (s), as bytes, or its CRC-32, as a number.
if D > 6:
    Z = C
else:

    def Z(b, c):
        c ^= 0xFFFFFFFF
        for x in b:
            c ^= x
            for x in range(8):
                c = c >> 1 ^ (c & 1) * 0xEDB88320
        return c ^ 0xFFFFFFFF


def _belay_hf(p, s):
    h = H()
    c = 0
    b = memoryview(bytearray(512))
    with open(p, "rb") as f:
        while 1:
            n = f.readinto(b)
            if not n:
                break
            if s:
                h.update(b[:n])
            else:
                c = Z(b[:n], c)
    return h.digest() if s else c
