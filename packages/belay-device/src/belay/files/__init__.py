"""Files on the board: how bytes cross, and what can be done with what is there."""
