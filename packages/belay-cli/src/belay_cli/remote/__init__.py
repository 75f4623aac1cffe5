"""mpremote's language: a chain of commands on one connection.

`grammar` reads it, `sequence` does it, and what is done on a board is in `belay_cli.actions`.
"""
