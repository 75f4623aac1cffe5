"""What can stand at the cursor of a command line: the line read as a shell does, candidates, the answer.

Nothing in here knows packages or boards: what a word can be is a program's to say, see `candidates`.
It loads typer only for a command that only typer can read: a person waits for each key.
"""
