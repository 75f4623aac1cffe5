"""A raw-REPL link to a MicroPython or CircuitPython board, real or simulated."""
