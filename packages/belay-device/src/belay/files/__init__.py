"""Files of a board: what shall be there, how bytes cross, and what can be done with what is there.

Rooms that know no board: `board_paths` and `trees` are the values; `keeping`, `actions`, `plan`, `scope` and
`digests` decide from two of them; `ignoring`, `host_tree` and `package_data` find what is on the host;
`mpy_format`, `mpy_cross`, `compiler`, `cache` and `preparing` make of it what goes to the board, and
`preparation` does so for several boards at once.
Rooms that use one: `transfer`, over `abilities` and `stream`.
"""
