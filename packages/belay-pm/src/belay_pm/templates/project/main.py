"""What the board runs when it starts."""

from my_project import greeting

print(greeting("world"))
