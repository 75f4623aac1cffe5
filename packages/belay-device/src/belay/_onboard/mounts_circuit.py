# mounts.py for CircuitPython, which finds a mount point by its name alone, and has a folder for each.
def mt():
    from storage import getmount

    r = []
    for n in os.listdir("/"):
        try:
            getmount("/" + n)
            r.append(("/" + n, ""))
        except OSError:
            pass
    return r
