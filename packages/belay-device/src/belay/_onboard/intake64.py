# _belay_in(n) as in intake.py, for a board without sys.stdin.buffer: each block is n characters of base64.
import binascii
import sys


def _belay_in(n):
    i = 0
    while 1:
        _belay_w(b"\2TOKENx;%x\3" % i)
        i += 1
        yield binascii.a2b_base64(sys.stdin.read(n))
