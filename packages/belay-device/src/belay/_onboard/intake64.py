# I(n) as in intake.py, for a board without sys.stdin.buffer: each block is n characters of base64.
try:
    from binascii import a2b_base64 as B
except ImportError:
    from ubinascii import a2b_base64 as B


def I(n):
    i = 0
    while 1:
        _belay_w(b"\2TOKENx;%x\3" % i)
        i += 1
        yield B(sys.stdin.read(n))
