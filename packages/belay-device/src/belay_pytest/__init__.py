"""The pytest plugin of Belay: a board for each test that asks for one.

`plugin` has the fixtures, the option and the marker; every pytest run of an environment with
belay-device loads it, so it loads nothing of `belay` before a test wants a board. That is why this
is a package of its own: a module inside `belay` would bring all of `belay` along.
"""
