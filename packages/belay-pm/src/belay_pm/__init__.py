"""The package manager for MicroPython projects."""
