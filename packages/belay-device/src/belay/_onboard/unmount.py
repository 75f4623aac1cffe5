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
    except OSError:
        # It is not mounted any more.
        pass
