"""What the runner says to a person, in colour where somebody watches and in plain lines everywhere else."""

from rich.console import Console

console = Console(highlight=False, soft_wrap=True)
