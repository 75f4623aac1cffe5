"""A module for each command: what words it takes, one call into a library, how the result is shown."""
