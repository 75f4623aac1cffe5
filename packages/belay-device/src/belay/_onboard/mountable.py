# _belay_mf() tells what a mount needs: the free heap, or the name of what the board lacks.
def _belay_mf():
    import gc

    try:
        import vfs

        vfs.mount
    except (ImportError, AttributeError):
        import os

        if not hasattr(os, "mount"):
            return "os.mount"
    try:
        try:
            from binascii import crc32
        except ImportError:
            from ubinascii import crc32
    except ImportError:
        return "binascii.crc32"
    if not hasattr(sys, "stdin") or not hasattr(sys.stdin, "buffer"):
        return "sys.stdin.buffer"
    gc.collect()
    return [gc.mem_free()]
