"""A person at a board's prompt: what they see, what their keys do, and what happens when the board goes away.

`prompt` is the whole of it; `screen`, `injecting` and `staying` are its parts.
"""
