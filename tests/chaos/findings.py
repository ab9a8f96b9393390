"""What a checker has to say against a run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """A promise that was broken."""

    rule: str
    subject: str
    detail: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.subject} {self.detail}"
