"""What a command line of ours is like: its words, its help, its colours, its exit codes.

Nothing in here knows packages or boards: `belay` is made of it as well as `belay-pm`.
Start-up is the reason that it stands on the standard library's cheapest modules alone: a typer command
takes 40 ms before it does anything, twice as long as the interpreter itself.
"""
