# _belay_um(p) unmounts what is mounted at p; whoever is in it is at the root then.
def _belay_um(p):
    import os

    try:
        import vfs
    except ImportError:
        vfs = os
    if os.getcwd().startswith(p):
        os.chdir("/")
    try:
        vfs.umount(p)
    except OSError as e:
        # It is not mounted any more; all else is of a file that could not be written to its end.
        if e.args[0] != 22:
            raise
