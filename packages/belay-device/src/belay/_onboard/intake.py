# I(n) yields what the host sends, block by block of n bytes on the wire, and asks for each with a note.
# Bytes that the REPL would act on, and Esc itself, come as Esc and a letter; a pair may be cut in two.
# e is an Esc whose letter is in the next block.
def I(n):
    b = bytearray(n)
    e = b""
    i = 0
    while 1:
        _belay_w(b"\2TOKENx;%x\3" % i)
        i += 1
        sys.stdin.buffer.readinto(b)
        d = e + b
        e = b""
        if d[-1] == 27:
            e = d[-1:]
            d = d[:-1]
        # Esc last: what it brings must not pair with a letter behind it.
        for x in b"\1\2\3\4\x1b":
            d = d.replace(bytes((27, 96 + x)), bytes((x,)))
        yield d
