# Behind get.py, for a wire that carries text alone: bytes go as base64, where there is none as their repr.
U = None
try:
    try:
        from binascii import b2a_base64 as Y
    except ImportError:
        from ubinascii import b2a_base64 as Y
except ImportError:
    Y = None
