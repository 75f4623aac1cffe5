"""The command that is mounted on nothing yet."""


def main() -> None:
    """Run the command."""
