"""What the runner says to a person, in colour where somebody watches and in plain lines everywhere else."""

from rich.console import Console

WIDTH = 130
"""Characters of a line where no terminal has its own."""

_watched = Console().is_terminal
console = Console(highlight=False, soft_wrap=True, width=None if _watched else WIDTH)
