"""The simulated carrier's settings."""

from pathlib import Path

from pydantic import Field, SecretStr

from belltower.runtime.settings import HttpSettings, LogSettings


class CarrierProcessSettings(HttpSettings, LogSettings):
    """Everything that the process reads from its environment."""

    carrier_account_sid: str = Field(min_length=1, description="The account that it knows; the user of Basic auth.")
    carrier_auth_token: SecretStr = Field(description="The account's password; callbacks are signed with it.")
    carrier_log: Path | None = Field(
        default=None,
        description="A file that the ground-truth log is also written to, and read from at start. None: memory only.",
    )
    carrier_log_limit: int = Field(
        default=500_000, ge=1_000, description="Calls kept in memory (about 1 KB each); the oldest ended ones go first."
    )
