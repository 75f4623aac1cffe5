"""The `belay` command."""
