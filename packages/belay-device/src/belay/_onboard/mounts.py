# mt() is the mount points, each with the name of its file system, "" where the board does not tell it.
def mt():
    try:
        import vfs

        return [(p, type(m).__name__) for m, p in vfs.mount()]
    except (ImportError, TypeError):
        # Older firmware does not list them: in the root they alone have no size.
        return [("/" + e[0], "") for e in os.ilistdir("/") if len(e) < 4] if hasattr(os, "ilistdir") else []
