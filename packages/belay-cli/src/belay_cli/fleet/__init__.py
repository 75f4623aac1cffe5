"""Many boards at once: which are meant, one thread each, a line for each, a table of all.

`choice` and `finding` say which boards; `crew` works on them; `lines` and `screen` show what comes meanwhile,
`summary` what came of it; `jobs` are what can be done on each, and `muster` puts all of it together.
"""
