# H: SHA-256, or where a board has none, something like it around the wrapper's check, C.
# The board's name for the module may begin with "u".
try:
    try:
        from hashlib import sha256 as H
    except ImportError:
        from uhashlib import sha256 as H
except ImportError:

    class H:
        def __init__(s):
            s.c = 0

        def update(s, b):
            s.c = C(b, s.c)

        def digest(s):
            return bytes(4) + s.c.to_bytes(4, "big")
