"""Settings, read from the environment once, at the start of a process, and passed down from there.

Each process composes its own frozen class from these groups. A setting that is missing or wrong ends the process with a
sentence (`load`), never with a trace.
"""

import os
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


def _origin(url: str) -> str:
    """An origin such as `https://calls.example.com`, without its trailing slash."""
    if not url.startswith(("http://", "https://")):
        raise ValueError("it must start with http:// or https://")
    return url.rstrip("/")


Origin = Annotated[str, AfterValidator(_origin)]


class SettingsGroup(BaseSettings):
    """The base of every group: `BELLTOWER_` in front of each name, frozen, empty text counts as not set."""

    model_config = SettingsConfigDict(
        env_prefix="BELLTOWER_", frozen=True, extra="ignore", env_ignore_empty=True, populate_by_name=True
    )


class DatabaseSettings(SettingsGroup):
    """Where Postgres is, and how long it may take."""

    database_url: SecretStr = Field(validation_alias="DATABASE_URL")
    database_pool_size: int = Field(default=10, ge=1, le=200)
    statement_timeout: float = Field(default=30.0, gt=0, description="Seconds that one statement may take.")
    idle_in_transaction_timeout: float = Field(
        default=10.0, gt=0, description="Seconds that a transaction may sit idle before Postgres ends its session."
    )


class BrokerSettings(SettingsGroup):
    """Where RabbitMQ is."""

    amqp_url: SecretStr = Field(validation_alias="AMQP_URL")


class HttpSettings(SettingsGroup):
    """Where the process serves its routes: the API's own, and /livez, /readyz and /metrics of every process."""

    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65535)


class LogSettings(SettingsGroup):
    """How the process logs: one JSON object a line, or text for a person."""

    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")
    log_format: str = Field(default="json", pattern="^(json|console)$")


class CarrierKind(StrEnum):
    """Who rings the telephones: nobody (`simulated`), or Twilio."""

    SIMULATED = "simulated"
    TWILIO = "twilio"


class CarrierKindSettings(SettingsGroup):
    """Which carrier places the calls, for whom it is enough to know that."""

    carrier: CarrierKind | None = None


class CarrierSettings(SettingsGroup):
    """Which carrier places the calls, and the credentials that it gave us.

    There is no default for `BELLTOWER_CARRIER`: ringing real people, or nobody, is always somebody's decision.
    """

    carrier: CarrierKind
    carrier_url: Origin = Field(default="", validate_default=False)
    carrier_account_sid: str = Field(min_length=1)
    carrier_auth_token: SecretStr
    public_url: Origin = Field(description="The origin at which the carrier's callbacks reach the API.")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.carrier is CarrierKind.SIMULATED and not self.carrier_url:
            raise ValueError(
                "BELLTOWER_CARRIER=simulated needs BELLTOWER_CARRIER_URL, where the simulated carrier listens"
            )
        if self.carrier is CarrierKind.TWILIO and not self.public_url.startswith("https://"):
            raise ValueError("BELLTOWER_CARRIER=twilio needs an https:// BELLTOWER_PUBLIC_URL that Twilio can reach")
        return self

    @property
    def api_origin(self) -> str:
        """The origin of the carrier's REST API."""
        return self.carrier_url or "https://api.twilio.com"


class CallSettings(SettingsGroup):
    """How long a call may ring and last. Seconds."""

    ring_timeout: int = Field(default=30, ge=5, le=600, description="Seconds that a telephone rings before no_answer.")
    call_time_limit: int = Field(default=600, ge=10, le=14400, description="Seconds after which a call is ended.")


class BillingSettings(SettingsGroup):
    """What calls cost an account."""

    currency: str = Field(default="USD", pattern="^[A-Z]{3}$", description="ISO 4217.")
    rate_per_minute: Decimal = Field(default=Decimal("0.02"), ge=0, description="Price of a minute of talk.")
    billing_increment: int = Field(default=60, ge=1, description="Talk time is rounded up to this many seconds.")
    minimum_balance: Decimal = Field(
        default=Decimal("10.00"), ge=0, description="What a wallet must hold before a campaign may be created."
    )


class SchedulingSettings(SettingsGroup):
    """How often the schedulers look for due campaigns when nothing wakes them."""

    check_interval: float = Field(
        default=60.0, gt=0, description="Seconds between two looks. Nearer work wakes the schedulers."
    )


S = TypeVar("S", bound=BaseSettings)


def load(kind: type[S]) -> S:
    """Read the settings of a process from its environment.

    Raises `SystemExit` with a sentence for each setting that is missing or wrong.
    """
    try:
        return kind()
    except ValidationError as error:
        raise SystemExit("\n".join(_sentences(kind, error))) from None


def _sentences(kind: type[BaseSettings], error: ValidationError) -> list[str]:
    sentences = []
    for problem in error.errors():
        where = str(problem["loc"][0]) if problem["loc"] else ""
        name = where if where.isupper() else f"BELLTOWER_{where.upper()}" if where else ""
        if problem["type"] == "missing":
            sentences.append(f"{name} is not set. Set it in the environment; .env.example says what it is for.")
        else:
            message = problem["msg"].removeprefix("Value error, ").rstrip(".")
            sentences.append(f"{name}: {message}." if name else f"{message}.")
    return sentences


def is_set(name: str) -> bool:
    """Whether the environment holds a value for `name`."""
    return bool(os.environ.get(name))
