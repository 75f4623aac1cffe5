"""What a command line of ours is like: its table of commands, its colours, its exit codes.

Nothing in here knows packages or boards: `belay` is made of it as well as `belay-pm`.
Words, options, help and completion are typer's.
"""
