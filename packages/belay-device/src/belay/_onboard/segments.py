# _belay_rx(n, w, g) feeds the generator g with segments cut out of blocks of n bytes, until g returns.
# A segment is its length, its length when inflated or 0 (2 bytes each), a check (4), its bytes; low byte first.
# All deflated segments are one stream with a window of 2**w bytes: z inflates it from s, of which m bytes are
# filled. What it has left over (the mark of a flush) stands in front of the next.
def _belay_rx(n, w, g):
    next(g)
    q = b""
    z = None
    m = 0
    for d in I(n):
        q += d
        while len(q) > 8:
            l = q[0] | q[1] << 8
            if len(q) < 8 + l:
                break
            u = q[2] | q[3] << 8
            d = q[8 : 8 + l]
            if C(d, 0) != int.from_bytes(q[4:8], "little"):
                raise ValueError("_belay damaged")
            q = q[8 + l :]
            if u:
                if z is None:
                    import deflate
                    import io

                    s = io.BytesIO()
                    z = deflate.DeflateIO(s, deflate.RAW, w)
                d = s.read(m - s.seek(0, 1)) + d
                s.seek(0)
                m = s.write(d)
                s.seek(0)
                d = z.read(u)
            try:
                g.send(d)
            except StopIteration as e:
                return e.value
