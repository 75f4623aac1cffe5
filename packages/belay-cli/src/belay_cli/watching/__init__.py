"""Doing something anew whenever a file is saved: what is watched, what of it has changed, and who is told.

`sights` decides, `looking` reads folders, `watcher` waits, `staying` is the whole of it with a board.
"""
